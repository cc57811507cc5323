//! Players: what is heard of their buffers, when, and what they report.

mod batches;
#[path = "../common/mod.rs"]
mod common;
mod completions;
mod ends;
#[cfg(feature = "files")]
mod files;
mod formats;
mod halts;
mod loops;
mod one_shots;
mod playing;
