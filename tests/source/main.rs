//! Sources: the closures that render.

mod closures;
#[path = "../common/mod.rs"]
mod common;
mod in_render;
