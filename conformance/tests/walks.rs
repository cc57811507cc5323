//! What looking at a graph costs, and what it finds, on graphs at random.
#![cfg(target_os = "linux")]

#[macro_use]
mod common;

cases! {
    walk_chains,
    walk_more_points,
    walk_random_graphs,
    walk_sends,
}
