//! What the programs of perbus mix: stems, given on the command line or in a TOML file, a demo that
//! needs no files, and the desk that is set up for them.

pub mod argument;
pub mod decode;
pub mod demo;
mod desk;
pub mod gain;
pub mod mix_file;
mod model;

use std::fmt::Display;

pub use desk::Desk;
pub use model::{name_of, GroupPlan, Mix, Move, Return, ScenePlan, Send, Sound, Stem, Strip};

/// What stops the program: the argument at fault, and why, on one line.
#[derive(Debug)]
pub struct Failure(pub String);

impl Failure {
    pub fn of(argument: impl Display, reason: impl Display) -> Self {
        Self(printable(&format!("{argument}: {reason}")))
    }
}

/// For one line on a terminal and for XML: file names may contain control characters.
pub fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
