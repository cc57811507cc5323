//! Strings in both directions.

use std::ffi::{c_char, CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::failure::{Failure, Outcome};

/// Ends a text that a function has handed out. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_text_free(text: *mut c_char) {
    if !text.is_null() {
        drop(CString::from_raw(text));
    }
}

/// Hands a text out, up to a NUL in it if there is one.
pub(crate) fn give(text: &str) -> *mut c_char {
    kept(text).into_raw()
}

/// A copy of a text, up to a NUL in it if there is one, for callers that look at it meanwhile.
pub(crate) fn kept(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

fn bytes<'a>(text: *const c_char, name: &str) -> Outcome<&'a CStr> {
    if text.is_null() {
        return Err(Failure::null(name));
    }
    // SAFETY: the header asks for a NUL-terminated string.
    Ok(unsafe { CStr::from_ptr(text) })
}

pub(crate) fn read<'a>(text: *const c_char, name: &str) -> Outcome<&'a str> {
    bytes(text, name)?
        .to_str()
        .map_err(|error| Failure::argument(format!("{name} is not UTF-8: {error}")))
}

/// A copy of a text, or nothing for NULL.
pub(crate) fn read_if(text: *const c_char, name: &str) -> Outcome<Option<String>> {
    if text.is_null() {
        return Ok(None);
    }
    read(text, name).map(|text| Some(text.to_owned()))
}

pub(crate) fn path<'a>(text: *const c_char, name: &str) -> Outcome<&'a Path> {
    Ok(Path::new(OsStr::from_bytes(bytes(text, name)?.to_bytes())))
}
