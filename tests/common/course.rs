//! A fader's course in double precision: what it does now and later, frame by frame.
#![allow(dead_code)] // Each test program uses its own part of it.

use std::collections::BTreeMap;

use perbus::Curve;

/// Frames of a ramp.
pub(crate) const RAMP_FRAMES: i64 = 480;

/// A way from wherever a fader is to another value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) to: f64,
    pub(crate) start: i64,
    pub(crate) frames: i64,
    curve: Curve,
}

impl Leg {
    pub(crate) fn new(start: i64, to: f32, frames: u32, curve: Curve) -> Self {
        Self {
            to: f64::from(to),
            start,
            frames: i64::from(frames),
            curve,
        }
    }

    /// A value that is set.
    pub(crate) fn set(start: i64, to: f32) -> Self {
        Self::new(start, to, 0, Curve::Linear)
    }

    fn volume(&self, from: f64, now: i64) -> f64 {
        if now >= self.start + self.frames {
            return self.to;
        }
        let (x, to) = ((now - self.start) as f64 / self.frames as f64, self.to);
        match self.curve {
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential if x > 0.0 => {
                from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x)
            }
            _ => from + (to - from) * x,
        }
    }
}

/// A fader on its way, and what it does later.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    from: f64,
    leg: Leg,
    pub(crate) later: BTreeMap<i64, Leg>,
    pub(crate) muted: bool,
}

impl Path {
    /// At rest.
    pub(crate) fn at_rest(value: f32) -> Self {
        Self {
            from: f64::from(value),
            leg: Leg::set(0, value),
            later: BTreeMap::new(),
            muted: false,
        }
    }

    /// The leg that a frame is heard on, and where that began.
    fn leg(&self, now: i64) -> (f64, Leg) {
        let due = self.later.range(..now).map(|(_, leg)| *leg);
        due.fold((self.from, self.leg), |(from, leg), next| {
            (leg.volume(from, next.start), next)
        })
    }

    pub(crate) fn volume(&self, now: i64) -> f64 {
        let (from, leg) = self.leg(now);
        leg.volume(from, now)
    }

    pub(crate) fn at(&self, now: i64) -> f64 {
        if self.muted {
            0.0
        } else {
            self.volume(now)
        }
    }

    /// Whether something starts just before this frame.
    pub(crate) fn starts(&self, now: i64) -> bool {
        self.later.contains_key(&(now - 1))
    }

    /// Whether a value is set just before this frame.
    fn is_set(&self, now: i64) -> bool {
        self.later.get(&(now - 1)).is_some_and(|it| it.frames == 0)
    }

    /// As if it were not set there.
    pub(crate) fn before_set(&self, now: i64) -> f64 {
        self.at(now - i64::from(self.is_set(now)))
    }

    /// One frame earlier, as if it had been set by then.
    pub(crate) fn after_set(&self, now: i64) -> f64 {
        self.at(now - i64::from(!self.is_set(now)))
    }

    /// In place of what starts at this frame, and of what runs.
    pub(crate) fn start(&mut self, now: i64, leg: Leg) {
        self.from = self.volume(now);
        self.leg = leg;
        self.later = self.later.split_off(&(now + 1));
    }

    /// Nothing scheduled moves it any more: it stays where it is at this frame, with what is set there.
    pub(crate) fn stop(&mut self, now: i64) {
        let value = self.shown(now);
        self.later.clear();
        (self.from, self.leg) = (
            value,
            Leg {
                to: value,
                ..Leg::set(now, 0.0)
            },
        );
    }

    /// In place of what was to start at the same frame.
    pub(crate) fn schedule(&mut self, leg: Leg) {
        self.later.insert(leg.start, leg);
    }

    /// What starts at this frame or later is gone.
    pub(crate) fn cancel_from(&mut self, frame: i64) {
        self.later.split_off(&frame);
    }

    /// As it is read before the frame is rendered: a value that is set there counts already.
    pub(crate) fn shown(&self, now: i64) -> f64 {
        match self.later.get(&now) {
            Some(leg) if leg.frames == 0 => leg.to,
            _ => self.volume(now),
        }
    }

    /// The same, and 0 while it is muted.
    pub(crate) fn shown_unmuted(&self, now: i64) -> f64 {
        if self.muted {
            0.0
        } else {
            self.shown(now)
        }
    }

    /// Whether the value moves, or something starts, from one frame up to another.
    pub(crate) fn moves(&self, now: i64, end: i64) -> bool {
        now < self.leg.start + self.leg.frames || self.later.range(..end).next().is_some()
    }

    /// Forgets what has been taken over before this frame.
    pub(crate) fn settle(&mut self, now: i64) {
        (self.from, self.leg) = self.leg(now);
        self.later = self.later.split_off(&now);
    }
}
