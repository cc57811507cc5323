//! Engines with a matrix, and what must be heard of it.

use perbus::{Engine, Levels, Matrix, Result, Source};

use crate::common::*;

/// How far a settled sample may be from the product computed in f64.
const PRODUCT_TOLERANCE: f32 = 1e-5;

/// Numbers that look random and are the same in every run: 0 to 1.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    fn signed(&mut self) -> f32 {
        self.next() * 2.0 - 1.0
    }
}

/// What input channel `channel` of the matrix receives at `time`: a different tone for each.
fn tone(channel: usize, time: i64) -> f32 {
    ((time as f64) * 0.01 * (channel + 1) as f64).sin() as f32 * 0.8
}

/// A source of the tones for the matrix's channels from `first` on.
pub(crate) fn tones(engine: &Engine, channels: u32, first: usize) -> Source {
    let render = move |block: &mut perbus::RenderBlock<'_>| {
        let time = block.sample_time();
        for channel in 0..channels {
            let samples = block.channel_mut(channel);
            for (frame, sample) in (0..).zip(samples) {
                *sample = tone(first + channel as usize, time + frame);
            }
        }
    };
    engine
        .create_source(format(channels), render)
        .expect("a source")
}

/// Inputs stereo, mono, stereo: channels 0-1, 2, 3-4. Outputs stereo, mono: channels 0-1, 2, on
/// buses 0 and 1 of the main mixer, whose mono bus goes to both sides.
pub(crate) struct Patch {
    pub(crate) engine: Engine,
    pub(crate) matrix: Matrix,
}

impl Patch {
    pub(crate) fn new() -> Result<Self> {
        let engine = running(2);
        let matrix = engine.create_matrix(3, 2)?;
        let patch = Self { engine, matrix };
        patch.connect()?;
        Ok(patch)
    }

    pub(crate) fn connect(&self) -> Result<()> {
        let Self { engine, matrix } = self;
        let mut first = 0;
        for (bus, channels) in [(0, 2), (1, 1), (2, 2)] {
            let source = tones(engine, channels, first);
            engine.connect_with_format(&source, matrix, 0, bus, format(channels))?;
            first += channels as usize;
        }
        let main = engine.main_mixer();
        engine.connect_with_format(matrix, &main, 0, 0, format(2))?;
        engine.connect_with_format(matrix, &main, 1, 1, format(1))
    }

    pub(crate) fn random(numbers: &mut Numbers) -> Levels {
        let mut levels = Levels::new(5, 3);
        for (input, output) in crosspoints() {
            levels[(input, output)] = numbers.signed();
        }
        for volume in levels.input_volumes_mut() {
            *volume = numbers.next();
        }
        for volume in levels.output_volumes_mut() {
            *volume = numbers.next();
        }
        levels.master = numbers.next();
        levels
    }
}

/// The crosspoints of a patch: an input and an output channel.
pub(crate) fn crosspoints() -> impl Iterator<Item = (u32, u32)> {
    (0..5).flat_map(|input| (0..3).map(move |output| (input, output)))
}

/// The expected sample of an output channel at a time.
fn product(levels: &Levels, output: u32, time: i64) -> f32 {
    let sum: f64 = (0..levels.inputs())
        .map(|input| {
            f64::from(tone(input as usize, time))
                * f64::from(levels.input_volumes()[input as usize])
                * f64::from(levels[(input, output)])
        })
        .sum();
    let volume = levels.output_volumes()[output as usize];
    (f64::from(levels.master) * f64::from(volume) * sum) as f32
}

#[track_caller]
pub(crate) fn assert_product(patch: &Patch, levels: &Levels, stereo: bool, mono: bool) {
    render(&patch.engine, RAMP);
    let time = patch.engine.sample_time().expect("the engine can be asked");
    let planar = render(&patch.engine, 700);
    for (output, samples) in (0..).zip(&planar) {
        let expected = |frame: usize| {
            let time = time + frame as i64;
            let own = if stereo {
                product(levels, output, time)
            } else {
                0.0
            };
            own + if mono { product(levels, 2, time) } else { 0.0 }
        };
        assert_samples(samples, expected, PRODUCT_TOLERANCE);
    }
}

/// A source of one value per channel through a new matrix of one input and one output.
pub(crate) fn constant_through_matrix(engine: &Engine, values: &[f32]) -> Result<Matrix> {
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&constant(engine, values), &matrix, 0, 0)?;
    engine.connect(&matrix, &engine.main_mixer(), 0, 0)?;
    Ok(matrix)
}
