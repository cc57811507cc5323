//! Opening files with the crate's decoder.

use std::path::Path;

use crate::error::Result;
use crate::file::decoders;
use crate::file::reader::File;

impl File {
    /// Opens a file for reading.
    ///
    /// Maps to `initForReading:error:`.
    ///
    /// # Errors
    /// [`Error::File`](crate::Error::File) with
    /// - [`FileError::Read`](crate::file::FileError::Read): missing, not a regular file, or not readable.
    /// - [`FileError::Empty`](crate::file::FileError::Empty): no bytes.
    /// - [`FileError::Unsupported`](crate::file::FileError::Unsupported): no format that is read; the reason names it.
    /// - [`FileError::Corrupt`](crate::file::FileError::Corrupt): its headers make no sense.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        decoders::set()?;
        Self::open_path(path.as_ref())
    }
}
