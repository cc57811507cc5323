//! Measures what Apple does not document about AVAudioEngine, offline, and prints it as JSON.
//!
//! ```sh
//! cargo run --example probe > measured.json
//! cargo run --example probe -- --changes measured.json
//! ```
//!
//! The second command prints each answer that is not what was chosen, and the lines that have to
//! change: of `conformance/choices.json`, and of the portable engine. On other platforms than
//! Apple's there are none. Without a file `--changes` measures first.
//!
//! `probe --manners` prints in which ways the engine is less kind than the portable one, as
//! `PERBUS_MANNERS` names them: that makes the portable engine behave like it. `probe NAME` takes a
//! single measurement.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use perbus_conformance::{changes, manners, probe};
use serde_json::{json, Map, Value};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => Ok(format!("{:#}", measure(probe::NAMES.iter().copied()))),
        ["--manners"] => Ok(manners::confirmed(&measure(manners::probes())).join(",")),
        ["--changes"] => Ok(list(&measure(probe::NAMES.iter().copied()))),
        ["--changes", file] => read(file).map(|measured| list(&measured)),
        [name] => probe::measure(name)
            .map(|answers| format!("{answers:#}"))
            .ok_or_else(|| format!("{name:?} is no probe; they are {}", probe::NAMES.join(", "))),
        _ => Err("usage: probe [NAME | --manners | --changes [FILE]]".to_owned()),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn read(file: &str) -> Result<Value, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

fn list(measured: &Value) -> String {
    let changes: Vec<_> = changes::changes(measured)
        .iter()
        .map(ToString::to_string)
        .collect();
    changes.join("\n")
}

fn measure<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let answers = names.map(|name| (name.to_owned(), measure_apart(name)));
    Value::Object(answers.collect::<Map<_, _>>())
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
