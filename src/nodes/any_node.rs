//! The nodes that an engine has, whether or not anybody has a handle of them.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::desk::node::Kind;
use crate::engine::handle::NodeHandle;
use crate::engine::node::{sealed::AsNode, NodeId, NodeRef};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::native;
use crate::nodes::equalizer::Equalizer;
use crate::nodes::input::Input;
use crate::nodes::matrix::Matrix;
use crate::nodes::mixer::Mixer;
use crate::nodes::other_node::OtherNode;
use crate::nodes::output::Output;
use crate::nodes::player::Player;
use crate::nodes::source::Source;

/// A handle of any kind of node, see [`Engine::nodes`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnyNode {
    /// The engine's output.
    Output(Output),
    /// The engine's input, once it was asked for.
    Input(Input),
    /// A mixer, the main one too.
    Mixer(Mixer),
    /// A player.
    Player(Player),
    /// A source.
    Source(Source),
    /// An equalizer.
    Equalizer(Equalizer),
    /// A matrix mixer.
    Matrix(Matrix),
    /// One that something else has made, of another class.
    Other(OtherNode),
}

impl AnyNode {
    fn new(node: NodeRef) -> Self {
        match node.raw.kind {
            Kind::Output => Self::Output(Output(node)),
            Kind::Input => Self::Input(Input(node)),
            Kind::Mixer => Self::Mixer(Mixer(node)),
            Kind::Player => Self::Player(Player(node)),
            Kind::Source => Self::Source(Source(node)),
            Kind::Effect => Self::Equalizer(Equalizer(node)),
            Kind::Matrix => Self::Matrix(Matrix(node)),
            Kind::OtherSource | Kind::OtherEffect | Kind::Other => Self::Other(OtherNode(node)),
        }
    }
}

impl AnyNode {
    /// A handle of a node that the program has made itself, of any class. A node that belongs to no
    /// engine is attached to this one. What it is connected to, and the values of its connections, are
    /// known after the next [`sync`](Engine::sync). Two handles of one node are equal.
    ///
    /// Maps to `attachNode:`.
    ///
    /// # Safety
    /// `node` points to an Objective-C object. What [`Engine::from_native`] says about calls of the
    /// program's own applies to `engine`, whoever has made it.
    ///
    /// # Errors
    /// - [`Error::WrongKind`] when the object is no `AVAudioNode`.
    /// - [`Error::WrongEngine`] when another engine has it.
    pub unsafe fn from_native(engine: &Engine, node: NonNull<c_void>) -> Result<Self> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: our caller promises an object; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_node_adopt(node.as_ptr(), &mut raw)) }?;
        let node = engine.adopt_node(NodeHandle::new(raw)?)?;
        Ok(engine.any(&node))
    }
}

impl AsNode for AnyNode {
    fn as_node(&self) -> &NodeRef {
        match self {
            Self::Output(node) => node.as_node(),
            Self::Input(node) => node.as_node(),
            Self::Mixer(node) => node.as_node(),
            Self::Player(node) => node.as_node(),
            Self::Source(node) => node.as_node(),
            Self::Equalizer(node) => node.as_node(),
            Self::Matrix(node) => node.as_node(),
            Self::Other(node) => node.as_node(),
        }
    }
}

impl Engine {
    /// Handles for all nodes that the engine has, including those whose last handle was dropped:
    /// they stay attached and keep sounding. They are in the order in which they were attached,
    /// unless some were detached.
    ///
    /// ```
    /// use perbus::{AnyNode, Engine, Format, Node};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let player = engine.create_player()?;
    /// let id = player.id();
    /// engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    /// drop(player);
    ///
    /// // Still there. Every node but the main mixer, the output and the input may be detached.
    /// assert!(engine.nodes()?.iter().any(|node| node.id() == id));
    /// for node in engine.nodes()? {
    ///     if let AnyNode::Player(player) = &node {
    ///         player.stop()?;
    ///         engine.detach(&node)?;
    ///     }
    /// }
    /// assert!(engine.node(id)?.is_none());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InRender`] in a source's closure.
    pub fn nodes(&self) -> Result<Vec<AnyNode>> {
        let graph = self.desk().read()?;
        Ok(graph.shown_nodes().map(|raw| self.any(raw)).collect())
    }

    /// A handle for the node of an id; `None` when the engine does not have it, or no longer.
    ///
    /// # Errors
    /// [`Error::InRender`] in a source's closure.
    pub fn node(&self, id: NodeId) -> Result<Option<AnyNode>> {
        let graph = self.desk().read()?;
        let found = graph.shown_nodes().find(|raw| raw.address() == id.address);
        Ok(found.map(|raw| self.any(raw)))
    }

    /// Detaches the node of an id, as [`detach`](Self::detach) does: for a node whose last handle
    /// was dropped, for instance.
    ///
    /// # Errors
    /// - [`Error::NotAttached`] when the engine has no such node.
    /// - [`Error::WrongKind`] for the main mixer, the output and the input.
    pub fn detach_id(&self, id: NodeId) -> Result<()> {
        match self.node(id)? {
            Some(node) => self.detach(&node),
            None => Err(Error::NotAttached(format!(
                "{id} is not attached to this engine"
            ))),
        }
    }

    pub(crate) fn any(&self, raw: &Arc<RawNode>) -> AnyNode {
        AnyNode::new(self.node_ref(raw))
    }
}
