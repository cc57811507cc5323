//! What all Python objects of one engine share: its handles, which `close` ends.

use std::any::Any;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Weak;
use std::time::Duration;

use crate::prelude::*;
use crate::shutdown;

/// Engines that are open, for the program's end and for forks.
static OPEN: Mutex<Vec<Weak<Core>>> = Mutex::new(Vec::new());

/// Handles that nobody uses any more.
pub(crate) type Ended = Box<dyn Any + Send>;

/// A handle until it is closed. Locked only with the GIL held, so that a fork finds it unlocked.
pub(crate) struct Slot<T: Send + 'static>(Mutex<Option<T>>);

impl<T: Send + 'static> Slot<T> {
    pub(crate) fn new(handle: T) -> Self {
        Self(Mutex::new(Some(handle)))
    }

    /// Uses the handle for a moment, in which nothing is waited for.
    #[inline]
    pub(crate) fn with<R>(&self, function: impl FnOnce(&T) -> R) -> Option<R> {
        lock(&self.0).as_ref().map(function)
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.0).is_none()
    }
}

impl<T: Clone + Send + 'static> Slot<T> {
    pub(crate) fn get(&self) -> Option<Held<T>> {
        self.with(|handle| Held::new(handle.clone()))
    }
}

/// What can be closed.
pub(crate) trait Close: Send + Sync {
    fn take(&self) -> Option<Ended>;
}

impl<T: Send + 'static> Close for Slot<T> {
    fn take(&self) -> Option<Ended> {
        lock(&self.0).take().map(|handle| Box::new(handle) as Ended)
    }
}

/// The last reference has gone, wherever that was.
impl<T: Send + 'static> Drop for Slot<T> {
    fn drop(&mut self) {
        if let Some(handle) = self.take() {
            end(handle);
        }
    }
}

/// A handle in use. It is dropped with the GIL free, as it may be the last.
pub(crate) struct Held<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Held<T> {
    pub(crate) fn new(handle: T) -> Self {
        Self(Some(handle))
    }
}

impl<T: Send + 'static> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("only drop takes it")
    }
}

impl<T: Send + 'static> Drop for Held<T> {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            end(handle);
        }
    }
}

pub(crate) struct Core {
    pub(crate) engine: Slot<perbus::Engine>,
    pub(crate) format: perbus::Format,
    pub(crate) max_frames: Option<u32>,
    pub(crate) main: Arc<NodeCell>,
    pub(crate) output: Arc<NodeCell>,
    pub(crate) calls: Calls,
    /// What the function of an offline engine's input has failed with.
    pub(crate) input_failure: Arc<Failure>,
    /// Python objects that the engine refers to.
    pub(crate) objects: Arc<Objects>,
    /// The engine keeps the nodes that are attached.
    attached: Mutex<HashMap<u64, Arc<NodeCell>>>,
    /// And the taps and recorders that are not closed.
    taps: Mutex<Vec<Arc<dyn Close>>>,
    /// All handles that must end with the engine.
    handles: Mutex<Vec<Weak<dyn Close>>>,
}

impl Core {
    pub(crate) fn new(engine: perbus::Engine) -> perbus::Result<Arc<Self>> {
        let (main, output) = (engine.main_mixer(), engine.output());
        let main = NodeCell::new(AnyNode::Mixer(main), None);
        let output = NodeCell::new(AnyNode::Output(output), None);
        let core = Arc::new(Self {
            format: engine.format(),
            max_frames: engine.max_frames(),
            engine: Slot::new(engine),
            main,
            output,
            calls: Calls::default(),
            input_failure: Arc::default(),
            objects: Arc::default(),
            attached: Mutex::default(),
            taps: Mutex::default(),
            handles: Mutex::default(),
        });
        for cell in [&core.main, &core.output] {
            core.ends(cell.clone());
            core.keep(cell);
        }
        let mut open = lock(&OPEN);
        open.retain(|core| core.strong_count() > 0);
        open.push(Arc::downgrade(&core));
        drop(open);
        Ok(core)
    }

    pub(crate) fn closed(py: Python<'_>) -> PyErr {
        failure(py, "ClosedError", "the engine was closed")
    }

    pub(crate) fn engine(&self, py: Python<'_>) -> PyResult<Held<perbus::Engine>> {
        self.engine.get().ok_or_else(|| Self::closed(py))
    }

