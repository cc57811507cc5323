//! The kinds of nodes, and the buffers that players play.

pub(crate) mod any_node;
pub(crate) mod buffer;
pub(crate) mod equalizer;
mod inherent;
pub(crate) mod input;
pub(crate) mod levels;
pub(crate) mod matrix;
pub(crate) mod mixer;
#[cfg(all(feature = "objc2", target_vendor = "apple"))]
mod objc2;
pub(crate) mod other_node;
pub(crate) mod output;
pub mod pan;
pub(crate) mod player;
pub(crate) mod schedule;
pub(crate) mod source;
