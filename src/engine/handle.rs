//! Owners of native handles: only they destroy or release them.

use std::ptr::NonNull;

use crate::error::{Error, Result};
use crate::ffi;

/// Owns a native engine.
#[derive(Debug)]
pub(crate) struct RawEngine(NonNull<ffi::perbus_engine>);

// SAFETY: perbus.h asks that graph calls on an engine are alone; `Engine` makes them with its graph
// lock held for writing. Everything else may run on any thread.
unsafe impl Send for RawEngine {}
// SAFETY: as above.
unsafe impl Sync for RawEngine {}

impl RawEngine {
    /// Takes over a handle that a create function has just handed out.
    pub(crate) fn new(raw: *mut ffi::perbus_engine) -> Result<Self> {
        NonNull::new(raw)
            .map(Self)
            .ok_or_else(|| Error::NoMemory("no engine".to_owned()))
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_engine {
        self.0.as_ptr()
    }
}

impl Drop for RawEngine {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, this is its only destruction, and no call on it can be
        // running: every caller holds a reference to its owner.
        unsafe { ffi::perbus_engine_destroy(self.0.as_ptr()) }
    }
}

/// A node's native handle, borrowed: the holder knows that its owner lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodePtr(NonNull<ffi::perbus_node>);

// SAFETY: perbus.h lets node calls run on any thread.
unsafe impl Send for NodePtr {}
// SAFETY: as above.
unsafe impl Sync for NodePtr {}

impl NodePtr {
    pub(crate) fn as_ptr(self) -> *mut ffi::perbus_node {
        self.0.as_ptr()
    }
}

/// Owns a native master.
#[derive(Debug)]
pub(crate) struct MasterHandle(NonNull<ffi::perbus_master>);

// SAFETY: perbus.h lets calls on masters run on any thread.
unsafe impl Send for MasterHandle {}
// SAFETY: as above.
unsafe impl Sync for MasterHandle {}

impl MasterHandle {
    /// Takes over a handle that the create function has just handed out.
    pub(crate) fn new(raw: *mut ffi::perbus_master) -> Result<Self> {
        NonNull::new(raw)
            .map(Self)
            .ok_or_else(|| Error::NoMemory("no master".to_owned()))
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_master {
        self.0.as_ptr()
    }
}

impl Drop for MasterHandle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is its only destruction. Buses that have the master
        // keep what they need of it.
        unsafe { ffi::perbus_master_destroy(self.0.as_ptr()) }
    }
}

/// Owns a native node handle.
#[derive(Debug)]
pub(crate) struct NodeHandle(NodePtr);

impl NodeHandle {
    /// Takes over a handle that a create or copy function has just handed out.
    pub(crate) fn new(raw: *mut ffi::perbus_node) -> Result<Self> {
        NonNull::new(raw)
            .map(|raw| Self(NodePtr(raw)))
            .ok_or_else(|| Error::NoMemory("no node".to_owned()))
    }

    pub(crate) fn pointer(&self) -> NodePtr {
        self.0
    }

    /// Identifies the native node.
    pub(crate) fn address(&self) -> u64 {
        // SAFETY: the handle is live.
        unsafe { ffi::perbus_node_get_id(self.0.as_ptr()) }
    }
}

impl Drop for NodeHandle {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is its only release.
        unsafe { ffi::perbus_node_release(self.0.as_ptr()) }
    }
}
