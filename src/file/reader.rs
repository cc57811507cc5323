//! Audio files, read in pieces.

use std::ffi::{CStr, CString};
use std::fmt;
use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use crate::engine::format::Format;
use crate::error::{Error, FileError, Result};
use crate::ffi::{self, check_file};

/// What a [`File`] has.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FileInfo {
    /// The rate, the channel count and the layout. The channels are in the order of WAV files,
    /// whatever the codec's own. Where a file names speakers that no layout has, or names none and
    /// its kind has no usual ones, the layout is
    /// [`Discrete`](crate::ChannelLayout::Discrete).
    pub format: Format,
    /// The length in frames, without what the encoder has added at both ends. Of a truncated file,
    /// what it states to have.
    pub frames: u64,
    /// Such as "WAV".
    pub container: &'static str,
    /// Such as "PCM 24 bit".
    pub codec: &'static str,
    /// Samples so far that were NaN or infinite. They are read, and written, as 0.
    pub invalid: u64,
}

/// An audio file: one that is [read](Self::open) in pieces, from any frame, or one that is
/// [written](Self::create).
///
/// The [module](crate::file#formats) lists the formats. Integer samples are scaled so that full
/// scale is 1.0; float samples are kept, even beyond it, except for NaN and infinities.
///
/// Reading and writing block on the disk and the codec, so they are not for an audio thread.
///
/// # Example
///
/// ```
/// use perbus::{File, FileSettings, Format};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ramp.wav");
/// let mut file = File::create(&path, FileSettings::wav(Format::new(48_000.0, 1)?))?;
/// file.write(&[&(0..1_000).map(|i| i as f32 / 1_000.0).collect::<Vec<_>>()])?;
/// file.finish()?;
///
/// let mut file = File::open(&path)?;
/// let info = file.info()?;
/// assert_eq!((info.frames, info.format.channels()), (1_000, 1));
/// assert_eq!((info.container, info.codec), ("WAV", "float 32 bit"));
///
/// let mut samples = [0.0; 64];
/// file.seek(990)?;
/// assert_eq!(file.read(&mut [&mut samples])?, 10);
/// assert_eq!(samples[0], 0.99);
/// assert_eq!(file.read(&mut [&mut samples])?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "AVAudioFile")]
pub struct File {
    pub(super) raw: NonNull<ffi::perbus_file>,
    path: PathBuf,
    format: Format,
    pub(super) frames: u64,
    pub(super) position: u64,
    pub(super) is_written: bool,
}

// SAFETY: perbus.h lets any thread use and destroy a file.
unsafe impl Send for File {}
// SAFETY: perbus.h runs calls on one file from several threads one after the other.
unsafe impl Sync for File {}

impl File {
    /// Opens a file with the process's decoder, whichever that is.
    pub(crate) fn open_path(path: &Path) -> Result<Self> {
        let name = name_of(path)?;
        let (mut raw, mut error) = (std::ptr::null_mut(), ffi::blank());
        // SAFETY: the name is NUL-terminated, and the other pointers are to live locals; on
        // PERBUS_OK the handle is ours to destroy.
        let status = unsafe { ffi::perbus_file_open(name.as_ptr(), &mut raw, error.as_mut_ptr()) };
        check_file(status, &error, path, None).map_err(|failure| match failure {
            Error::File(FileError::Corrupt { path, .. })
                if fs::metadata(&path).is_ok_and(|found| found.len() == 0) =>
            {
                FileError::Empty { path }.into()
            }
            other => other,
        })?;
        Self::of(raw, path)
    }

    /// Takes a handle over.
    pub(super) fn of(raw: *mut ffi::perbus_file, path: &Path) -> Result<Self> {
        let raw = NonNull::new(raw)
            .ok_or_else(|| Error::NoMemory(format!("no file handle for {}", path.display())))?;
        let mut file = Self {
            raw,
            path: path.to_path_buf(),
            // Until the file's own is known.
            format: Format::new(1.0, 1)?,
            frames: 0,
            position: 0,
            is_written: false,
        };
        let info = file.info()?;
        (file.format, file.frames) = (info.format, info.frames);
        Ok(file)
    }

