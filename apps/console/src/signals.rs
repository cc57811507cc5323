//! SIGINT, SIGTERM and SIGHUP: the terminal is restored before they end the program.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::terminal;

/// How long the program has for its own end.
const PATIENCE: Duration = Duration::from_secs(3);

static CAUGHT: AtomicI32 = AtomicI32::new(0);

/// From now on these signals are noted, for [`caught`].
pub(crate) fn watch() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            CAUGHT.store(signal, Ordering::Relaxed);
            thread::sleep(PATIENCE);
            terminal::restore();
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// Whether the program has to end.
pub(crate) fn caught() -> bool {
    CAUGHT.load(Ordering::Relaxed) != 0
}

/// Ends the program as the signal would have, if one was caught.
pub(crate) fn end() {
    let signal = CAUGHT.load(Ordering::Relaxed);
    if signal != 0 {
        let _ = emulate_default_handler(signal);
    }
}
