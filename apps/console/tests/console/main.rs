//! The program in a real terminal, tmux: keys are sent, and the screen is read.

mod ends;
mod mixing;
mod recorded;
mod refusals;
mod sound;
mod tmux;

/// The program with its arguments, for a shell.
fn console(arguments: &str) -> String {
    format!("{} {arguments}", env!("CARGO_BIN_EXE_perbus-console"))
}
