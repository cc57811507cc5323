//! Recorders: what a mixer or a bus sounds, into a file while it plays.

use std::path::PathBuf;

use perbus::{Format, RecorderState, RecorderStatus, Recording};

use crate::file::settings;
use crate::prelude::*;

type RecorderCell = Slot<Arc<perbus::Recorder>>;

/// What `Mixer.record` and `Bus.record` return: it goes on until `stop`, or until its engine is closed. As
/// a context manager it stops at the end.
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Recorder {
    engine: Py<Engine>,
    cell: Arc<RecorderCell>,
}

/// Where a recording goes, and from which frame on.
struct Wanted {
    path: PathBuf,
    settings: perbus::FileSettings,
    at: Option<i64>,
}

impl Recorder {
    fn begin(
        engine: &Py<Engine>, py: Python<'_>,
        record: impl FnOnce() -> perbus::Result<perbus::Recorder> + Send,
    ) -> PyResult<Self> {
        let core = &engine.get().core;
        let cell = Arc::new(Slot::new(Arc::new(core.call(py, record)?)));
        core.ends(cell.clone());
        core.keep_tap(cell.clone());
        Ok(Self { engine: engine.clone_ref(py), cell })
    }

    fn held(&self, py: Python<'_>) -> PyResult<Held<Arc<perbus::Recorder>>> {
        refuse_in_source(py, "use a recorder")?;
        self.cell.get().ok_or_else(|| stopped(py))
    }
}

fn stopped(py: Python<'_>) -> PyErr {
    failure(py, "ClosedError", "the recorder was stopped")
}

#[pymethods]
impl Recorder {
    /// How the recording fares.
    #[getter]
    fn status(&self, py: Python<'_>) -> PyResult<Value<RecorderStatus>> {
        let recorder = self.held(py)?;
        call(py, move || Ok(recorder.status())).map(Value)
    }

    /// Ends the recording at a frame of the engine's time, in frames of the mixer's rate: the first that
    /// it does not have. It does not wait, and may be called in callbacks.
    ///
    /// :raises OutOfRangeError: for a frame before the recording's start, or one that it has got past
    fn stop_at(&self, py: Python<'_>, frame: Value<i64>) -> PyResult<()> {
        let recorder = self.held(py)?;
        call(py, move || recorder.stop_at(frame.0))
    }

    /// Waits until all that was rendered is on its way to the disk, but for the last part of less than
    /// 0.1 s. A program that renders offline calls this now and then, so that blocks do not pile up.
    ///
    /// :raises InvalidArgumentError: as `Tap.wait`
    fn wait(&self, py: Python<'_>) -> PyResult<()> {
        let recorder = self.held(py)?;
        call(py, move || recorder.wait())
    }

