//! A stem on the command line: `FILE:KEY=VALUE,...`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::gain;
use crate::model::{Stem, Strip};
use crate::Failure;

const KEYS: [&str; 4] = ["vol", "gain", "pan", "mute"];

/// The stem that an argument describes; not decoded yet.
pub fn parse(argument: &OsStr) -> Result<Stem, Failure> {
    let shown = argument.to_string_lossy();
    let (path, settings) = split(argument);
    if path.is_empty() {
        return Err(Failure::of(shown, "there is no file name"));
    }
    let strip = parse_strip(settings).map_err(|reason| Failure::of(&shown, reason))?;
    Ok(Stem::from_file(&shown, Path::new(path), strip))
}

/// Splits a file's path, which may hold colons itself, from its settings. What exists as a file has
/// none.
fn split(argument: &OsStr) -> (&OsStr, &str) {
    if Path::new(argument).exists() {
        return (argument, "");
    }
    let bytes = argument.as_bytes();
    let colons = (0..bytes.len()).rev().filter(|at| bytes[*at] == b':');
    for at in colons {
        match std::str::from_utf8(&bytes[at + 1..]) {
            Ok(rest) if looks_like_settings(rest) => {
                return (OsStr::from_bytes(&bytes[..at]), rest)
            }
            _ => {}
        }
    }
    (argument, "")
}

/// Unknown keys, too, as long as they have a value: an error about the key is better than one about
/// a file that nobody meant.
fn looks_like_settings(text: &str) -> bool {
    let first = text.split(',').next().unwrap_or_default();
    match first.split_once('=') {
        Some((key, _)) => !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic()),
        None => KEYS.iter().any(|key| key.eq_ignore_ascii_case(first)),
    }
}

fn parse_strip(settings: &str) -> Result<Strip, String> {
    let mut strip = Strip::default();
    let mut seen = Vec::new();
    for setting in settings.split(',').filter(|_| !settings.is_empty()) {
        let (written, value) = match setting.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (setting, None),
        };
        let key = written.to_ascii_lowercase();
        if seen.contains(&key) {
            return Err(format!("{key} is given twice"));
        }
        match key.as_str() {
            "vol" => strip.volume = number(&key, value)?,
            "gain" => strip.volume = decibels(&key, value)?,
            "pan" => strip.pan = number(&key, value)?,
            "mute" => strip.muted = switch(value)?,
            _ => {
                return Err(format!(
                    "unknown key '{written}', known are vol, gain, pan and mute"
                ))
            }
        }
        seen.push(key);
    }
    let given = |key: &str| seen.iter().any(|seen| seen == key);
    if given("vol") && given("gain") {
        return Err("vol and gain are one fader: give one of them".to_owned());
    }
    Ok(strip)
}

/// The library checks the ranges; see `Desk::rehearse`.
fn number(key: &str, value: Option<&str>) -> Result<f32, String> {
    let value = value.ok_or_else(|| format!("{key} has no value"))?;
    value
        .parse()
        .map_err(|_| format!("{key} '{value}' is not a number"))
}

fn decibels(key: &str, value: Option<&str>) -> Result<f32, String> {
    let value = value.ok_or_else(|| format!("{key} has no value"))?;
    let db = gain::parse_db(value).ok_or_else(|| format!("{key} '{value}' is not a number"))?;
    gain::from_db(db)
}

fn switch(value: Option<&str>) -> Result<bool, String> {
    match value.map(str::to_ascii_lowercase).as_deref() {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(format!(
            "mute '{}' is not true or false",
            value.unwrap_or_default()
        )),
    }
}
