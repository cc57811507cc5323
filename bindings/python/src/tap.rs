//! Taps: what leaves a node, in arrays.

use crate::prelude::*;

/// A tap's handle, which is closed by hand or with the engine.
pub(crate) struct TapCell {
    tap: Slot<Arc<perbus::Tap>>,
    failure: Arc<Failure>,
}

impl Close for TapCell {
    fn take(&self) -> Option<Ended> {
        self.tap.take()
    }
}

/// What `Node.tap` returns: it goes on until `close`, or until its engine is closed. As a context manager
/// it closes at the end.
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Tap {
    engine: Py<Engine>,
    cell: Arc<TapCell>,
}

impl Tap {
    fn held(&self, py: Python<'_>) -> PyResult<Held<Arc<perbus::Tap>>> {
        self.cell.tap.get().ok_or_else(|| failure(py, "ClosedError", "the tap was closed"))
    }
}

#[pymethods]
impl Tap {
    /// Waits until the function has had all blocks that were queued. A program that renders offline calls
    /// this now and then, so that blocks do not pile up in memory. On Apple's engine it returns at once.
    ///
    /// :raises InvalidArgumentError: on a thread of an engine, such as in the function; inside
    ///     `Engine.batch`, once no function has returned for half a second, since one may be waiting for
    ///     the batch's end
    fn wait(&self, py: Python<'_>) -> PyResult<()> {
        refuse_in_source(py, "wait for a tap")?;
        let tap = self.held(py)?;
        // No close waits for this: the function that this waits for may close the engine.
        call(py, move || tap.wait())
    }

    /// How many frames were dropped because the function was late: on a device, for more than a second.
    /// Offline there are none, unless another thread keeps a batch open during many blocks.
    ///
    /// :raises UnsupportedError: on Apple's engine, which does not count them
    #[getter]
    fn dropped_frames(&self, py: Python<'_>) -> PyResult<u64> {
        let tap = self.held(py)?;
        call(py, move || tap.dropped_frames())
    }

    /// What the function raised; it has not been called since.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.cell.failure.get(py)
    }

    /// Removes the tap. The function gets what was rendered until now, and is not called after that; in
    /// the function itself, and inside `Engine.batch` where `wait` would fail, what is queued is discarded.
    /// Closing again has no effect.
    ///
    /// :raises WrongKindError: in a source's function
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        refuse_in_source(py, "close a tap")?;
        self.engine.get().core.leave_tap(&self.cell);
        end(self.cell.take());
        Ok(())
    }

    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        slf.get().held(slf.py())?;
        Ok(slf)
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

#[pymethods]
impl Node {
    /// Has ``function(samples, time)`` called with what leaves an output bus of the node, from the next
    /// rendered block on. For a mixer that is after its output volume; for other nodes before the volume
    /// and pan of their connections.
    ///
    /// ``samples`` is an array, channels x frames, for the function to keep; ``time`` is the engine's time
    /// at its first frame, at the rate of the bus. The function runs on a thread of the engine's, not on
    /// the audio thread: a device plays on while it works, but completions and other taps wait. It may
    /// call everything. What it raises is logged and kept in `Tap.error`, and it is not called again.
    ///
    /// A bus has one tap at most, and is only heard while the engine renders its node.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2, 512)
    /// >>> engine.start()
    /// >>> heard = []
    /// >>> with engine.main_mixer.tap(4800, lambda samples, time: heard.append(samples)):
    /// ...     rendered = engine.render(10000)
    /// >>> [samples.shape for samples in heard]
    /// [(2, 4800), (2, 4800), (2, 400)]
    ///
    /// :param frames: the length of the arrays to ask for, 1 to 1048576; AVFAudio rounds it to 0.1 to 0.4 s
    /// :raises OutOfRangeError: for ``frames``, or when the node has no such bus
    /// :raises NotAttachedError: when the node was detached
    /// :raises InvalidArgumentError: when the bus has a tap already
    #[pyo3(signature = (frames, function, bus = Value(0)))]
    #[pyo3(text_signature = "($self, frames, function, bus=0)")]
    fn tap(
        slf: &Bound<'_, Self>, frames: Index, function: &Bound<'_, PyAny>, bus: Index,
    ) -> PyResult<Tap> {
        let (py, node) = (slf.py(), slf.get());
        let (core, failure) = (node.core(), Arc::<Failure>::default());
        let function = TapFunction::new(&core.objects, function, Arc::clone(&failure))?;
        let handle = node.held::<AnyNode>(py)?;
        let tap = core
            .call(py, move || handle.tap_bus(bus.0, frames.0, move |block| function.hear(block)))?;
        let cell = Arc::new(TapCell { tap: Slot::new(Arc::new(tap)), failure });
        core.ends(cell.clone());
        core.keep_tap(cell.clone());
        Ok(Tap { engine: node.engine.clone_ref(py), cell })
    }
}
