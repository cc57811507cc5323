//! Running the program on recordings, and reading what it prints and writes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Recordings of the Debian package alsa-utils.
const RECORDINGS: &str = "/usr/share/sounds/alsa";

pub(crate) fn mixdown(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mixdown"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// The lines of the table as lists of words: one per bus, then the sum.
pub(crate) fn mix(folder: &Path, arguments: &[&str]) -> Vec<Vec<String>> {
    let output = mixdown(folder, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Standard error is not a terminal here, so there is no progress bar.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let table = String::from_utf8(output.stdout).unwrap();
    let mut lines = table
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect());
    let header: Vec<String> = lines.next().unwrap();
    assert_eq!(header[..3], ["bus", "source", "control"]);
    let mut lines: Vec<Vec<String>> = lines.collect();
    let speed = lines.pop().unwrap().join(" ");
    assert!(speed.ends_with("times real time"), "{speed}");
    assert_eq!(lines.last().unwrap()[0], "sum");
    lines
}

pub(crate) fn number(line: &[String], column: usize) -> f64 {
    line[column]
        .parse()
        .unwrap_or_else(|_| panic!("column {column} of {line:?} is no number"))
}

pub(crate) fn recording(name: &str) -> String {
    let path = format!("{RECORDINGS}/{name}");
    assert!(
        Path::new(&path).exists(),
        "{path} is missing: it comes with the Debian package alsa-utils (make deps installs it)"
    );
    path
}

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
