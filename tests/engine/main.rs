//! An engine's connections: fan-out, and random operations against a model.

#[path = "../common/mod.rs"]
mod common;
mod model;
mod sends;
