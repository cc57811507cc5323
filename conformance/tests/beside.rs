//! Control calls beside rendering, as tests of their own.
#![cfg(target_os = "linux")]

#[macro_use]
mod common;

cases! {
    beside_bracket,
    beside_bracket_and_another_engine,
    beside_pause,
    beside_player_pause,
    beside_player_stop,
    beside_stop_of_a_paused_engine,
}
