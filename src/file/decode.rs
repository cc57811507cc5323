//! Streaming decoder for compressed and uncompressed audio files.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_MP3, FORMAT_ID_WAVE};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use crate::engine::format::{ChannelLayout, Format};
use crate::error::FileError;
use crate::file::layout::{decoded_layout, wav_layout};
use crate::file::stated_length::{ends_inside_a_box, StatedLength};
use crate::sync::panics::caught;

/// Samples per byte of file beyond which a stated length is not believed. Compressed speech and
/// music stay far below it; only long silence in FLAC comes close.
const PLAUSIBLE_SAMPLES_PER_BYTE: u64 = 256;

/// Reads an audio file block by block as planar f32.
///
/// WAV, AIFF, FLAC, Ogg (Vorbis, FLAC), MP3 and AAC (M4A, ADTS) are recognized by their contents,
/// not by their names. Integer samples are scaled so that full scale is 1.0; float samples are
/// returned as they are, even beyond it.
///
/// The encoder's padding is removed where the file states it (MP3 with a LAME tag, Ogg Vorbis).
/// AAC keeps its priming: about 1024 or 2112 frames of silence at the start.
///
/// WAV and AIFF files of more than 18 channels are not supported.
///
/// A truncated file is an error rather than a short result, except in formats that do not state a
/// length: MP3 without a LAME tag, and bare AAC (ADTS).
///
/// # Example
///
/// ```
/// use perbus::file::{Decoder, WavEncoding, WavWriter};
///
/// # let folder = std::env::temp_dir().join(format!("perbus-doc-decode-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("steady.wav");
/// # let mut writer = WavWriter::create(&path, 48_000.0, 2, WavEncoding::Int16)?;
/// # writer.write(&[&[0.25; 5_000], &[0.5; 5_000]])?;
/// # writer.finish()?;
/// let mut decoder = Decoder::open(&path)?;
/// assert_eq!(decoder.channels(), 2);
/// let mut peaks = [0.0_f32; 2];
/// while let Some(block) = decoder.next_block()? {
///     for (peak, plane) in peaks.iter_mut().zip(block) {
///         *peak = plane.iter().fold(*peak, |peak, sample| peak.max(sample.abs()));
///     }
/// }
/// assert_eq!(peaks, [0.25, 0.5]);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decoder {
    path: PathBuf,
    reader: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    track: u32,
    sample_rate: u32,
    layout: ChannelLayout,
    length: StatedLength,
    byte_length: u64,
    planes: Vec<Vec<f32>>,
    decoded: u64,
    state: State,
}

enum State {
    /// `planes` holds the block decoded by `open`, not returned yet.
    Primed,
    Running,
    /// At the end, or after an error.
    Ended,
}

