//! Live: what is played to a real server, for as long as `PERBUS_LIVE_SECONDS` says, recorded and
//! compared with an offline render of the same. `make live` runs it for a minute.
#![cfg(all(feature = "files", target_os = "linux"))]

#[path = "../common/mod.rs"]
mod common;
mod desk;
mod streams;

use std::fs;
use std::time::Duration;

use common::process;

pub(crate) const RATE: u32 = 48_000;

/// What the lines begin with that are shown.
const LABEL: &str = "live";

pub(crate) fn seconds() -> u32 {
    process::length("PERBUS_LIVE_SECONDS", 5)
}

/// See [`process::give_up`].
pub(crate) fn give_up(reason: &str) -> ! {
    process::give_up(LABEL, reason)
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

#[test]
fn sixty_four_buses_play_as_they_render_offline() {
    process::run_on_a_server(LABEL, "desk::plays");
}

#[test]
fn sixteen_files_of_an_hour_play_in_little_memory() {
    process::run_on_a_server(LABEL, "streams::play");
}
