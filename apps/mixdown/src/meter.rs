//! Level and outline of a stream, without keeping the samples.

/// Frames of a window when samples are measured here.
const WINDOW: usize = 256;

/// Samples handled together, so that the compiler can use vector instructions.
const LANES: usize = 16;

/// Peak, RMS, clipped samples, and the peaks left and right in a number of columns of equal length.
pub(crate) struct Meter {
    frames: u64,
    frame: u64,
    squares: f64,
    clips: u64,
    columns: Vec<[f32; 2]>,
}

impl Meter {
    /// For `frames` frames in stereo, drawn in at most `columns` columns.
    pub(crate) fn new(frames: u64, columns: usize) -> Self {
        let columns = frames.min(columns as u64).max(1) as usize;
        Self {
            frames,
            frame: 0,
            squares: 0.0,
            clips: 0,
            columns: vec![[0.0; 2]; columns],
        }
    }

    /// Takes the next block, left and right.
    pub(crate) fn add(&mut self, block: &[&[f32]]) {
        let windows = block[0].chunks(WINDOW).zip(block[1].chunks(WINDOW));
        for (left, right) in windows {
            let sides = [survey(left), survey(right)];
            self.clips += sides.iter().map(|side| side.over).sum::<u64>();
            let squares = sides.iter().map(|side| side.squares).sum();
            self.add_window(left.len() as u64, sides.map(|side| side.peak), squares);
        }
    }

    /// Takes the next frames, which were measured already; beyond the end they are left out.
    pub(crate) fn add_window(&mut self, frames: u64, peak: [f32; 2], squares: f64) {
        let end = (self.frame + frames).min(self.frames);
        self.squares += squares;
        if end > self.frame {
            let columns = self.columns.len() as u64;
            let column = |frame: u64| (frame * columns / self.frames) as usize;
            for drawn in &mut self.columns[column(self.frame)..=column(end - 1)] {
                *drawn = [higher(drawn[0], peak[0]), higher(drawn[1], peak[1])];
            }
        }
        self.frame = end;
    }

    pub(crate) fn set_clips(&mut self, clips: u64) {
        self.clips = clips;
    }

    /// The length in frames.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// The highest magnitudes of each column, left and right.
    pub(crate) fn columns(&self) -> &[[f32; 2]] {
        &self.columns
    }

    /// Samples beyond full scale.
    pub(crate) fn clips(&self) -> u64 {
        self.clips
    }

    /// The highest magnitude of a sample.
    pub(crate) fn peak(&self) -> f32 {
        let both = self.columns.iter().flatten();
        both.fold(0.0, |peak, side| higher(peak, *side))
    }

    pub(crate) fn peak_db(&self) -> f32 {
        perbus::decibels::to_db(self.peak())
    }

    /// Over all samples of both sides; 0 dB is that of full-scale direct current.
    pub(crate) fn rms_db(&self) -> f32 {
        (10.0 * (self.squares / (2 * self.frames.max(1)) as f64).log10()) as f32
    }
}

/// The higher level; `level` is not if it is NaN. `f32::max` costs a further comparison.
fn higher(peak: f32, level: f32) -> f32 {
    if level > peak {
        level
    } else {
        peak
    }
}

struct Survey {
    peak: f32,
    squares: f64,
    over: u64,
}

fn survey(samples: &[f32]) -> Survey {
    let mut peak = [0.0_f32; LANES];
    let mut squares = [0.0; LANES];
    let mut take = |chunk: &[f32]| {
        for (lane, &sample) in chunk.iter().enumerate() {
            peak[lane] = higher(peak[lane], sample.abs());
            squares[lane] += f64::from(sample) * f64::from(sample);
        }
    };
    let chunks = samples.chunks_exact(LANES);
    let rest = chunks.remainder();
    chunks.for_each(&mut take);
    take(rest);
    let peak = peak.into_iter().fold(0.0, higher);
    let over = if peak > 1.0 {
        samples.iter().filter(|sample| sample.abs() > 1.0).count()
    } else {
        0
    };
    Survey {
        peak,
        squares: squares.into_iter().sum(),
        over: over as u64,
    }
}
