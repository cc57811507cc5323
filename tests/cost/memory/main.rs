//! Memory: how much is taken, and what takes none.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod buses;
#[path = "../../common/mod.rs"]
mod common;
mod conversion;
mod malloc;
