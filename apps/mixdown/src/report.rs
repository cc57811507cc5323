//! The table of levels.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use perbus::{decibels, Control};

use crate::meter::Meter;
use crate::mix::BusLevel;
use crate::Failure;

/// Prints one line per bus, the sum, and the speed: seconds of audio per second of `taken`.
pub(crate) fn print(
    buses: &[BusLevel],
    sum: &Meter,
    rate: u32,
    taken: Duration,
) -> Result<(), Failure> {
    match io::stdout().write_all(table(buses, sum, rate, taken).as_bytes()) {
        // A reader that closes the pipe has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}

fn table(buses: &[BusLevel], sum: &Meter, rate: u32, taken: Duration) -> String {
    let names = buses.iter().map(|bus| bus.name.chars().count());
    let width = names.max().unwrap_or(0).max("source".len());
    let mut table = format!(
        "bus  {:width$}  control     volume dB    pan  peak dBFS  RMS dBFS\n",
        "source"
    );
    for bus in buses {
        let control = match bus.control {
            Control::Connection => "connection",
            Control::Mixer => "mixer",
            Control::Held => "held",
        };
        let volume = decibels::to_db(bus.volume);
        let (peak, rms) = (bus.meter.peak_db(), bus.meter.rms_db());
        let muted = if bus.muted { "  muted" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "{:3}  {:width$}  {control:10}  {volume:9.2}  {:5.2}  {peak:9.2}  {rms:8.2}{muted}",
            bus.bus, bus.name, bus.pan
        );
    }
    let seconds = sum.frames() as f64 / f64::from(rate);
    let blank = "";
    let _ = writeln!(
        table,
        "sum  {blank:width$}  {blank:28}  {:9.2}  {:8.2}",
        sum.peak_db(),
        sum.rms_db()
    );
    let _ = writeln!(
        table,
        "{seconds:.3} s at {rate} Hz, rendered and written in {:.3} s: {:.0} times real time",
        taken.as_secs_f64(),
        seconds / taken.as_secs_f64()
    );
    table
}
