//! C: the flat API, and parts of the render core by themselves.
#![cfg(not(target_vendor = "apple"))]

mod api;
#[path = "../common/mod.rs"]
mod common;
mod render;
