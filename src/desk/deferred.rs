//! The buses whose connections lack their strips' values.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

use crate::desk::backend::BusKey;
use crate::sync::lock;

/// See [`deferral`](crate::desk::deferral).
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    buses: Mutex<BTreeSet<BusKey>>,
    /// Whether there are any; changes with the lock of `buses` held.
    any: AtomicBool,
}

impl Deferred {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, bus: BusKey) {
        let mut buses = lock(&self.buses);
        buses.insert(bus);
        self.any.store(true, Ordering::Relaxed);
    }

    pub(crate) fn contains(&self, bus: BusKey) -> bool {
        lock(&self.buses).contains(&bus)
    }

    pub(crate) fn remove(&self, bus: BusKey) {
        let mut buses = lock(&self.buses);
        buses.remove(&bus);
        self.any.store(!buses.is_empty(), Ordering::Relaxed);
    }
}
