//! WAV output that appears under its name only once it is complete.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{FileError, MAX_SAMPLE_RATE};

/// Most channels a [`WavWriter`] takes.
const MAX_CHANNELS: u32 = 256;

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
    channels: u32,
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
    /// `sample_rate` is in Hz, a whole number from 1 to 768 000. `channels` is 1 to 256.
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
        let rate_fits = (1.0..=MAX_SAMPLE_RATE).contains(&sample_rate);
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
            Ok(Self {
                path,
                channels,
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
    /// - [`FileError::Write`]: the disk refused the data, the file would pass the 4 GiB a WAV
    ///   file can hold, or an earlier write had failed.
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
        for frame in 0..frames {
            for plane in planar {
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
        let Output { wav, file } = self.output.take().ok_or_else(already_failed)?;
        wav.finalize().map_err(into_io)?;
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
                // Left behind by a killed process that had the same id.
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

/// Follows links, so that the rename replaces the file meant, and refuses what is no file.
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
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn ramp(frames: usize) -> (Vec<f32>, Vec<f32>) {
        let left: Vec<f32> = (0..frames)
            .map(|i| i as f32 / frames as f32 - 0.5)
            .collect();
        let right = left.iter().map(|x| -x).collect();
        (left, right)
    }

    #[test]
    fn round_trips_every_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let (left, right) = ramp(1001);
        for (encoding, step) in [
            (WavEncoding::Float32, 0.0),
            (WavEncoding::Int24, 0.5 / 8_388_608.0),
            (WavEncoding::Int16, 0.5 / 32_768.0),
        ] {
            let path = folder.path().join("out.wav");
            let mut writer = WavWriter::create(&path, 44_100.0, 2, encoding).unwrap();
            writer.write(&[&left[..500], &right[..500]]).unwrap();
            writer.write(&[&[], &[]]).unwrap();
            writer.write(&[&left[500..], &right[500..]]).unwrap();
            assert_eq!(writer.frames(), 1001);
            writer.finish().unwrap();

            let mut reader = hound::WavReader::open(&path).unwrap();
            let spec = reader.spec();
            assert_eq!((spec.sample_rate, spec.channels), (44_100, 2));
            assert_eq!(spec.bits_per_sample, encoding.bytes_per_sample() * 8);
            let full_scale = f64::from(1_u32 << (spec.bits_per_sample - 1));
            let samples: Vec<f64> = match spec.sample_format {
                hound::SampleFormat::Float => reader
                    .samples::<f32>()
                    .map(|s| f64::from(s.unwrap()))
                    .collect(),
                hound::SampleFormat::Int => reader
                    .samples::<i32>()
                    .map(|s| f64::from(s.unwrap()) / full_scale)
                    .collect(),
            };
            assert_eq!(samples.len(), 2002);
            for (i, frame) in samples.chunks(2).enumerate() {
                assert!(
                    (frame[0] - f64::from(left[i])).abs() <= step,
                    "{encoding:?} frame {i}"
                );
                assert!(
                    (frame[1] - f64::from(right[i])).abs() <= step,
                    "{encoding:?} frame {i}"
                );
            }
        }
        assert_eq!(names_in(folder.path()), ["out.wav"]);
    }

    #[test]
    fn integers_clamp_and_floats_do_not() {
        assert_eq!(
            [2.0, 1.0, -1.0, -9.0].map(|x| to_int(x, 16)),
            [32_767, 32_767, -32_768, -32_768]
        );
        assert_eq!([2.0, -2.0].map(|x| to_int(x, 24)), [8_388_607, -8_388_608]);
        assert_eq!(to_int(f32::NAN, 24), 0);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loud.wav");
        let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Float32).unwrap();
        writer.write(&[&[1.5, -3.0]]).unwrap();
        writer.finish().unwrap();
        let samples: Vec<f32> = hound::WavReader::open(&path)
            .unwrap()
            .samples()
            .map(Result::unwrap)
            .collect();
        assert_eq!(samples, [1.5, -3.0]);
    }

    #[test]
    fn dropped_writer_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.wav");
        fs::write(&path, b"before").unwrap();
        let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Int16).unwrap();
        writer.write(&[&[0.5; 100_000]]).unwrap();
        assert_eq!(names_in(folder.path()).len(), 2);
        drop(writer);
        assert_eq!(names_in(folder.path()), ["kept.wav"]);
        assert_eq!(fs::read(&path).unwrap(), b"before");
    }

    #[test]
    fn finish_replaces_the_target_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.wav");
        fs::write(&path, b"before").unwrap();
        let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Int16).unwrap();
        writer.write(&[&[0.5; 10]]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        writer.finish().unwrap();
        assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 10);
        assert_eq!(names_in(folder.path()), ["old.wav"]);
    }

    #[test]
    fn refuses_bad_formats_and_targets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.wav");
        for (rate, channels) in [
            (0.0, 1),
            (-48_000.0, 1),
            (44_100.5, 1),
            (f64::NAN, 1),
            (f64::INFINITY, 1),
            (1e9, 1),
            (48_000.0, 0),
            (48_000.0, MAX_CHANNELS + 1),
        ] {
            let error = WavWriter::create(&path, rate, channels, WavEncoding::Int16).unwrap_err();
            assert!(
                matches!(error, FileError::BadFormat { .. }),
                "{rate} {channels}: {error}"
            );
            assert!(error.to_string().contains("bad.wav"));
        }
        for target in [
            folder.path().to_path_buf(),
            folder.path().join("missing/out.wav"),
        ] {
            let error = WavWriter::create(&target, 48_000.0, 1, WavEncoding::Int16).unwrap_err();
            assert!(matches!(error, FileError::Write { .. }), "{error}");
        }
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn refuses_bad_shapes_and_stays_usable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shape.wav");
        let mut writer = WavWriter::create(&path, 48_000.0, 2, WavEncoding::Int16).unwrap();
        let shapes: [&[&[f32]]; 4] = [
            &[],
            &[&[0.0]],
            &[&[0.0], &[0.0], &[0.0]],
            &[&[0.0], &[0.0, 0.0]],
        ];
        for shape in shapes {
            let error = writer.write(shape).unwrap_err();
            assert!(matches!(error, FileError::BadShape { .. }), "{error}");
        }
        writer.write(&[&[0.0], &[0.0]]).unwrap();
        writer.finish().unwrap();
        assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 1);
    }
}
