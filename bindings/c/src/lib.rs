//! The desk of perbus as a C API: this crate is the library, `include/perbus/desk.h` is what
//! cbindgen makes of it. The documentation of each function is written for that header.
//!
//! Every function is `unsafe` for one and the same reason, which the header states: pointers are
//! NULL or point to what the header says they do, handles have not been released, arrays are as
//! long as told, and strings are NUL-terminated. So the bodies are not wrapped in `unsafe` once
//! more.
#![allow(
    non_camel_case_types,
    clippy::missing_safety_doc,
    unsafe_op_in_unsafe_fn
)]

mod adopt;
mod audit;
mod automation;
mod buffer;
mod bus;
mod connect;
mod control;
mod device;
mod engine;
mod engine_scene;
mod equalizer;
mod fade;
mod failure;
mod file;
mod graph;
mod group;
mod group_automation;
mod group_config;
mod group_lists;
mod handle;
mod input;
mod life;
mod matrix;
mod meter;
mod mixer;
mod node;
mod player;
mod player_file;
mod recorder;
mod scene;
mod scene_groups;
mod scene_parts;
mod send;
mod source;
mod tap;
mod text;
mod under_way;

pub use adopt::*;
pub use audit::*;
pub use automation::*;
pub use buffer::*;
pub use bus::*;
pub use connect::*;
pub use control::*;
pub use device::*;
pub use engine::*;
pub use engine_scene::*;
pub use equalizer::*;
pub use fade::*;
pub use file::*;
pub use graph::*;
pub use group::*;
pub use group_automation::*;
pub use group_config::*;
pub use group_lists::*;
pub use input::*;
pub use matrix::*;
pub use meter::*;
pub use mixer::*;
pub use node::*;
pub use player::*;
pub use player_file::*;
pub use recorder::*;
pub use scene::*;
pub use scene_groups::*;
pub use scene_parts::*;
pub use send::*;
pub use source::*;
pub use tap::*;
pub use text::*;
