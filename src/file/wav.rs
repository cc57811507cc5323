//! WAV output that appears under its name only once it is complete.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::engine::format::{ChannelLayout, Format};
use crate::error::FileError;
use crate::file::layout::{mask_of, order_in_file};

/// Most channels a [`WavWriter`] takes.
const MAX_CHANNELS: u32 = 256;

/// Where an extensible header has the mask of its speakers.
const MASK_AT: u64 = 40;

/// Bytes kept free below the 4 GiB limit of the format's 32-bit sizes, for the header.
const HEADER_ROOM: u64 = 128;

/// How a [`WavWriter`] stores samples.
///
/// A sample of 1.0 is full scale. No dither is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WavEncoding {
    /// 32-bit float, stored as given: values beyond full scale survive.
    Float32,
    /// 24-bit integer, rounded to nearest and clamped to full scale.
    Int24,
    /// 16-bit integer, rounded to nearest and clamped to full scale.
    Int16,
}

impl WavEncoding {
    fn bytes_per_sample(self) -> u16 {
        match self {
            WavEncoding::Float32 => 4,
            WavEncoding::Int24 => 3,
            WavEncoding::Int16 => 2,
        }
    }

    fn sample_format(self) -> hound::SampleFormat {
        match self {
            WavEncoding::Float32 => hound::SampleFormat::Float,
            WavEncoding::Int24 | WavEncoding::Int16 => hound::SampleFormat::Int,
        }
    }
}

/// Writes planar f32 audio to a WAV file.
///
/// The audio goes to a temporary file in the target's folder, which [`finish`](Self::finish)
/// renames to the target. Until then a file already under that name is untouched, and a writer
/// dropped without `finish` removes its temporary: no half-written file is ever left.
///
/// # Example
///
/// ```
/// use perbus::file::{WavEncoding, WavWriter};
///
/// # let folder = std::env::temp_dir().join(format!("perbus-doc-wav-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let path = folder.join("quiet.wav");
/// let mut writer = WavWriter::create(&path, 48_000.0, 2, WavEncoding::Int24)?;
/// let (left, right) = ([0.0; 480], [0.1; 480]);
/// writer.write(&[&left, &right])?;
/// assert!(!path.exists());
/// writer.finish()?;
/// assert!(path.exists());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WavWriter {
    path: PathBuf,
    sample_rate: f64,
    channels: u32,
    layout: ChannelLayout,
    /// Which of the layout's channels each of the file's is.
    order: Vec<usize>,
    encoding: WavEncoding,
    frames: u64,
    /// Present until `finish` or a failed write.
    output: Option<Output>,
    /// Removed on drop; dropped after `output`, so the file is closed by then.
    temporary: Temporary,
}

struct Output {
    wav: hound::WavWriter<BufWriter<File>>,
    /// A second handle to the same file, to sync it once the first has been closed.
    file: File,
}

