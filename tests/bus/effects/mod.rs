//! Per-bus control through effects, by ear: whatever stands between a source and its bus, and in
//! whatever order it was connected, the bus's strip controls it.

mod control;
mod desk;
mod rewiring;
