//! Conformance cases and probes for AVFAudio.
//!
//! The cases in `cases/*.m` use Apple's AVFAudio API only, so the same files run against the
//! portable implementation and against Apple's. Each is one C function, compiled into this crate;
//! `tests/cases.rs` makes each of them a Rust test. Those in `audio_thread/` test the portable
//! one's internals: `tests/beside.rs`, `walks.rs` and `audio_thread.rs`.
//!
//! Behaviour that Apple does not document is in `choices.json`: the cases expect it, and the probes
//! in `probe/*.m` measure it.
//!
//! `foreign/` is a program that has engines of its own, for the tests of adopting.

pub mod changes;
pub mod foreign;
pub mod manners;
pub mod probe;

// The cases call into perbus's native library: this makes the linker see it after them.
use perbus as _;

/// `choices.json`: what the portable AVFAudio does where Apple does not document its own behaviour.
///
/// # Panics If the file is not JSON.
pub fn choices() -> serde_json::Value {
    serde_json::from_str(include_str!("../choices.json")).expect("choices.json is JSON")
}
