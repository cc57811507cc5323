//! Fades of volumes and pans: of buses, groups, and mixers' output volumes.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use crate::control::bus::Bus;
use crate::control::group::Group;
use crate::desk::fade::{Curve, FadeEnd};
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::owner::{GroupOwner, Owner};
use crate::desk::ranges::{check_pan, check_volume};
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::engine::raw_node::RawNode;
use crate::engine::target::Target;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::nodes::mixer::Mixer;
use crate::sync::in_render;

/// The longest fade: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A fade that is under way, or over. Dropping this does not stop the fade.
#[derive(Clone)]
pub struct Fade {
    of: Faded,
    which: Which,
    number: u32,
    to: f32,
}

/// What fades.
#[derive(Clone, Debug)]
pub(crate) enum Faded {
    Bus(Bus),
    Group(Group),
    Output(Mixer, StripRef<Target>),
}

impl Faded {
    pub(crate) fn output(mixer: &Mixer) -> Result<Self> {
        let strip = mixer.engine().desk().output(&mixer.0.raw)?;
        Ok(Self::Output(mixer.clone(), strip.clone()))
    }

    pub(crate) fn engine(&self) -> &Engine {
        match self {
            Self::Bus(bus) => bus.mixer.engine(),
            Self::Group(group) => group.engine(),
            Self::Output(mixer, _) => mixer.engine(),
        }
    }

    pub(crate) fn strip(&self) -> &StripRef<Target> {
        match self {
            Self::Bus(bus) => &bus.strip,
            Self::Group(group) => &group.strip,
            Self::Output(_, strip) => strip,
        }
    }

    pub(crate) fn desk(&self) -> &Desk<RawNode> {
        self.engine().desk()
    }
}

impl Owner for Faded {
    fn check(&self) -> Result<()> {
        match self {
            Self::Bus(bus) => bus.mixer.0.raw.check(),
            Self::Group(_) => GroupOwner.check(),
            Self::Output(mixer, _) => mixer.0.raw.check(),
        }
    }
}

/// Fades have numbers of their own.
impl PartialEq for Fade {
    fn eq(&self, other: &Self) -> bool {
        let key = |fade: &Self| (fade.of.engine().clone(), fade.number);
        key(self) == key(other)
    }
}

impl Eq for Fade {}

impl Hash for Fade {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.of.engine().hash(state);
        self.number.hash(state);
    }
}

impl fmt::Debug for Fade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Fade");
        match &self.of {
            Faded::Bus(bus) => shown.field("bus", bus).field("of", &self.which),
            Faded::Group(group) => shown.field("group", group),
            Faded::Output(mixer, _) => shown.field("output_of", mixer),
        };
        shown
            .field("to", &self.to)
            .field("running", &self.is_running())
            .finish()
    }
}

impl Fade {
    pub(crate) fn new(of: Faded, which: Which, number: u32, to: f32) -> Self {
        Self {
            of,
            which,
            number,
            to,
        }
    }

    /// Whether the fade is under way. False before its first frame, and in a source's closure, where
    /// nothing may wait for the answer.
    #[must_use]
    pub fn is_running(&self) -> bool {
        if in_render::inside() {
            return false;
        }
        let now = self.of.desk().now();
        let (_, fade) = self.of.strip().lock().position_at(self.which, now);
        fade.is_some_and(|fade| fade.number() == self.number && fade.frames_left(now) > 0)
    }

    /// Stops the fade where it is, or keeps it from starting; no effect when it is over or was
    /// replaced.
    ///
    /// # Errors
    /// [`Error::NotAttached`] when the mixer was detached, or the group removed.
    pub fn cancel(&self) -> Result<()> {
        let (strip, which) = (self.of.strip(), self.which);
        let desk = self.of.desk();
        desk.cancel_fade(&self.of, strip, which, self.number)
    }
}

