//! Offline rendering, to arrays and to files.

use std::path::PathBuf;

use numpy::PyArrayMethods;
use perbus::FileSettings;
use pyo3::exceptions::PyTypeError;

use crate::prelude::*;

impl Engine {
    /// Has the engine render so many frames, block by block: `block` gets the first frame's number
    /// and the count. Between two of them the user's Ctrl-C comes through.
    fn blocks(
        &self, py: Python<'_>, frames: usize,
        mut block: impl FnMut(&perbus::Engine, usize, usize) -> perbus::Result<()> + Send,
    ) -> PyResult<()> {
        refuse_in_source(py, "render")?;
        // A device has no longest block: one call finds out what is wrong with it.
        let longest = self.core.max_frames.map_or(frames.max(1), |frames| frames as usize);
        let mut done = 0;
        loop {
            let engine = self.core.engine(py)?;
            let count = longest.min(frames - done);
            call(py, || {
                let pass = self.core.calls.begin();
                let rendered = block(&engine, done, count);
                // Who waits for the block may want to be the last to have the engine.
                drop(engine);
                drop(pass);
                rendered
            })?;
            done += count;
            if done >= frames {
                return Ok(());
            }
            py.check_signals()?;
        }
    }
}

#[pymethods]
impl Engine {
    /// Renders the next ``frames`` frames, or as many as ``out`` holds, in blocks of at most
    /// `max_frames`; returns channels x frames, planar: ``out``, written in place, or a new array.
    /// One thread renders a block at a time, others wait; the GIL is free meanwhile.
    ///
    /// :raises WrongKindError: for an engine that plays to a device, and in a source's function
    /// :raises NotRunningError: before the start
    /// :raises FormatError: when ``out`` does not have the engine's channels
    /// :raises InvalidArgumentError: when ``out`` is not contiguous, is read-only, or not as long as
    ///     ``frames``
    /// :raises RenderError: when the engine could not render
    #[pyo3(signature = (frames = None, *, out = None))]
    fn render<'py>(
        &self, py: Python<'py>, frames: Option<Index>, out: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let channels = self.core.format.channels() as usize;
        let out = match (out, &frames) {
            (Some(out), _) => out,
            (None, Some(frames)) => zeros(py, [channels, frames.0 as usize]).into_any(),
            (None, None) => {
                let reason = "render() takes a number of frames, or an array as out";
                return Err(PyTypeError::new_err(reason));
            }
        };
        let array = planar(&out, "out")?;
        if array.rows != channels {
            let reason = format!("out has {} channels, not {channels}", array.rows);
            return Err(failure(py, "FormatError", reason));
        }
        let length = array.frames;
        if let Some(Value(frames)) = frames.filter(|frames| frames.0 as usize != length) {
            let reason = format!("out holds {length} frames, not {frames}");
            return Err(failure(py, "InvalidArgumentError", reason));
        }
        let mut samples = array.array.try_readwrite().map_err(|refused| match refused {
            numpy::BorrowError::NotWriteable => {
                failure(py, "InvalidArgumentError", "out is read-only")
            }
            _ => in_use(py, "out"),
        })?;
        let samples = samples.as_slice_mut()?;
        self.blocks(py, length, |engine, start, count| {
            if length == 0 {
                return engine.render(&mut (0..channels).map(|_| &mut [][..]).collect::<Vec<_>>());
            }
            let rows = samples.chunks_exact_mut(length);
            engine.render(&mut rows.map(|row| &mut row[start..start + count]).collect::<Vec<_>>())
        })?;
        Ok(out)
    }

    /// Renders so many seconds into a WAV file of 32-bit float samples. The file appears when it is
    /// complete: a failure leaves what was there before. Fails as `render`, and:
    ///
    /// :raises FileError: when the file cannot be written
    fn render_to_wav(&self, py: Python<'_>, path: PathBuf, seconds: Seconds) -> PyResult<()> {
        let format = self.core.format;
        let (rate, channels) = (format.sample_rate(), format.channels());
        let frames = (seconds.0.as_secs_f64() * rate).round() as usize;
        let mut file = call(py, || perbus::File::create(path, FileSettings::wav(format)))?;
        let mut memory = vec![Vec::new(); channels as usize];
        self.blocks(py, frames, |engine, _, count| {
            memory.iter_mut().for_each(|channel| channel.resize(count, 0.0));
            engine.render(&mut memory.iter_mut().map(|row| &mut row[..]).collect::<Vec<_>>())?;
            file.write(&memory.iter().map(|row| &row[..]).collect::<Vec<_>>())
        })?;
        call(py, || file.finish())
    }
}
