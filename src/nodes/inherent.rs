//! What [`Node`] has, as methods of each kind of node: an import less.

use std::ffi::c_void;
use std::ptr::NonNull;

use crate::engine::node::{Node, NodeId};
use crate::engine::tap::{Tap, TapBlock};
use crate::engine::Engine;
use crate::error::Result;
use crate::nodes::any_node::AnyNode;
use crate::nodes::equalizer::Equalizer;
use crate::nodes::input::Input;
use crate::nodes::matrix::Matrix;
use crate::nodes::mixer::Mixer;
use crate::nodes::other_node::OtherNode;
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

            /// The `AVAudioNode`: see [`Node::native`].
            #[must_use]
            pub fn native(&self) -> NonNull<c_void> {
                Node::native(self)
            }

            /// Whether its engine has the node.
            #[must_use]
            pub fn is_attached(&self) -> bool {
                Node::is_attached(self)
            }

            /// Gives `callback` what leaves the node's first output bus: see [`Node::tap`].
            ///
            /// # Errors
            /// As [`Node::tap`].
            pub fn tap(
                &self,
                frames: u32,
                callback: impl FnMut(TapBlock<'_>) + Send + 'static,
            ) -> Result<Tap> {
                Node::tap(self, frames, callback)
            }

            /// As [`tap`](Self::tap), of another output bus: a matrix has several.
            ///
            /// # Errors
            /// As [`Node::tap_bus`].
            pub fn tap_bus(
                &self,
                bus: u32,
                frames: u32,
                callback: impl FnMut(TapBlock<'_>) + Send + 'static,
            ) -> Result<Tap> {
                Node::tap_bus(self, bus, frames, callback)
            }
        }
    )*};
}

inherent!(AnyNode, Equalizer, Input, Matrix, Mixer, OtherNode, Output, Player, Source);
