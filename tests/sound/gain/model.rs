//! Where a gain should be, and how far one frame may move it.

use perbus::Curve;

use crate::common::format;
use crate::common::layouts::side;

/// Frames of a ramp.
const RAMP: i64 = 480;

/// A value on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Path {
    from: f32,
    pub(crate) to: f32,
    start: i64,
    frames: u32,
    curve: Curve,
}

impl Path {
    pub(crate) fn still(value: f32) -> Self {
        Self::fade(value, value, 0, 0, Curve::Linear)
    }

    pub(crate) fn fade(from: f32, to: f32, start: i64, frames: u32, curve: Curve) -> Self {
        Self {
            from,
            to,
            start,
            frames,
            curve,
        }
    }

    pub(crate) fn is_over(&self, now: i64) -> bool {
        now >= self.start + i64::from(self.frames)
    }

    pub(crate) fn at(&self, now: i64) -> f64 {
        if self.is_over(now) {
            return f64::from(self.to);
        }
        if now == self.start {
            return f64::from(self.from);
        }
        let x = (now - self.start) as f64 / f64::from(self.frames);
        let (from, to) = (f64::from(self.from), f64::from(self.to));
        match self.curve {
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential => from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x),
            _ => from + (to - from) * x,
        }
    }
}

/// What the faders of a bus, or a mixer's output volume, are set to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Set {
    pub(crate) volume: Path,
    pub(crate) pan: Path,
    pub(crate) silenced: bool,
}

impl Default for Set {
    fn default() -> Self {
        Self {
            volume: Path::still(1.0),
            pan: Path::still(0.0),
            silenced: false,
        }
    }
}

impl Set {
    /// As the engine receives it: the fader of a silenced strip does not matter.
    pub(crate) fn sent(self) -> Self {
        if self.silenced {
            Self {
                volume: Path::still(0.0),
                ..self
            }
        } else {
            self
        }
    }

    /// Nothing moves any more, or it moves differently.
    fn is_as(&self, other: &Self, now: i64) -> bool {
        let same = |one: Path, other: Path| {
            one == other || one.is_over(now) && other.is_over(now) && one.to == other.to
        };
        same(self.volume, other.volume) && same(self.pan, other.pan)
    }

    /// The gain of the output channels on one side.
    fn gain(&self, side: i32, now: i64) -> f64 {
        let (volume, pan) = (self.volume.at(now), self.pan.at(now));
        match side {
            -1 => volume * (1.0 - pan.max(0.0)),
            1 => volume * (1.0 + pan.min(0.0)),
            _ => volume,
        }
    }
}

/// A ramp: how far each channel is to go.
#[derive(Clone, Debug)]
struct Ramp {
    start: i64,
    change: Vec<f64>,
}

/// A gain as it is heard.
#[derive(Clone, Debug)]
pub(crate) struct Gain {
    /// Of each channel.
    sides: Vec<i32>,
    /// What the last block had.
    taken: Set,
    ramps: Vec<Ramp>,
}

impl Gain {
    pub(crate) fn new(channels: usize, set: Set) -> Self {
        let output = format(channels as u32);
        Self {
            sides: (0..channels).map(|c| side(output, c)).collect(),
            taken: set,
            ramps: Vec::new(),
        }
    }

    /// A block begins. joined: the sound continues from the previous block.
    pub(crate) fn begin(&mut self, set: &Set, now: i64, joined: bool) {
        if set.is_as(&self.taken, now) {
            self.taken = *set;
            return;
        }
        self.ramps.retain(|ramp| now < ramp.start + RAMP);
        let change = (0..self.sides.len())
            .map(|channel| {
                let left = self.ramps.last().map_or(0.0, |ramp| {
                    ramp.change[channel] * (1.0 - (now - ramp.start) as f64 / RAMP as f64)
                });
                let before = self.taken.gain(self.sides[channel], now);
                let after = set.gain(self.sides[channel], now);
                left + (after - before).abs()
            })
            .collect();
        if !joined {
            self.ramps.clear();
        } else {
            // It may continue from where it is, or begin again.
            self.ramps.push(Ramp { start: now, change });
        }
        self.taken = *set;
    }

    /// Where it is after the frames up to `now`, unless it is on a ramp.
    pub(crate) fn at(&self, channel: usize, now: i64) -> Option<f64> {
        let on_a_ramp = |ramp: &Ramp| now < ramp.start + RAMP && ramp.change[channel] > 0.0;
        (!self.ramps.iter().any(on_a_ramp)).then(|| self.taken.gain(self.sides[channel], now))
    }

    /// How far the frame that ends at `now` may move it.
    pub(crate) fn step(&self, channel: usize, now: i64) -> f64 {
        let gain = |now| self.taken.gain(self.sides[channel], now);
        let ramp = |ramp: &Ramp| ramp.change[channel] / RAMP as f64;
        let under_way = self.ramps.iter().filter(|ramp| now <= ramp.start + RAMP);
        (gain(now) - gain(now - 1)).abs() + under_way.map(ramp).fold(0.0, f64::max)
    }
}
