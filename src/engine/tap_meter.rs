//! A meter that is made of a tap: what it reads. All meters of one output bus share its tap, which goes
//! with the last of them.
//!
//! A tap's callback takes no lock that is held while anybody waits for the callback, and the tap is
//! removed without a wait: both happen with the graph locked.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock, Weak};

use crate::desk::pan_law::PanLaw;
use crate::desk::strips::StripRef;
use crate::engine::format::{Format, Side};
use crate::engine::handle::NodeHandle;
use crate::engine::level::{Level, Term};
use crate::engine::tap::{tap_locked, Tap, TapBlock};
use crate::engine::target::Target;
use crate::error::Result;
use crate::ffi::{self, native};
use crate::sync::{lock, read, write};

/// The shortest block that AVFAudio supports.
const BLOCK_SECONDS: f64 = 0.1;

/// The meter of a bus's connection, or of a mixer's output.
#[derive(Clone, Debug)]
pub(crate) struct TapMeter {
    tap: Arc<MeterTap>,
    metered: Arc<Metered>,
}

/// What measures an output bus.
pub(super) struct MeterTap {
    node: Arc<NodeHandle>,
    bus: u32,
    /// `None` while the program has a tap there.
    native: RwLock<Option<Tap>>,
    all: Arc<All>,
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
    pub(super) fn new(tap: Arc<MeterTap>, fed: Option<Fed>) -> Result<Self> {
        let state = State {
            level: Level::default(),
            format: tap.format()?,
            is_wide: false,
            law: PanLaw::Balance,
        };
        let metered = Arc::new(Metered {
            fed,
            state: Mutex::new(state),
        });
        lock(&tap.all.meters).push(Arc::downgrade(&metered));
        Ok(Self { tap, metered })
    }

    pub(super) fn tap(&self) -> Arc<MeterTap> {
        Arc::clone(&self.tap)
    }

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
        if let Some(tap) = &*read(&self.tap.native) {
            let _ = tap.wait();
        }
    }

    /// Makes room for a tap of the program's. Whether there was one.
    pub(super) fn give_way(&self) -> bool {
        // Whoever waits for its blocks is not waited for.
        let native = self.tap.native.try_write();
        let taken = native.ok().and_then(|mut native| native.take());
        taken.map(Tap::discard).is_some()
    }

    pub(super) fn reading(&self) -> ffi::perbus_meter {
        lock(&self.metered.state).level.reading()
    }
}

impl MeterTap {
    pub(super) fn new(node: &Arc<NodeHandle>, bus: u32, latest: Arc<AtomicI64>) -> Arc<Self> {
        let meters = Mutex::default();
        Arc::new(Self {
            node: Arc::clone(node),
            bus,
            native: RwLock::default(),
            all: Arc::new(All { meters, latest }),
        })
    }

    fn format(&self) -> Result<Format> {
        output_format(&self.node, self.bus)
    }

    fn install(&self) -> Result<()> {
        if read(&self.native).is_some() {
            return Ok(());
        }
        let mut native = write(&self.native);
        if native.is_none() {
            let all = Arc::clone(&self.all);
            let frames = (BLOCK_SECONDS * self.format()?.sample_rate()) as u32;
            *native = Some(tap_locked(
                self.node.pointer(),
                (self.bus, frames.max(1)),
                move |block| all.measure(&block),
            )?);
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

impl Drop for MeterTap {
    fn drop(&mut self) {
        if let Some(tap) = write(&self.native).take() {
            tap.discard();
        }
    }
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
