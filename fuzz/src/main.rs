//! `perbus-fuzz all SECONDS SEED [TARGET...]` runs each target for so many seconds, with seeds from one on.
//! `perbus-fuzz repeat TARGET FILE...` runs one with the bytes of files.

use std::path::Path;
use std::process::ExitCode;

use perbus_fuzz::{repeat, run_all, work};

const USAGE: &str = "usage: perbus-fuzz all SECONDS SEED [TARGET...] | repeat TARGET FILE...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| {
        arguments
            .get(place)
            .and_then(|text| text.parse::<u64>().ok())
    };
    let done = match arguments.first().map(String::as_str) {
        Some("all") => number(1)
            .zip(number(2))
            .map(|(seconds, seed)| run_all(&arguments[3..], seconds, seed)),
        // What `all` starts.
        Some("worker") => number(2)
            .zip(number(3))
            .map(|(seconds, seed)| work(&arguments[1], seconds, seed).map(|()| true)),
        Some("repeat") if arguments.len() > 2 => {
            let mut files = arguments[2..].iter();
            Some(
                files
                    .try_for_each(|file| repeat(&arguments[1], Path::new(file)))
                    .map(|()| true),
            )
        }
        _ => None,
    };
    match done {
        Some(Ok(true)) => return ExitCode::SUCCESS,
        Some(Ok(false)) => {}
        Some(Err(error)) => eprintln!("{error}"),
        None => eprintln!("{USAGE}"),
    }
    ExitCode::FAILURE
}
