//! Python functions that the engine calls: of sources, taps and events, completions and the ends of fades.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use numpy::{PyArray2, PyArrayMethods};
use perbus::{RenderBlock, TapBlock};
use pyo3::exceptions::PyException;
use pyo3::types::{PyDict, PyWeakrefMethods, PyWeakrefReference};

use crate::prelude::*;

/// Python objects that the engine refers to by number. They lie here, and not with who uses them,
/// so that the collector finds a function that refers to its engine.
#[derive(Default)]
pub(crate) struct Objects(Mutex<HashMap<u64, Py<PyAny>>>);

impl Objects {
    pub(crate) fn keep(self: &Arc<Self>, object: Py<PyAny>) -> Kept {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        lock(&self.0).insert(number, object);
        Kept { objects: Arc::clone(self), number }
    }

    /// Keeps a function that the engine is to call.
    pub(crate) fn keep_function(
        self: &Arc<Self>, function: &Bound<'_, PyAny>, name: &str,
    ) -> PyResult<Function> {
        if !function.is_callable() {
            return Err(wanted(&format!("a function as {name}"), function));
        }
        let (mut function, mut alive) = (function.clone(), PyWeakrefReference::new(function));
        if alive.is_err() {
            // Not every callable can be referred to weakly; a partial call of it can.
            function = function.py().import("functools")?.call_method1("partial", (function,))?;
            alive = PyWeakrefReference::new(&function);
        }
        Ok(Function { alive: alive?.unbind(), kept: self.keep(function.unbind()) })
    }

    /// Must not wait; what is not visited is taken to be in use.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Ok(objects) = self.0.try_lock() else {
            return Ok(());
        };
        objects.values().try_for_each(|object| visit.call(object))
    }

    pub(crate) fn clear(&self) {
        let objects = self.0.try_lock().map(|mut objects| std::mem::take(&mut *objects));
        drop(objects);
    }
}

/// One of the objects, until it is dropped.
pub(crate) struct Kept {
    objects: Arc<Objects>,
    number: u64,
}

impl Kept {
    pub(crate) fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let objects = lock(&self.objects.0);
        objects.get(&self.number).map(|object| object.clone_ref(py))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let object = lock(&self.objects.0).remove(&self.number);
        // Without the lock: this may run any code.
        drop(object);
    }
}

/// A function that the engine is to call.
pub(crate) struct Function {
    kept: Kept,
    /// Dies before the collector clears the function. Clearing may free the GIL, and a call on
    /// another thread would then find a function without its closure.
    alive: Py<PyWeakrefReference>,
}

impl Function {
    fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.alive.bind(py).upgrade()?;
        self.kept.get(py)
    }

    /// Calls a function on any thread.
    pub(crate) fn call(
        &self, what: &str,
        arguments: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>>,
    ) {
        // At the program's end there is nobody to call.
        let _ = attach(|py| {
            let Some(function) = self.get(py) else { return };
            let called = arguments(py).and_then(|arguments| function.call1(py, arguments));
            if let Err(raised) = called {
                report(py, what, raised);
            }
        });
    }
}

/// Logs what a function of the user's has raised where nobody could catch it. What is no
/// `Exception`, the user's Ctrl-C, say, comes out of the call that this thread is in.
fn report(py: Python<'_>, what: &str, raised: PyErr) {
    let raised = if raised.is_instance_of::<PyException>(py) {
        Some(raised)
    } else {
        leave_to_caller(raised)
    };
    let Some(raised) = raised else { return };
    let logged = || -> PyResult<()> {
        let options = PyDict::new(py);
        options.set_item("exc_info", raised.clone_ref(py).into_value(py))?;
        let logger = py.import("logging")?.call_method1("getLogger", ("perbus",))?;
        logger.call_method("error", ("%s has failed", what), Some(&options))?;
        Ok(())
    };
    if logged().is_err() {
        raised.write_unraisable(py, None);
    }
}

/// A source's function, or that of an offline engine's input.
pub(crate) struct SourceFunction {
    function: Function,
    failure: Arc<Failure>,
}

/// What a source's or a tap's function has failed with.
#[derive(Default)]
pub(crate) struct Failure(Mutex<Option<Kept>>);

impl Failure {
    pub(crate) fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.0).as_ref()?.get(py)
    }

    /// For another function.
    pub(crate) fn clear(&self) {
        let error = lock(&self.0).take();
        drop(error);
    }

    fn is_set(&self) -> bool {
        lock(&self.0).is_some()
    }

    /// Keeps and logs what a function has raised.
    fn set(&self, py: Python<'_>, what: &str, function: &Function, raised: PyErr) {
        if raised.is_instance_of::<PyException>(py) {
            let error = raised.clone_ref(py).into_value(py).into_any();
            *lock(&self.0) = Some(function.kept.objects.keep(error));
        }
        report(py, what, raised);
    }
}

impl SourceFunction {
    pub(crate) fn new(
        objects: &Arc<Objects>, function: &Bound<'_, PyAny>, name: &str, failure: Arc<Failure>,
    ) -> PyResult<Self> {
        Ok(Self { function: objects.keep_function(function, name)?, failure })
    }

    /// Runs on a thread that renders.
    pub(crate) fn render(&mut self, block: &mut RenderBlock<'_>) {
        let failed = self.failure.is_set();
        let rendered = !failed && attach(|py| self.fill(py, block)).unwrap_or(false);
        if !rendered {
            block.set_silent();
        }
    }

    fn fill(&mut self, py: Python<'_>, block: &mut RenderBlock<'_>) -> bool {
        let Some(function) = self.function.get(py) else {
            return false;
        };
        // Memory of its own: a block that the function keeps must not reach into the engine's.
        let array = zeros(py, [block.channels() as usize, block.frames() as usize]);
        let called = function.call1(py, (&array, block.sample_time()));
        match called {
            Ok(_) => copy(&array, block),
            Err(raised) => {
                self.failure.set(py, "a source's function", &self.function, raised);
                false
            }
        }
    }
}

fn copy(array: &Bound<'_, PyArray2<f32>>, block: &mut RenderBlock<'_>) -> bool {
    let Ok(samples) = array.try_readonly() else { return false };
    let Ok(samples) = samples.as_slice() else { return false };
    let frames = block.frames() as usize;
    for (channel, samples) in (0..block.channels()).zip(samples.chunks_exact(frames.max(1))) {
        block.channel_mut(channel).copy_from_slice(samples);
    }
    true
}

/// A tap's function.
pub(crate) struct TapFunction {
    function: Function,
    failure: Arc<Failure>,
}

impl TapFunction {
    pub(crate) fn new(
        objects: &Arc<Objects>, function: &Bound<'_, PyAny>, failure: Arc<Failure>,
    ) -> PyResult<Self> {
        Ok(Self { function: objects.keep_function(function, "function")?, failure })
    }

    /// Runs on a thread of the engine's.
    pub(crate) fn hear(&self, block: TapBlock<'_>) {
        if self.failure.is_set() {
            return;
        }
        // At the program's end there is nobody to call.
        let _ = attach(|py| {
            let Some(function) = self.function.get(py) else { return };
            let channels = (0..block.channels()).map(|channel| block.channel(channel));
            let called = array(py, &channels.collect::<Vec<_>>())
                .and_then(|array| function.call1(py, (array, block.sample_time())));
            if let Err(raised) = called {
                self.failure.set(py, "a tap's function", &self.function, raised);
            }
        });
    }
}
