//! Level and outline of a stream of blocks, without keeping the samples.

use std::ops::Range;

/// Samples handled side by side, so that the compiler can use vector instructions.
const LANES: usize = 16;

/// Peak, RMS, and the lowest and highest sample of each of a number of columns of equal length.
pub(crate) struct Meter {
    frames: u64,
    frame: u64,
    samples: u64,
    squares: f64,
    outline: Vec<Range<f32>>,
}

impl Meter {
    /// For at least 1, in all `frames` frames, drawn in at most `columns` columns.
    pub(crate) fn new(frames: u64, columns: usize) -> Self {
        let columns = frames.min(columns as u64).max(1) as usize;
        let nothing = f32::INFINITY..f32::NEG_INFINITY;
        Self {
            frames,
            frame: 0,
            samples: 0,
            squares: 0.0,
            outline: vec![nothing; columns],
        }
    }

    /// Takes the next block, one slice per channel.
    pub(crate) fn add(&mut self, block: &[&[f32]]) {
        let length = block.first().map_or(0, |channel| channel.len());
        let columns = self.outline.len() as u64;
        let mut start = 0;
        while start < length && self.frame < self.frames {
            let column = self.frame * columns / self.frames;
            let column_end = ((column + 1) * self.frames).div_ceil(columns);
            let end = length.min(start + (column_end - self.frame) as usize);
            for channel in block {
                let (lowest, highest, squares) = survey(&channel[start..end]);
                let drawn = &mut self.outline[column as usize];
                drawn.start = drawn.start.min(lowest);
                drawn.end = drawn.end.max(highest);
                self.squares += squares;
                self.samples += (end - start) as u64;
            }
            self.frame += (end - start) as u64;
            start = end;
        }
    }

    /// The length in frames.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// The lowest and the highest sample of each column, over all channels.
    pub(crate) fn outline(&self) -> &[Range<f32>] {
        &self.outline
    }

    /// The highest magnitude of a sample.
    pub(crate) fn peak(&self) -> f32 {
        self.outline
            .iter()
            .fold(0.0, |peak, column| peak.max(-column.start).max(column.end))
    }

    pub(crate) fn peak_db(&self) -> f32 {
        perbus::decibels::to_db(self.peak())
    }

    /// Over all samples of all channels; 0 dB is that of full-scale direct current.
    pub(crate) fn rms_db(&self) -> f32 {
        (10.0 * (self.squares / self.samples.max(1) as f64).log10()) as f32
    }
}

/// The lowest sample, the highest, and the sum of the squares.
fn survey(samples: &[f32]) -> (f32, f32, f64) {
    let mut lowest = [f32::INFINITY; LANES];
    let mut highest = [f32::NEG_INFINITY; LANES];
    let mut squares = [0.0; LANES];
    let mut take = |chunk: &[f32]| {
        for (lane, &sample) in chunk.iter().enumerate() {
            // Not f32::min and max, whose handling of NaN costs an extra comparison each.
            lowest[lane] = if sample < lowest[lane] {
                sample
            } else {
                lowest[lane]
            };
            highest[lane] = if sample > highest[lane] {
                sample
            } else {
                highest[lane]
            };
            squares[lane] += f64::from(sample) * f64::from(sample);
        }
    };
    let chunks = samples.chunks_exact(LANES);
    let rest = chunks.remainder();
    chunks.for_each(&mut take);
    take(rest);
    (
        lowest.into_iter().fold(f32::INFINITY, f32::min),
        highest.into_iter().fold(f32::NEG_INFINITY, f32::max),
        squares.into_iter().sum(),
    )
}
