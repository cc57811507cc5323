//! Scenes.

#[path = "../common/mod.rs"]
mod common;
mod engine;
mod fades;
mod groups;
mod heard;
mod recall;
#[cfg(feature = "serde")]
mod stored;
