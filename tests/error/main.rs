//! Bad input: the right error, a message that names the value and its limit, and nothing changed:
//! no value, no connection, no sample.

#[path = "../common/mod.rs"]
mod common;
mod connections;
mod desk;
mod formats;
mod nodes;
mod playing;
mod ranges;
#[path = "../common/refusals.rs"]
mod refusals;
