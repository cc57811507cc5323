//! Conformance cases for AVFAudio.
//!
//! The cases in `cases/*.m` use Apple's AVFAudio API only, so the same files run against the
//! portable implementation and against Apple's. Each is one C function, compiled into this crate;
//! `tests/cases.rs` makes each of them a Rust test.
//!
//! There is no Rust API here.

// The cases call into perbus's native library: this makes the linker see it after them.
use perbus as _;
