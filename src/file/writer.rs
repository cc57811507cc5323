//! Audio files that are written.

use std::path::Path;

use crate::error::Result;
use crate::ffi::{self, check_written};
use crate::file::reader::{common_length, name_of, File};
use crate::file::settings::FileSettings;

impl File {
    /// Begins a file for writing.
    ///
    /// Until [`finish`](Self::finish) it has another name, beginning with `.perbus-`, in the same
    /// folder, and whatever is at `path` stays as it is. A file that is dropped unfinished leaves
    /// nothing behind.
    ///
    /// Maps to `initForWriting:settings:commonFormat:interleaved:error:`.
    ///
    /// # Errors
    /// - [`Error::File`](crate::Error::File) with [`FileError::Write`](crate::file::FileError::Write):
    ///   the folder is missing or not writable, `path` is a folder or a device, or the type of file
    ///   cannot have that rate or so many channels.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument): FLAC of floats.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange): the quality.
    /// - [`Error::InRender`](crate::Error::InRender).
    ///
    /// # Example
    ///
    /// ```
    /// use perbus::file::FileSamples;
    /// use perbus::{File, FileSettings, Format};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("quiet.flac");
    /// let settings = FileSettings::flac(Format::new(48_000.0, 2)?).with_samples(FileSamples::Int16);
    /// let mut file = File::create(&path, settings)?;
    /// let (left, right) = ([0.0; 480], [0.1; 480]);
    /// file.write(&[&left, &right])?;
    /// assert!(!path.exists());
    /// file.finish()?;
    /// assert_eq!(File::open(&path)?.frames(), 480);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(path: impl AsRef<Path>, settings: FileSettings) -> Result<Self> {
        let path = path.as_ref();
        let (name, settings) = (name_of(path)?, settings.to_ffi());
        let (mut raw, mut error) = (std::ptr::null_mut(), ffi::blank());
        // SAFETY: the name is NUL-terminated, and the other pointers are to live locals; on
        // PERBUS_OK the handle is ours to destroy.
        let status = unsafe {
            ffi::perbus_file_create(name.as_ptr(), &settings, &mut raw, error.as_mut_ptr())
        };
        check_written(status, &error, path)?;
        let mut file = Self::of(raw, path)?;
        file.is_written = true;
        Ok(file)
    }

    /// Appends frames: one slice per channel, all of one length, which may be 0.
    ///
    /// Integers are clipped at full scale. NaN and infinite samples are written as 0, and counted in
    /// [`FileInfo::invalid`](crate::FileInfo::invalid).
    ///
    /// Maps to `writeFromBuffer:error:`.
    ///
    /// # Errors
    /// - [`Error::File`](crate::Error::File) with [`FileError::Write`](crate::file::FileError::Write):
    ///   the disk is full or fails, or a WAV file would pass 4 GiB. The file cannot be finished any
    ///   more.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument): not one slice per channel, or
    ///   slices of different lengths. Nothing was written, and the file can be written on.
    /// - [`Error::WrongKind`](crate::Error::WrongKind): the file was opened for reading.
    /// - [`Error::InRender`](crate::Error::InRender).
    pub fn write(&mut self, channels: &[&[f32]]) -> Result<()> {
        let frames = common_length(channels.iter().map(|channel| channel.len()))? as u64;
        let pointers: Vec<*const f32> = channels.iter().map(|c| c.as_ptr()).collect();
        let mut error = ffi::blank();
        // SAFETY: the handle is valid until `drop`, there are as many pointers as the count says,
        // and each is to `frames` samples that are borrowed for the call.
        let status = unsafe {
            ffi::perbus_file_write(
                self.raw.as_ptr(),
                pointers.as_ptr(),
                pointers.len() as u32,
                frames,
                error.as_mut_ptr(),
            )
        };
        check_written(status, &error, self.path())?;
        self.frames += frames;
        self.position = self.frames;
        Ok(())
    }

    /// Completes the file and writes it to the disk. It then takes its name, and the place of what
    /// had it.
    ///
    /// # Errors
    /// - [`Error::File`](crate::Error::File) with [`FileError::Write`](crate::file::FileError::Write):
    ///   the disk is full or fails, or a write has failed. Nothing is left of the file, and what had
    ///   its name is as it was.
    /// - [`Error::WrongKind`](crate::Error::WrongKind): the file was opened for reading.
    /// - [`Error::InRender`](crate::Error::InRender): the file is dropped unfinished.
    pub fn finish(self) -> Result<()> {
        let mut error = ffi::blank();
        // SAFETY: the handle is valid until `drop`.
        let status = unsafe { ffi::perbus_file_finish(self.raw.as_ptr(), error.as_mut_ptr()) };
        check_written(status, &error, self.path())
    }
}
