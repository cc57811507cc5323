//! Errors of the crate as exceptions of `perbus.errors`.

use perbus::file::FileError;
use perbus::Error;

use crate::prelude::*;

/// An exception of a class of `perbus.errors`.
pub(crate) fn failure(py: Python<'_>, class: &str, message: impl Into<String>) -> PyErr {
    make_exception(py, |errors| errors.getattr(class)?.call1((message.into(),)))
}

/// The exception that an error of the crate is in Python.
pub(crate) fn raise(py: Python<'_>, error: Error) -> PyErr {
    let errno = match &error {
        Error::File(FileError::Read { source, .. } | FileError::Write { source, .. }) => {
            source.raw_os_error()
        }
        _ => None,
    };
    let (status, code) = (raw::status(&error).0, raw::last_os_code());
    make_exception(py, |errors| {
        errors.call_method1("_of_status", (status, error.to_string(), code, errno))
    })
}

fn make_exception<'py>(
    py: Python<'py>, make: impl FnOnce(Bound<'py, PyModule>) -> PyResult<Bound<'py, PyAny>>,
) -> PyErr {
    let _busy = Busy::new(py);
    py.import("perbus.errors").and_then(make).map_or_else(|error| error, PyErr::from_value)
}
