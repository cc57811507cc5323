//! An engine's connections: fan-out, and random operations against a model.

#[path = "../common/mod.rs"]
mod common;
mod console;
#[path = "../common/course.rs"]
mod course;
mod model;
mod sends;
