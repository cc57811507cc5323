//! Sample rates other than the mixer's.

mod clocks;
mod levels;
