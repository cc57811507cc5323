//! What the desk keeps for each node of an engine.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;

use once_cell::sync::OnceCell;

use crate::desk::backend::Backend;
use crate::desk::pan_law::LawCell;
use crate::desk::strips::{StripRef, Strips};
use crate::error::{Error, Result};

/// What a node is, as far as the desk distinguishes nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Output,
    Input,
    Mixer,
    Player,
    Source,
    Effect,
    Matrix,
    /// One that this crate knows nothing about, but that it has a volume and pan for each connection.
    OtherSource,
    /// One that passes its one input on.
    OtherEffect,
    Other,
}

impl Kind {
    /// As the views name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Input => "input",
            Self::Mixer => "mixer",
            Self::Player => "player",
            Self::Source => "source",
            Self::Effect => "effect",
            Self::Matrix => "matrix",
            Self::OtherSource | Self::OtherEffect | Self::Other => "other",
        }
    }

    /// Whether what controls the bus that it feeds is what feeds it.
    pub(crate) fn is_effect(self) -> bool {
        matches!(self, Self::Effect | Self::OtherEffect)
    }
}

/// A node of an engine, with the desk's part in it.
pub(crate) trait DeskNode: Deref<Target = NodeState<Connection<Self>>> + fmt::Debug {
    /// The engine that it is a node of.
    type Backend: Backend;

    /// What measures a bus or an output, where the engine has no meters. It stops when it is dropped.
    type Meter: fmt::Debug;

    /// The connection from a source to a mixer's bus. It lives no longer than the mixer.
    fn connection(source: &Arc<Self>, mixer: &Self, bus: u32) -> Connection<Self>;

    /// The same with that from the source to the bus's [mirror](crate::desk::mirrors), which is bus 0
    /// of `own`: whatever is set is set in both, from one block on.
    fn mirrored(source: &Arc<Self>, mixer: &Self, bus: u32, own: &Self) -> Connection<Self>;

    /// That to the mirror alone, for a bus of `mixer`.
    fn mirror(source: &Arc<Self>, mixer: &Self, own: &Self) -> Connection<Self>;

    /// What a mixer's output volume is set by. It lives no longer than the mixer.
    fn output(mixer: &Self) -> Connection<Self>;
}

/// A connection between two nodes of this type.
pub(crate) type Connection<N> = <<N as DeskNode>::Backend as Backend>::Connection;

/// The slot of a node that is attached to no engine.
const DETACHED: u32 = u32::MAX;

/// The desk's part in a node.
#[derive(Debug)]
pub(crate) struct NodeState<C> {
    pub(crate) kind: Kind,
    /// Part of a [mirror](crate::desk::mirrors): no list, view or scene has it.
    pub(crate) is_hidden: bool,
    /// Of a mixer's mono inputs.
    pub(crate) pan_law: LawCell,
    /// Given by its engine when it was first attached.
    number: OnceCell<u32>,
    /// The node's number in its engine's routing map. Written with the graph lock held for writing.
    slot: AtomicU32,
    /// A mixer's channel strips: they outlive connections, and being detached.
    pub(crate) strips: Strips<C>,
    /// A mixer's output volume, once anybody has asked for it: see
    /// [`outputs`](crate::desk::outputs).
    pub(crate) output: OnceCell<StripRef<C>>,
}

impl<C> NodeState<C> {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            is_hidden: false,
            pan_law: LawCell::default(),
            number: OnceCell::new(),
            slot: AtomicU32::new(DETACHED),
            strips: Strips::default(),
            output: OnceCell::new(),
        }
    }

    #[cfg_attr(not(feature = "files"), allow(dead_code))]
    pub(crate) fn hidden(kind: Kind) -> Self {
        Self {
            is_hidden: true,
            ..Self::new(kind)
        }
    }

    pub(crate) fn number(&self) -> Option<u32> {
        self.number.get().copied()
    }

    /// As the views, errors and scenes have it: "mixer 0".
    pub(crate) fn name(&self) -> String {
        match self.number() {
            Some(number) => format!("{} {number}", self.kind.name()),
            None => self.kind.name().to_owned(),
        }
    }

    /// The first number that it is given stays; whether it is this one.
    pub(crate) fn set_number(&self, number: u32) -> bool {
        self.number.set(number).is_ok()
    }

    /// The node's number in its engine's routing map, while it is attached.
    pub(crate) fn slot(&self) -> Result<u32> {
        match self.slot.load(Ordering::Relaxed) {
            DETACHED => Err(self.detached()),
            slot => Ok(slot),
        }
    }

    #[cold]
    fn detached(&self) -> Error {
        let kind = self.kind.name();
        Error::NotAttached(match self.number() {
            Some(number) => format!("{kind} {number} was detached from its engine"),
            None => format!("the {kind} is attached to no engine"),
        })
    }

    pub(crate) fn set_slot(&self, slot: Option<u32>) {
        self.slot.store(slot.unwrap_or(DETACHED), Ordering::Relaxed);
    }
}
