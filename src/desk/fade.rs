//! Fades: a value on its way from one position to another. Pure Rust, no ffi.

use std::sync::atomic::{AtomicU32, Ordering};

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
    /// `from (to / from)^x`: the gain in decibels moves linearly, silence taken as -80 dB.
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
}

/// A value on its way, in the engine's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FadeState {
    pub(crate) curve: Curve,
    pub(crate) from: f32,
    pub(crate) to: f32,
    /// Tells it apart from a later fade that is the same in everything else.
    number: u32,
    start: i64,
    frames: u64,
}

static NEXT_NUMBER: AtomicU32 = AtomicU32::new(0);

/// A number for a fade that starts later.
pub(crate) fn next_number() -> u32 {
    NEXT_NUMBER.fetch_add(1, Ordering::Relaxed)
}

impl FadeState {
    /// Of what has never faded.
    pub(crate) const NONE: Self = Self {
        curve: Curve::Linear,
        from: 0.0,
        to: 0.0,
        number: 0,
        start: 0,
        frames: 0,
    };

    pub(crate) fn new(curve: Curve, from: f32, to: f32, start: i64, frames: u64) -> Self {
        Self {
            curve,
            from,
            to,
            number: next_number(),
            start,
            frames,
        }
    }

    pub(crate) fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    /// The value at the engine's time `now`.
    pub(crate) fn at(&self, now: i64) -> f32 {
        let done = u64::try_from(now - self.start).unwrap_or(0);
        // A fade of no length is over before its first frame.
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

/// A value, and the fade that leads there.
pub(crate) type Position = (f32, Option<FadeState>);

pub(crate) fn value_at((value, fade): Position, frame: i64) -> f32 {
    fade.map_or(value, |fade| fade.at(frame))
}

/// What wants to know how a fade has ended.
pub(crate) type Ended = Box<dyn FnOnce(FadeEnd) + Send>;

/// How a fade ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FadeEnd {
    /// It reached its value.
    Finished,
    /// It was cancelled, or a new value or fade took its place.
    Replaced,
    /// Its mixer was detached, its group removed, or its engine dropped; or its engine has stopped and
    /// has no fades of its own, as Apple's: the value stays where the fade had got to.
    Stopped,
}
