//! Every order in which threads can take turns, within bounds, for the crate's own locks and for the
//! protocol by which plans reach the audio thread.
//!
//! The strip lock and the graph lock are the crate's: their sources are included, and what they are
//! made of is loom's. The graph, its strips and connections are what the locks need of them.
//! [`publishing`] is a model: the same steps as `native/render/plan/core.c`, written down once more.
#![cfg(all(loom, test))]
// Of the included sources, what no model calls.
#![allow(dead_code)]

mod desk;
mod locks;
mod publishing;
mod sync;

/// Runs the model with every order of turns in which threads are interrupted so many times.
fn model(interruptions: usize, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(interruptions);
    builder.max_branches = 10_000;
    builder.check(run);
}
