//! What is heard: rendered samples against the sums they should be.

mod changes;
#[path = "../common/mod.rs"]
mod common;
mod gain;
mod rates;
mod shapes;
mod sums;
mod surround;
