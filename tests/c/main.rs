//! C: the flat API, and parts of the render core on their own.
#![cfg(not(target_vendor = "apple"))]

mod api;
#[path = "../common/mod.rs"]
mod common;
mod render;
