//! Mixes audio files, each on a bus of its own, to a WAV file:
//!
//! ```text
//! mixdown drums.wav bass.flac:vol=0.8,pan=-0.3 -o mix.wav
//! ```
//!
//! Without files it mixes four short stems that it generates itself, on a desk with a group, a
//! post-fader send, automation, and a fade to a last scene. It prints what each bus contributes to the
//! mix after its fader, measured by rendering that bus alone.

mod args;
mod demo;
mod meter;
mod mix;
mod output;
mod plot;
mod progress;
mod report;
mod show;
mod stems;

use std::fmt::Display;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use args::Args;
use mix::Desk;
use output::Outputs;
use stems::Stem;

/// What stops the program: the argument at fault, and why, on one line.
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn of(argument: impl Display, reason: impl Display) -> Self {
        Self(printable(&format!("{argument}: {reason}")))
    }
}

/// For one line on a terminal and for XML: file names may contain control characters.
pub(crate) fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line)) => {
            eprintln!("mixdown: {line}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    let mut stems = args.stems()?;
    let mut desk = Desk::new(args.rate, args.block)?;
    for (bus, stem) in (0..).zip(&stems) {
        desk.set_strip(bus, stem)?;
    }
    // Before decoding, which takes far longer than finding out that the result cannot be written.
    let mut outputs = Outputs::open(args, &stems)?;
    stems::decode(&mut stems, args.rate)?;

    let tracks = desk.connect(&stems)?;
    if args.stems.is_empty() {
        desk.open_show()?;
    }
    let columns = args.plot.as_ref().map_or(1, |_| plot::COLUMNS);
    let started = Instant::now();
    let (sum, courses) = desk
        .mix(&tracks, columns, |block| outputs.write(block))
        .map_err(|error| outputs.mix_failure(error))?;
    let rendering = started.elapsed();
    let buses = desk.measure(&tracks, columns)?;

    if args.plot.is_some() {
        let name = stems::name_of(&args.output);
        outputs.draw(|| plot::draw(&name, &buses, &sum, courses.as_ref(), args.rate))?;
    }
    let started = Instant::now();
    outputs.finish()?;
    report::print(&buses, &sum, args.rate, rendering + started.elapsed())
}