impl WavWriter {
    /// Starts a WAV file that will appear at `path`, replacing a file of that name.
    ///
    /// `sample_rate` is in Hz, a whole number from 1 to 768 000. `channels` is 1 to 256, in the
    /// layout that [`ChannelLayout::usual`] gives them.
    ///
    /// # Errors
    ///
    /// - [`FileError::BadFormat`]: the sample rate or the channel count is out of range.
    /// - [`FileError::Write`]: the temporary file cannot be made in the target's folder, or
    ///   `path` names something that is not a regular file.
    pub fn create(
        path: impl AsRef<Path>,
        sample_rate: f64,
        channels: u32,
        encoding: WavEncoding,
    ) -> Result<Self, FileError> {
        let path = path.as_ref();
        let rate_fits = (1.0..=Format::MAX_SAMPLE_RATE).contains(&sample_rate);
        if !rate_fits || sample_rate.fract() != 0.0 || !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(FileError::BadFormat {
                path: path.to_path_buf(),
                sample_rate,
                channels,
            });
        }
        let spec = hound::WavSpec {
            channels: channels as u16,
            sample_rate: sample_rate as u32,
            bits_per_sample: encoding.bytes_per_sample() * 8,
            sample_format: encoding.sample_format(),
        };
        let open = || -> io::Result<Self> {
            let path = resolve_target(path)?;
            let (temporary, first) = Temporary::beside(&path)?;
            let file = first.try_clone()?;
            let wav = hound::WavWriter::new(BufWriter::new(first), spec).map_err(into_io)?;
            let output = Some(Output { wav, file });
            let layout = ChannelLayout::usual(channels);
            Ok(Self {
                path,
                sample_rate,
                channels,
                layout,
                order: order_in_file(layout, channels),
                encoding,
                frames: 0,
                output,
                temporary,
            })
        };
        open().map_err(|source| FileError::Write {
            path: path.to_path_buf(),
            source,
        })
    }

    /// Sets which speakers the channels feed; must be called before the first block. The file
    /// states them, and stores the channels in the order of WAV files.
    ///
    /// A mono or stereo file of 16 bits has no field for this.
    ///
    /// # Errors
    ///
    /// - [`FileError::BadFormat`]: the layout has another number of channels. The file is removed.
    pub fn with_layout(mut self, layout: ChannelLayout) -> Result<Self, FileError> {
        if layout
            .channels()
            .is_some_and(|channels| channels != self.channels)
        {
            return Err(FileError::BadFormat {
                path: self.path.clone(),
                sample_rate: self.sample_rate,
                channels: self.channels,
            });
        }
        if layout.channels().is_some() || self.channels > 2 {
            self.layout = layout;
            self.order = order_in_file(layout, self.channels);
        }
        Ok(self)
    }

    /// Frames written so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends one block: one slice per channel, all of the same length (which may be 0).
    ///
    /// After an error the file cannot be finished any more; dropping the writer removes it.
    ///
    /// # Errors
    ///
    /// - [`FileError::BadShape`]: not one slice per channel, or slices of different lengths.
    ///   Nothing was written and the writer stays usable.
    /// - [`FileError::Write`]: the disk refused the data, the file would exceed the 4 GiB that a
    ///   WAV file can hold, or an earlier write had failed.
    pub fn write(&mut self, planar: &[&[f32]]) -> Result<(), FileError> {
        let frames = planar.first().map_or(0, |plane| plane.len());
        if planar.len() != self.channels as usize || planar.iter().any(|p| p.len() != frames) {
            return Err(FileError::BadShape {
                path: self.path.clone(),
                channels: self.channels,
                lengths: planar.iter().map(|plane| plane.len()).collect(),
            });
        }
        let written = self.append(planar, frames);
        if written.is_err() {
            self.output = None;
        }
        written.map_err(|source| FileError::Write {
            path: self.path.clone(),
            source,
        })
    }

    /// Completes the file, syncs it to disk and moves it to its target.
    ///
    /// # Errors
    ///
    /// - [`FileError::Write`]: the disk refused, or an earlier write had failed. The target is
    ///   as it was before this writer and the temporary file is gone.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.complete().map_err(|source| FileError::Write {
            path: self.path.clone(),
            source,
        })
    }

    fn append(&mut self, planar: &[&[f32]], frames: usize) -> io::Result<()> {
        let frame_bytes = u64::from(self.encoding.bytes_per_sample()) * u64::from(self.channels);
        let bytes = (self.frames + frames as u64).saturating_mul(frame_bytes);
        if bytes > u64::from(u32::MAX) - HEADER_ROOM {
            let message = "a WAV file cannot hold more than 4 GiB";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let output = self.output.as_mut().ok_or_else(already_failed)?;
        let ordered: Vec<&[f32]> = self.order.iter().map(|c| planar[*c]).collect();
        for frame in 0..frames {
            for plane in &ordered {
                let sample = plane[frame];
                match self.encoding {
                    WavEncoding::Float32 => output.wav.write_sample(sample),
                    WavEncoding::Int24 => output.wav.write_sample(to_int(sample, 24)),
                    WavEncoding::Int16 => output.wav.write_sample(to_int(sample, 16)),
                }
                .map_err(into_io)?;
            }
        }
        self.frames += frames as u64;
        Ok(())
    }

    fn complete(&mut self) -> io::Result<()> {
        let Output { wav, mut file } = self.output.take().ok_or_else(already_failed)?;
        wav.finalize().map_err(into_io)?;
        if self.channels > 2 || self.encoding != WavEncoding::Int16 {
            file.seek(SeekFrom::Start(MASK_AT))?;
            file.write_all(&mask_of(self.layout).to_le_bytes())?;
        }
        file.sync_all()?;
        drop(file);
        self.temporary.rename_to(&self.path)
    }
}

impl fmt::Debug for WavWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WavWriter")
            .field("path", &self.path)
            .field("channels", &self.channels)
            .field("encoding", &self.encoding)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

/// A file that is removed on drop unless it was renamed.
struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    /// Creates a new file next to `target`: a rename is atomic only within one file system.
    fn beside(target: &Path) -> io::Result<(Self, File)> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let stem = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        loop {
            let mut name = std::ffi::OsString::from(".");
            name.push(stem);
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            name.push(format!(".{}-{count}.part", std::process::id()));
            let path = target.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self { path: Some(path) }, file)),
                // A killed process with the same id left it behind.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename_to(&mut self, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, target)?;
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // A drop cannot report, and the file is useless either way.
            let _ = fs::remove_file(path);
        }
    }
}

/// Follows links, so that the rename replaces the intended file, and refuses anything but a file.
fn resolve_target(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => fs::canonicalize(path),
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_path_buf()),
        Err(error) => Err(error),
    }
}

/// Scales a sample to a signed integer of `bits`, clamped; NaN becomes 0.
fn to_int(sample: f32, bits: u32) -> i32 {
    let scale = f64::from(1_u32 << (bits - 1));
    (f64::from(sample) * scale)
        .round()
        .clamp(-scale, scale - 1.0) as i32
}

fn into_io(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}

fn already_failed() -> io::Error {
    io::Error::other("an earlier write failed")
}

#[cfg(test)]
mod tests;
