//! Scenes.

#[path = "../common/mod.rs"]
mod common;
mod recall;
#[cfg(feature = "serde")]
mod stored;
