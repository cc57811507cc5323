//! Memory that stays flat.

use std::time::Instant;

use super::common::process::{open_files, resident, threads};
use super::common::PATIENCE;
use super::LABEL;

/// What a process may grow by once it has warmed up, in bytes.
const GROWTH: u64 = 1 << 20;

/// What a process takes: after the warm-up, and at most since.
pub(crate) struct Watch {
    warm_up: u64,
    steps: u64,
    warm: Option<(u64, u64, usize)>,
    most: u64,
}

impl Watch {
    /// Of a run of so many steps, the first of which warm up.
    pub(crate) fn new(warm_up: u64) -> Self {
        Self {
            warm_up,
            steps: 0,
            warm: None,
            most: 0,
        }
    }

    /// After each step, at a moment at which the process is as it was after the previous one.
    pub(crate) fn step(&mut self) {
        self.steps += 1;
        if self.steps < self.warm_up {
            return;
        }
        let memory = resident();
        let (_, threads_before, files_before) =
            *self.warm.get_or_insert((memory, threads(), open_files()));
        self.most = self.most.max(memory);
        // Linux counts a thread for a moment after it has been joined.
        let begun = Instant::now();
        while threads() > threads_before && begun.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        let (threads, files) = (threads(), open_files());
        assert!(
            threads <= threads_before && files <= files_before,
            "step {}: {threads} threads and {files} files, after {threads_before} and {files_before}",
            self.steps,
        );
    }

    /// Checks that it has stayed flat.
    pub(crate) fn end(&self) {
        let (warm, threads, files) = self.warm.expect("a run longer than its warm-up");
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        println!(
            "{LABEL}: memory {:.2} MiB after {} of {} steps, at most {:+.2} MiB since; {threads} \
             threads, {files} files",
            mebibytes(warm),
            self.warm_up,
            self.steps,
            mebibytes(self.most - warm),
        );
        assert!(self.most - warm < GROWTH, "{} after {warm}", self.most);
    }
}
