//! Players: how buffers end, ramps to a stop, formats, batches, one-shots, and the queue itself.

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod ends;
mod formats;
mod halts;
mod one_shots;
#[cfg(not(target_vendor = "apple"))]
mod queue;
