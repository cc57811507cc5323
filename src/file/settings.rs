//! How audio files are written.

use crate::engine::format::Format;
use crate::error::{Error, Result};
use crate::ffi;

/// The kinds of files that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileType {
    /// At most 4 GiB.
    Wav,
    /// Integer samples and at most 8 channels.
    Flac,
    /// Lossy. Not on Apple's engine.
    OggVorbis,
}

/// How WAV and FLAC files keep samples. A sample of 1.0 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileSamples {
    /// 32-bit float: values beyond full scale survive. Not in FLAC files.
    Float32,
    /// 24-bit integers, clipped at full scale.
    Int24,
    /// 16-bit integers, clipped at full scale.
    Int16,
}

/// What [`File::create`](crate::File::create) writes.
///
/// ```
/// use perbus::file::{FileSamples, FileSettings};
/// use perbus::Format;
///
/// let format = Format::new(48_000.0, 2)?;
/// let for_editing = FileSettings::wav(format);
/// let for_a_player = FileSettings::wav(format).with_samples(FileSamples::Int16);
/// let small = FileSettings::ogg_vorbis(format).with_quality(0.3);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioFile")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileSettings {
    format: Format,
    kind: FileType,
    samples: FileSamples,
    quality: f32,
    is_undithered: bool,
}

impl FileSettings {
    /// A WAV file of 32-bit float samples.
    ///
    /// The format's rate is a whole number of Hz. From three channels on, the file states which
    /// speakers they feed, and has them in the order of WAV files.
    #[must_use]
    pub fn wav(format: Format) -> Self {
        Self {
            format,
            kind: FileType::Wav,
            samples: FileSamples::Float32,
            quality: 0.5,
            is_undithered: false,
        }
    }

    /// A FLAC file of 24-bit samples. It has the usual layout of its channel count, and its channels
    /// in the order of WAV files.
    #[must_use]
    pub fn flac(format: Format) -> Self {
        Self {
            kind: FileType::Flac,
            samples: FileSamples::Int24,
            ..Self::wav(format)
        }
    }

    /// An Ogg Vorbis file of quality 0.5. It has the usual layout of its channel count.
    #[must_use]
    pub fn ogg_vorbis(format: Format) -> Self {
        Self {
            kind: FileType::OggVorbis,
            ..Self::wav(format)
        }
    }

    /// How samples are kept; Vorbis ignores it.
    #[must_use]
    pub fn with_samples(self, samples: FileSamples) -> Self {
        Self { samples, ..self }
    }

    /// The quality of Vorbis, above 0 (smallest) to 1; 0 stands for 0.5. Other files ignore it.
    #[must_use]
    pub fn with_quality(self, quality: f32) -> Self {
        Self { quality, ..self }
    }

    /// Integers are rounded only. Otherwise triangular noise of at most one step is added first, the
    /// same in each file, so that quiet sound ends in noise instead of distortion.
    #[must_use]
    pub fn undithered(self) -> Self {
        Self {
            is_undithered: true,
            ..self
        }
    }

    /// The rate, the channel count and the layout.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The kind of file.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.kind
    }

    /// How samples are kept.
    #[must_use]
    pub fn samples(&self) -> FileSamples {
        self.samples
    }

    /// Settings from C, for a file of this format.
    pub(crate) fn from_ffi(settings: &ffi::perbus_file_settings, format: Format) -> Result<Self> {
        let kinds = [FileType::Wav, FileType::Flac, FileType::OggVorbis];
        let samples = [FileSamples::Float32, FileSamples::Int24, FileSamples::Int16];
        let every = kinds
            .iter()
            .flat_map(|kind| samples.map(|samples| (*kind, samples)));
        every
            .map(|(kind, samples)| Self {
                format,
                kind,
                samples,
                quality: settings.quality,
                is_undithered: settings.undithered,
            })
            .find(|known| {
                let known = known.to_ffi();
                (known.type_, known.samples) == (settings.type_, settings.samples)
            })
            .ok_or_else(|| {
                Error::InvalidArgument(format!(
                    "unknown file type {} or samples {}",
                    settings.type_, settings.samples
                ))
            })
    }

    pub(crate) fn to_ffi(self) -> ffi::perbus_file_settings {
        ffi::perbus_file_settings {
            format: self.format.to_ffi(),
            type_: match self.kind {
                FileType::Wav => ffi::perbus_file_type_PERBUS_FILE_WAV,
                FileType::Flac => ffi::perbus_file_type_PERBUS_FILE_FLAC,
                FileType::OggVorbis => ffi::perbus_file_type_PERBUS_FILE_OGG_VORBIS,
            },
            samples: match self.samples {
                FileSamples::Float32 => ffi::perbus_file_samples_PERBUS_FILE_FLOAT_32,
                FileSamples::Int24 => ffi::perbus_file_samples_PERBUS_FILE_INT_24,
                FileSamples::Int16 => ffi::perbus_file_samples_PERBUS_FILE_INT_16,
            },
            quality: self.quality,
            undithered: self.is_undithered,
        }
    }
}
