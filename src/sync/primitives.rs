//! What the locks of this crate are made of. `tests/loom`, which includes the locks' sources, has a
//! module of the same name with loom's.

pub(crate) use std::hint::spin_loop;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use std::sync::{
    Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
pub(crate) use std::thread::yield_now;

/// How often a thread that waits for a [`SpinMutex`](super::spin::SpinMutex) looks before it yields.
pub(crate) const SPINS: u32 = 64;

/// A number that no other thread has, and not 0.
pub(crate) fn this_thread() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}
