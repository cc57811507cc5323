//! Whole files into buffers.

use std::path::Path;

use crate::engine::format::Format;
use crate::error::{FileError, Result};
use crate::file::decoder::Decoder;
use crate::file::reader::File;
use crate::file::resample::{resampled_frames, Resampler};
use crate::nodes::buffer::{Buffer, BufferBuilder};

/// The same as [`File::load`].
///
/// # Errors
/// Those of [`File::load`].
pub fn load(path: impl AsRef<Path>, sample_rate: f64) -> Result<Buffer> {
    File::load(path, sample_rate)
}

impl File {
    /// The most bytes of samples that [`load`](Self::load) decodes: 2 GiB.
    pub const LOAD_LIMIT: u64 = 2 << 30;

    /// Reads a whole audio file into a buffer at `sample_rate`, in Hz.
    ///
    /// The buffer has the file's channels and their layout. If the rates differ, the audio is
    /// resampled, and its length is the file's length times the ratio of the rates, rounded.
    ///
    /// Reading needs the memory of the result, four bytes a sample and at most
    /// [`LOAD_LIMIT`](Self::LOAD_LIMIT), and a few MiB more. It blocks on the disk and the decoder,
    /// so it is not for an audio thread.
    ///
    /// # Errors
    /// - [`Error::File`](crate::Error::File) with the [`FileError`] that [`open`](Self::open),
    ///   [`read`](Self::read) or [`Resampler`] returned, with [`FileError::Empty`] for a file
    ///   without frames, [`FileError::TooLarge`] beyond the limit, or [`FileError::TooLong`] beyond
    ///   `u32::MAX` frames.
    /// - The errors of [`Format::new`] when it refuses `sample_rate`.
    ///
    /// # Example
    ///
    /// ```
    /// use perbus::{File, FileSettings, Format};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("half.wav");
    /// let mut file = File::create(&path, FileSettings::wav(Format::new(44_100.0, 1)?))?;
    /// file.write(&[&[0.5; 44_100]])?;
    /// file.finish()?;
    ///
    /// let buffer = File::load(&path, 48_000.0)?;
    /// assert_eq!(buffer.frames(), 48_000);
    /// assert_eq!(buffer.format().channels(), 1);
    /// assert!((buffer.channel(0)[24_000] - 0.5).abs() < 1e-6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(path: impl AsRef<Path>, sample_rate: f64) -> Result<Buffer> {
        Self::load_with_limit(path, sample_rate, Self::LOAD_LIMIT)
    }

    /// The same with a limit of one's own for the bytes of samples.
    ///
    /// # Errors
    /// Those of [`load`](Self::load).
    pub fn load_with_limit(path: impl AsRef<Path>, sample_rate: f64, limit: u64) -> Result<Buffer> {
        let path = path.as_ref();
        let mut decoder = Decoder::open(path)?;
        let format = Format::new(sample_rate, decoder.channels())?.with_layout(decoder.layout())?;
        let mut resampler = Resampler::new(decoder.sample_rate(), sample_rate, format.channels())?;
        let frames = resampled_frames(decoder.frames(), decoder.sample_rate(), sample_rate);
        let bytes = frames
            .saturating_mul(u64::from(format.channels()))
            .saturating_mul(size_of::<f32>() as u64);
        let path = path.to_path_buf();
        if bytes > limit {
            return Err(FileError::TooLarge { path, bytes, limit }.into());
        }
        let frames = u32::try_from(frames).map_err(|_| FileError::TooLong { path })?;
        let mut builder = BufferBuilder::new(format, frames)?;
        while let Some(block) = decoder.next_block()? {
            append(&mut builder, resampler.process(block)?)?;
        }
        append(&mut builder, resampler.finish()?)?;
        Ok(builder.finish())
    }
}

fn append(builder: &mut BufferBuilder, block: &[Vec<f32>]) -> Result<()> {
    builder.write(&block.iter().map(Vec::as_slice).collect::<Vec<_>>())
}
