//! Live: what is played to a real server, for as long as `PERBUS_LIVE_SECONDS` says, recorded and
//! compared with an offline render of the same. `make live` runs it for a minute.
#![cfg(all(feature = "files", target_os = "linux"))]

#[path = "../common/mod.rs"]
mod common;
mod desk;
mod streams;

use std::fs;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(crate) const RATE: u32 = 48_000;

/// A child that was disturbed says so with this status.
const DISTURBED: i32 = 75;

/// How often a machine may be too busy to play.
const ATTEMPTS: u32 = 3;

pub(crate) fn seconds() -> u32 {
    let text = std::env::var("PERBUS_LIVE_SECONDS").unwrap_or_default();
    if text.is_empty() {
        return 5;
    }
    text.parse().expect("PERBUS_LIVE_SECONDS is a number")
}

/// Runs an ignored test of this program in a process and on a server of its own.
fn on_a_server(test: &str) {
    // They measure.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let program = std::env::current_exe().expect("this program");
    for attempt in 1..=ATTEMPTS {
        let output = Command::new("sh")
            .arg("tools/with-pulse.sh")
            .arg(&program)
            .args(["--exact", test, "--ignored", "--nocapture"])
            .output()
            .expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = text.lines().filter(|line| line.starts_with("live: "));
        told.for_each(|line| println!("{line}"));
        if text.contains("are skipped") {
            println!("{text}");
            return;
        }
        if output.status.code() == Some(DISTURBED) {
            println!("live: the machine was disturbed in attempt {attempt} of {ATTEMPTS}");
            continue;
        }
        let passed = output.status.success() && text.contains("1 passed");
        assert!(passed, "{text}\n{errors}");
        return;
    }
    panic!("the machine was too busy to play, {ATTEMPTS} times");
}

/// Ends the process: what was played broke off, which is a busy machine's fault if nothing else is
/// wrong.
pub(crate) fn give_up(reason: &str) -> ! {
    println!("live: {reason}");
    std::process::exit(DISTURBED)
}

/// The processor time that each thread of this process has used, with its name.
pub(crate) fn processor_times() -> Vec<(String, Duration)> {
    let threads = fs::read_dir("/proc/self/task").expect("/proc");
    let times = threads.filter_map(|thread| {
        let folder = thread.ok()?.path();
        let name = fs::read_to_string(folder.join("comm")).ok()?;
        let statistics = fs::read_to_string(folder.join("schedstat")).ok()?;
        let nanoseconds = statistics.split_whitespace().next()?.parse().ok()?;
        Some((name.trim().to_owned(), Duration::from_nanos(nanoseconds)))
    });
    times.collect()
}

/// Memory of this process, in bytes.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes
        .and_then(|it| it.parse::<u64>().ok())
        .expect("VmRSS")
        * 1024
}

#[test]
fn sixty_four_buses_play_as_they_render_offline() {
    on_a_server("desk::plays");
}

#[test]
fn sixteen_files_of_an_hour_play_in_little_memory() {
    on_a_server("streams::play");
}
