//! Fades of a bus's volume and pan.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::control::bus::Bus;
use crate::desk::faders::Faders;
use crate::desk::level::{check_pan, check_volume};
use crate::engine::fades::Pending;
use crate::engine::node::Node;
use crate::error::{Error, Result};
use crate::ffi;
use crate::sync::in_render;

/// The longest fade: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a fade gets from one value to the other; x runs from 0 to 1 with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// `from + (to - from) x`.
    #[default]
    Linear,
    /// `sqrt((1 - x) from^2 + x to^2)`: the power moves linearly, as in a crossfade of two unlike
    /// sounds.
    EqualPower,
    /// `from (to / from)^x`: the level in decibels moves linearly, silence taken as -80 dB.
    Exponential,
}

impl Curve {
    fn value(self, from: f32, to: f32, x: f64) -> f32 {
        const FLOOR: f64 = 1e-4;
        let (from, to) = (f64::from(from), f64::from(to));
        let value = match self {
            Self::Linear => from + (to - from) * x,
            Self::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Self::Exponential => from.max(FLOOR) * (to.max(FLOOR) / from.max(FLOOR)).powf(x),
        };
        value as f32
    }

    pub(crate) fn to_ffi(self) -> ffi::perbus_curve {
        match self {
            Self::Linear => ffi::perbus_curve_PERBUS_CURVE_LINEAR,
            Self::EqualPower => ffi::perbus_curve_PERBUS_CURVE_EQUAL_POWER,
            Self::Exponential => ffi::perbus_curve_PERBUS_CURVE_EXPONENTIAL,
        }
    }
}

/// A value on its way, in the engine's time. The curve comes first: it also tells whether there is
/// one, in the cache line of what lies before it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Moving {
    pub(crate) curve: Curve,
    from: f32,
    to: f32,
    /// Tells it from a later fade that is the same in all else.
    number: u32,
    start: i64,
    frames: u64,
}

/// The next fade's number.
static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Moving {
    #[cfg(test)]
    pub(crate) fn new(curve: Curve, from: f32, to: f32, start: i64, frames: u64) -> Self {
        Self {
            curve,
            from,
            to,
            number: 0,
            start,
            frames,
        }
    }

    #[cfg(test)]
    pub(crate) fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    /// What the engine has reached at its time `now`.
    pub(crate) fn at(&self, now: i64) -> f32 {
        let done = u64::try_from(now - self.start).unwrap_or(0);
        // One of no length is over before its first frame.
        if done >= self.frames {
            self.to
        } else if done == 0 {
            self.from
        } else {
            self.curve
                .value(self.from, self.to, done as f64 / self.frames as f64)
        }
    }

    /// The engine's time at which it is over.
    pub(crate) fn end(&self) -> i64 {
        self.start.saturating_add_unsigned(self.frames)
    }

    /// Fades of one engine that end together have different numbers.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn frames_left(&self, now: i64) -> u64 {
        self.frames
            - u64::try_from(now - self.start)
                .unwrap_or(0)
                .min(self.frames)
    }
}

/// How a fade came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FadeEnd {
    /// It reached its value.
    Finished,
    /// It was cancelled, or a new value or fade took its place.
    Replaced,
    /// Its mixer was detached, or its engine went: it has stayed where it had got to.
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Volume,
    Pan,
}

impl Which {
    pub(crate) fn of(self, faders: &Faders) -> Option<Moving> {
        match self {
            Self::Volume => faders.volume_fade,
            Self::Pan => faders.pan_fade,
        }
    }

    pub(crate) const ALL: [Self; 2] = [Self::Volume, Self::Pan];

    /// The fade has arrived.
    pub(crate) fn settle(self, faders: &mut Faders) {
        match self {
            Self::Volume => faders.volume_fade = None,
            Self::Pan => faders.pan_fade = None,
        }
    }

    pub(crate) fn set(self, faders: &mut Faders, value: f32) {
        match self {
            Self::Volume => faders.set_volume(value),
            Self::Pan => faders.set_pan(value),
        }
    }
}

