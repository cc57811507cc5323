//! How a meter moves: at once up, slowly down, with the highest level held.

use std::time::Duration;

use perbus::{decibels, Meter};

/// Decibels per second.
const FALL: f32 = 24.0;
/// How long the highest level stays.
const HOLD: Duration = Duration::from_millis(1500);

/// One meter's needles, in dBFS: left and right.
#[derive(Clone, Debug)]
pub(crate) struct Needles {
    pub(crate) level: [f32; 2],
    pub(crate) hold: f32,
    /// There were samples past full scale since it was reset.
    pub(crate) clipped: bool,
    held_for: Duration,
    clips: u64,
}

impl Default for Needles {
    fn default() -> Self {
        Self {
            level: [f32::NEG_INFINITY; 2],
            hold: f32::NEG_INFINITY,
            clipped: false,
            held_for: Duration::ZERO,
            clips: 0,
        }
    }
}

impl Needles {
    /// Moves them to a reading, `passed` after the previous one.
    pub(crate) fn follow(&mut self, reading: &Meter, passed: Duration) {
        let fall = FALL * passed.as_secs_f32();
        for (level, peak) in self.level.iter_mut().zip(reading.peak) {
            *level = decibels::to_db(peak).max(*level - fall);
        }
        let highest = self.level[0].max(self.level[1]);
        self.held_for += passed;
        if highest >= self.hold {
            (self.hold, self.held_for) = (highest, Duration::ZERO);
        } else if self.held_for > HOLD {
            self.hold = highest.max(self.hold - fall);
        }
        // A new connection counts from 0.
        self.clipped |= reading.clips > self.clips;
        self.clips = reading.clips;
    }

    /// Forgets the highest level and that anything was clipped.
    pub(crate) fn reset(&mut self) {
        self.clipped = false;
        self.hold = self.level[0].max(self.level[1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(peak: f32, clips: u64) -> Meter {
        let mut meter = Meter::default();
        (meter.peak, meter.clips) = ([peak, peak / 2.0], clips);
        meter
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_needle_rises_at_once_and_falls_slowly() {
        let mut needles = Needles::default();
        needles.follow(&reading(1.0, 0), SECOND);
        assert_eq!(needles.level[0], 0.0);
        assert!((needles.level[1] + 6.02).abs() < 0.01);
        needles.follow(&reading(0.0, 0), SECOND / 2);
        assert!((needles.level[0] + 12.0).abs() < 0.01);
        assert_eq!(needles.hold, 0.0);
        for _ in 0..4 {
            needles.follow(&reading(0.0, 0), SECOND);
        }
        assert!(needles.hold < -60.0, "{}", needles.hold);
    }

    #[test]
    fn a_clip_stays_until_the_reset() {
        let mut needles = Needles::default();
        needles.follow(&reading(2.0, 3), SECOND);
        needles.follow(&reading(0.1, 3), SECOND);
        assert!(needles.clipped);
        needles.reset();
        needles.follow(&reading(0.1, 3), SECOND);
        assert!(!needles.clipped);
        // Reconnected.
        needles.follow(&reading(0.1, 0), SECOND);
        needles.follow(&reading(1.5, 1), SECOND);
        assert!(needles.clipped);
    }
}
