//! Floors: the least that a piece of work can cost on this machine, measured together with perbus
//! in one run. Absolute times drift from run to run; ratios to a floor do not.

pub mod calls;
pub mod render;
