//! The program, run as a user would.

mod described;
mod interrupted;
mod levels;
mod mixes;
mod outputs;
mod plot;
mod program;
mod refusals;
