//! Automation: fades and sets at given frames, heard sample by sample.

mod chains;
#[path = "../common/mod.rs"]
mod common;
mod ends;
mod model;
mod refusals;
