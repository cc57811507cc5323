//! Who waits for whom: the interpreter's lock (GIL), calls, and the functions of sources.
//!
//! Whatever may wait does so with the GIL free: what it waits for may need the GIL. The locks of
//! this crate are held for moments only, and never while Python code runs.

use std::cell::{Cell, RefCell};
use std::sync::{Condvar, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::prelude::*;

thread_local! {
    /// How many calls of this package the thread is in: more than one, when a callback calls.
    static CALLS: Cell<u32> = const { Cell::new(0) };
    /// Whether it has left the GIL to others.
    static DETACHED: Cell<bool> = const { Cell::new(false) };
    /// What a callback has raised that the call around it must raise: Ctrl-C, say.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the GIL for a callback; `None` at the program's end, when nobody is there to be called.
pub(crate) fn attach<T>(callback: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let busy = Busy::begin()?;
    let before = DETACHED.replace(false);
    let result = Python::try_attach(callback);
    DETACHED.set(before);
    drop(busy);
    result
}

/// Drops handles with the GIL free: the end of an engine waits for a completion that is running.
pub(crate) fn end<T: Send + 'static>(handles: T) {
    if DETACHED.get() {
        return drop(handles);
    }
    if raw::in_render() {
        // The collector may run in a source's function, on the thread that this may wait for.
        thread::spawn(move || drop(handles));
        return;
    }
    let mut handles = Some(handles);
    // Not attached means that the interpreter has gone.
    let _ = Python::try_attach(|py| {
        let handles = handles.take();
        py.detach(|| {
            drop(handles);
            Busy::coming_back()
        })
    });
}

/// A source's function would wait for the block that it makes, or for a thread that waits for it.
pub(crate) fn refuse_in_source(py: Python<'_>, what: &str) -> PyResult<()> {
    if raw::in_render() {
        let reason = format!("a source's function cannot {what}");
        return Err(failure(py, "InRenderError", reason));
    }
    Ok(())
}

/// Leaves an exception to the call that this thread is in; gives it back if there is none.
pub(crate) fn leave_to_caller(raised: PyErr) -> Option<PyErr> {
    if CALLS.get() == 0 {
        return Some(raised);
    }
    RAISED.set(Some(raised));
    None
}

/// Makes a native call with the GIL free.
pub(crate) fn call<T: Send>(
    py: Python<'_>, native: impl FnOnce() -> perbus::Result<T> + Send,
) -> PyResult<T> {
    CALLS.set(CALLS.get() + 1);
    let before = DETACHED.replace(true);
    let (result, busy) = py.detach(|| (native(), Busy::coming_back()));
    DETACHED.set(before);
    CALLS.set(CALLS.get() - 1);
    drop(busy);
    match RAISED.take() {
        Some(raised) => Err(raised),
        None => result.map_err(|error| raise(py, error)),
    }
}

/// What goes on in one engine: the calls, blocks that are rendered included, and one thread's batch.
#[derive(Default)]
pub(crate) struct Calls {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    calls: u32,
    /// The thread that has batches open, and how many.
    batch: Option<(ThreadId, u32)>,
}

impl State {
    fn has_batch(&self) -> bool {
        self.batch.is_some_and(|(owner, _)| owner == thread::current().id())
    }
}

/// A call under way.
pub(crate) struct Pass<'a>(&'a Calls);

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).calls -= 1;
        self.0.changed.notify_all();
    }
}

impl Calls {
    /// For the length of a call.
    pub(crate) fn begin(&self) -> Pass<'_> {
        lock(&self.state).calls += 1;
        Pass(self)
    }

    /// Whether this thread has a batch open.
    pub(crate) fn has_batch(&self) -> bool {
        lock(&self.state).has_batch()
    }

    /// Notes that this thread has opened a batch.
    pub(crate) fn open_batch(&self) {
        let mut state = lock(&self.state);
        let others = state.batch.map_or(0, |(_, batches)| batches);
        state.batch = Some((thread::current().id(), others + 1));
    }

    /// Notes that it has closed one.
    pub(crate) fn close_batch(&self) {
        let mut state = lock(&self.state);
        let left = state.batch.filter(|(_, batches)| *batches > 1);
        state.batch = left.map(|(owner, batches)| (owner, batches - 1));
        self.changed.notify_all();
    }

    /// Waits for the end of another thread's batch, or so long.
    pub(crate) fn wait_for_batch(&self, longest: Duration) {
        self.wait_while(longest, |state| state.batch.is_some() && !state.has_batch());
    }

    /// Waits until no call is under way, or so long; not inside of another call, whose end cannot be
    /// waited for.
    pub(crate) fn wait_for_end(&self, longest: Duration) {
        if CALLS.get() <= 1 {
            self.wait_while(longest, |state| state.calls > 0);
        }
    }

    fn wait_while(&self, longest: Duration, under_way: impl Fn(&State) -> bool) {
        let state = lock(&self.state);
        let waited = self.changed.wait_timeout_while(state, longest, |state| under_way(state));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