    /// What the file has, and how many samples that are no numbers have been read or written.
    ///
    /// Maps to `fileFormat`, `processingFormat` and `length`.
    ///
    /// # Errors
    /// [`Error::InRender`].
    pub fn info(&self) -> Result<FileInfo> {
        let (mut info, mut error) = (MaybeUninit::<ffi::perbus_file_info>::uninit(), ffi::blank());
        // SAFETY: the handle is valid until `drop`, and the other pointers are to live locals.
        let status = unsafe {
            ffi::perbus_file_get_info(self.raw.as_ptr(), info.as_mut_ptr(), error.as_mut_ptr())
        };
        check_file(status, &error, &self.path, None)?;
        // SAFETY: it is filled in on PERBUS_OK.
        let info = unsafe { info.assume_init() };
        // SAFETY: perbus.h promises static strings.
        let (container, codec) = unsafe { (text(info.container), text(info.codec)) };
        Ok(FileInfo {
            format: Format::new(info.format.sample_rate, info.format.channels)?
                .with_layout_from_c(info.format.layout)?,
            frames: info.frames.max(0) as u64,
            container,
            codec,
            invalid: info.invalid,
        })
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_file {
        self.raw.as_ptr()
    }

    /// The format that samples are read in: that of [`info`](Self::info).
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The length in frames: that of [`info`](Self::info). While a file is written, what it has so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The frame that is read, or written, next.
    ///
    /// Maps to `framePosition`.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether the file is being written, and not read.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.is_written
    }

    /// The file's path, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the next frames into one slice per channel, all of one length, and returns how many it
    /// has read: as many as the slices hold, fewer only before the end or a fault. 0 is the end,
    /// unless the slices are empty.
    ///
    /// Maps to `readIntoBuffer:frameCount:error:`.
    ///
    /// # Errors
    /// - [`Error::File`] with [`FileError::Truncated`] where the file ends before its stated length
    ///   or is damaged, [`FileError::Unsupported`] where its sample rate or channels change,
    ///   [`FileError::Read`] when the disk fails. The frames before the fault have been read by
    ///   earlier calls.
    /// - [`Error::InvalidArgument`]: not one slice per channel, or slices of different lengths.
    /// - [`Error::WrongKind`]: the file is being written.
    /// - [`Error::InRender`].
    pub fn read(&mut self, channels: &mut [&mut [f32]]) -> Result<usize> {
        let frames = common_length(channels.iter().map(|channel| channel.len()))?;
        let pointers: Vec<*mut f32> = channels.iter_mut().map(|c| c.as_mut_ptr()).collect();
        let (mut read, mut error) = (0, ffi::blank());
        // SAFETY: the handle is valid until `drop`, there are as many pointers as the count says,
        // and each is to `frames` samples that are borrowed for the call.
        let status = unsafe {
            ffi::perbus_file_read(
                self.raw.as_ptr(),
                pointers.as_ptr(),
                pointers.len() as u32,
                frames as u64,
                &mut read,
                error.as_mut_ptr(),
            )
        };
        let progress = (self.position, self.frames);
        check_file(status, &error, &self.path, Some(progress))?;
        self.position += read;
        Ok(read as usize)
    }

    /// Makes the next read begin at `frame`, from 0 to the file's length. It reads what reading on
    /// to that frame would, up to rounding and the noise that AAC may substitute.
    ///
    /// Maps to `framePosition`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`]: beyond the length.
    /// - [`Error::File`]: the file is damaged, or the disk fails.
    /// - [`Error::WrongKind`]: the file is being written.
    /// - [`Error::InRender`].
    pub fn seek(&mut self, frame: u64) -> Result<()> {
        let mut error = ffi::blank();
        let target = i64::try_from(frame).unwrap_or(i64::MAX);
        // SAFETY: the handle is valid until `drop`.
        let status =
            unsafe { ffi::perbus_file_seek(self.raw.as_ptr(), target, error.as_mut_ptr()) };
        check_file(status, &error, &self.path, None)?;
        self.position = frame;
        Ok(())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and nothing uses it after this.
        unsafe { ffi::perbus_file_destroy(self.raw.as_ptr()) };
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("path", &self.path)
            .field("format", &self.format)
            .field("frames", &self.frames)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

pub(super) fn name_of(path: &Path) -> Result<CString> {
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::InvalidArgument(format!("the path {path:?} has a NUL in it")))
}

/// The length of each of the slices, 0 if there are none.
pub(super) fn common_length(mut lengths: impl Iterator<Item = usize>) -> Result<usize> {
    let first = lengths.next().unwrap_or(0);
    match lengths.find(|length| *length != first) {
        None => Ok(first),
        Some(other) => Err(Error::InvalidArgument(format!(
            "slices of different lengths: {first} and {other} frames"
        ))),
    }
}

/// # Safety
/// The string is static and NUL-terminated.
unsafe fn text(string: *const libc::c_char) -> &'static str {
    // SAFETY: as promised above.
    unsafe { CStr::from_ptr(string) }
        .to_str()
        .unwrap_or("unknown")
}
