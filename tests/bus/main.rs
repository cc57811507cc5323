//! The strip of a bus: solo and mute, and its hold on whatever feeds it.

#[path = "../common/mod.rs"]
mod common;
mod effects;
mod solo;
mod solo_model;
