//! The progress bar on standard error, drawn only when that is a terminal.

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(steps: u64) -> Self {
        let bar = ProgressBar::new(steps).with_finish(ProgressFinish::AndClear);
        if let Ok(style) = ProgressStyle::with_template("{msg:24} {wide_bar} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(crate) fn say(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }

    pub(crate) fn reach(&self, step: u64) {
        self.0.set_position(step);
    }

    pub(crate) fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }
}
