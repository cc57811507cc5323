//! C: the flat API, and parts of the render core on their own.

mod api;
#[path = "../common/mod.rs"]
mod common;
#[cfg(not(target_vendor = "apple"))]
mod render;
