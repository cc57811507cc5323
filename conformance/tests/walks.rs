//! What walking a graph costs and finds, on random graphs.
#![cfg(target_os = "linux")]

#[macro_use]
mod common;

cases! {
    walk_chains,
    walk_more_points,
    walk_random_graphs,
    walk_sends,
}
