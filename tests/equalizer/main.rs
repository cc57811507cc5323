//! Equalizers as heard: their curves against the cookbook's, what passes unchanged, changes without
//! clicks, errors.

mod bench;
mod changes;
#[path = "../common/mod.rs"]
mod common;
mod passing;
mod response;
mod values;
