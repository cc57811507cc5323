//! Fades: against their closed form, and against a model of all that moves a strip.

#[path = "../common/mod.rs"]
mod common;
mod curves;
mod desk;
mod ends;
mod ends_model;
mod interruptions;
mod model;
mod outputs;
mod replacements;
mod starts;
mod unheard;
