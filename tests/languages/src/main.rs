//! Scripts of random operations, which every language runs: each answer, value, status and sample has
//! to be the same in all of them.
//!
//! `perbus-languages run FILE...` is the runner in Rust: it writes the answers to FILE.rust.
//! `perbus-languages check DIR LANGUAGE=COMMAND...` writes the scripts to DIR, has itself and the other
//! languages' runners run them, and compares.

mod check;
mod picks;
mod random;
mod runner;
mod script;
mod steps;
mod values;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((verb, files)) if verb == "run" => runner::run_files(files),
        Some((verb, rest)) if verb == "check" && !rest.is_empty() => {
            check::check(&rest[0], &rest[1..])
        }
        _ => Err("usage: perbus-languages run FILE... | check DIR LANGUAGE=COMMAND...".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}
