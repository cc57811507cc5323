//! Measures what Apple does not document about AVAudioEngine, offline, and prints it as JSON.
//!
//! ```sh
//! cargo run --example probe > measured.json
//! diff conformance/choices.json measured.json
//! ```
//!
//! On other platforms than Apple's the two are the same. `probe NAME` takes a single measurement.

use std::process::{Command, ExitCode, Stdio};

use perbus_conformance::probe;
use serde_json::{json, Map, Value};

fn main() -> ExitCode {
    let answers = match std::env::args().nth(1) {
        None => Value::Object(
            probe::NAMES
                .iter()
                .map(|name| ((*name).to_owned(), measure_apart(name)))
                .collect::<Map<_, _>>(),
        ),
        Some(name) => match probe::measure(&name) {
            Some(answers) => answers,
            None => {
                eprintln!("{name:?} is no probe; they are {}", probe::NAMES.join(", "));
                return ExitCode::FAILURE;
            }
        },
    };
    println!("{answers:#}");
    ExitCode::SUCCESS
}

/// In a process of its own, so that a crash costs only one answer.
fn measure_apart(name: &str) -> Value {
    let run = std::env::current_exe().and_then(|program| {
        Command::new(program)
            .arg(name)
            .stderr(Stdio::inherit())
            .output()
    });
    match run {
        Err(error) => json!({ "failed": error.to_string() }),
        Ok(output) if !output.status.success() => json!({ "failed": output.status.to_string() }),
        Ok(output) => serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| json!({ "failed": error.to_string() })),
    }
}
