//! Floors: the least that a piece of work can cost on this machine, measured beside perbus in one
//! run. Absolute times drift from run to run; a ratio to a floor stays.

pub mod calls;
pub mod render;
