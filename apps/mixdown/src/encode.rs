//! The one place that writes audio files.

use std::path::Path;

use clap::ValueEnum;
use perbus::file::{FileError, WavEncoding, WavWriter};

/// The same noise in every run.
const SEED: u64 = 0x6d69_7864_6f77_6e21;

/// How samples are stored.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Bits {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

impl Bits {
    /// The smallest difference between two samples.
    fn step(self) -> Option<f32> {
        match self {
            Bits::Int16 => Some((-15_f32).exp2()),
            Bits::Int24 => Some((-23_f32).exp2()),
            Bits::Float32 => None,
        }
    }

    /// Whether samples beyond full scale survive.
    pub(crate) fn is_float(self) -> bool {
        self == Bits::Float32
    }
}

/// Whether a file of this name can be written, and if not, why.
pub(crate) fn check_name(path: &Path) -> Result<(), String> {
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("wav") => Ok(()),
        Some(extension) => Err(format!(
            "{} files cannot be written, only wav",
            extension.to_string_lossy()
        )),
        None => Err("the name must end with .wav".to_owned()),
    }
}

/// A file that is being written, with dither where its samples are integers.
pub(crate) struct Encoder {
    writer: WavWriter,
    dither: Option<(f32, fastrand::Rng)>,
    block: Vec<Vec<f32>>,
}

impl Encoder {
    /// A stereo file.
    pub(crate) fn create(path: &Path, bits: Bits, rate: u32) -> Result<Self, String> {
        let encoding = match bits {
            Bits::Int16 => WavEncoding::Int16,
            Bits::Int24 => WavEncoding::Int24,
            Bits::Float32 => WavEncoding::Float32,
        };
        let writer = WavWriter::create(path, f64::from(rate), 2, encoding).map_err(reason)?;
        Ok(Self {
            writer,
            dither: bits
                .step()
                .map(|step| (step, fastrand::Rng::with_seed(SEED))),
            block: vec![Vec::new(); 2],
        })
    }

    /// Appends a block.
    pub(crate) fn write(&mut self, block: &[&[f32]]) -> Result<(), String> {
        let Some((step, random)) = &mut self.dither else {
            return self.writer.write(block).map_err(reason);
        };
        for (samples, written) in block.iter().zip(&mut self.block) {
            // The sum of two uniform distributions is a triangular one, one step to either side.
            let dithered = samples
                .iter()
                .map(|sample| sample + (random.f32() + random.f32() - 1.0) * *step);
            written.clear();
            written.extend(dithered);
        }
        let planes: Vec<&[f32]> = self.block.iter().map(Vec::as_slice).collect();
        self.writer.write(&planes).map_err(reason)
    }

    pub(crate) fn finish(self) -> Result<(), String> {
        self.writer.finish().map_err(reason)
    }
}

/// Without the file's path, which is a temporary one.
fn reason(error: FileError) -> String {
    match error {
        FileError::Write { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}
