//! Matrix mixers as heard: rendered samples against the plain matrix product.

#[path = "../common/mod.rs"]
mod common;
mod levels;
mod patch;
mod refusals;
mod routing;
mod shape;
