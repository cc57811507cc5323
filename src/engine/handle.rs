//! Owners of native handles: the only places that destroy or release them.

use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::desk::strips::Strips;
use crate::engine::format::Format;
use crate::engine::node::NodeId;
use crate::engine::settings::Settings;
use crate::error::{Error, Result};
use crate::ffi;
use crate::sync::lock;

/// Owns a native engine.
#[derive(Debug)]
pub(crate) struct RawEngine(NonNull<ffi::perbus_engine>);

// SAFETY: perbus.h asks that graph calls on an engine are alone; `EngineInner` makes them with its
// graph lock held for writing. Everything else may run on any thread.
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

/// What a node is, as far as this layer tells its nodes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Output,
    Mixer,
    Player,
    Source,
    Effect,
    Matrix,
}

impl Kind {
    /// As the views name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Mixer => "mixer",
            Self::Player => "player",
            Self::Source => "source",
            Self::Effect => "effect",
            Self::Matrix => "matrix",
        }
    }
}

/// A node's native handle without its owner, for who knows that the owner lives.
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

/// The slot of a node that is attached to no engine.
const DETACHED: u32 = u32::MAX;

/// Owns a native node handle, with what belongs to the node itself rather than to its engine.
pub(crate) struct RawNode {
    raw: NonNull<ffi::perbus_node>,
    /// Of the native node, which tells it from the others.
    address: u64,
    pub(crate) kind: Kind,
    /// As its engine has numbered it, when it was first attached.
    number: OnceLock<u32>,
    /// The node's number in its engine's routing map. Written with the graph lock held for writing.
    slot: AtomicU32,
    /// A mixer's channel strips: they outlive connections, and being detached.
    pub(crate) strips: Strips,
    /// What a matrix was set to; it outlives connections and starts.
    pub(crate) settings: Mutex<Settings>,
    /// The output's format, once it was given one.
    format: Mutex<Option<Format>>,
}

// SAFETY: perbus.h lets node calls run on any thread, graph calls excepted, which `EngineInner`
// makes alone.
unsafe impl Send for RawNode {}
// SAFETY: as above.
unsafe impl Sync for RawNode {}

impl RawNode {
    /// Takes over a handle that a create or copy function has just handed out.
    pub(crate) fn new(raw: *mut ffi::perbus_node, kind: Kind) -> Result<Self> {
        let raw = NonNull::new(raw).ok_or_else(|| Error::NoMemory("no node".to_owned()))?;
        // SAFETY: the handle is live.
        let address = unsafe { ffi::perbus_node_get_id(raw.as_ptr()) };
        Ok(Self {
            raw,
            address,
            kind,
            number: OnceLock::new(),
            slot: AtomicU32::new(DETACHED),
            strips: Strips::default(),
            settings: Mutex::default(),
            format: Mutex::default(),
        })
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_node {
        self.raw.as_ptr()
    }

    pub(crate) fn pointer(&self) -> NodePtr {
        NodePtr(self.raw)
    }

    pub(crate) fn address(&self) -> u64 {
        self.address
    }

    pub(crate) fn number(&self) -> Option<u32> {
        self.number.get().copied()
    }

    /// Keeps the first number that it is given; whether it is this one.
    pub(crate) fn set_number(&self, number: u32) -> bool {
        self.number.set(number).is_ok()
    }

    pub(crate) fn format(&self) -> Option<Format> {
        *lock(&self.format)
    }

    pub(crate) fn set_format(&self, format: Format) {
        *lock(&self.format) = Some(format);
    }

    /// The node's number in its engine's routing map, while it is attached.
    pub(crate) fn slot(&self) -> Result<u32> {
        match self.slot.load(Ordering::Relaxed) {
            DETACHED => Err(Error::NotAttached(
                "the node was detached from its engine".to_owned(),
            )),
            slot => Ok(slot),
        }
    }

    pub(crate) fn set_slot(&self, slot: Option<u32>) {
        self.slot.store(slot.unwrap_or(DETACHED), Ordering::Relaxed);
    }
}

/// Not its strips: they name the nodes that feed them, and so on to the end of the graph.
impl fmt::Debug for RawNode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawNode")
            .field("id", &NodeId::of(self))
            .field("slot", &self.slot().ok())
            .finish_non_exhaustive()
    }
}

impl Drop for RawNode {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is its only release.
        unsafe { ffi::perbus_node_release(self.raw.as_ptr()) }
    }
}
