//! A count of what is under way. A reader-writer lock would not do: what begins while somebody waits for
//! the end would wait as well, and what is under way may depend on it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(crate) struct UnderWay {
    count: AtomicUsize,
    awaited: AtomicBool,
    lock: Mutex<()>,
    ended: Condvar,
}

/// Until it is dropped.
pub(crate) struct Part<'a>(&'a UnderWay);

impl UnderWay {
    /// Sequentially consistent: whoever stores a flag and then waits misses nobody who begins and finds
    /// the flag not stored.
    pub(crate) fn begin(&self) -> Part<'_> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Part(self)
    }

    /// Waits until nothing is under way.
    pub(crate) fn wait(&self) {
        let mut locked = self.locked();
        self.awaited.store(true, Ordering::SeqCst);
        while self.count.load(Ordering::SeqCst) > 0 {
            let woken = self.ended.wait(locked);
            locked = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn locked(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        let last = self.0.count.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && self.0.awaited.load(Ordering::SeqCst) {
            // Not between the look at the count and the sleep.
            drop(self.0.locked());
            self.0.ended.notify_all();
        }
    }
}
