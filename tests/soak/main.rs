//! Soak: what must stay exact however long it lasts. The lengths come from environment variables;
//! `make soak` has long ones, and without any a run takes about a minute.
#![cfg(all(feature = "files", target_os = "linux"))]

#[path = "../common/mod.rs"]
mod common;
mod day;
mod edits;
mod faders;
mod losses;
mod memory;

use common::process;

/// What the lines begin with that are shown.
const LABEL: &str = "soak";

#[test]
fn a_graph_that_is_edited_again_and_again_sounds_as_its_model() {
    process::run_alone(LABEL, "edits::last");
}

#[test]
fn every_hour_sounds_like_the_first() {
    process::run_alone(LABEL, "day::passes");
}

#[test]
fn an_engine_outlives_its_server_again_and_again() {
    process::run_on_a_server(LABEL, "losses::pass");
}
