//! Mixes audio files, each on a bus of its own, to one file:
//!
//! ```text
//! mixdown drums.wav bass.flac:vol=0.8,pan=-0.3 -o mix.wav
//! ```
//!
//! Without files it mixes four short stems that it generates itself, on a desk with a group, a
//! post-fader send, automation, and a fade to a last scene. It prints what each bus contributes to
//! the mix after its fader.

mod args;
mod bus_taps;
mod desk;
mod encode;
mod loudness;
mod meter;
mod mixing;
mod output;
mod plot;
mod progress;
mod report;
mod spool;
mod staging;
mod streams;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use perbus_mix::{Failure, Mix};

use args::Args;
use bus_taps::BusTaps;
use desk::Desk;
use mixing::Listener;
use output::Outputs;
use progress::Progress;
use report::SumLevel;

/// Longer stems are decoded while they play, in seconds.
const LONGEST: f64 = 60.0;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line)) => {
            staging::let_signals_end();
            eprintln!("mixdown: {line}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), Failure> {
    staging::clean_up_on_signals().map_err(|error| Failure::of("signals", error))?;
    let mut mix = args.mix()?;
    // Before decoding, which takes far longer than finding out that it was for nothing.
    let metered = perbus_mix::Desk::rehearse(&mix, args.rate)?;
    let mut outputs = Outputs::open(args, &mix)?;
    decode(&mut mix, args.rate)?;

    let columns = args.plot.as_ref().map_or(1, |_| plot::COLUMNS);
    let started = Instant::now();
    let listens = args.loudness || args.stem_folder.is_some() || !metered;
    let desk = Desk::new(&mix, args.rate, args.block, listens)?;
    let levels = mixing::levels(&mix, &desk, columns)?;
    let mut sum = Listener::new(desk.frames(), columns, args.rate, args.loudness)?;
    desk.start()?;
    let taps = listens.then(|| BusTaps::open(&desk, args, columns, &outputs));
    let taps = taps.transpose()?;
    let pass = mixing::mix(&mix, &desk, levels, taps, args.plot.is_some(), |block| {
        sum.add(block)?;
        outputs.write(block)
    })?;
    drop(desk);
    let mut normalized = None;
    if let Some(level) = args.normalize {
        let gain = normalizing_gain(sum.meter.peak(), level);
        sum = Listener::new(pass.frames, columns, args.rate, args.loudness)?;
        outputs.amplify(gain, |block| sum.add(block))?;
        normalized = Some(gain);
    }
    outputs.draw(|| plot::draw(&mix, &pass, &sum.meter, args))?;
    let loudness = sum.loudness()?;
    let encoding = outputs.encoding();
    outputs.finish()?;

    let level = SumLevel {
        meter: &sum.meter,
        loudness,
        normalized,
    };
    let taken = started.elapsed();
    report::print(&pass.levels, &level, args.rate, taken, args.to_stdout())?;
    if args.stem_folder.is_some() && !encoding.keeps_excess() {
        for level in &pass.levels {
            report::warn_of_clipping(&format!("bus {}", level.bus), &level.meter, encoding);
        }
    }
    report::warn_of_clipping("the sum", &sum.meter, encoding);
    Ok(())
}

fn decode(mix: &mut Mix, rate: u32) -> Result<(), Failure> {
    let progress = Progress::new(mix.stems.len() as u64);
    perbus_mix::decode::decode(&mut mix.stems, rate, LONGEST, |place, name| {
        progress.say(&format!("decoding {name}"));
        progress.reach(place as u64);
    })
}

/// What takes a peak to a level in dBFS; silence stays as it is.
fn normalizing_gain(peak: f32, level: f32) -> f32 {
    if peak > 0.0 {
        perbus::decibels::from_db(level) / peak
    } else {
        1.0
    }
}
