//! The mixdown example, run as a user would.
#![cfg(feature = "files")]

mod mixes;
mod plot;
mod program;
mod refusals;
