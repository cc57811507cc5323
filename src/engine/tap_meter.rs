//! A meter that is made of a tap: what it reads. All meters of one output bus share its tap, which goes
//! with the last of them.
//!
//! A tap's callback takes no lock that is held while anybody waits for the callback, and the tap is
//! removed without a wait, while the graph is locked: whoever finds none may make one.

use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::desk::pan_law::PanLaw;
use crate::desk::strips::StripRef;
use crate::engine::format::{Format, Side};
use crate::engine::handle::NodeHandle;
use crate::engine::level::{Level, Term};
use crate::engine::tap::{tap_locked, Tap, TapBlock};
use crate::engine::target::Target;
use crate::error::Result;
use crate::ffi::{self, native};
use crate::sync::lock;

/// The shortest block that AVFAudio supports.
const BLOCK_SECONDS: f64 = 0.1;

/// The meter of a bus's connection, or of a mixer's output: the graph's own.
#[derive(Debug)]
pub(crate) struct TapMeter {
    tap: Arc<MetersTap>,
    metered: Arc<Metered>,
}

/// A meter to read, which may end at any time.
#[derive(Debug)]
pub(super) struct Reader {
    tap: Arc<MeterTap>,
    metered: Arc<Metered>,
}

/// The meters' share of a tap, which ends with the last of them.
#[derive(Debug)]
pub(super) struct MetersTap(Arc<MeterTap>);

/// What measures an output bus.
struct MeterTap {
    node: Arc<NodeHandle>,
    bus: u32,
    native: Mutex<Native>,
    all: Arc<All>,
}

enum Native {
    /// Not yet, or while the program has a tap there.
    None,
    Made(Arc<Tap>),
    /// No meter is left.
    Ended,
}

/// What the tap's callback has: it keeps no meter alive.
#[derive(Debug)]
struct All {
    meters: Mutex<Vec<Weak<Metered>>>,
    /// The engine's time, as far as anybody has asked for it.
    latest: Arc<AtomicI64>,
}

#[derive(Debug)]
struct Metered {
    /// `None`: the output itself.
    fed: Option<Fed>,
    state: Mutex<State>,
}

/// The bus that the signal goes to.
#[derive(Debug)]
pub(super) struct Fed {
    pub(super) strip: StripRef<Target>,
    pub(super) mixer: Arc<NodeHandle>,
}

#[derive(Debug)]
struct State {
    level: Level,
    /// Of the tapped bus.
    format: Format,
    /// The mixer has two sides.
    is_wide: bool,
    /// The mixer's.
    law: PanLaw,
}

impl TapMeter {
    pub(super) fn new(tap: Arc<MetersTap>, fed: Option<Fed>) -> Result<Self> {
        let state = State {
            level: Level::default(),
            format: tap.0.format()?,
            is_wide: false,
            law: PanLaw::Balance,
        };
        let metered = Arc::new(Metered {
            fed,
            state: Mutex::new(state),
        });
        lock(&tap.0.all.meters).push(Arc::downgrade(&metered));
        Ok(Self { tap, metered })
    }

    pub(super) fn tap(&self) -> Arc<MetersTap> {
        Arc::clone(&self.tap)
    }

    pub(super) fn reader(&self) -> Reader {
        Reader {
            tap: Arc::clone(&self.tap.0),
            metered: Arc::clone(&self.metered),
        }
    }

    /// Makes room for a tap of the program's, and has it made before the meters' own comes again. `None`
    /// if there was nothing in its way.
    pub(super) fn give_way<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let mut native = lock(&self.tap.0.native);
        let Native::Made(tap) = mem::replace(&mut *native, Native::None) else {
            return None;
        };
        tap.discard();
        Some(make())
    }
}

impl Reader {
    /// Has the tap made, if it is not there, and takes up the formats of both ends. The graph is locked.
    pub(super) fn prepare(&self, law: PanLaw) -> Result<()> {
        self.tap.install()?;
        let format = self.tap.format()?;
        let output = match &self.metered.fed {
            None => format,
            Some(fed) => output_format(&fed.mixer, 0)?,
        };
        let mut state = lock(&self.metered.state);
        (state.format, state.law) = (format, law);
        state.is_wide = output.channels() > 1;
        Ok(())
    }

