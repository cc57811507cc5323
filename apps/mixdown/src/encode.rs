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

/// What an extension stands for.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Wav,
    Flac,
    Ogg,
}

const KINDS: [(&str, Kind); 3] = [("wav", Kind::Wav), ("flac", Kind::Flac), ("ogg", Kind::Ogg)];

/// How the mix and its stems are written.
#[derive(Clone, Copy)]
pub(crate) struct Encoding {
    kind: Kind,
    bits: Bits,
}

impl Encoding {
    /// WAV, with these bits or as float.
    pub(crate) fn wav(bits: Option<Bits>) -> Self {
        Self {
            kind: Kind::Wav,
            bits: bits.unwrap_or(Bits::Float32),
        }
    }

    /// As the extension says; the error is the reason why there is no such file.
    pub(crate) fn of(path: &Path, bits: Option<Bits>) -> Result<Self, String> {
        let Some(extension) = path.extension() else {
            return Err("the name must end with .wav, .flac or .ogg".to_owned());
        };
        let known = KINDS
            .iter()
            .find(|(name, _)| extension.eq_ignore_ascii_case(name));
        let Some((_, kind)) = known else {
            let extension = extension.to_string_lossy();
            return Err(format!(
                "{extension} files cannot be written, only wav, flac and ogg"
            ));
        };
        match (kind, bits) {
            (Kind::Wav, bits) => Ok(Self::wav(bits)),
            (Kind::Flac, Some(Bits::Float32)) => {
                Err("FLAC has integer samples: --bits 16 or 24".to_owned())
            }
            (Kind::Ogg, Some(_)) => Err("Vorbis has no size of samples: no --bits".to_owned()),
            (kind, bits) => Ok(Self {
                kind: *kind,
                bits: bits.unwrap_or(Bits::Int24),
            }),
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        let known = KINDS.iter().find(|(_, kind)| *kind == self.kind);
        known.map_or("wav", |(name, _)| name)
    }

    /// Whether samples beyond full scale survive.
    pub(crate) fn keeps_excess(self) -> bool {
        self.kind == Kind::Ogg || self.bits == Bits::Float32
    }

    /// What becomes of samples beyond full scale.
    pub(crate) fn excess(self) -> &'static str {
        match self.kind {
            Kind::Ogg => "Vorbis keeps them, but players clip them",
            _ if self.keeps_excess() => "32-bit float keeps them, but players clip them",
            _ => "they are clipped",
        }
    }

    fn settings(self, format: Format) -> FileSettings {
        let settings = match self.kind {
            Kind::Wav => FileSettings::wav(format),
            Kind::Flac => FileSettings::flac(format),
            Kind::Ogg => FileSettings::ogg_vorbis(format),
        };
        settings.with_samples(match self.bits {
            Bits::Int16 => FileSamples::Int16,
            Bits::Int24 => FileSamples::Int24,
            Bits::Float32 => FileSamples::Float32,
        })
    }
}

/// A file that is being written, with dither where its samples are integers.
pub(crate) struct Encoder(File);

impl Encoder {
    /// A stereo file.
    pub(crate) fn create(path: &Path, encoding: Encoding, rate: u32) -> Result<Self, String> {
        let format = Format::new(f64::from(rate), 2).map_err(reason)?;
        let file = File::create(path, encoding.settings(format));
        file.map(Self).map_err(reason)
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