/// A fade under way, or over. Dropping it lets the fade go on.
#[derive(Clone)]
pub struct Fade {
    bus: Bus,
    which: Which,
    moving: Moving,
}

impl fmt::Debug for Fade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fade")
            .field("bus", &self.bus)
            .field("of", &self.which)
            .field("from", &self.moving.from)
            .field("to", &self.moving.to)
            .field("running", &self.is_running())
            .finish()
    }
}

impl Fade {
    /// Whether the fade is under way. False in a source's closure, where nothing may wait for the
    /// answer.
    #[must_use]
    pub fn is_running(&self) -> bool {
        if in_render::inside() {
            return false;
        }
        let now = self.bus.now();
        self.which.of(&self.bus.strip.faders()) == Some(self.moving)
            && self.moving.frames_left(now) > 0
    }

    /// Stops the fade where it is; no effect when it is over or was replaced.
    ///
    /// # Errors
    /// [`Error::NotAttached`] when the mixer was detached.
    pub fn cancel(&self) -> Result<()> {
        let now = self.bus.now();
        self.bus.change(|faders| {
            if self.which.of(faders) == Some(self.moving) {
                self.which.set(faders, self.moving.at(now));
            }
        })
    }
}

impl Bus {
    /// Fades the volume to a value, 0 to 1, over `duration`, from the next block on.
    ///
    /// On the portable engine every frame has its own gain, exactly that of the curve; Apple's gets
    /// a new volume every few milliseconds. A new value or fade replaces the running one. A fade
    /// starts from [`volume`](Self::volume), also when that was set just before.
    /// [`volume`](Self::volume) reports how far the fade has got. Volume and pan fade independently
    /// of each other.
    ///
    /// Whatever is not where the curve is when the fade starts, because another change was still
    /// on its ramp, approaches the curve linearly within 480 frames, separately for each output
    /// channel. A muted bus is silent while its fade goes on; unmuted, it joins the rest of the
    /// fade in the same way.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let bus = engine.main_mixer()?.bus(0)?;
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

    /// As [`fade_to`](Self::fade_to), and runs `ended` once when the fade is over. It runs with no
    /// lock held, and may start the next fade.
    ///
    /// - A fade that arrives ends after the offline block that ends it, on the thread that rendered, or
    ///   within a few milliseconds on a thread of the crate while a device plays. One of no length ends
    ///   before this returns.
    /// - What else ends it (a value, a fade, a scene, a cancel, a detached mixer, the engine's end) runs
    ///   `ended` before it returns, on its own thread. An engine that is paused or stopped does not: its
    ///   fades wait for the next start.
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
        if duration > LONGEST {
            return Err(Error::OutOfRange(format!(
                "a fade of {duration:?} is longer than {LONGEST:?}"
            )));
        }
        let engine = self.mixer.engine();
        let frames = (duration.as_secs_f64() * engine.format().sample_rate()).round() as u64;
        let now = self.now();
        let mut moving = Moving {
            from: to,
            to,
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            start: now,
            frames,
            curve,
        };
        let _ends = engine.inner.ends_told();
        let mut state = self.hold_attached()?;
        self.strip.change(&mut state, &engine.inner, |faders| {
            moving.from = match which {
                Which::Volume => faders.volume_at(now),
                Which::Pan => faders.pan_at(now),
            };
            which.set(faders, to);
            match which {
                Which::Volume => faders.volume_fade = Some(moving),
                Which::Pan => faders.pan_fade = Some(moving),
            }
        })?;
        let fade = Fade {
            bus: self.clone(),
            which,
            moving,
        };
        engine.inner.start_fade(Pending {
            strip: self.strip.clone(),
            bus: self.bus,
            which,
            moving,
            ended,
        });
        self.strip.drive_fades(&state, &engine.inner);
        drop(state);
        engine.tick_fades();
        if frames == 0 {
            engine.inner.end_fades();
        }
        Ok(fade)
    }

    pub(crate) fn now(&self) -> i64 {
        self.mixer.engine().now()
    }
}
