//! The strip of a bus: solo, mute, and control of whatever feeds it.

mod amplifying;
#[path = "../common/mod.rs"]
mod common;
mod connecting;
mod effects;
mod solo;
mod solo_model;
mod solo_moments;
mod solo_paths;
