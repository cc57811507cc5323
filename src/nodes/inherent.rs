//! What [`Node`] has, as methods of each kind of node: an import less.

use crate::engine::node::{Node, NodeId};
use crate::engine::Engine;
use crate::nodes::any_node::AnyNode;
use crate::nodes::equalizer::Equalizer;
use crate::nodes::matrix::Matrix;
use crate::nodes::mixer::Mixer;
use crate::nodes::output::Output;
use crate::nodes::player::Player;
use crate::nodes::source::Source;

macro_rules! inherent {
    ($($node:ty),*) => {$(
        impl $node {
            /// The node's identity, which prints the node's name: "mixer 0".
            #[must_use]
            pub fn id(&self) -> NodeId {
                Node::id(self)
            }

            /// The engine that the node was made for.
            #[must_use]
            pub fn engine(&self) -> &Engine {
                Node::engine(self)
            }

            /// Whether its engine has the node.
            #[must_use]
            pub fn is_attached(&self) -> bool {
                Node::is_attached(self)
            }
        }
    )*};
}

inherent!(AnyNode, Equalizer, Matrix, Mixer, Output, Player, Source);
