//! Damaged files of every format are read in processes of their own: none may crash or hang, take
//! memory without bound, read more frames than there are to be, or fail without a reason.

mod damage;
mod reading;
mod worker;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::corpus::cases::{cases, Case};
use crate::corpus::{make, on_each, TOOLS};
use crate::tools::have;
use damage::{damage, Random};

/// How many are read, unless `PERBUS_MUTATION_SECONDS` says for how long.
const COUNT: u64 = 9_000;

/// The longest that one may take, on a machine that does other things as well.
const TIME: Duration = Duration::from_secs(20);

/// Processes at a time.
const WORKERS: u64 = 2;

/// Where a worker finds the files to damage.
const FOLDER: &str = "PERBUS_MUTATION_FOLDER";
const SECONDS: &str = "PERBUS_MUTATION_SECONDS";

/// What is damaged: short files of all formats and codecs.
fn originals(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            !path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("source-")
        })
        .collect();
    entries.sort();
    entries
}

/// The file of a number, from the same files always the same.
fn mutant(originals: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut random = Random::new(number + 1);
    let original = &originals[number as usize % originals.len()];
    let other = &originals[random.below(originals.len())];
    damage(original.clone(), other, &mut random)
}

fn short_cases() -> Vec<Case> {
    let mut chosen = cases();
    for case in &mut chosen {
        case.sound.milliseconds = 60;
    }
    // One of two of the commonest kinds is enough.
    let mut count = BTreeMap::new();
    chosen.retain(|case| {
        let kind = case.name.rsplit('.').next().unwrap_or_default().to_owned();
        let seen = count.entry(kind).or_insert(0);
        *seen += 1;
        *seen <= 6 || *seen % 3 == 0
    });
    chosen
}

#[test]
fn damaged_files_are_survived() {
    if let Some(folder) = env::var_os(FOLDER) {
        return worker::run(Path::new(&folder));
    }
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    on_each(&short_cases(), |case| make(case, folder.path()).map(|_| ()));
    let seconds = env::var(SECONDS).ok().and_then(|text| text.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let faults: Vec<String> = thread::scope(|scope| {
        let watch = |first| watch(folder.path(), first, until);
        let watchers: Vec<_> = (0..WORKERS)
            .map(|first| scope.spawn(move || watch(first)))
            .collect();
        watchers
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    for fault in &faults {
        eprintln!("{fault}");
    }
    assert!(faults.is_empty(), "{} files", faults.len());
}

/// Has workers read every second file, and starts another one after each that ends early.
fn watch(folder: &Path, first: u64, until: Option<Instant>) -> Vec<String> {
    let (mut faults, mut next) = (Vec::new(), first);
    while faults.len() < 20 {
        let number = match supervise(folder, next, until) {
            Outcome::Done(number) => {
                eprintln!("read every {WORKERS}nd damaged file up to {number}");
                break;
            }
            Outcome::Fault(number, fault) => {
                faults.push(keep(folder, number, &fault));
                number
            }
        };
        next = number + WORKERS;
    }
    faults
}

enum Outcome {
    Done(u64),
    Fault(u64, String),
}

fn supervise(folder: &Path, first: u64, until: Option<Instant>) -> Outcome {
    let log = folder.join(format!("source-log-{}", first % WORKERS));
    let mut child = start(folder, first, until, &log);
    let (sender, receiver) = channel();
    let output = child.stdout.take().expect("piped");
    // A test's name or result may be on the same line.
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let number = line
                .rsplit("mutant ")
                .next()
                .and_then(|text| text.parse().ok());
            if number.is_some_and(|number: u64| sender.send(number).is_err()) {
                break;
            }
        }
    });
    let mut number = first;
    loop {
        match receiver.recv_timeout(TIME) {
            Ok(next) => number = next,
            Err(RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                let _ = child.wait();
                return Outcome::Fault(number, format!("takes longer than {TIME:?}"));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait().unwrap();
                return match status.success() {
                    true => Outcome::Done(number),
                    false => Outcome::Fault(number, end_of(&log, status)),
                };
            }
        }
    }
}

fn start(folder: &Path, first: u64, until: Option<Instant>, log: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "mutation::damaged_files_are_survived",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(worker::FIRST, first.to_string())
        .env("RUST_BACKTRACE", "0")
        .env_remove(SECONDS)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(log).unwrap());
    if let Some(until) = until {
        let left = until.saturating_duration_since(Instant::now());
        command.env(worker::LEFT, left.as_secs().to_string());
    }
    command.spawn().unwrap()
}

/// How it ended, and its last words.
fn end_of(log: &Path, status: ExitStatus) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let words: Vec<&str> = text.lines().rev().take(6).collect();
    let words: Vec<&str> = words.into_iter().rev().collect();
    format!("{status}: {}", words.join("\n"))
}

/// Keeps the file that made trouble.
fn keep(folder: &Path, number: u64, fault: &str) -> String {
    let paths = originals(folder);
    let bytes: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let from = &paths[number as usize % paths.len()];
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants");
    fs::create_dir_all(&target).unwrap();
    let name = from.file_name().unwrap().to_string_lossy();
    let path = target.join(format!("{number}-{name}"));
    fs::write(&path, mutant(&bytes, number)).unwrap();
    format!("{}: {fault}", path.display())
}
