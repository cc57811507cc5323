//! The program, run as a user would.

mod mixes;
mod plot;
mod program;
mod refusals;