    /// Makes a native call with the GIL free.
    pub(crate) fn call<T: Send>(
        &self, py: Python<'_>, native: impl FnOnce() -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        Self::wait(py, || {
            let _pass = self.calls.begin();
            native()
        })
    }

    /// The same for one that no close waits for: it waits for a function that may close the engine.
    pub(crate) fn wait<T: Send>(
        py: Python<'_>, native: impl FnOnce() -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        refuse_in_source(py, "call an engine or its nodes")?;
        call(py, native)
    }

    /// Keeps a node that was attached.
    pub(crate) fn keep(&self, cell: &Arc<NodeCell>) {
        let mut attached = lock(&self.attached);
        let mut gone = Vec::new();
        if attached.len() == attached.capacity() {
            // Players that have detached themselves.
            gone.extend(attached.extract_if(|_, cell| !cell.is_attached()));
        }
        attached.insert(cell.id, Arc::clone(cell));
        drop(attached);
    }

    /// Leaves a node that was detached to its Python objects.
    pub(crate) fn leave(&self, cell: &NodeCell) {
        lock(&self.attached).remove(&cell.id);
    }

    /// Keeps a tap or a recorder.
    pub(crate) fn keep_tap(&self, cell: Arc<dyn Close>) {
        lock(&self.taps).push(cell);
    }

    /// Leaves a tap or recorder that was closed to its Python object.
    pub(crate) fn leave_tap<T: Close>(&self, cell: &Arc<T>) {
        lock(&self.taps).retain(|kept| !std::ptr::addr_eq(Arc::as_ptr(kept), Arc::as_ptr(cell)));
    }

    /// Has a handle end with the engine.
    pub(crate) fn ends(&self, handle: Arc<dyn Close>) {
        if self.engine.is_closed() {
            // Meanwhile, by another thread.
            return end(handle.take());
        }
        let mut handles = lock(&self.handles);
        if handles.len() == handles.capacity() {
            handles.retain(|handle| handle.strong_count() > 0);
        }
        handles.push(Arc::downgrade(&handle));
    }

    /// The node with an identity that the engine reported.
    pub(crate) fn node(&self, id: perbus::NodeId) -> Option<Arc<NodeCell>> {
        lock(&self.attached).get(&raw::node_id(id)).cloned()
    }

    /// Takes all handles: whoever calls from now on finds them closed.
    pub(crate) fn take_all(&self) -> Vec<Ended> {
        let handles = std::mem::take(&mut *lock(&self.handles));
        let mut ended: Vec<_> = handles.iter().filter_map(|it| it.upgrade()?.take()).collect();
        ended.extend(self.engine.take());
        let attached = std::mem::take(&mut *lock(&self.attached));
        drop(attached);
        let taps = std::mem::take(&mut *lock(&self.taps));
        drop(taps);
        ended
    }

    /// Ends what happens to an engine by itself. `function` says whether a function that it calls is
    /// waited for.
    fn silence(&self, engine: &perbus::Engine, function: bool) {
        if self.max_frames.is_none() {
            if function {
                let _ = engine.on_event(|_, _| ());
            }
            let _ = engine.stop();
        }
    }

    /// Closes the engine. What is still under way after so long ends it.
    pub(crate) fn close(&self, py: Python<'_>, longest: Duration) -> PyResult<()> {
        call(py, || {
            self.calls.wait_for_batch(longest);
            Ok(())
        })?;
        let engine = self.engine.get();
        let ended = Mutex::new(self.take_all());
        call(py, || {
            self.calls.wait_for_end(longest);
            if let Some(engine) = engine {
                self.silence(&engine, longest == Duration::MAX);
            }
            drop(ended);
            Ok(())
        })
    }
}

fn open_engines() -> Vec<Arc<Core>> {
    lock(&OPEN).iter().filter_map(Weak::upgrade).collect()
}

/// Daemon threads go on at the program's end: what they call then has to find closed engines, not
/// memory that is gone. A handle that is busy for long keeps its engine.
#[pyfunction]
pub(crate) fn close_all(py: Python<'_>) -> PyResult<()> {
    for core in open_engines() {
        core.close(py, Duration::from_secs(1))?;
    }
    shutdown::begin(py);
    Ok(())
}

/// A forked child has no thread of any engine, and other threads may have had their locks: what was
/// open is closed there, and never ended.
#[pyfunction]
pub(crate) fn forget_all() {
    for core in open_engines() {
        std::mem::forget(core.take_all());
        std::mem::forget(core);
    }
}
