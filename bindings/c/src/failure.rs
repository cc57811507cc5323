//! Failures on their way to C: a status, and an error filled in.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{catch_unwind, AssertUnwindSafe};

use perbus::file::FileError;
use perbus::raw::{perbus_error, perbus_status};
use perbus::Error;

/// Why a call failed.
pub(crate) struct Failure {
    status: perbus_status,
    os_code: i32,
    message: String,
}

pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(status: perbus_status, message: impl Into<String>) -> Self {
        Self {
            status,
            os_code: 0,
            message: message.into(),
        }
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(perbus_status::PERBUS_ERROR_INVALID_ARGUMENT, message)
    }

    pub(crate) fn null(name: &str) -> Self {
        Self::argument(format!("{name} is NULL"))
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(error: Error) -> Self {
        let os_code = match error {
            Error::Start(_) | Error::Render(_) | Error::Exception(_) | Error::Unsupported(_) => {
                perbus::raw::last_os_code()
            }
            Error::File(
                FileError::Read { ref source, .. } | FileError::Write { ref source, .. },
            ) => source.raw_os_error().unwrap_or(0),
            _ => 0,
        };
        Self {
            status: perbus::raw::status(&error),
            os_code,
            message: error.to_string(),
        }
    }
}

/// Runs the body of a function: what it returns becomes the status, and neither an error nor a
/// panic gets past it.
#[inline]
pub(crate) fn run(error: *mut perbus_error, body: impl FnOnce() -> Outcome<()>) -> perbus_status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => perbus_status::PERBUS_OK,
        Ok(Err(failure)) => tell(failure, error),
        Err(panic) => {
            // Its end might panic again.
            std::mem::forget(panic);
            let message = "the library panicked: its message is on the standard error";
            let failure = Failure::new(perbus_status::PERBUS_ERROR_INTERNAL, message);
            tell(failure, error)
        }
    }
}

/// For what returns nothing.
pub(crate) fn end(body: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
        std::mem::forget(panic);
    }
}

#[cold]
fn tell(failure: Failure, error: *mut perbus_error) -> perbus_status {
    if !error.is_null() {
        // SAFETY: all zeros is an error without a message.
        let mut filled: perbus_error = unsafe { std::mem::zeroed() };
        filled.os_code = failure.os_code;
        let room = filled.message.len() - 1;
        let mut length = failure.message.len().min(room);
        while !failure.message.is_char_boundary(length) {
            length -= 1;
        }
        for (into, byte) in filled
            .message
            .iter_mut()
            .zip(&failure.message.as_bytes()[..length])
        {
            *into = *byte as c_char;
        }
        // SAFETY: the header asks for a pointer to an error, or NULL.
        unsafe { error.write(filled) };
    }
    failure.status
}

/// An out parameter that a function needs.
pub(crate) fn out<'a, T>(pointer: *mut T, name: &str) -> Outcome<&'a mut MaybeUninit<T>> {
    // SAFETY: the header asks for a pointer to room for the value, or NULL.
    unsafe { pointer.cast::<MaybeUninit<T>>().as_mut() }.ok_or_else(|| Failure::null(name))
}

/// Writes an out parameter that may be left out.
pub(crate) fn write_if<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: the header asks for a pointer to room for the value, or NULL.
        unsafe { pointer.write(value) }
    }
}

/// Writes as many of the values as there is room for.
pub(crate) fn list<T, U>(
    pointer: *mut T,
    capacity: usize,
    name: &str,
    values: impl IntoIterator<Item = U>,
    make: impl FnMut(U) -> T,
) -> Outcome<()> {
    if capacity == 0 {
        return Ok(());
    }
    get(pointer, name)?;
    for (place, value) in values.into_iter().take(capacity).map(make).enumerate() {
        // SAFETY: the header asks for a pointer to room for so many values.
        unsafe { pointer.add(place).write(value) };
    }
    Ok(())
}

/// An argument that is behind a pointer: a struct, or a handle.
pub(crate) fn get<'a, T>(pointer: *const T, name: &str) -> Outcome<&'a T> {
    // SAFETY: the header asks for a pointer to a value or a handle that is not released, or NULL.
    unsafe { pointer.as_ref() }.ok_or_else(|| Failure::null(name))
}

/// An array of `count` values; NULL will do for none.
pub(crate) fn array<'a, T>(pointer: *const T, count: usize, name: &str) -> Outcome<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    let first = get(pointer, name)?;
    if count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Failure::argument(format!("{name} has {count} entries")));
    }
    // SAFETY: the header asks for a pointer to that many values.
    Ok(unsafe { std::slice::from_raw_parts(first, count) })
}
