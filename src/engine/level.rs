//! The level of a signal: peak, RMS and clipped samples by windows, of blocks that a tap delivers.
//! What the portable engine's own meters do, for engines that have none.

use crate::engine::format::Side;
use crate::ffi;

/// As long as the windows of the portable engine's meters.
const WINDOW: u32 = 2400;

/// A channel as it goes into the meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) channel: u32,
    pub(super) side: Side,
    pub(super) gain: f32,
}

#[derive(Debug, Default)]
struct Half {
    highest: f32,
    squares: f64,
    samples: u64,
}

impl Half {
    fn add(&mut self, sample: f32) {
        self.samples += 1;
        // Both are false for NaN, which would otherwise stay in the sum.
        if sample > self.highest {
            self.highest = sample;
        }
        if sample >= 0.0 {
            self.squares += f64::from(sample).powi(2);
        }
    }

    fn rms(&self) -> f32 {
        (self.squares / self.samples.max(1) as f64).sqrt() as f32
    }
}

/// The window that is being measured, and the reading of the last one.
#[derive(Debug)]
pub(super) struct Level {
    halves: [Half; 2],
    clips: u64,
    /// Of the window.
    frames: u32,
    reading: ffi::perbus_meter,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            halves: Default::default(),
            clips: 0,
            frames: 0,
            reading: ffi::perbus_meter {
                peak: [0.0; 2],
                rms: [0.0; 2],
                clips: 0,
            },
        }
    }
}

impl Level {
    pub(super) fn reading(&self) -> ffi::perbus_meter {
        self.reading
    }

    /// Measures a block; `channel` has its samples, as many of each.
    pub(super) fn add<'a>(
        &mut self,
        terms: &[Term],
        frames: u32,
        channel: impl Fn(u32) -> &'a [f32],
    ) {
        let mut done = 0;
        while done < frames {
            let part = (frames - done).min(WINDOW - self.frames);
            for term in terms {
                let samples = &channel(term.channel)[done as usize..(done + part) as usize];
                self.measure(*term, samples);
            }
            done += part;
            self.frames += part;
            if self.frames == WINDOW {
                self.end_window();
            }
        }
    }

    fn measure(&mut self, term: Term, samples: &[f32]) {
        for sample in samples {
            let sample = (sample * term.gain).abs();
            self.clips += u64::from(sample > 1.0);
            for half in term.side.halves() {
                self.halves[half].add(sample);
            }
        }
    }

    fn end_window(&mut self) {
        for (side, half) in self.halves.iter_mut().enumerate() {
            self.reading.peak[side] = half.highest;
            self.reading.rms[side] = half.rms();
            *half = Half::default();
        }
        self.reading.clips = self.clips;
        self.frames = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(level: &mut Level, terms: &[Term], samples: &[f32]) {
        level.add(terms, samples.len() as u32, |_| samples);
    }

    fn term(side: Side, gain: f32) -> Term {
        let channel = 0;
        Term {
            channel,
            side,
            gain,
        }
    }

    #[test]
    fn a_window_ends_within_a_block() {
        let mut level = Level::default();
        let left = [term(Side::Left, 0.5)];
        add(&mut level, &left, &[0.8; 2399]);
        assert_eq!(level.reading().peak, [0.0; 2]);
        // One frame of it belongs to the window.
        add(&mut level, &left, &[-0.2; 2400]);
        let reading = level.reading();
        assert_eq!((reading.peak, reading.rms[1]), ([0.4, 0.0], 0.0));
        let expected = ((0.16 * 2399.0 + 0.01) / 2400.0_f64).sqrt() as f32;
        assert!((reading.rms[0] - expected).abs() < 1e-6, "{reading:?}");
        add(&mut level, &left, &[-0.2; 1]);
        assert_eq!(level.reading().peak, [0.1, 0.0]);
    }

    #[test]
    fn what_stands_in_the_middle_counts_on_both_sides_and_clips_once() {
        let mut level = Level::default();
        add(&mut level, &[term(Side::Middle, 2.0)], &[0.75; 2400]);
        let reading = level.reading();
        assert_eq!((reading.peak, reading.rms), ([1.5; 2], [1.5; 2]));
        assert_eq!(reading.clips, 2400);
    }

    #[test]
    fn what_is_no_number_counts_for_nothing() {
        let mut level = Level::default();
        let mut samples = [0.5; 2400];
        samples[..600].fill(f32::NAN);
        add(&mut level, &[term(Side::Right, 1.0)], &samples);
        let reading = level.reading();
        assert_eq!(reading.peak, [0.0, 0.5]);
        let expected = 0.5 * 0.75_f32.sqrt();
        assert!((reading.rms[1] - expected).abs() < 1e-6, "{reading:?}");
        assert_eq!(reading.clips, 0);
    }
}
