//! Floors of the per-bus calls: a look-up with the standard library, and the individual steps.

use libc::c_void;
use std::collections::HashMap;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

// The functions of these names are linked with perbus.
use perbus as _;

extern "C" {
    fn floor_bare_make(buses: u32) -> *mut c_void;
    fn floor_bare_free(desk: *mut c_void);
    fn floor_bare_set(desk: *const c_void, bus: u32, volume: f32) -> bool;
    fn floor_message_make() -> *mut c_void;
    fn floor_message_free(receiver: *mut c_void);
    fn floor_message_send(receiver: *mut c_void) -> usize;
}

/// Floor C: a lock, a map and a store.
#[derive(Debug)]
pub struct Map(RwLock<HashMap<u64, Arc<AtomicU32>>>);

impl Map {
    /// A map of `buses` cells.
    #[must_use]
    pub fn new(buses: u32) -> Self {
        let cells = (0..u64::from(buses)).map(|bus| (bus, Arc::default()));
        Self(RwLock::new(cells.collect()))
    }

    /// Stores a value in a bus's cell.
    ///
    /// # Panics
    /// When there is no such bus.
    #[inline]
    pub fn set(&self, bus: u32, volume: f32) {
        let cells = self.0.read().unwrap_or_else(PoisonError::into_inner);
        cells[&u64::from(bus)].store(volume.to_bits(), Ordering::Relaxed);
    }
}

/// The C function that sets one connection's volume, with players on an offline engine.
pub struct Bare(NonNull<c_void>);

// SAFETY: perbus.h lets per-connection calls run on any thread; no other call is made.
unsafe impl Send for Bare {}
// SAFETY: as above.
unsafe impl Sync for Bare {}

impl Bare {
    /// `buses` players on one mixer; `None` when the engine refuses.
    #[must_use]
    pub fn new(buses: u32) -> Option<Self> {
        // SAFETY: it takes a number.
        NonNull::new(unsafe { floor_bare_make(buses) }).map(Self)
    }

    /// Sets a bus's volume; false when the engine refuses.
    #[inline]
    #[must_use]
    pub fn set(&self, bus: u32, volume: f32) -> bool {
        // SAFETY: the desk is live; the caller's bus is one of its own.
        unsafe { floor_bare_set(self.0.as_ptr(), bus, volume) }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // SAFETY: the desk is ours, and this is its only end.
        unsafe { floor_bare_free(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Bare {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bare")
    }
}

/// One Objective-C message, with the C call that sends it.
#[derive(Debug)]
pub struct Message(NonNull<c_void>);

impl Message {
    /// An object to send it to.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes nothing.
        NonNull::new(unsafe { floor_message_make() }).map(Self)
    }

    /// Sends it.
    #[inline]
    #[must_use]
    pub fn send(&self) -> usize {
        // SAFETY: the object is live.
        unsafe { floor_message_send(self.0.as_ptr()) }
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the object is ours, and this is its only release.
        unsafe { floor_message_free(self.0.as_ptr()) }
    }
}
