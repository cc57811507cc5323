//! Audio files: loading, decoding block by block, and WAV output.

use std::path::PathBuf;

use numpy::PyArray2;
use perbus::file::{self, WavEncoding};
use pyo3::exceptions::PyValueError;

use crate::prelude::*;

/// Reads a whole audio file of any format that the crate reads, of at most 2 GiB when decoded. Returns
/// its samples, channels x frames, resampled to ``sample_rate``, in Hz. The GIL is free meanwhile.
///
/// :raises FileError: when the file cannot be read, is no audio, or is damaged or cut short
/// :raises FormatError: for the rate, or when the file has more channels than ``MAX_CHANNELS``
#[pyfunction]
pub(crate) fn load<'py>(
    py: Python<'py>, path: PathBuf, sample_rate: Double,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let buffer = call(py, move || file::load(path, sample_rate.0))?;
    let channels = 0..buffer.format().channels();
    array(py, &channels.map(|channel| buffer.channel(channel)).collect::<Vec<_>>())
}

/// Reads an audio file block by block, at its own rate: an iterator of arrays, channels x frames.
///
/// :raises FileError: when the file cannot be read or is no audio; and from the iteration when it is
///     damaged or cut short
#[pyclass(module = "perbus.file", frozen)]
pub(crate) struct Decoder(Mutex<file::Decoder>);

impl Handle for Decoder {
    type Native = file::Decoder;

    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&file::Decoder) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let decoder = &slf.get().0;
        call(slf.py(), || native(&lock(decoder)))
    }
}

forward!(Decoder {
    /// Hz
    #[getter]
    sample_rate() -> f64;

    /// The channel count.
    #[getter]
    channels() -> u32;

    /// The length in frames.
    #[getter]
    frames() -> u64;
});

#[pymethods]
impl Decoder {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let decoder = call(py, move || file::Decoder::open(path))?;
        Ok(Self(Mutex::new(decoder)))
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArray2<f32>>>> {
        let block = call(py, || {
            let mut decoder = lock(&self.0);
            Ok(decoder.next_block()?.map(<[Vec<f32>]>::to_vec))
        })?;
        let block =
            block.map(|rows| array(py, &rows.iter().map(|row| &row[..]).collect::<Vec<_>>()));
        block.transpose()
    }
}

/// Writes a WAV file that appears under its name when it is complete: at `finish`, or at the end of
/// a ``with`` that nothing has failed in. Until then a file already under that name is untouched.
///
/// :param encoding: ``"float32"``, ``"int24"`` or ``"int16"``; integers are rounded and clamped
/// :raises FileError: when it cannot be made there, or not with this rate or channel count
///
/// >>> import numpy, os, perbus, tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     path = os.path.join(folder, "half.wav")
/// ...     with perbus.file.WavWriter(path, 48000, 2, encoding="int16") as writer:
/// ...         writer.write(numpy.full((2, 480), 0.5, numpy.float32))
/// ...     perbus.file.load(path, 48000)[:, 479].tolist()
/// [0.5, 0.5]
#[pyclass(module = "perbus.file", frozen)]
pub(crate) struct WavWriter(Mutex<Option<file::WavWriter>>);

#[pymethods]
impl WavWriter {
    #[new]
    #[pyo3(signature = (path, sample_rate, channels, encoding = "float32"))]
    fn new(
        py: Python<'_>, path: PathBuf, sample_rate: Double, channels: Index, encoding: &str,
    ) -> PyResult<Self> {
        let encoding = match encoding {
            "float32" => WavEncoding::Float32,
            "int24" => WavEncoding::Int24,
            "int16" => WavEncoding::Int16,
            _ => return Err(PyValueError::new_err(format!("{encoding:?} is no encoding"))),
        };
        let (rate, channels) = (sample_rate.0, channels.0);
        let writer =
            call(py, move || Ok(file::WavWriter::create(path, rate, channels, encoding)?))?;
        Ok(Self(Mutex::new(Some(writer))))
    }

    /// Appends a block, channels x frames of contiguous float32, or (frames) for one channel.
    ///
    /// :raises FileError: when it has other channels than the file, or the disk refuses it
    fn write(&self, samples: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, array) = (samples.py(), planar(samples, "samples")?);
        let written = read(&array, "samples", |rows| {
            Ok(lock(&self.0).as_mut().map(|writer| writer.write(rows)).transpose()?)
        })?;
        written.ok_or_else(|| finished(py))
    }

    /// Completes the file and moves it to its name.
    ///
    /// :raises FileError: when the disk refuses it; a file that was there is still there
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let finish = || lock(&self.0).take().map(file::WavWriter::finish).transpose();
        call(py, || Ok(finish()?))?.ok_or_else(|| finished(py))
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        if _raised.get_item(0)?.is_none() {
            return self.finish(py);
        }
        call(py, || {
            lock(&self.0).take();
            Ok(())
        })
    }
}

fn finished(py: Python<'_>) -> PyErr {
    failure(py, "ClosedError", "the file was finished")
}
