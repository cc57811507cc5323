//! An engine that plays to a device: one that this test provides in place of PortAudio, and whose
//! time passes only when the test says so.
#![cfg(not(target_vendor = "apple"))]

mod clock;
#[path = "../common/mod.rs"]
mod common;
mod events;
mod fades;
mod fake;
mod input;
mod manners;
mod options;
mod page_faults;
mod restarts;
