//! The runner in Rust: how words are read, and answers written.

use std::sync::PoisonError;
use std::time::Duration;

use perbus::{Curve, FadeEnd, Format, Meter};

use crate::values::bits;
use crate::world::{number, Answer, End, Failure};

pub(crate) fn done(result: perbus::Result<()>) -> Answer {
    result.map(|()| String::new()).map_err(Failure::from)
}

pub(super) fn value(result: perbus::Result<f32>) -> Answer {
    Ok(bits(result?))
}

pub(super) fn plain<T: ToString>(result: perbus::Result<T>) -> Answer {
    Ok(result?.to_string())
}

pub(super) fn on(flag: &str) -> bool {
    flag == "1"
}

pub(crate) fn milliseconds(text: &str) -> Duration {
    Duration::from_millis(number(text))
}

pub(super) fn format(rate: &str, channels: &str) -> perbus::Result<Format> {
    Format::new(number(rate), number(channels))
}

pub(super) fn shown(format: Format) -> String {
    format!("{} {}", format.sample_rate(), format.channels())
}

pub(crate) fn curve(name: &str) -> Curve {
    match name {
        "linear" => Curve::Linear,
        "equal_power" => Curve::EqualPower,
        _ => Curve::Exponential,
    }
}

pub(super) fn metered(meter: perbus::Result<Meter>) -> Answer {
    let meter = meter?;
    let values = [meter.peak, meter.rms].concat();
    let values: Vec<_> = values.into_iter().map(bits).collect();
    Ok(format!("{} {}", values.join(" "), meter.clips))
}

/// What runs at a fade's end, and where it puts that.
pub(super) fn watch() -> (End, impl FnOnce(FadeEnd) + Send) {
    let end = End::default();
    let kept = End::clone(&end);
    (end, move |how| {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(how)
    })
}
