//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::stems::Strip;
use crate::{demo, Failure, Stem};

/// Mix audio files, each on a bus of its own, to a 32-bit float WAV file.
///
/// Without files, mix four short stems made on the spot.
#[derive(Parser)]
pub(crate) struct Args {
    /// A file and its channel strip: vol (0 to 4) or gain (dB, at most 12.04), pan (-1 left
    /// to 1 right), mute. Settings start after the last ':' that KEY or KEY=VALUE follows.
    #[arg(value_name = "FILE[:KEY=VALUE,...]")]
    pub(crate) stems: Vec<String>,

    /// The mix, as long as the longest file.
    #[arg(short, long, value_name = "WAV")]
    pub(crate) output: PathBuf,

    /// Draw every bus and the sum.
    #[arg(long, value_name = "SVG")]
    pub(crate) plot: Option<PathBuf>,

    /// Sample rate of the mix, 1000 to 768000; files of other rates are resampled.
    #[arg(long, value_name = "HZ", default_value_t = 48_000,
          value_parser = clap::value_parser!(u32).range(1_000..=768_000))]
    pub(crate) rate: u32,

    /// Frames rendered at a time, 1 to 1048576.
    #[arg(long, value_name = "FRAMES", default_value_t = 512,
          value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) block: u32,
}

impl Args {
    /// What to mix; not decoded yet.
    pub(crate) fn stems(&self) -> Result<Vec<Stem>, Failure> {
        if self.stems.is_empty() {
            return demo::stems(self.rate);
        }
        self.stems
            .iter()
            .map(|argument| parse(argument).map_err(|reason| Failure::of(argument, reason)))
            .collect()
    }
}

fn parse(argument: &str) -> Result<Stem, String> {
    let (path, settings) = split(argument);
    if path.is_empty() {
        return Err("there is no file name".to_owned());
    }
    Ok(Stem::from_file(argument, path, parse_strip(settings)?))
}

/// Splits a file's path, which may hold colons itself, from its settings.
fn split(argument: &str) -> (&str, &str) {
    argument
        .rmatch_indices(':')
        .map(|(at, _)| (&argument[..at], &argument[at + 1..]))
        .find(|(_, rest)| looks_like_settings(rest))
        .unwrap_or((argument, ""))
}

/// Unknown keys, too, as long as they have a value: an error about the key is better than one about
/// a file that nobody meant.
fn looks_like_settings(text: &str) -> bool {
    let first = text.split(',').next().unwrap_or_default();
    match first.split_once('=') {
        Some((key, _)) => !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic()),
        None => ["vol", "gain", "pan", "mute"].contains(&first),
    }
}

fn parse_strip(settings: &str) -> Result<Strip, String> {
    let mut strip = Strip::default();
    let mut seen = Vec::new();
    for setting in settings.split(',').filter(|_| !settings.is_empty()) {
        let (key, value) = match setting.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (setting, None),
        };
        if seen.contains(&key) {
            return Err(format!("{key} is given twice"));
        }
        seen.push(key);
        match key {
            "vol" => strip.volume = number(key, value)?,
            "gain" => strip.volume = gain(number(key, value)?)?,
            "pan" => strip.pan = number(key, value)?,
            "mute" => strip.muted = switch(value)?,
            _ => {
                return Err(format!(
                    "unknown key '{key}', known are vol, gain, pan and mute"
                ))
            }
        }
    }
    if seen.contains(&"vol") && seen.contains(&"gain") {
        return Err("vol and gain are one fader: give one of them".to_owned());
    }
    Ok(strip)
}

/// The library checks the ranges; see `Desk::set_strip`.
fn number(key: &str, value: Option<&str>) -> Result<f32, String> {
    let value = value.ok_or_else(|| format!("{key} has no value"))?;
    value
        .parse()
        .map_err(|_| format!("{key} '{value}' is not a number"))
}

fn gain(db: f32) -> Result<f32, String> {
    let most = perbus::decibels::to_db(perbus::MAX_VOLUME);
    // NaN fails the comparison.
    if db <= most {
        Ok(perbus::decibels::from_db(db).min(perbus::MAX_VOLUME))
    } else {
        Err(format!("gain {db} dB is not in -inf to {most:.2}"))
    }
}

fn switch(value: Option<&str>) -> Result<bool, String> {
    match value {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(format!("mute '{other}' is not true or false")),
    }
}
