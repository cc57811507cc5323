//! What becomes of an engine that is closed while others still hold it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use perbus::raw::perbus_status;

use crate::fade::RunningFade;
use crate::failure::{Failure, Outcome};
use crate::recorder::Kept;
use crate::source::Rendering;
use crate::under_way::{Part, UnderWay};

/// Shared by all handles of one engine and of its nodes.
#[derive(Default)]
pub(crate) struct Life {
    /// The engine is the program's: a close lets it go.
    pub(crate) adopted: bool,
    closed: AtomicBool,
    /// The calls that a close has to wait for: all but those that are over at once, and those that wait
    /// for a callback, which may close.
    calls: UnderWay,
    completions: UnderWay,
    sources: Mutex<HashMap<usize, Arc<Rendering>>>,
    fades: Mutex<HashMap<u64, RunningFade>>,
    recorders: Mutex<HashMap<u64, Arc<Kept>>>,
    numbers: AtomicUsize,
}

thread_local! {
    static COMPLETING: Cell<bool> = const { Cell::new(false) };
    /// The engines in whose calls this thread is: a callback may call again, and must not wait for
    /// a close that waits for the first call.
    static INSIDE: RefCell<Vec<*const Life>> = const { RefCell::new(Vec::new()) };
}

/// A call that a close waits for.
pub(crate) struct Call<'a> {
    life: &'a Life,
    /// None of a call inside another.
    _open: Option<Part<'a>>,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self._open.is_some() {
            let life: *const Life = self.life;
            INSIDE.with_borrow_mut(|inside| inside.retain(|one| *one != life));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closed() -> Failure {
    Failure::new(perbus_status::PERBUS_ERROR_CLOSED, "the engine was closed")
}

impl Life {
    pub(crate) fn adopted() -> Self {
        Self {
            adopted: true,
            ..Self::default()
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// A close has let go of an adopted engine, which may be adopted anew.
    pub(crate) fn has_let_go(&self) -> bool {
        self.adopted && self.is_closed()
    }

    /// A call that no close waits for: one that begins before a close and ends after it has failed.
    #[inline]
    pub(crate) fn brief<T>(&self, call: impl FnOnce() -> perbus::Result<T>) -> Outcome<T> {
        if self.is_closed() {
            return Err(closed());
        }
        let result = call();
        if self.is_closed() {
            return Err(closed());
        }
        Ok(result?)
    }

    /// A call that a close waits for.
    pub(crate) fn open<T>(&self, call: impl FnOnce() -> perbus::Result<T>) -> Outcome<T> {
        let _open = self.enter()?;
        Ok(call()?)
    }

    pub(crate) fn enter(&self) -> Outcome<Call<'_>> {
        outside()?;
        let mut call = Call {
            life: self,
            _open: None,
        };
        if !self.is_inside() {
            call._open = Some(self.calls.begin());
            INSIDE.with_borrow_mut(|inside| inside.push(self));
        }
        if self.closed.load(Ordering::SeqCst) {
            return Err(closed());
        }
        Ok(call)
    }

    /// Whether this thread is in a call on the engine.
    fn is_inside(&self) -> bool {
        let life: *const Self = self;
        INSIDE.with_borrow(|inside| inside.contains(&life))
    }

    /// Runs a completion.
    pub(crate) fn complete(&self, call: impl FnOnce()) {
        let _running = self.completions.begin();
        let before = COMPLETING.replace(true);
        call();
        COMPLETING.set(before);
    }

    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) as u64
    }

    pub(crate) fn add_source(&self, source: &Arc<Rendering>) {
        lock(&self.sources).insert(Arc::as_ptr(source) as usize, Arc::clone(source));
    }

    pub(crate) fn remove_source(&self, source: &Rendering) {
        let gone = lock(&self.sources).remove(&(std::ptr::from_ref(source) as usize));
        drop(gone);
    }

    pub(crate) fn add_fade(&self, number: u64, fade: RunningFade) {
        lock(&self.fades).insert(number, fade);
    }

    pub(crate) fn remove_fade(&self, number: u64) {
        let gone = lock(&self.fades).remove(&number);
        drop(gone);
    }

    pub(crate) fn add_recorder(&self, number: u64, recorder: &Arc<Kept>) {
        lock(&self.recorders).insert(number, Arc::clone(recorder));
    }

    pub(crate) fn remove_recorder(&self, number: u64) {
        let gone = lock(&self.recorders).remove(&number);
        drop(gone);
    }

    /// Ends what is under way. `end` runs when no call is left, and none comes any more.
    pub(crate) fn close(&self, in_batch: bool, end: impl FnOnce()) -> Outcome<()> {
        outside()?;
        if in_batch && !self.is_closed() {
            let reason = "an engine cannot be closed in a batch";
            return Err(Failure::new(perbus_status::PERBUS_ERROR_WRONG_KIND, reason));
        }
        // First: a call that comes finds the engine closed, and nobody waits who is waited for.
        if self.closed.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        // A callback does not wait for the call that it is in.
        if !self.is_inside() {
            self.calls.wait();
        }
        let fades: Vec<_> = lock(&self.fades).drain().map(|(_, fade)| fade).collect();
        for fade in fades {
            fade.replace();
        }
        let recorders: Vec<_> = lock(&self.recorders).drain().map(|(_, it)| it).collect();
        for recorder in recorders {
            recorder.close();
        }
        end();
        if !COMPLETING.get() {
            self.completions.wait();
        }
        let sources: Vec<_> = lock(&self.sources)
            .drain()
            .map(|(_, source)| source)
            .collect();
        for source in sources {
            source.end();
        }
        Ok(())
    }
}

/// Refuses a call from a render function, which may wait for the block that is being made.
pub(crate) fn outside() -> Outcome<()> {
    Ok(perbus::raw::refuse_in_render()?)
}
