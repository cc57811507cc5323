//! Arrays of samples from outside: rows x frames of contiguous float32.

use numpy::{PyArray2, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyTypeError;

use crate::prelude::*;

/// An array that fits, and its shape.
pub(crate) struct Planar<'py> {
    pub(crate) array: Bound<'py, PyArrayDyn<f32>>,
    pub(crate) rows: usize,
    pub(crate) frames: usize,
}

/// Checks an array (channels x frames), or (frames) for one channel.
pub(crate) fn planar<'py>(array: &Bound<'py, PyAny>, name: &str) -> PyResult<Planar<'py>> {
    let py = array.py();
    let array = floats(array, name)?;
    let (rows, frames) = match *array.shape() {
        [frames] => (1, frames),
        [rows, frames] => (rows, frames),
        ref shape => {
            let reason = format!("{name} has {} dimensions, not channels x frames", shape.len());
            return Err(failure(py, "FormatError", reason));
        }
    };
    let refused = |reason: String| Err(failure(py, "InvalidArgumentError", reason));
    if !array.is_c_contiguous() {
        return refused(format!("{name} is not contiguous: numpy.ascontiguousarray() copies it"));
    }
    if !array.is_aligned() {
        return refused(format!("{name} is not aligned"));
    }
    Ok(Planar { array, rows, frames })
}

/// An array of float32, of any shape.
pub(crate) fn floats<'py>(
    array: &Bound<'py, PyAny>, name: &str,
) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
    if let Ok(array) = array.cast::<PyArrayDyn<f32>>() {
        return Ok(array.clone());
    }
    Err(PyTypeError::new_err(match array.cast::<PyUntypedArray>() {
        Ok(array) => format!("{name} is an array of float32, not of {}", array.dtype()),
        Err(_) => format!("{name} is a numpy array, not {}", array.get_type().name()?),
    }))
}

/// The rows of an array to be read with the GIL free.
pub(crate) fn read<T: Send>(
    planar: &Planar<'_>, name: &str, use_rows: impl FnOnce(&[&[f32]]) -> perbus::Result<T> + Send,
) -> PyResult<T> {
    let py = planar.array.py();
    let samples = planar.array.try_readonly().map_err(|_| in_use(py, name))?;
    let (samples, rows) = (samples.as_slice()?, planar.rows);
    let rows: Vec<&[f32]> = match planar.frames {
        0 => vec![&[]; rows],
        frames => samples.chunks_exact(frames).collect(),
    };
    call(py, move || use_rows(&rows))
}

pub(crate) fn in_use(py: Python<'_>, name: &str) -> PyErr {
    failure(py, "InvalidArgumentError", format!("{name} is in use by another call"))
}

/// A new array of zeros.
pub(crate) fn zeros<'py>(py: Python<'py>, shape: [usize; 2]) -> Bound<'py, PyArray2<f32>> {
    // numpy lets others have the GIL meanwhile.
    let _busy = Busy::new(py);
    PyArray2::zeros(py, shape, false)
}

/// A new array of these rows.
pub(crate) fn array<'py>(py: Python<'py>, rows: &[&[f32]]) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let frames = rows.first().map_or(0, |row| row.len());
    let array = zeros(py, [rows.len(), frames]);
    let mut samples = array.readwrite();
    for (to, from) in samples.as_slice_mut()?.chunks_exact_mut(frames.max(1)).zip(rows) {
        to.copy_from_slice(from);
    }
    drop(samples);
    Ok(array)
}
