//! The one place that writes audio files.

use std::path::Path;

use clap::ValueEnum;
use perbus::file::FileError;
use perbus::{Error, File, FileSamples, FileSettings, Format};

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
    fn samples(self) -> FileSamples {
        match self {
            Bits::Int16 => FileSamples::Int16,
            Bits::Int24 => FileSamples::Int24,
            Bits::Float32 => FileSamples::Float32,
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
pub(crate) struct Encoder(File);

impl Encoder {
    /// A stereo file.
    pub(crate) fn create(path: &Path, bits: Bits, rate: u32) -> Result<Self, String> {
        let format = Format::new(f64::from(rate), 2).map_err(reason)?;
        let settings = FileSettings::wav(format).with_samples(bits.samples());
        File::create(path, settings).map(Self).map_err(reason)
    }

    /// Appends a block.
    pub(crate) fn write(&mut self, block: &[&[f32]]) -> Result<(), String> {
        self.0.write(block).map_err(reason)
    }

    pub(crate) fn finish(self) -> Result<(), String> {
        self.0.finish().map_err(reason)
    }
}

/// Without the file's path, which is a temporary one.
fn reason(error: Error) -> String {
    match error {
        Error::File(FileError::Write { source, .. }) => source.to_string(),
        other => other.to_string(),
    }
}