impl Decoder {
    /// Opens a file and decodes its first block, to learn the rate and channels it really has.
    ///
    /// # Errors
    ///
    /// - [`FileError::Read`]: missing, not a regular file, or not readable.
    /// - [`FileError::Empty`]: no bytes, or no audio frames.
    /// - [`FileError::Unsupported`]: not audio, or a format that is not decoded here.
    /// - [`FileError::Truncated`]: cut before the end of the first block.
    /// - [`FileError::Corrupt`]: damaged at or before the first block.
    /// - [`FileError::BadFormat`]: a sample rate of 0 or above 768 kHz, or no channels.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        caught(|| Self::open_unguarded(path.to_path_buf())).unwrap_or_else(|| Err(panicked(path)))
    }

    fn open_unguarded(path: PathBuf) -> Result<Self, FileError> {
        let (file, byte_length) = match open_regular(&path) {
            Ok(opened) => opened,
            Err(source) => return Err(FileError::Read { path, source }),
        };
        if byte_length == 0 {
            return Err(FileError::Empty { path });
        }
        // The reader of these files reports truncation as something else, or not at all.
        if ends_inside_a_box(&path, byte_length).unwrap_or(false) {
            return Err(FileError::Truncated {
                path,
                decoded: 0,
                promised: None,
            });
        }
        let stream = MediaSourceStream::new(Box::new(file), Default::default());
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let reader = symphonia::default::get_probe()
            .probe(
                &hint,
                stream,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(|error| translate(&path, 0, None, error))?;
        Self::start(path, byte_length, reader)
    }

    fn start(
        path: PathBuf,
        byte_length: u64,
        reader: Box<dyn FormatReader>,
    ) -> Result<Self, FileError> {
        let unsupported = |reason: &str| FileError::Unsupported {
            path: path.clone(),
            reason: reason.to_owned(),
        };
        let track = reader
            .default_track(TrackType::Audio)
            .ok_or_else(|| unsupported("it has no audio track"))?;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| unsupported("its audio codec is not known"))?;
        let format = reader.format_info().format;
        // Without a LAME tag the length of an MP3 is an estimate: trimming to it would cut audio.
        let gapless = format != FORMAT_ID_MP3 || track.delay.is_some();
        let codec = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default().gapless(gapless))
            .map_err(|error| translate(&path, 0, None, error))?;
        let length = StatedLength::of(format, track);
        let track = track.id;
        let mut decoder = Self {
            path,
            reader,
            codec,
            track,
            sample_rate: 0,
            layout: ChannelLayout::Discrete,
            length,
            byte_length,
            planes: Vec::new(),
            decoded: 0,
            state: State::Running,
        };
        if !decoder.decode_block()? {
            return Err(FileError::Empty { path: decoder.path });
        }
        if format == FORMAT_ID_WAVE {
            decoder.layout = wav_layout(&decoder.path, decoder.channels());
        }
        decoder.state = State::Primed;
        Ok(decoder)
    }

    /// Sample rate of the file in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> f64 {
        f64::from(self.sample_rate)
    }

    /// Channels of the file, at least 1.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.planes.len() as u32
    }

    /// Which speakers the channels feed. Where a WAV file does not say, this is the usual layout of
    /// their count; where another file does not, or lists speakers that no layout has, it is
    /// [`Discrete`](ChannelLayout::Discrete). The channels are in the order of WAV files in any
    /// case.
    #[must_use]
    pub fn layout(&self) -> ChannelLayout {
        self.layout
    }

    /// Length in frames, where the file states one.
    ///
    /// WAV, AIFF and FLAC state it exactly, and a file with fewer frames is an error once its
    /// end is reached. Ogg, M4A and MP3 with a LAME tag may be off by a block. It is `None` for
    /// other MP3 files, for ADTS and for WAV files written to a pipe.
    #[must_use]
    pub fn frames(&self) -> Option<u64> {
        self.length.frames
    }

    /// Decodes the next block: one vector per channel, all of the same length of at least 1,
    /// valid until the next call. `None` at the end, and on every call after the end or an error.
    ///
    /// # Errors
    ///
    /// - [`FileError::Read`]: the disk failed.
    /// - [`FileError::Truncated`]: the file is shorter than the length it states.
    /// - [`FileError::Corrupt`]: the audio data is damaged.
    /// - [`FileError::Unsupported`]: the sample rate or channels change inside the file.
    pub fn next_block(&mut self) -> Result<Option<&[Vec<f32>]>, FileError> {
        match self.state {
            State::Ended => return Ok(None),
            State::Primed => self.state = State::Running,
            State::Running => {
                // Unless a block follows.
                self.state = State::Ended;
                let decoded =
                    caught(|| self.decode_block()).unwrap_or_else(|| Err(panicked(&self.path)));
                if !decoded? {
                    return Ok(None);
                }
                self.state = State::Running;
            }
        }
        Ok(Some(&self.planes))
    }

    /// The stated length, if it is plausible enough to allocate by: a file of this size might hold
    /// as much.
    pub(super) fn expected_frames(&self) -> Option<u64> {
        let believable = self.byte_length.saturating_mul(PLAUSIBLE_SAMPLES_PER_BYTE);
        let samples = |frames: u64| frames.saturating_mul(u64::from(self.channels()));
        self.length
            .frames
            .filter(|frames| samples(*frames) <= believable)
    }

    /// Fills `planes`; false at a proper end.
    fn decode_block(&mut self) -> Result<bool, FileError> {
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.end(),
                // A WAV file of unknown length ends with the file.
                Err(CodecError::IoError(error))
                    if error.kind() == io::ErrorKind::UnexpectedEof
                        && self.length.ends_with_file =>
                {
                    return self.end();
                }
                Err(error) => return Err(self.failed(error)),
            };
            if packet.track_id != self.track {
                continue;
            }
            let block = match self.codec.decode(&packet) {
                Ok(block) => block,
                Err(error) => {
                    // An incomplete packet at the very end is truncation, not damage.
                    let last = !matches!(self.reader.next_packet(), Ok(Some(_)));
                    return Err(if last && self.length.frames > Some(self.decoded) {
                        self.truncated()
                    } else {
                        self.failed(error)
                    });
                }
            };
            if block.frames() == 0 {
                continue;
            }
            let (rate, channels) = (block.spec().rate(), block.spec().channels().count());
            if self.sample_rate == 0 {
                let sample_rate = f64::from(rate);
                if !(1.0..=Format::MAX_SAMPLE_RATE).contains(&sample_rate) || channels == 0 {
                    let (path, channels) = (self.path.clone(), channels as u32);
                    return Err(FileError::BadFormat {
                        path,
                        sample_rate,
                        channels,
                    });
                }
                self.sample_rate = rate;
                self.layout = decoded_layout(block.spec().channels());
            } else if rate != self.sample_rate || channels != self.planes.len() {
                let reason = "its sample rate or channels change inside the file".to_owned();
                return Err(FileError::Unsupported {
                    path: self.path.clone(),
                    reason,
                });
            }
            block.copy_to_vecs_planar(&mut self.planes);
            self.decoded += block.frames() as u64;
            return Ok(true);
        }
    }

    /// Checks the stated length at the end of the data.
    fn end(&self) -> Result<bool, FileError> {
        match (self.length.frames, self.length.tolerance) {
            (Some(frames), Some(tolerance)) if self.decoded.saturating_add(tolerance) < frames => {
                Err(self.truncated())
            }
            _ => Ok(false),
        }
    }

    fn truncated(&self) -> FileError {
        let promised = self.length.frames;
        FileError::Truncated {
            path: self.path.clone(),
            decoded: self.decoded,
            promised,
        }
    }

    fn failed(&self, error: CodecError) -> FileError {
        translate(&self.path, self.decoded, self.length.frames, error)
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("path", &self.path)
            .field("sample_rate", &self.sample_rate)
            .field("channels", &self.planes.len())
            .field("frames", &self.length.frames)
            .field("decoded", &self.decoded)
            .finish_non_exhaustive()
    }
}

/// The readers and codecs panic on some kinds of damage that they do not check for; the panic hook
/// has reported where.
fn panicked(path: &Path) -> FileError {
    FileError::Corrupt {
        path: path.to_path_buf(),
        reason: "its decoder panicked".to_owned(),
    }
}

fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Opening a pipe would block, and its length is not known.
    if !found.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok((File::open(path)?, found.len()))
}

fn translate(path: &Path, decoded: u64, promised: Option<u64>, error: CodecError) -> FileError {
    let path = path.to_path_buf();
    match error {
        CodecError::IoError(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
            FileError::Truncated {
                path,
                decoded,
                promised,
            }
        }
        CodecError::IoError(source) => FileError::Read { path, source },
        CodecError::Unsupported(reason) => FileError::Unsupported {
            path,
            reason: reason.to_owned(),
        },
        CodecError::ResetRequired => {
            let reason = "it holds several streams in a row".to_owned();
            FileError::Unsupported { path, reason }
        }
        other => FileError::Corrupt {
            path,
            reason: other.to_string(),
        },
    }
}
