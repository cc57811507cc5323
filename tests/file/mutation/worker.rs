//! Reads damaged files, one after the other, and says which is next.

use std::env;
use std::fs;
use std::panic;
use std::path::Path;
use std::process::abort;
use std::time::{Duration, Instant};

use super::damage::Random;
use super::{mutant, originals, COUNT, WORKERS};
use perbus::{Error, File};

/// The first file's number, and how many seconds are left, if their count is no limit.
pub(super) const FIRST: &str = "PERBUS_MUTATION_FIRST";
pub(super) const LEFT: &str = "PERBUS_MUTATION_LEFT";

/// The most frames that are read of a file, which may state years.
const MOST: u64 = 1 << 20;

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
    limit_memory();
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

fn limit_memory() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let used = status.lines().find_map(|line| {
        line.strip_prefix("VmSize:")?
            .trim()
            .strip_suffix(" kB")?
            .parse::<u64>()
            .ok()
    });
    let Some(kibibytes) = used else {
        return;
    };
    let most = (kibibytes << 10) + MEMORY;
    let limit = libc::rlimit {
        rlim_cur: most,
        rlim_max: most,
    };
    // SAFETY: the pointer is to a live local.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
}

fn read(path: &Path, random: &mut Random) {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return check(&error, path),
    };
    let frames = file.frames();
    read_on(&mut file, random);
    for _ in 0..3 {
        // Where it was last, too: after an error.
        let frame = match random.below(3) {
            0 => frames.saturating_sub(random.below(3_000) as u64),
            _ => random.below(frames.min(1 << 40) as usize + 1) as u64,
        };
        match file.seek(frame) {
            Ok(()) => assert_eq!(file.position(), frame),
            Err(error) => check(&error, path),
        }
        read_some(&mut file, 1 + random.below(5_000));
    }
    if random.below(4) == 0 {
        let rate = file.format().sample_rate();
        match File::load_with_limit(path, rate, 16 << 20) {
            Ok(loaded) => assert_eq!(u64::from(loaded.frames()), frames),
            Err(error) => check(&error, path),
        }
    }
    assert!(file.info().is_ok());
}

/// From the start to the end, the first fault, or far enough.
fn read_on(file: &mut File, random: &mut Random) {
    let mut all = 0;
    while all < MOST {
        let asked = 1 + random.below(9_000);
        match read_some(file, asked) {
            Some(read) if read > 0 => all += read as u64,
            _ => break,
        }
        assert!(all <= file.frames(), "{all} frames of {}", file.frames());
    }
}

fn read_some(file: &mut File, frames: usize) -> Option<usize> {
    let mut planes = vec![vec![f32::NAN; frames]; file.format().channels() as usize];
    let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
    match file.read(&mut slices) {
        Ok(read) => {
            assert!(read <= frames);
            let numbers = planes.iter().flat_map(|plane| &plane[..read]);
            assert!(numbers.into_iter().all(|sample| sample.is_finite()));
            let end = file.position() == file.frames();
            assert!(
                read > 0 || end,
                "an end at {} of {}",
                file.position(),
                file.frames()
            );
            Some(read)
        }
        Err(error) => {
            check(&error, file.path());
            None
        }
    }
}

/// An error names the file, and says why.
fn check(error: &Error, path: &Path) {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = error.to_string();
    assert!(
        text.contains(&*name) || !matches!(error, Error::File(_)),
        "{text}"
    );
    assert!(
        matches!(error, Error::File(_) | Error::OutOfRange(_)),
        "{error:?}"
    );
    assert!(!text.trim_end().ends_with(':'), "{text}");
}