    /// Ends the recording with what has been rendered, unless it ends earlier by `stop_at`, and completes
    /// the file.
    ///
    /// :raises FileError: when the disk is full or fails: nothing is left of the file
    /// :raises InvalidArgumentError: as `Tap.wait`, and inside `Engine.batch` once the disk has taken nothing
    ///     for five seconds: the recording ends, but the file is completed by another thread
    /// :raises ClosedError: when it was stopped, or its engine closed
    fn stop(&self, py: Python<'_>) -> PyResult<Value<Recording>> {
        refuse_in_source(py, "stop a recorder")?;
        self.engine.get().core.leave_tap(&self.cell);
        let taken = self.cell.take().and_then(|it| it.downcast::<Arc<perbus::Recorder>>().ok());
        let recorder = *taken.ok_or_else(|| stopped(py))?;
        call(py, move || raw::stop_recorder(&recorder)).map(Value)
    }

    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        slf.get().held(slf.py())?;
        Ok(slf)
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        if !self.cell.is_closed() {
            self.stop(py)?;
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

/// What the mixer's file has to have.
fn format_of(py: Python<'_>, core: &Core, mixer: &perbus::Mixer) -> PyResult<Format> {
    let engine = core.engine(py)?;
    core.call(py, || Ok(engine.inspect(mixer)?.outputs[0]))
}

macro_rules! record {
    ($class:ident, $what:literal, $mixer:expr, $engine:expr) => {
        #[pymethods]
        impl $class {
            #[doc = $what]
            ///
            /// The file, which has the mixer's rate and channels, is written by a thread of its own, and
            /// has another name until it is complete. The keywords are those of `File.create`, but for
            /// ``at``: the frame of the engine's time from which on it records; at once unless given.
            ///
            /// :raises OutOfRangeError: for a frame that has passed
            /// :raises InvalidArgumentError: when it is recorded already
            /// :raises NotAttachedError: when the mixer was detached
            /// :raises FileError: when the file cannot be made there, or not in this format
            #[pyo3(signature = (
                path, *, at = None, r#type = "wav", samples = None, quality = None, dither = true
            ))]
            fn record(
                slf: &Bound<'_, Self>, path: PathBuf, at: Option<Value<i64>>, r#type: &str,
                samples: Option<&str>, quality: Option<Single>, dither: bool,
            ) -> PyResult<Recorder> {
                let py = slf.py();
                let engine: Py<Engine> = ($engine)(slf);
                let mixer: Held<perbus::Mixer> = ($mixer)(slf)?;
                let format = format_of(py, &engine.get().core, &mixer)?;
                let settings = settings(format, r#type, samples, quality, dither)?;
                let wanted = Wanted { path, settings, at: at.map(|at| at.0) };
                slf.get().begin(py, &engine, mixer, wanted)
            }
        }
    };
}

record!(
    Mixer,
    "Records what leaves the mixer, after its output volume. It takes the mixer's one tap.",
    |slf: &Bound<'_, Mixer>| slf.as_super().get().held::<perbus::Mixer>(slf.py()),
    |slf: &Bound<'_, Mixer>| slf.as_super().get().engine.clone_ref(slf.py())
);
record!(
    Bus,
    "Records what is heard of the bus in its mixer's sum: after its fader, pan, mute, solo and groups, and \
     before the mixer's output volume. It goes on while sources come and go.",
    |slf: &Bound<'_, Bus>| slf.get().mixer.held(slf.py(), &slf.get().engine.get().core),
    |slf: &Bound<'_, Bus>| slf.get().engine.clone_ref(slf.py())
);

impl Mixer {
    fn begin(
        &self, py: Python<'_>, engine: &Py<Engine>, mixer: Held<perbus::Mixer>, wanted: Wanted,
    ) -> PyResult<Recorder> {
        Recorder::begin(engine, py, move || match wanted.at {
            Some(frame) => mixer.record_at(frame, wanted.path, &wanted.settings),
            None => mixer.record(wanted.path, &wanted.settings),
        })
    }
}

impl Bus {
    fn begin(
        &self, py: Python<'_>, engine: &Py<Engine>, mixer: Held<perbus::Mixer>, wanted: Wanted,
    ) -> PyResult<Recorder> {
        let number = self.number;
        Recorder::begin(engine, py, move || {
            let bus = mixer.bus(number)?;
            match wanted.at {
                Some(frame) => bus.record_at(frame, wanted.path, &wanted.settings),
                None => bus.record(wanted.path, &wanted.settings),
            }
        })
    }
}

show! {
    RecorderStatus: |it, py| {
        let (state, reason) = match &it.state {
            RecorderState::Recording => ("recording", None),
            RecorderState::Finished => ("finished", None),
            RecorderState::Failed(reason) => ("failed", Some(&**reason)),
            _ => ("waiting", None),
        };
        let state = make(py, "RecorderState", (state,))?;
        make(py, "RecorderStatus", (state, it.frames, it.dropped, it.silence, reason))
    };
    Recording: |it, py| {
        let values = (&*it.path, it.frames, it.dropped, it.silence, it.interrupted.as_deref());
        make(py, "Recording", values)
    };
}
