//! What all node handles share.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::desk::node::Kind;
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// A node's identity: equal for all handles of one node, and unique while the node lives.
///
/// It prints the name that the views use ([`Engine::to_dot`], a mixer's `Display`): "player 2". An
/// engine numbers its nodes in the order of their creation, and uses no number twice.
#[derive(Clone, Copy)]
pub struct NodeId {
    pub(crate) address: u64,
    /// `None` for a node that something outside this crate has made.
    name: Option<(Kind, u32)>,
}

impl NodeId {
    pub(crate) fn of(node: &RawNode) -> Self {
        Self {
            address: node.address(),
            name: node.number().map(|number| (node.kind, number)),
        }
    }

    /// Of a node that something outside this crate has attached.
    pub(crate) fn foreign(address: u64) -> Self {
        Self {
            address,
            name: None,
        }
    }
}

impl PartialEq for NodeId {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for NodeId {}

impl Hash for NodeId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address.hash(state);
    }
}

impl PartialOrd for NodeId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NodeId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.address.cmp(&other.address)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some((kind, number)) => {
                // With a width, as in a table.
                formatter.pad(&format!("{} {number}", kind.name()))
            }
            None => formatter.pad(&format!("node {:#x}", self.address)),
        }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A node of an engine: [`Mixer`](crate::Mixer), [`Player`](crate::Player),
/// [`Source`](crate::Source), [`Equalizer`](crate::Equalizer), [`Matrix`](crate::Matrix) or
/// [`Output`](crate::Output).
///
/// Handles are cheap to clone and keep their engine alive; two of one node are equal. A handle
/// whose node was detached stays valid: calls that need the engine return
/// [`Error::NotAttached`](crate::Error::NotAttached).
///
/// A node whose last handle is dropped stays attached and connected, as in Apple's engine, and
/// keeps sounding until it is detached or its engine is dropped. [`Engine::nodes`] finds it again.
#[doc(alias = "AVAudioNode")]
pub trait Node: sealed::AsNode {
    /// The node's identity.
    fn id(&self) -> NodeId {
        NodeId::of(&self.as_node().raw)
    }

    /// The engine that the node was made for.
    fn engine(&self) -> &Engine {
        &self.as_node().engine
    }

    /// Whether its engine has the node.
    fn is_attached(&self) -> bool {
        self.as_node().raw.slot().is_ok()
    }
}

impl<T: sealed::AsNode> Node for T {}

impl Engine {
    pub(crate) fn node_ref(&self, raw: &Arc<RawNode>) -> NodeRef {
        NodeRef {
            engine: self.clone(),
            raw: Arc::clone(raw),
        }
    }

    pub(crate) fn check_owner(&self, node: &(impl Node + ?Sized)) -> Result<()> {
        if node.engine() == self {
            Ok(())
        } else {
            let id = node.id();
            Err(Error::WrongEngine(format!(
                "{id} belongs to another engine"
            )))
        }
    }
}

/// A node and its engine.
#[derive(Clone)]
pub struct NodeRef {
    pub(crate) engine: Engine,
    pub(crate) raw: Arc<RawNode>,
}

impl PartialEq for NodeRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.raw, &other.raw)
    }
}

impl Eq for NodeRef {}

impl Hash for NodeRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.raw).hash(state);
    }
}

/// Prints the node alone: its engine would print all the others.
impl fmt::Debug for NodeRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        NodeId::of(&self.raw).fmt(formatter)
    }
}

pub(crate) mod sealed {
    use super::NodeRef;

    pub trait AsNode {
        #[doc(hidden)]
        fn as_node(&self) -> &NodeRef;
    }

    impl<T: AsNode + ?Sized> AsNode for &T {
        fn as_node(&self) -> &NodeRef {
            (**self).as_node()
        }
    }

    impl<T: AsNode + ?Sized> AsNode for Box<T> {
        fn as_node(&self) -> &NodeRef {
            (**self).as_node()
        }
    }
}
