//! Nodes of classes that this crate knows nothing about.

use crate::engine::node::{sealed::AsNode, NodeRef};

/// A node that something else has made, such as a reverb, a time effect, or a player that
/// [`create_player`](crate::Engine::create_player) has not made. It is connected, disconnected, tapped
/// and detached like any other; what else it does is its program's, through
/// [`native`](crate::Node::native).
///
/// If it has a volume and pan for each connection, the strips of the buses that it feeds use them. If
/// not, and it has one input, it counts as an effect: strips behind it control what feeds it.
#[doc(alias = "AVAudioNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherNode(pub(crate) NodeRef);

impl AsNode for OtherNode {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}
