//! As the crate's `sync`, of loom's parts.

#[path = "../../../src/sync/spin.rs"]
pub(crate) mod spin;

use primitives::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) mod primitives {
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{AtomicUsize, Ordering};
    pub(crate) use loom::sync::{
        Condvar, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard,
    };
    pub(crate) use loom::thread::yield_now;
    pub(crate) use std::sync::PoisonError;

    /// An exchange that would change nothing writes nothing: loom does not put all writes of one
    /// variable into one order, and would let a waiting thread read its own write for ever.
    #[derive(Debug)]
    pub(crate) struct AtomicBool(loom::sync::atomic::AtomicBool);

    impl AtomicBool {
        pub(crate) fn new(value: bool) -> Self {
            Self(loom::sync::atomic::AtomicBool::new(value))
        }

        pub(crate) fn load(&self, order: Ordering) -> bool {
            self.0.load(order)
        }

        pub(crate) fn store(&self, value: bool, order: Ordering) {
            self.0.store(value, order);
        }

        pub(crate) fn swap(&self, value: bool, order: Ordering) -> bool {
            let exchanged = self
                .0
                .compare_exchange(!value, value, order, Ordering::Relaxed);
            if exchanged.is_ok() {
                !value
            } else {
                value
            }
        }
    }

    /// A thread that looks again without giving others a turn sees nothing new.
    pub(crate) const SPINS: u32 = 0;

    pub(crate) fn this_thread() -> usize {
        loom::thread_local! {
            static PLACE: Box<u8> = Box::new(0);
        }
        PLACE.with(|place| std::ptr::from_ref(&**place) as usize)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> loom::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
