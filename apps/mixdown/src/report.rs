//! The table of levels, and warnings.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use perbus::{decibels, Control};

use crate::encode::Encoding;
use crate::loudness::Loudness;
use crate::meter::Meter;
use crate::mixing::BusLevel;
use perbus_mix::Failure;

/// The sum's level and what was done to it.
pub(crate) struct SumLevel<'a> {
    pub(crate) meter: &'a Meter,
    pub(crate) loudness: Option<Loudness>,
    /// Amplification by `--normalize`.
    pub(crate) normalized: Option<f32>,
}

/// Prints one line per bus, the sum, and the speed: seconds of audio per second of `taken`. On
/// standard error if the mix goes to standard output.
pub(crate) fn print(
    buses: &[BusLevel],
    sum: &SumLevel<'_>,
    rate: u32,
    taken: Duration,
    on_stderr: bool,
) -> Result<(), Failure> {
    let table = table(buses, sum, rate, taken);
    let written = if on_stderr {
        io::stderr().write_all(table.as_bytes())
    } else {
        io::stdout().write_all(table.as_bytes())
    };
    match written {
        // A reader that closes the pipe has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::of("standard output", error))
        }
        _ => Ok(()),
    }
}

fn table(buses: &[BusLevel], sum: &SumLevel<'_>, rate: u32, taken: Duration) -> String {
    let names = buses.iter().map(|bus| bus.name.chars().count());
    let width = names.max().unwrap_or(0).max("source".len());
    let mut table = format!(
        "bus  {:width$}  control     volume dB    pan  peak dBFS  RMS dBFS",
        "source"
    );
    if sum.loudness.is_some() {
        table += "    LUFS  range LU  peak dBTP";
    }
    table.push('\n');
    // Writing to a string cannot fail.
    for bus in buses {
        let control = match bus.control {
            Control::Connection => "connection",
            Control::Mixer => "mixer",
            Control::Held => "held",
        };
        let volume = decibels::to_db(bus.volume);
        let (peak, rms) = (bus.meter.peak_db(), bus.meter.rms_db());
        let loudness = columns(bus.loudness);
        let muted = if bus.muted { "  muted" } else { "" };
        let _ = writeln!(
            table,
            "{:3}  {:width$}  {control:10}  {volume:9.2}  {:5.2}  {peak:9.2}  {rms:8.2}{loudness}{muted}",
            bus.bus, bus.name, bus.pan
        );
    }
    let seconds = sum.meter.frames() as f64 / f64::from(rate);
    let blank = "";
    let normalized = sum.normalized.map_or_else(String::new, |gain| {
        format!("  normalized by {:+.2} dB", decibels::to_db(gain))
    });
    let _ = writeln!(
        table,
        "sum  {blank:width$}  {blank:28}  {:9.2}  {:8.2}{}{normalized}",
        sum.meter.peak_db(),
        sum.meter.rms_db(),
        columns(sum.loudness)
    );
    let _ = writeln!(
        table,
        "{seconds:.3} s at {rate} Hz, rendered and written in {:.3} s: {:.0} times real time",
        taken.as_secs_f64(),
        seconds / taken.as_secs_f64()
    );
    table
}

fn columns(loudness: Option<Loudness>) -> String {
    loudness.map_or_else(String::new, |loudness| {
        format!(
            "  {:6.2}  {:8.2}  {:9.2}",
            loudness.integrated, loudness.range, loudness.true_peak
        )
    })
}

/// Says by how much something exceeds full scale, if it does.
pub(crate) fn warn_of_clipping(what: &str, meter: &Meter, encoding: Encoding) {
    if meter.peak() > 1.0 {
        eprintln!(
            "mixdown: warning: {what} exceeds 0 dBFS by {:.2} dB in {} samples: {}",
            meter.peak_db(),
            meter.clips(),
            encoding.excess()
        );
    }
}
