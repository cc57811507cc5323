//! Buses, changes and players by ear: rendered samples against the sums they should be.

mod changes;
#[path = "../common/mod.rs"]
mod common;
mod players;
mod shapes;
mod sums;
mod surround;
