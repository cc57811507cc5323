//! Runs targets with bytes made from seeds, on any toolchain: the same seed makes the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{abort, Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::memory::limit_memory;
use crate::damage::{damage, Random};
use crate::text::rewrite;
use crate::{abort_on_panic, target, TARGETS};

/// The longest that one run may take, by the clock and of the process's own time.
const MOST: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(30)];

/// What the process may take beyond what it has at the start.
const MEMORY: u64 = 1 << 30;

/// The longest bytes for the targets that have no corpus: of those that compare all after every few steps,
/// and of the others.
const LONGEST: [usize; 2] = [12 << 10, 48 << 10];

/// Those that compare.
const COMPARED: [&str; 2] = ["desk", "world"];

/// Those whose engines may be as unkind as Apple's: the others' models expect what is applied at once.
const WITH_MANNERS: [&str; 3] = ["scenes", "calls", "desk_calls"];

/// Processes at a time.
const WORKERS: usize = 2;

/// Has each target run for so many seconds, in a process of its own, and once more with manners.
/// Returns whether all went well.
///
/// # Errors
/// When a process cannot be started.
pub fn run_all(names: &[String], seconds: u64, first: u64) -> io::Result<bool> {
    let mut waiting: Vec<(&'static str, bool)> = Vec::new();
    for (name, _) in TARGETS {
        if names.is_empty() || names.iter().any(|it| it == name) {
            waiting.push((name, false));
            waiting.extend(WITH_MANNERS.contains(&name).then_some((name, true)));
        }
    }
    let mut running: Vec<Worker> = Vec::new();
    let mut is_well = true;
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < WORKERS && !waiting.is_empty() {
            running.push(start(waiting.remove(0), seconds, first)?);
        }
        let has_ended = |it: &mut Worker| matches!(it.child.try_wait(), Ok(Some(_)));
        match running.iter_mut().position(has_ended) {
            Some(place) => is_well &= running.remove(place).end()?,
            None => thread::sleep(Duration::from_millis(20)),
        }
    }
    Ok(is_well)
}

/// A process that runs a target, and what is said of it.
struct Worker {
    name: &'static str,
    has_manners: bool,
    child: Child,
}

fn start(
    (name, has_manners): (&'static str, bool),
    seconds: u64,
    first: u64,
) -> io::Result<Worker> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["worker", name, &seconds.to_string(), &first.to_string()]);
    if has_manners {
        command.env("PERBUS_MANNERS", "apple");
    } else {
        command.env_remove("PERBUS_MANNERS");
    }
    // What glibc reserves for each thread's own heap counts, and libvorbis crashes without memory.
    command.env("MALLOC_ARENA_MAX", "2");
    // libmpg123 reports every fault of a file there.
    command.stderr(fs::File::create(
        kept(name, has_manners).with_extension("log"),
    )?);
    Ok(Worker {
        name,
        has_manners,
        child: command.spawn()?,
    })
}

impl Worker {
    /// Whether it went well; otherwise says how to repeat what went wrong.
    fn end(mut self) -> io::Result<bool> {
        let status = self.child.wait()?;
        let path = kept(self.name, self.has_manners);
        let log = path.with_extension("log");
        if !status.success() {
            let words = fs::read(&log).unwrap_or_default();
            let words = String::from_utf8_lossy(&words);
            let last: Vec<&str> = words.lines().rev().take(12).collect();
            for line in last.iter().rev() {
                eprintln!("{line}");
            }
            let manners = if self.has_manners {
                "PERBUS_MANNERS=apple "
            } else {
                ""
            };
            let (name, path) = (self.name, path.display());
            eprintln!("{name}: {status}; again: {manners}perbus-fuzz repeat {name} {path}");
        }
        fs::remove_file(log)?;
        Ok(status.success())
    }
}

/// Where the bytes are with which a target runs.
fn kept(name: &str, has_manners: bool) -> PathBuf {
    let built = std::env::current_exe().unwrap_or_default();
    let folder = built.parent().unwrap_or(Path::new("."));
    let manners = if has_manners { "-manners" } else { "" };
    folder.join(format!("fuzzed-{name}{manners}"))
}

