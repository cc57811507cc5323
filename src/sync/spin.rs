//! A lock for a few nanoseconds, with a mark.

use crate::sync::primitives::{spin_loop, yield_now, AtomicBool, Ordering, SPINS};

/// A mutex that is taken for a few nanoseconds at a time: waiters spin, then yield. It has a mark,
/// which the holder sees and changes, in the byte after the lock.
#[derive(Debug)]
pub(crate) struct SpinMutex<T>(lock_api::Mutex<RawSpinLock, T>);

pub(crate) type SpinGuard<'a, T> = lock_api::MutexGuard<'a, RawSpinLock, T>;

impl<T> SpinMutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(lock_api::Mutex::from_raw(RawSpinLock::new(), value))
    }

    #[inline]
    pub(crate) fn lock(&self) -> SpinGuard<'_, T> {
        self.0.lock()
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<SpinGuard<'_, T>> {
        self.0.try_lock()
    }

    #[cfg(test)]
    pub(crate) fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    #[inline]
    pub(crate) fn is_marked(&self, _guard: &SpinGuard<'_, T>) -> bool {
        // SAFETY: the lock is not unlocked; only its mark is read.
        unsafe { self.0.raw() }.mark.load(Ordering::Relaxed)
    }

    pub(crate) fn set_mark(&self, _guard: &SpinGuard<'_, T>, mark: bool) {
        // SAFETY: the lock is not unlocked; only its mark changes.
        let raw = unsafe { self.0.raw() };
        raw.mark.store(mark, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub(crate) struct RawSpinLock {
    held: AtomicBool,
    mark: AtomicBool,
}

impl RawSpinLock {
    // The model's atomics are not made at compile time, and it does not ask for `INIT`.
    #[cfg(not(loom))]
    const fn new() -> Self {
        Self {
            held: AtomicBool::new(false),
            mark: AtomicBool::new(false),
        }
    }

    #[cfg(loom)]
    fn new() -> Self {
        Self {
            held: AtomicBool::new(false),
            mark: AtomicBool::new(false),
        }
    }
}

pub(crate) fn wait_while(mut held: impl FnMut() -> bool) {
    let mut spins = 0;
    while held() {
        if spins < SPINS {
            spins += 1;
            spin_loop();
        } else {
            yield_now();
        }
    }
}

// SAFETY: `lock` and a successful `try_lock` turn the flag from false to true in one step, which
// one thread at a time can; only `unlock`, called by the holder, turns it back. The exchange
// acquires what the store before it released.
unsafe impl lock_api::RawMutex for RawSpinLock {
    #[allow(clippy::declare_interior_mutable_const)]
    #[cfg(not(loom))]
    const INIT: Self = Self::new();
    #[cfg(loom)]
    const INIT: Self = unreachable!();
    type GuardMarker = lock_api::GuardSend;

    #[inline]
    fn lock(&self) {
        while !self.try_lock() {
            wait_while(|| self.held.load(Ordering::Relaxed));
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        !self.held.swap(true, Ordering::Acquire)
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.held.store(false, Ordering::Release);
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }
}
