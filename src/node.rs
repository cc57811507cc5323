//! What all node handles share.

use std::fmt;
use std::sync::Arc;

use crate::engine::Engine;
use crate::handle::RawNode;

/// A node's identity: equal for all handles of one node, and for that node only while it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u64);

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#x}", self.0)
    }
}

/// A node of an engine: [`Mixer`](crate::Mixer), [`Player`](crate::Player),
/// [`Source`](crate::Source), [`Equalizer`](crate::Equalizer), [`Matrix`](crate::Matrix) or
/// [`Output`].
///
/// Handles are cheap to clone and keep their engine alive. A handle whose node was detached stays
/// valid: calls that need the engine return [`Error::NotAttached`](crate::Error::NotAttached).
#[doc(alias = "AVAudioNode")]
pub trait Node: sealed::AsNode {
    /// The node's identity.
    fn id(&self) -> NodeId {
        NodeId(self.as_node().raw.id())
    }

    /// The engine that the node was made for.
    fn engine(&self) -> &Engine {
        &self.as_node().engine
    }
}

impl<T: sealed::AsNode> Node for T {}

/// A node and its engine.
#[derive(Clone, Debug)]
pub struct NodeRef {
    pub(crate) engine: Engine,
    pub(crate) raw: Arc<RawNode>,
}

pub(crate) mod sealed {
    use super::NodeRef;

    pub trait AsNode {
        #[doc(hidden)]
        fn as_node(&self) -> &NodeRef;
    }
}

/// Where an engine's mix leaves it.
///
/// ```
/// use perbus::{Engine, Format, Node};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let fed_by = engine.source_of(&engine.output()?, 0)?;
/// assert_eq!(fed_by, Some((engine.main_mixer()?.id(), 0)));
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioOutputNode")]
#[derive(Clone, Debug)]
pub struct Output(pub(crate) NodeRef);

impl sealed::AsNode for Output {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}
