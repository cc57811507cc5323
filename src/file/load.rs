//! Whole files into buffers.

use std::path::Path;

use crate::engine::format::Format;
use crate::error::{Error, FileError};
use crate::file::decode::Decoder;
use crate::file::resample::{resampled_frames, Resampler};
use crate::nodes::buffer::{Buffer, BufferBuilder};

/// Reads a whole audio file into a buffer at `sample_rate`.
///
/// The buffer has the file's channels and their layout. If the rates differ, the audio is
/// resampled, and its length is the file's length times the ratio of the rates, rounded.
/// `sample_rate` is in Hz.
///
/// Reading needs the memory of the result and a few MiB more. It blocks on the disk and the
/// decoder, so call it away from any real-time thread.
///
/// # Errors
///
/// - [`Error::File`] with the [`FileError`] that [`Decoder`] or [`Resampler`] returned, or with
///   [`FileError::TooLong`] past `u32::MAX` frames.
/// - The errors of [`Format::new`] when it refuses `sample_rate` or the file's channel count.
///
/// # Example
///
/// ```
/// use perbus::file::{WavEncoding, WavWriter, load};
///
/// # let folder = std::env::temp_dir().join(format!("perbus-doc-load-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("half.wav");
/// let mut writer = WavWriter::create(&path, 44_100.0, 1, WavEncoding::Float32)?;
/// writer.write(&[&[0.5; 44_100]])?;
/// writer.finish()?;
///
/// let buffer = load(&path, 48_000.0)?;
/// assert_eq!(buffer.frames(), 48_000);
/// assert_eq!(buffer.format().channels(), 1);
/// assert!((buffer.channel(0)[24_000] - 0.5).abs() < 1e-6);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load(path: impl AsRef<Path>, sample_rate: f64) -> Result<Buffer, Error> {
    let path = path.as_ref();
    let mut decoder = Decoder::open(path)?;
    let format = Format::new(sample_rate, decoder.channels())?.with_layout(decoder.layout())?;
    let from = decoder.sample_rate();
    let mut resampler = Resampler::new(from, sample_rate, decoder.channels())?;

    let expected = decoder
        .expected_frames()
        .map(|frames| resampled_frames(frames, from, sample_rate));
    let mut collector = Collector::new(path, format, expected)?;
    while let Some(block) = decoder.next_block()? {
        collector.push(resampler.process(block)?)?;
    }
    collector.push(resampler.finish()?)?;
    // The codec's state is not needed for the last copy.
    drop((decoder, resampler));
    collector.finish()
}

/// Collects blocks in a buffer: directly while it has room, beyond that in chunks.
struct Collector<'a> {
    path: &'a Path,
    format: Format,
    builder: Option<BufferBuilder>,
    chunks: Vec<Vec<Vec<f32>>>,
    frames: u64,
}

impl<'a> Collector<'a> {
    /// Frames per chunk: large enough that freeing one returns its pages to the system.
    const CHUNK: usize = 1 << 16;

    fn new(path: &'a Path, format: Format, expected: Option<u64>) -> Result<Self, Error> {
        let builder = match expected {
            None | Some(0) => None,
            Some(frames) => {
                let capacity = u32::try_from(frames).map_err(|_| too_long(path))?;
                Some(BufferBuilder::new(format, capacity)?)
            }
        };
        Ok(Self {
            path,
            format,
            builder,
            chunks: Vec::new(),
            frames: 0,
        })
    }

    fn push(&mut self, block: &[Vec<f32>]) -> Result<(), Error> {
        let frames = block.first().map_or(0, Vec::len);
        self.frames += frames as u64;
        if self.frames > u64::from(u32::MAX) {
            return Err(too_long(self.path));
        }
        let mut start = 0;
        if let Some(builder) = &mut self.builder {
            start = frames.min((builder.capacity() - builder.frames()) as usize);
            if start > 0 {
                builder.write(&slices(block, 0, start))?;
            }
        }
        while start < frames {
            let room = self.room_in_last_chunk();
            let end = frames.min(start + room);
            if let Some(chunk) = self.chunks.last_mut() {
                for (plane, samples) in chunk.iter_mut().zip(block) {
                    plane.extend_from_slice(&samples[start..end]);
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Frames that the last chunk has room for, at least 1: a new chunk follows a full one.
    fn room_in_last_chunk(&mut self) -> usize {
        let filled = self
            .chunks
            .last()
            .and_then(|chunk| chunk.first())
            .map_or(Self::CHUNK, Vec::len);
        if filled < Self::CHUNK {
            return Self::CHUNK - filled;
        }
        let plane = || Vec::with_capacity(Self::CHUNK);
        self.chunks
            .push((0..self.format.channels()).map(|_| plane()).collect());
        Self::CHUNK
    }

    fn finish(self) -> Result<Buffer, Error> {
        let total = u32::try_from(self.frames).map_err(|_| too_long(self.path))?;
        if total == 0 {
            return Err(FileError::Empty {
                path: self.path.to_path_buf(),
            }
            .into());
        }
        let first = match self.builder {
            Some(builder) if self.chunks.is_empty() => return Ok(builder.finish()),
            other => other.map(BufferBuilder::finish),
        };
        let mut builder = BufferBuilder::new(self.format, total)?;
        if let Some(first) = first {
            let planes: Vec<&[f32]> = (0..self.format.channels())
                .map(|channel| first.channel(channel))
                .collect();
            builder.write(&planes)?;
        }
        // By value: each chunk is freed as soon as it has been copied.
        for chunk in self.chunks {
            builder.write(&slices(&chunk, 0, chunk.first().map_or(0, Vec::len)))?;
        }
        Ok(builder.finish())
    }
}

fn slices(block: &[Vec<f32>], start: usize, end: usize) -> Vec<&[f32]> {
    block.iter().map(|plane| &plane[start..end]).collect()
}

fn too_long(path: &Path) -> Error {
    FileError::TooLong {
        path: path.to_path_buf(),
    }
    .into()
}
