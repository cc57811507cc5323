//! A native node, with what belongs to the node itself rather than to its engine.

use std::ffi::c_void;
use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex};

use crate::desk::node::{DeskNode, Kind, NodeState};
use crate::desk::pan_law::PanLaw;
use crate::engine::connection::Connection;
use crate::engine::format::Format;
use crate::engine::handle::{NodeHandle, NodePtr};
use crate::engine::settings::{Equalization, Settings};
use crate::engine::tap_meter::TapMeter;
use crate::engine::target::{target, DeskEngine, Target};
use crate::error::Result;
use crate::ffi::{self, native};
use crate::sync::lock;

/// Dereferences to the desk's part: its kind, its place in the routing map, its strips.
pub(crate) struct RawNode {
    handle: Arc<NodeHandle>,
    /// The handle's, at hand.
    pointer: NodePtr,
    address: u64,
    desk: NodeState<Target>,
    /// What a matrix was set to; it outlives connections and starts.
    pub(crate) settings: Mutex<Settings>,
    /// What an equalizer was set to.
    pub(crate) equalization: Mutex<Option<Box<Equalization>>>,
    /// The output's format, once it was given one.
    format: Mutex<Option<Format>>,
}

impl RawNode {
    /// Takes over a handle that a create or copy function has just handed out.
    pub(crate) fn new(raw: *mut ffi::perbus_node, kind: Kind) -> Result<Self> {
        NodeHandle::new(raw).map(|handle| Self::of_kind(handle, kind))
    }

    /// The same for a node that no list, view or scene has.
    #[cfg_attr(not(feature = "files"), allow(dead_code))]
    pub(crate) fn hidden(raw: *mut ffi::perbus_node, kind: Kind) -> Result<Self> {
        NodeHandle::new(raw).map(|handle| Self::of(handle, NodeState::hidden(kind)))
    }

    pub(crate) fn of_kind(handle: NodeHandle, kind: Kind) -> Self {
        Self::of(handle, NodeState::new(kind))
    }

    fn of(handle: NodeHandle, desk: NodeState<Target>) -> Self {
        Self {
            pointer: handle.pointer(),
            address: handle.address(),
            handle: Arc::new(handle),
            desk,
            settings: Mutex::default(),
            equalization: Mutex::default(),
            format: Mutex::default(),
        }
    }

    pub(crate) fn handle(&self) -> &Arc<NodeHandle> {
        &self.handle
    }

    pub(crate) fn pointer(&self) -> NodePtr {
        self.pointer
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_node {
        self.pointer.as_ptr()
    }

    /// The object behind the handle.
    pub(crate) fn native(&self) -> NonNull<c_void> {
        let mut object = std::ptr::null_mut();
        // SAFETY: the handle is live and the pointer is to a live local.
        let got = unsafe { native!(perbus_node_get_native(self.as_ptr(), &mut object)) };
        debug_assert!(got.is_ok(), "{got:?}");
        NonNull::new(object).unwrap_or(NonNull::dangling())
    }

    pub(crate) fn address(&self) -> u64 {
        self.address
    }

    /// Whether the connection's source is this node.
    pub(crate) fn is_source_of(&self, connection: &Connection) -> bool {
        connection.source() == Some(self.pointer)
    }

    fn connection_to(&self, mixer: &Self, bus: u32) -> Connection {
        let (source, mixer) = (self.pointer, mixer.pointer);
        let _lives = Arc::clone(&self.handle);
        match self.kind {
            Kind::Matrix | Kind::Other => Connection::Parameters {
                source,
                mixer,
                bus,
                _lives,
            },
            _ => Connection::Faders {
                source,
                mixer,
                bus,
                _lives,
            },
        }
    }

    pub(crate) fn format(&self) -> Option<Format> {
        *lock(&self.format)
    }

    pub(crate) fn set_format(&self, format: Format) {
        *lock(&self.format) = Some(format);
    }
}

impl Deref for RawNode {
    type Target = NodeState<Target>;

    #[inline]
    fn deref(&self) -> &NodeState<Target> {
        &self.desk
    }
}

impl DeskNode for RawNode {
    type Backend = DeskEngine;
    type Meter = TapMeter;

    fn connection(source: &Arc<Self>, mixer: &Self, bus: u32) -> Target {
        target(source.connection_to(mixer, bus), mixer.pan_law.get())
    }

    fn mirrored(source: &Arc<Self>, mixer: &Self, bus: u32, own: &Self) -> Target {
        let both = [
            source.connection_to(mixer, bus),
            source.connection_to(own, 0),
        ];
        target(Connection::Mirrored(Box::new(both)), mixer.pan_law.get())
    }

    fn mirror(source: &Arc<Self>, mixer: &Self, own: &Self) -> Target {
        target(source.connection_to(own, 0), mixer.pan_law.get())
    }

    fn output(mixer: &Self) -> Target {
        target(Connection::Output(mixer.pointer), PanLaw::Balance)
    }
}

impl fmt::Debug for RawNode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawNode")
            .field("kind", &self.kind)
            .field("number", &self.number())
            .field("slot", &self.slot().ok())
            .finish_non_exhaustive()
    }
}