/// Runs one target with one seed after the other.
///
/// # Errors
/// When there is no such target, or its bytes cannot be kept.
pub fn work(name: &str, seconds: u64, first: u64) -> io::Result<()> {
    let target = target(name).ok_or(io::ErrorKind::NotFound)?;
    let corpus = corpus(name)?;
    let until = Instant::now() + Duration::from_secs(seconds);
    let has_manners = std::env::var_os("PERBUS_MANNERS").is_some();
    let path = kept(name, has_manners);
    abort_on_panic();
    watch();
    limit_memory(MEMORY);
    let longest = LONGEST[usize::from(!COMPARED.contains(&name))];
    let (mut seed, mut length, mut slowest) = (first, 0, Duration::ZERO);
    while Instant::now() < until {
        let bytes = bytes(&corpus, seed, longest);
        fs::write(&path, &bytes)?;
        SEED.store(seed, Ordering::Relaxed);
        let started = Instant::now();
        note(now());
        target(&bytes);
        note([0, 0]);
        slowest = slowest.max(started.elapsed());
        (seed, length) = (seed + 1, length + bytes.len());
    }
    let manners = if has_manners { " with manners" } else { "" };
    println!(
        "{name}{manners}: {} runs, {} KiB, the slowest in {slowest:.1?}",
        seed - first,
        length >> 10
    );
    fs::remove_file(&path)
}

/// Runs a target with the bytes of a file.
///
/// # Errors
/// When there is no such target or file.
pub fn repeat(name: &str, path: &Path) -> io::Result<()> {
    let target = target(name).ok_or(io::ErrorKind::NotFound)?;
    abort_on_panic();
    target(&fs::read(path)?);
    Ok(())
}

fn corpus(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|it| it.path()).collect();
    paths.sort();
    paths.iter().map(fs::read).collect()
}

/// Damaged or rewritten bytes of the corpus; without one, any.
fn bytes(corpus: &[Vec<u8>], seed: u64, longest: usize) -> Vec<u8> {
    let mut random = Random::new(seed + 1);
    if corpus.is_empty() {
        let most = [600, 6_000, longest][random.below(3)];
        let length = random.below(most);
        return (0..length).map(|_| random.below(256) as u8).collect();
    }
    let original = &corpus[random.below(corpus.len())];
    let other = &corpus[random.below(corpus.len())];
    let texts = std::str::from_utf8(original)
        .ok()
        .zip(std::str::from_utf8(other).ok());
    match texts {
        Some((original, other)) if random.below(8) > 0 => {
            rewrite(original, other, &mut random).into_bytes()
        }
        _ => damage(original.clone(), other, &mut random),
    }
}

/// What the current run's bytes are made from.
static SEED: AtomicU64 = AtomicU64::new(0);

/// When the current run has started, in milliseconds of the clock and of the process; 0 between two.
static STARTED: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// The clock's time and the process's own, in milliseconds from 1 on.
fn now() -> [u64; 2] {
    [libc::CLOCK_MONOTONIC, libc::CLOCK_PROCESS_CPUTIME_ID].map(|clock| {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the pointer is to a live local.
        unsafe { libc::clock_gettime(clock, &mut time) };
        time.tv_sec as u64 * 1_000 + time.tv_nsec as u64 / 1_000_000 + 1
    })
}

fn note(times: [u64; 2]) {
    for (started, time) in STARTED.iter().zip(times) {
        started.store(time, Ordering::Relaxed);
    }
}

/// Ends the process when a run takes too long: of its own time, on a machine that does other things as
/// well, and much longer than that if it waits for what never comes.
fn watch() {
    thread::spawn(|| loop {
        thread::sleep(Duration::from_millis(500));
        for ((started, time), most) in STARTED.iter().zip(now()).zip(MOST) {
            let started = started.load(Ordering::Relaxed);
            if started > 0 && u128::from(time.saturating_sub(started)) > most.as_millis() {
                let seed = SEED.load(Ordering::Relaxed);
                eprintln!("the run with seed {seed} takes longer than {most:?}");
                abort();
            }
        }
    });
}
