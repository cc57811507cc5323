//! Per-bus control through effects, as heard: the bus's strip controls its source, whatever is
//! between them and in whatever order it was connected.

mod control;
mod desk;
mod rewiring;
