//! Raw bindings to `native/perbus.h`, which documents them, and the one place where a status
//! becomes an [`Error`].

use std::cell::Cell;
use std::ffi::CStr;
use std::mem::MaybeUninit;
#[cfg(feature = "files")]
use std::{io, path::Path};

#[cfg(feature = "files")]
use crate::error::FileError;
use crate::error::{Error, Result};

#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    unreachable_pub,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links // C's brackets are no links
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
pub use bindings::*;

/// Room for the error of a native call, with an empty message: clearing all of it could cost more
/// than the call.
#[inline]
pub(crate) fn blank() -> MaybeUninit<perbus_error> {
    let mut error = MaybeUninit::<perbus_error>::uninit();
    // SAFETY: the pointer is to the message's first byte, inside of the room.
    unsafe {
        (&raw mut (*error.as_mut_ptr()).message)
            .cast::<libc::c_char>()
            .write(0)
    };
    error
}

/// Turns what a native call returned and wrote into a `Result`.
#[inline]
pub(crate) fn check(status: perbus_status, error: &MaybeUninit<perbus_error>) -> Result<()> {
    if status == perbus_status::PERBUS_OK {
        return Ok(());
    }
    failed(status, error)
}

thread_local! {
    static OS_CODE: Cell<i32> = const { Cell::new(0) };
}

/// The system's own code for the last native call that failed on this thread, or 0. Reading it
/// clears it.
pub fn last_os_code() -> i32 {
    OS_CODE.take()
}

#[cold]
fn failed(status: perbus_status, error: &MaybeUninit<perbus_error>) -> Result<()> {
    Err(from_status(status, reason(error)))
}

/// The message of a failure; its code is kept for `last_os_code`.
fn reason(error: &MaybeUninit<perbus_error>) -> String {
    // SAFETY: perbus.h promises a filled-in error with a failure.
    OS_CODE.set(unsafe { (*error.as_ptr()).os_code });
    // SAFETY: perbus.h promises a NUL-terminated message with a failure, and `blank` has made an
    // empty one before.
    let message = unsafe {
        let text = &raw const (*error.as_ptr()).message;
        CStr::from_ptr(text.cast::<libc::c_char>())
    };
    message.to_string_lossy().into_owned()
}

/// As `check` for a call on a file: a fault of the file is a [`FileError`] that names it. `read` is
/// how many frames have been read of how many, in a call that reads.
#[cfg(feature = "files")]
pub(crate) fn check_file(
    status: perbus_status,
    error: &MaybeUninit<perbus_error>,
    path: &Path,
    read: Option<(u64, u64)>,
) -> Result<()> {
    let of_file = [
        perbus_status::PERBUS_ERROR_FILE,
        perbus_status::PERBUS_ERROR_DAMAGED,
        perbus_status::PERBUS_ERROR_UNSUPPORTED,
    ];
    if !of_file.contains(&status) {
        return check(status, error);
    }
    let message = reason(error);
    // The error has the whole path.
    let reason = message
        .strip_prefix(&format!("{}: ", path.display()))
        .unwrap_or(&message)
        .to_owned();
    let path = path.to_path_buf();
    let failure = match (status, read) {
        (perbus_status::PERBUS_ERROR_UNSUPPORTED, _) => FileError::Unsupported { path, reason },
        (perbus_status::PERBUS_ERROR_FILE, _) => FileError::Read {
            path,
            source: match OS_CODE.get() {
                0 | libc::ESPIPE => io::Error::other(reason),
                code => io::Error::from_raw_os_error(code),
            },
        },
        (_, Some((decoded, frames))) => FileError::Truncated {
            path,
            decoded,
            promised: (decoded < frames).then_some(frames),
        },
        _ => FileError::Corrupt { path, reason },
    };
    Err(failure.into())
}

/// As `check_file` for a file that is written.
#[cfg(feature = "files")]
pub(crate) fn check_written(
    status: perbus_status,
    error: &MaybeUninit<perbus_error>,
    path: &Path,
) -> Result<()> {
    check_file(status, error, path, None).map_err(|failure| match failure {
        Error::File(FileError::Read { path, source }) => FileError::Write { path, source }.into(),
        Error::File(FileError::Unsupported { path, reason }) => {
            let source = io::Error::new(io::ErrorKind::Unsupported, reason);
            FileError::Write { path, source }.into()
        }
        other => other,
    })
}

fn from_status(status: perbus_status, message: String) -> Error {
    match status {
        perbus_status::PERBUS_ERROR_INVALID_ARGUMENT => Error::InvalidArgument(message),
        perbus_status::PERBUS_ERROR_OUT_OF_RANGE => Error::OutOfRange(message),
        perbus_status::PERBUS_ERROR_NOT_CONNECTED => Error::NotConnected(message),
        perbus_status::PERBUS_ERROR_NOT_ATTACHED => Error::NotAttached(message),
        perbus_status::PERBUS_ERROR_WRONG_ENGINE => Error::WrongEngine(message),
        perbus_status::PERBUS_ERROR_WRONG_KIND => Error::WrongKind(message),
        perbus_status::PERBUS_ERROR_NOT_MIXING => Error::NotMixing(message),
        perbus_status::PERBUS_ERROR_PENDING => Error::Pending(message),
        perbus_status::PERBUS_ERROR_CYCLE => Error::Cycle(message),
        perbus_status::PERBUS_ERROR_FORMAT => Error::Format(message),
        perbus_status::PERBUS_ERROR_NOT_RUNNING => Error::NotRunning(message),
        perbus_status::PERBUS_ERROR_START => Error::Start(message),
        perbus_status::PERBUS_ERROR_RENDER => Error::Render(message),
        perbus_status::PERBUS_ERROR_EXCEPTION => Error::Exception(message),
        perbus_status::PERBUS_ERROR_NO_MEMORY => Error::NoMemory(message),
        perbus_status::PERBUS_ERROR_UNAVAILABLE => Error::Unavailable(message),
        perbus_status::PERBUS_ERROR_UNSUPPORTED => Error::Unsupported(message),
        perbus_status::PERBUS_ERROR_IN_RENDER => Error::InRender(message),
        perbus_status::PERBUS_ERROR_NO_PAN_CONTROL => Error::NoPanControl(message),
        other => Error::Unknown {
            code: other.0,
            message,
        },
    }
}

/// Calls a native function with a fresh error as its last argument and checks what it returned.
///
/// The caller's `unsafe` block covers the call; this macro only adds the error.
macro_rules! native {
    ($function:ident($($argument:expr),* $(,)?)) => {{
        let mut error = $crate::ffi::blank();
        let status = $crate::ffi::$function($($argument,)* error.as_mut_ptr());
        $crate::ffi::check(status, &error)
    }};
}
pub(crate) use native;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_becomes_its_own_variant() {
        let mut seen = std::collections::HashSet::new();
        for code in perbus_status::PERBUS_ERROR_NO_PAN_CONTROL.0..0 {
            let error = from_status(perbus_status(code), "why".to_owned());
            assert!(!matches!(error, Error::Unknown { .. }), "{code} is unknown");
            assert!(
                error.to_string().contains("why"),
                "{code} loses its message"
            );
            assert!(
                seen.insert(std::mem::discriminant(&error)),
                "{code} is not its own variant"
            );
        }
    }

    #[test]
    fn an_unknown_status_is_an_error_too() {
        let error = from_status(perbus_status(-999), "why".to_owned());
        assert!(matches!(error, Error::Unknown { code: -999, .. }));
    }

    #[test]
    fn success_is_no_error() {
        assert!(check(perbus_status::PERBUS_OK, &blank()).is_ok());
    }
}
