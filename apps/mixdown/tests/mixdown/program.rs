//! Running the program on recordings, and reading what it prints and writes.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Recordings of the Debian package alsa-utils.
const RECORDINGS: &str = "/usr/share/sounds/alsa";

pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mixdown"));
    command.current_dir(folder);
    command
}

pub(crate) fn mixdown(folder: &Path, arguments: &[impl AsRef<OsStr>]) -> Output {
    command(folder).args(arguments).output().unwrap()
}

/// Writes a WAV file of 32-bit float samples at 48 kHz, one value a channel for each frame.
pub(crate) fn write_wav<const CHANNELS: usize>(
    path: &Path,
    frames: u32,
    sample: impl Fn(u32) -> [f32; CHANNELS],
) {
    let spec = WavSpec {
        channels: CHANNELS as u16,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut wav = WavWriter::create(path, spec).unwrap();
    for sample in (0..frames).flat_map(sample) {
        wav.write_sample(sample).unwrap();
    }
    wav.finalize().unwrap();
}

/// The samples of a float WAV file, interleaved.
pub(crate) fn read_wav(path: &Path) -> Vec<f32> {
    let mut wav = WavReader::open(path).unwrap();
    assert_eq!(wav.spec().sample_format, SampleFormat::Float);
    wav.samples().map(Result::unwrap).collect()
}

/// The samples of a WAV file of integers, interleaved.
pub(crate) fn read_ints(path: &Path, bits: u16) -> Vec<i32> {
    let mut wav = WavReader::open(path).unwrap();
    let found = (wav.spec().sample_format, wav.spec().bits_per_sample);
    assert_eq!(found, (SampleFormat::Int, bits));
    wav.samples().map(Result::unwrap).collect()
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
