//! On the portable engine the probe's answers are the choices that the other tests expect. On
//! Apple's engine they are what the probe is there to find out.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Both sides are rounded to millionths.
const TOLERANCE: f64 = 1e-6;

/// Cargo builds examples into a folder next to that of the test programs.
fn probe(arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples/probe");
    Command::new(&program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo test`", program.display()))
}

/// Every place where the two differ.
fn differences(place: &str, measured: &Value, chosen: &Value, found: &mut Vec<String>) {
    let same = match (measured, chosen) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, measured) in left {
                let chosen = right.get(name).unwrap_or(&Value::Null);
                differences(&format!("{place}/{name}"), measured, chosen, found);
            }
            left.keys().eq(right.keys())
        }
        (Value::Array(left), Value::Array(right)) => {
            for (index, pair) in left.iter().zip(right).enumerate() {
                differences(&format!("{place}/{index}"), pair.0, pair.1, found);
            }
            left.len() == right.len()
        }
        (Value::Number(left), Value::Number(right)) => {
            (left.as_f64().unwrap() - right.as_f64().unwrap()).abs() <= TOLERANCE
        }
        (left, right) => left == right,
    };
    if !same {
        found.push(format!("{place}: measured {measured}, chosen {chosen}"));
    }
}

#[test]
fn what_the_portable_engine_does_is_what_was_chosen() {
    let output = probe(&[]);
    assert!(output.status.success(), "{output:?}");
    let measured = serde_json::from_slice(&output.stdout).unwrap();
    let mut found = Vec::new();
    differences("", &measured, &perbus_conformance::choices(), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_unknown_probe_is_named() {
    let output = probe(&["P99"]);
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("\"P99\" is no probe; they are P01_pan, "),
        "{message}"
    );
}
