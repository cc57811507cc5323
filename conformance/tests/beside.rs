//! Control calls during rendering, each as a test of its own.
#![cfg(target_os = "linux")]

#[macro_use]
mod common;

cases! {
    beside_batch,
    beside_batch_and_another_engine,
    beside_plays_in_a_batch,
    beside_pause,
    beside_player_pause,
    beside_player_stop,
    beside_stop_of_a_paused_engine,
}
