//! The program in a real terminal, tmux: keys are sent, and the screen is read.

mod ends;
mod mixing;
mod refusals;
mod sound;
mod tmux;
