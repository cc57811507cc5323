//! Audio files: loading, reading in pieces, and writing.

use std::path::PathBuf;

use numpy::PyArray2;
use perbus::file::{self, FileInfo, FileSamples, FileSettings};
use perbus::Format;
use pyo3::exceptions::PyValueError;

use crate::prelude::*;

/// Reads a whole audio file of any format that the crate reads. Returns its samples, channels x
/// frames, resampled to ``sample_rate``, in Hz. The GIL is free meanwhile.
///
/// :param limit: the most bytes that the samples may take; unless given, 2 GiB
/// :raises FileError: when the file cannot be read, is no audio, or is damaged or cut short
/// :raises FormatError: for the rate, or when the file has more channels than ``MAX_CHANNELS``
#[pyfunction]
#[pyo3(signature = (path, sample_rate, *, limit = None))]
pub(crate) fn load<'py>(
    py: Python<'py>, path: PathBuf, sample_rate: Double, limit: Option<Value<u64>>,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let limit = limit.map_or(file::File::LOAD_LIMIT, |limit| limit.0);
    let buffer = call(py, move || file::File::load_with_limit(path, sample_rate.0, limit))?;
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

/// An audio file: one that `open` reads in pieces, or one that `create` writes. Samples are arrays of
/// float32, channels x frames. At the end of a ``with``, a file that is read is closed, and one that
/// is written is finished, unless something was raised: then nothing is left of it.
///
/// >>> import numpy, os, perbus, tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     path = os.path.join(folder, "half.flac")
/// ...     with perbus.File.create(path, perbus.Format(48000, 2), type="flac") as file:
/// ...         file.write(numpy.full((2, 480), 0.5, numpy.float32))
/// ...     with perbus.File.open(path) as file:
/// ...         file.seek(470)
/// ...         file.frames, file.info().codec, file.read(100).shape
/// (480, 'FLAC 24 bit', (2, 10))
#[pyclass(module = "perbus", frozen)]
pub(crate) struct File(Mutex<Option<file::File>>);

impl File {
    fn of(file: file::File) -> Self {
        Self(Mutex::new(Some(file)))
    }

    /// Uses the file with the GIL free, unless it is closed.
    fn with<T: Send>(
        &self, py: Python<'_>, native: impl FnOnce(&mut file::File) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        call(py, || lock(&self.0).as_mut().map(native).transpose())?.ok_or_else(|| closed(py))
    }

    /// Lends the file to a call of a player's.
    pub(crate) fn lend<T: Send>(
        &self, player: &Bound<'_, Player>,
        native: impl FnOnce(&perbus::Player, &file::File) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let call = |player: &perbus::Player| {
            // In a batch, so that nobody waits for one with the file's lock: whoever has it open may need
            // the file.
            player
                .engine()
                .batch(|| lock(&self.0).as_ref().map(|file| native(player, file)).transpose())
        };
        Player::call(player, call)?.ok_or_else(|| closed(player.py()))
    }
}

