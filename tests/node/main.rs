//! Nodes: as the engine lists them, and as handles.

#[path = "../common/mod.rs"]
mod common;
mod handles;
mod identity;