impl Bus {
    /// Fades the volume to a value, 0 to 4, over `duration`, from the next block on.
    ///
    /// On the portable engine every frame has its own gain, exactly that of the curve; on Apple's
    /// the volume is set every few milliseconds. A new value or fade replaces the running one. A
    /// fade starts from [`volume`](Self::volume), even when that was set just before;
    /// [`volume`](Self::volume) then reports how far the fade has got. Volume and pan fade
    /// independently of each other.
    ///
    /// An output channel that is not yet on the curve when the fade starts, because of the ramp of
    /// an earlier change, approaches it linearly within 480 frames. A muted bus is silent while its
    /// fade continues; unmuted, it joins the rest of the fade in the same way.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let bus = engine.main_mixer().bus(0)?;
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect(&source, bus.mixer(), 0, 0)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 100];
    /// engine.render(&mut [&mut samples])?;
    /// bus.fade_to(0.0, Duration::from_millis(100), Curve::Linear)?;
    /// engine.render(&mut [&mut samples])?;
    /// assert!((samples[24] - 0.75).abs() < 1e-6 && samples[99] == 0.0);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume, or a duration of more than a day.
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn fade_to(&self, volume: f32, duration: Duration, curve: Curve) -> Result<Fade> {
        self.fade_to_with(volume, duration, curve, |_| {})
    }

    /// As [`fade_to`](Self::fade_to), and runs `ended` once when the fade is over, with no lock
    /// held: it may start the next fade.
    ///
    /// - When the fade arrives, `ended` runs after the offline block that completes it, on the
    ///   thread that rendered, or within a few milliseconds on a thread of the crate while a device
    ///   plays. For a fade of no length it runs before this returns.
    /// - Any other call that ends the fade (a value, a fade, a scene, a cancel, detaching the
    ///   mixer, dropping the engine) runs `ended` before it returns, on its own thread. Pausing or
    ///   stopping the engine does not end fades: they wait for the next start.
    ///
    /// A panic in `ended` is caught, as in a player's completion; the panic hook has reported it. A
    /// closure that holds a handle of the engine keeps the engine alive until it has run.
    ///
    /// # Errors
    /// As [`fade_to`](Self::fade_to); `ended` is dropped without being run then.
    pub fn fade_to_with(
        &self,
        volume: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        check_volume(volume)?;
        self.fade(Which::Volume, volume, duration, curve, Box::new(ended))
    }

    /// Fades the pan, linearly, to a value from -1 to 1.
    ///
    /// # Errors
    /// As [`fade_to`](Self::fade_to).
    pub fn fade_pan_to(&self, pan: f32, duration: Duration) -> Result<Fade> {
        self.fade_pan_to_with(pan, duration, |_| {})
    }

    /// As [`fade_pan_to`](Self::fade_pan_to), with `ended` as [`fade_to_with`](Self::fade_to_with)
    /// has it.
    ///
    /// # Errors
    /// As [`fade_to`](Self::fade_to).
    pub fn fade_pan_to_with(
        &self,
        pan: f32,
        duration: Duration,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        check_pan(pan)?;
        self.fade(Which::Pan, pan, duration, Curve::Linear, Box::new(ended))
    }

    fn fade(
        &self,
        which: Which,
        to: f32,
        duration: Duration,
        curve: Curve,
        ended: Box<dyn FnOnce(FadeEnd) + Send>,
    ) -> Result<Fade> {
        let frames = frames_of(self.mixer.engine(), duration)?;
        let request = FadeRequest {
            which,
            to,
            frames,
            curve,
        };
        start(Faded::Bus(self.clone()), request, ended)
    }
}

impl Mixer {
    /// Fades the gain of the mixer's sum to a value, 0 to 4, over `duration`, as
    /// [`Bus::fade_to`] fades a bus.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let mixer = engine.main_mixer();
    /// engine.start()?;
    /// let fade = mixer.fade_output_volume_to(0.0, Duration::from_millis(200), Curve::Linear)?;
    /// engine.render(&mut [&mut [0.0; 100]])?;
    /// assert!((mixer.output_volume()? - 0.5).abs() < 1e-6);
    /// fade.cancel()?;
    /// assert!((mixer.output_volume()? - 0.5).abs() < 1e-6 && !fade.is_running());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume, or a duration of more than a day.
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn fade_output_volume_to(
        &self,
        volume: f32,
        duration: Duration,
        curve: Curve,
    ) -> Result<Fade> {
        self.fade_output_volume_to_with(volume, duration, curve, |_| {})
    }

    /// As [`fade_output_volume_to`](Self::fade_output_volume_to), with `ended` as
    /// [`Bus::fade_to_with`] has it.
    ///
    /// # Errors
    /// As [`fade_output_volume_to`](Self::fade_output_volume_to).
    pub fn fade_output_volume_to_with(
        &self,
        volume: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        check_volume(volume)?;
        let request = FadeRequest {
            which: Which::Volume,
            to: volume,
            frames: frames_of(self.engine(), duration)?,
            curve,
        };
        start(Faded::output(self)?, request, Box::new(ended))
    }
}

/// How many frames a fade lasts.
pub(crate) fn frames_of(engine: &Engine, duration: Duration) -> Result<u64> {
    if duration > LONGEST {
        return Err(Error::OutOfRange(format!(
            "a fade of {duration:?} is longer than {LONGEST:?}"
        )));
    }
    Ok(engine.format().frames(duration).unsigned_abs())
}

pub(crate) fn start(
    of: Faded,
    request: FadeRequest,
    ended: Box<dyn FnOnce(FadeEnd) + Send>,
) -> Result<Fade> {
    let state = of.desk().fade(&of, of.strip(), request, ended)?;
    of.engine().tick_fades();
    if request.frames == 0 {
        of.desk().end_fades();
    }
    Ok(Fade::new(of, request.which, state.number(), request.to))
}