#[pymethods]
impl File {
    /// Opens a file for reading.
    ///
    /// :raises FileError: when it cannot be read, is no audio, or its headers are damaged
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        call(py, move || file::File::open(path)).map(Self::of)
    }

    /// Begins a file, which takes its name when it is finished. Until then whatever has that name is
    /// untouched.
    ///
    /// :param type: ``"wav"``, ``"flac"`` or ``"ogg"`` (Vorbis)
    /// :param samples: ``"float32"``, ``"int24"`` or ``"int16"``, of WAV and FLAC; unless given, float32
    ///     for WAV and int24 for FLAC
    /// :param quality: of Vorbis, above 0 to 1; 0 stands for 0.5
    /// :param dither: False: integers are rounded only, without noise of a step that hides the steps
    /// :raises FileError: when it cannot be made there, or not in this format
    #[staticmethod]
    #[pyo3(signature = (path, format, *, r#type = "wav", samples = None, quality = None, dither = true))]
    fn create(
        py: Python<'_>, path: PathBuf, format: Stream, r#type: &str, samples: Option<&str>,
        quality: Option<Single>, dither: bool,
    ) -> PyResult<Self> {
        let settings = settings(format.0, r#type, samples, quality, dither)?;
        call(py, move || file::File::create(path, settings)).map(Self::of)
    }

    /// What the file has: its format, length, container and codec, and the NaN and infinite samples
    /// so far.
    fn info(&self, py: Python<'_>) -> PyResult<Value<FileInfo>> {
        self.with(py, |file| file.info()).map(Value)
    }

    /// The format that samples are read and written in.
    #[getter]
    pub(crate) fn format(&self, py: Python<'_>) -> PyResult<Stream> {
        self.with(py, |file| Ok(Value(file.format())))
    }

    /// The length in frames. While the file is written, what it has so far.
    #[getter]
    fn frames(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |file| Ok(file.frames()))
    }

    /// The frame that is read, or written, next.
    #[getter]
    fn position(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |file| Ok(file.position()))
    }

    /// Reads the next frames, channels x frames: as many as asked for, fewer before the end or before
    /// a fault, which the next call raises, and none at the end. Unless a number is given, all up to
    /// the end.
    ///
    /// :raises FileError: where the file is damaged, ends early, or changes its format
    #[pyo3(signature = (frames = None))]
    fn read<'py>(
        &self, py: Python<'py>, frames: Option<Value<u64>>,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let planes = self.with(py, |file| {
            let left = file.frames().saturating_sub(file.position());
            let wanted = frames.map_or(left, |frames| frames.0.min(left)) as usize;
            let mut planes = Vec::new();
            for _ in 0..file.format().channels() {
                planes.push(silence(wanted)?);
            }
            let read =
                file.read(&mut planes.iter_mut().map(|row| &mut row[..]).collect::<Vec<_>>())?;
            planes.iter_mut().for_each(|plane| plane.truncate(read));
            Ok(planes)
        })?;
        array(py, &planes.iter().map(|row| &row[..]).collect::<Vec<_>>())
    }

    /// Makes the next read begin at a frame, from 0 to the file's length.
    ///
    /// :raises OutOfRangeError: beyond the length
    fn seek(&self, py: Python<'_>, frame: Value<u64>) -> PyResult<()> {
        self.with(py, |file| file.seek(frame.0))
    }

    /// Appends a block, channels x frames of contiguous float32, or (frames) for one channel.
    ///
    /// :raises InvalidArgumentError: when it has other channels than the file
    /// :raises FileError: when the disk refuses it
    fn write(&self, samples: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, array) = (samples.py(), planar(samples, "samples")?);
        let written = read(&array, "samples", |rows| {
            lock(&self.0).as_mut().map(|file| file.write(rows)).transpose()
        })?;
        written.ok_or_else(|| closed(py))
    }

    /// Completes the file, which takes its name, and closes it.
    ///
    /// :raises FileError: when the disk refuses it; what had the name is as it was
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let finish = || {
            let mut file = lock(&self.0);
            if file.as_ref().is_some_and(|file| !file.is_written()) {
                let reason = "the file was opened for reading".to_owned();
                return Err(perbus::Error::WrongKind(reason));
            }
            file.take().map(file::File::finish).transpose()
        };
        call(py, finish)?.ok_or_else(|| closed(py))
    }

    /// Closes the file; one that is written and not finished leaves nothing. Closing it again has no
    /// effect.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        call(py, || {
            lock(&self.0).take();
            Ok(())
        })
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*raised))]
    fn __exit__(&self, py: Python<'_>, raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        let is_open_for_writing = || Ok(lock(&self.0).as_ref().is_some_and(file::File::is_written));
        if raised.get_item(0)?.is_none() && call(py, is_open_for_writing)? {
            return self.finish(py);
        }
        self.close(py)
    }
}

/// How a file is written, as keywords say it.
pub(crate) fn settings(
    format: Format, r#type: &str, samples: Option<&str>, quality: Option<Single>, dither: bool,
) -> PyResult<FileSettings> {
    let mut settings = match r#type {
        "wav" => FileSettings::wav(format),
        "flac" => FileSettings::flac(format),
        "ogg" => FileSettings::ogg_vorbis(format),
        _ => return Err(PyValueError::new_err(format!("{type:?} is no type of file"))),
    };
    if let Some(samples) = samples {
        settings = settings.with_samples(match samples {
            "float32" => FileSamples::Float32,
            "int24" => FileSamples::Int24,
            "int16" => FileSamples::Int16,
            _ => return Err(PyValueError::new_err(format!("{samples:?} is no kind of samples"))),
        });
    }
    if let Some(quality) = quality {
        settings = settings.with_quality(quality.0);
    }
    if !dither {
        settings = settings.undithered();
    }
    Ok(settings)
}

/// Room for so many samples, if there is memory for them.
fn silence(frames: usize) -> perbus::Result<Vec<f32>> {
    let mut samples = Vec::new();
    samples
        .try_reserve_exact(frames)
        .map_err(|_| perbus::Error::NoMemory(format!("no memory for {frames} frames of a file")))?;
    samples.resize(frames, 0.0);
    Ok(samples)
}

fn closed(py: Python<'_>) -> PyErr {
    failure(py, "ClosedError", "the file is closed")
}
