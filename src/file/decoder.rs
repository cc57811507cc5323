//! Files that are read block by block.

use std::fmt;
use std::path::Path;

use crate::engine::format::ChannelLayout;
use crate::error::{FileError, Result};
use crate::file::reader::File;

/// The most frames of a block.
const BLOCK: usize = 4_096;

/// Reads an audio file from its start to its end, block by block. [`File`] reads into slices of any
/// length, and from any frame.
///
/// # Example
///
/// ```
/// use perbus::file::Decoder;
/// # use perbus::{File, FileSettings, Format};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("steady.wav");
/// # let mut file = File::create(&path, FileSettings::wav(Format::new(48_000.0, 2)?))?;
/// # file.write(&[&[0.25; 5_000], &[0.5; 5_000]])?;
/// # file.finish()?;
/// let mut decoder = Decoder::open(&path)?;
/// assert_eq!(decoder.channels(), 2);
/// let mut peaks = [0.0_f32; 2];
/// while let Some(block) = decoder.next_block()? {
///     for (peak, plane) in peaks.iter_mut().zip(block) {
///         *peak = plane.iter().fold(*peak, |peak, sample| peak.max(sample.abs()));
///     }
/// }
/// assert_eq!(peaks, [0.25, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decoder {
    file: File,
    planes: Vec<Vec<f32>>,
    /// At the end, or after an error.
    has_ended: bool,
}

impl Decoder {
    /// Opens a file that has at least one frame.
    ///
    /// # Errors
    /// As [`File::open`], and [`Error::File`](crate::Error::File) with [`FileError::Empty`] for a
    /// file without frames.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::of(File::open(path)?)
    }

    fn of(mut file: File) -> Result<Self> {
        if file.frames() == 0 {
            // A file that was cut before its first frame says so.
            let mut frame = vec![[0.0]; file.format().channels() as usize];
            let mut slices: Vec<&mut [f32]> = frame.iter_mut().map(|one| &mut one[..]).collect();
            file.read(&mut slices)?;
            let path = file.path().to_path_buf();
            return Err(FileError::Empty { path }.into());
        }
        let planes = vec![Vec::new(); file.format().channels() as usize];
        Ok(Self {
            file,
            planes,
            has_ended: false,
        })
    }

    /// Sample rate of the file in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> f64 {
        self.file.format().sample_rate()
    }

    /// Channels of the file, at least 1.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.file.format().channels()
    }

    /// Which speakers the channels feed, as [`FileInfo::format`](crate::FileInfo::format) has it.
    #[must_use]
    pub fn layout(&self) -> ChannelLayout {
        self.file.format().layout()
    }

    /// Length in frames. Reading fewer of them is an error.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.file.frames()
    }

    /// Reads the next block: one vector per channel, all of the same length of at least 1, valid
    /// until the next call. `None` at the end, and on every call after the end or an error.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn next_block(&mut self) -> Result<Option<&[Vec<f32>]>> {
        if self.has_ended {
            return Ok(None);
        }
        // Unless a block follows.
        self.has_ended = true;
        for plane in &mut self.planes {
            plane.resize(BLOCK, 0.0);
        }
        let mut slices: Vec<&mut [f32]> = self.planes.iter_mut().map(Vec::as_mut_slice).collect();
        let read = self.file.read(&mut slices)?;
        if read == 0 {
            return Ok(None);
        }
        for plane in &mut self.planes {
            plane.truncate(read);
        }
        self.has_ended = false;
        Ok(Some(&self.planes))
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