    /// Waits for the blocks that are queued. On a thread that serves taps there is nothing to wait for.
    pub(super) fn wait(&self) {
        let tap = match &*lock(&self.tap.native) {
            Native::Made(tap) => Arc::clone(tap),
            Native::None | Native::Ended => return,
        };
        let _ = tap.wait();
    }

    pub(super) fn reading(&self) -> ffi::perbus_meter {
        lock(&self.metered.state).level.reading()
    }
}

impl MetersTap {
    pub(super) fn new(node: &Arc<NodeHandle>, bus: u32, latest: Arc<AtomicI64>) -> Arc<Self> {
        let meters = Mutex::default();
        Arc::new(Self(Arc::new(MeterTap {
            node: Arc::clone(node),
            bus,
            native: Mutex::new(Native::None),
            all: Arc::new(All { meters, latest }),
        })))
    }
}

impl Drop for MetersTap {
    fn drop(&mut self) {
        let native = mem::replace(&mut *lock(&self.0.native), Native::Ended);
        if let Native::Made(tap) = native {
            tap.discard();
        }
    }
}

impl MeterTap {
    fn format(&self) -> Result<Format> {
        output_format(&self.node, self.bus)
    }

    fn install(&self) -> Result<()> {
        let mut native = lock(&self.native);
        if let Native::None = *native {
            let all = Arc::clone(&self.all);
            let frames = (BLOCK_SECONDS * self.format()?.sample_rate()) as u32;
            let place = (self.bus, frames.max(1));
            let tap = tap_locked(self.node.pointer(), place, move |block| all.measure(&block))?;
            *native = Native::Made(Arc::new(tap));
        }
        Ok(())
    }
}

fn output_format(node: &NodeHandle, bus: u32) -> Result<Format> {
    let mut format = Format::none();
    let node = node.pointer().as_ptr();
    // SAFETY: the node is live and the pointer is to a live local.
    unsafe { native!(perbus_node_get_output_format(node, bus, &mut format)) }?;
    Ok(Format::from_ffi(format))
}

impl fmt::Debug for MeterTap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MeterTap")
            .field("bus", &self.bus)
            .finish_non_exhaustive()
    }
}

impl All {
    fn measure(&self, block: &TapBlock<'_>) {
        let mut all = Vec::new();
        lock(&self.meters).retain(|meter| {
            let meter = meter.upgrade();
            let lives = meter.is_some();
            all.extend(meter);
            lives
        });
        let now = self.latest.load(Ordering::Relaxed);
        for metered in all {
            metered.measure(block, now);
        }
    }
}

impl Metered {
    fn measure(&self, block: &TapBlock<'_>, now: i64) {
        // Before the state is locked: the strip's lock may be waited for.
        let fader = self.fed.as_ref().map(|fed| {
            let strip = &fed.strip;
            (strip.heard_volume(|| now), strip.pan(|| now))
        });
        let mut state = lock(&self.state);
        let channels = block.channels();
        let format = state.format;
        let side = |channel| format.side(channel, channels);
        let terms: Vec<Term> = match fader {
            None => (0..channels)
                .map(|it| term(it, side(it), [1.0; 3]))
                .collect(),
            Some((volume, pan)) => {
                let pans = channels == 1 && state.is_wide;
                let pan = if state.is_wide { pan } else { 0.0 };
                let [left, right] = state.law.gains(volume, pan, pans);
                let gains = [left, right, volume];
                match pans {
                    true => vec![term(0, Side::Left, gains), term(0, Side::Right, gains)],
                    false => (0..channels).map(|it| term(it, side(it), gains)).collect(),
                }
            }
        };
        let samples = |channel| block.channel(channel);
        state.level.add(&terms, block.frames(), samples);
    }
}

fn term(channel: u32, side: Side, gains: [f32; 3]) -> Term {
    Term {
        channel,
        side,
        gain: gains[side as usize],
    }
}
