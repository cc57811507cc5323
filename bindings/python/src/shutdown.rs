//! The end of the program, which may come while daemon threads are inside a call.
//!
//! Up to Python 3.13 such a thread is ended by an unwinding that Rust cannot pass on: the program would
//! abort. So a thread that comes back to the interpreter too late is kept from it, and the end waits
//! for those that are on their way, and for Python code that runs on behalf of this package.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;
use pyo3::prelude::*;

/// The thread that ends the program, once that has begun.
static ENDING: OnceCell<thread::ThreadId> = OnceCell::new();

/// How many threads must not be surprised by the end.
static BUSY: AtomicUsize = AtomicUsize::new(0);

/// Until it is dropped, the program's end waits.
pub(crate) struct Busy(());

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Busy {
    /// For Python code that runs inside of this package.
    pub(crate) fn new(py: Python<'_>) -> Self {
        Self::begin().unwrap_or_else(|| py.detach(wait_forever))
    }

    /// For a thread that comes back to the interpreter.
    pub(crate) fn coming_back() -> Self {
        Self::begin().unwrap_or_else(wait_forever)
    }

    /// None for a thread that must not go on.
    pub(crate) fn begin() -> Option<Self> {
        BUSY.fetch_add(1, Ordering::SeqCst);
        let busy = Self(());
        let ending = ENDING.get().is_some_and(|thread| *thread != thread::current().id());
        (!ending).then_some(busy)
    }
}

fn wait_forever() -> Busy {
    loop {
        thread::park();
    }
}

/// Keeps all threads but this one from the interpreter, when those that are on their way are through.
pub(crate) fn begin(py: Python<'_>) {
    let _ = ENDING.set(thread::current().id());
    py.detach(|| {
        let end = Instant::now() + Duration::from_secs(1);
        while BUSY.load(Ordering::SeqCst) > 0 && Instant::now() < end {
            thread::sleep(Duration::from_micros(200));
        }
    });
}
