//! The strategy: which source feeds which bus, and what its fader, pan, mute and solo come to.

pub(crate) mod fade_list;
pub(crate) mod faders;
pub(crate) mod graph_lock;
pub mod level;
pub(crate) mod routing;
#[cfg(feature = "serde")]
mod scene_stored;
pub(crate) mod strip;
pub(crate) mod strips;
pub(crate) mod upstream;
