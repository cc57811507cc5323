//! Reads damaged files, one after the other, and says which is next.

use std::env;
use std::fs;
use std::panic;
use std::path::Path;
use std::process::abort;
use std::time::{Duration, Instant};

use super::damage::Random;
use super::reading::read;
use super::{mutant, originals, COUNT, WORKERS};
use crate::memory::limit_memory;

/// The first file's number, and how many seconds are left, if their count is no limit.
pub(super) const FIRST: &str = "PERBUS_MUTATION_FIRST";
pub(super) const LEFT: &str = "PERBUS_MUTATION_LEFT";

/// What the process may take beyond what it has at the start.
const MEMORY: u64 = 700 << 20;

pub(super) fn run(folder: &Path) {
    let number = |name| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let first = number(FIRST).expect("the first file's number");
    let until = number(LEFT).map(|seconds| Instant::now() + Duration::from_secs(seconds));
    refuse_panics();
    limit_memory(MEMORY);
    let bytes: Vec<Vec<u8>> = originals(folder)
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    let path = folder.join(format!("source-mutant-{}", first % WORKERS));
    for number in (first..).step_by(WORKERS as usize) {
        let is_over = until.map_or(number >= COUNT, |until| Instant::now() >= until);
        if is_over {
            break;
        }
        println!("\nmutant {number}");
        fs::write(&path, mutant(&bytes, number)).unwrap();
        read(&path, &mut Random::new(number));
    }
}

/// Codecs from elsewhere may panic, which is reported as damage. Nothing else may.
fn refuse_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|place| place.file())
            .unwrap_or_default();
        if !place.contains("symphonia") {
            eprintln!("{info}");
            abort();
        }
    }));
}
