//! What can go wrong, and the one door through which native statuses become errors.

use std::cell::Cell;
use std::ffi::{c_char, CStr};
use std::mem::MaybeUninit;

use crate::ffi;
use crate::file::FileError;

/// The result of a fallible perbus call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. The message names the value at fault and its limit, where there is one; a call
/// that failed has changed nothing.
///
/// ```
/// use perbus::{Engine, Error, Format};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let error = engine.main_mixer()?.bus(0)?.set_volume(1.5).unwrap_err();
/// assert!(matches!(error, Error::OutOfRange(_)));
/// assert_eq!(error.to_string(), "volume 1.5 is not in 0 to 1");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that makes no sense here.
    #[error("{0}")]
    InvalidArgument(String),
    /// A number outside its range; NaN and infinities too.
    #[error("{0}")]
    OutOfRange(String),
    /// Nothing is connected there.
    #[error("{0}")]
    NotConnected(String),
    /// The node was detached from its engine.
    #[error("{0}")]
    NotAttached(String),
    /// The node belongs to another engine.
    #[error("{0}")]
    WrongEngine(String),
    /// A node or an engine of a kind that the call is not for.
    #[error("{0}")]
    WrongKind(String),
    /// The source has no per-connection volume and pan.
    #[error("{0}")]
    NotMixing(String),
    /// The bus has no source and its mixer feeds no other mixer: there is no pan to fall back to.
    #[error("{0}")]
    NoPanControl(String),
    /// The connection would feed a node its own output.
    #[error("{0}")]
    Cycle(String),
    /// A format that does not fit, or is none.
    #[error("{0}")]
    Format(String),
    /// The engine is not started.
    #[error("{0}")]
    NotRunning(String),
    /// The engine cannot start: there is no device, for one.
    #[error("the engine cannot start: {0}")]
    Start(String),
    /// Rendering failed.
    #[error("rendering failed: {0}")]
    Render(String),
    /// AVFAudio threw an exception; this is its reason.
    #[error("AVFAudio: {0}")]
    Exception(String),
    /// Memory ran out.
    #[error("{0}")]
    NoMemory(String),
    /// The AVFAudio classes are missing from the program.
    #[error("{0}")]
    Unavailable(String),
    /// The AVFAudio in use has no such thing: Apple's has no meters, for one.
    #[error("{0}")]
    Unsupported(String),
    /// The call was made from a source's render closure, which nothing may wait in.
    #[error("{0}")]
    InRender(String),
    /// An audio file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A status that this version of the crate does not know.
    #[error("unknown status {code}: {message}")]
    Unknown {
        /// The status's number in `perbus.h`.
        code: i32,
        /// What the native side said.
        message: String,
    },
}

/// Room for the error of a native call, with an empty message: the call may cost less than
/// clearing all of it would.
#[inline]
pub(crate) fn blank() -> MaybeUninit<ffi::perbus_error> {
    let mut error = MaybeUninit::<ffi::perbus_error>::uninit();
    // SAFETY: the pointer is to the message's first byte, inside of the room.
    unsafe {
        (&raw mut (*error.as_mut_ptr()).message)
            .cast::<c_char>()
            .write(0)
    };
    error
}

/// Turns what a native call returned and wrote into a `Result`.
#[inline]
pub(crate) fn check(
    status: ffi::perbus_status,
    error: &MaybeUninit<ffi::perbus_error>,
) -> Result<()> {
    if status == ffi::perbus_status::PERBUS_OK {
        return Ok(());
    }
    failed(status, error)
}

thread_local! {
    static OS_CODE: Cell<i32> = const { Cell::new(0) };
}

/// The system's own code for the native call that failed last on this thread, or 0; 0 from then on.
pub fn last_os_code() -> i32 {
    OS_CODE.take()
}

#[cold]
fn failed(status: ffi::perbus_status, error: &MaybeUninit<ffi::perbus_error>) -> Result<()> {
    // SAFETY: perbus.h promises a filled-in error with a failure.
    OS_CODE.set(unsafe { (*error.as_ptr()).os_code });
    // SAFETY: perbus.h promises a NUL-terminated message with a failure, and `blank` has made an
    // empty one before.
    let message = unsafe {
        let text = &raw const (*error.as_ptr()).message;
        CStr::from_ptr(text.cast::<c_char>())
    };
    Err(from_status(status, message.to_string_lossy().into_owned()))
}

fn from_status(status: ffi::perbus_status, message: String) -> Error {
    match status {
        ffi::perbus_status::PERBUS_ERROR_INVALID_ARGUMENT => Error::InvalidArgument(message),
        ffi::perbus_status::PERBUS_ERROR_OUT_OF_RANGE => Error::OutOfRange(message),
        ffi::perbus_status::PERBUS_ERROR_NOT_CONNECTED => Error::NotConnected(message),
        ffi::perbus_status::PERBUS_ERROR_NOT_ATTACHED => Error::NotAttached(message),
        ffi::perbus_status::PERBUS_ERROR_WRONG_ENGINE => Error::WrongEngine(message),
        ffi::perbus_status::PERBUS_ERROR_WRONG_KIND => Error::WrongKind(message),
        ffi::perbus_status::PERBUS_ERROR_NOT_MIXING => Error::NotMixing(message),
        ffi::perbus_status::PERBUS_ERROR_CYCLE => Error::Cycle(message),
        ffi::perbus_status::PERBUS_ERROR_FORMAT => Error::Format(message),
        ffi::perbus_status::PERBUS_ERROR_NOT_RUNNING => Error::NotRunning(message),
        ffi::perbus_status::PERBUS_ERROR_START => Error::Start(message),
        ffi::perbus_status::PERBUS_ERROR_RENDER => Error::Render(message),
        ffi::perbus_status::PERBUS_ERROR_EXCEPTION => Error::Exception(message),
        ffi::perbus_status::PERBUS_ERROR_NO_MEMORY => Error::NoMemory(message),
        ffi::perbus_status::PERBUS_ERROR_UNAVAILABLE => Error::Unavailable(message),
        ffi::perbus_status::PERBUS_ERROR_UNSUPPORTED => Error::Unsupported(message),
        ffi::perbus_status::PERBUS_ERROR_IN_RENDER => Error::InRender(message),
        ffi::perbus_status::PERBUS_ERROR_NO_PAN_CONTROL => Error::NoPanControl(message),
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
        let mut error = $crate::error::blank();
        let status = $crate::ffi::$function($($argument,)* error.as_mut_ptr());
        $crate::error::check(status, &error)
    }};
}
pub(crate) use native;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_becomes_its_own_variant() {
        let mut seen = std::collections::HashSet::new();
        for code in -17..0 {
            let error = from_status(ffi::perbus_status(code), "why".to_owned());
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
        let error = from_status(ffi::perbus_status(-999), "why".to_owned());
        assert!(matches!(error, Error::Unknown { code: -999, .. }));
    }

    #[test]
    fn success_is_no_error() {
        assert!(check(ffi::perbus_status::PERBUS_OK, &blank()).is_ok());
    }
}
