//! What is shown: plain values, which the view draws.

use crate::keys::Mode;
use crate::meter::Needles;

/// The whole screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) strips: Vec<Strip>,
    pub(crate) master: Strip,
    /// The place of the selected strip; the master's follows the others'.
    pub(crate) selected: usize,
    /// The place of the leftmost strip on the screen.
    pub(crate) first: usize,
    /// The return whose sends are on the faders.
    pub(crate) layer: Option<String>,
    pub(crate) transport: Transport,
    /// Seconds that were recorded, and where to.
    pub(crate) recording: Option<(f64, String)>,
    /// Which scenes there are.
    pub(crate) scenes: [bool; 9],
    pub(crate) recalled: Option<usize>,
    pub(crate) fade_time: f64,
    pub(crate) status: Status,
    pub(crate) message: String,
    pub(crate) is_error: bool,
    pub(crate) mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Kind {
    #[default]
    Bus,
    Group,
    Master,
    /// A channel without a send to the return that is shown.
    NoSend,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Strip {
    pub(crate) kind: Kind,
    pub(crate) label: String,
    pub(crate) db: f32,
    /// What it has no control for is `None`.
    pub(crate) pan: Option<f32>,
    pub(crate) muted: Option<bool>,
    pub(crate) soloed: Option<bool>,
    pub(crate) audible: bool,
    pub(crate) needles: Needles,
    pub(crate) note: String,
}

/// Times in seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transport {
    pub(crate) playing: bool,
    pub(crate) position: f64,
    pub(crate) length: f64,
    pub(crate) looped: bool,
    /// `None` when the mix has no automation.
    pub(crate) follows: Option<bool>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    /// The device's name and sound system, or that there is none.
    pub(crate) device: String,
    /// The device is gone.
    pub(crate) lost: bool,
    pub(crate) rate: f64,
    pub(crate) block: u32,
    /// In milliseconds.
    pub(crate) latency: Option<f64>,
    /// From the microphone to the output, if there is one; in milliseconds.
    pub(crate) monitoring: Option<f64>,
    pub(crate) xruns: Option<u64>,
    pub(crate) late: u64,
    /// The mean and the worst, as parts of a block's time.
    pub(crate) load: (f64, f64),
}
