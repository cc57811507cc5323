//! A fader to fade, and the curves it should follow.

use std::time::Duration;

use perbus::{Bus, Curve, Engine, Result};

use crate::common::{constant, render, running, RAMP};

pub(crate) const TOLERANCE: f32 = 1e-6;

/// 1000 frames of the test engines.
pub(crate) const FADE: Duration = Duration::from_nanos(1_000_000_000 / 48);
pub(crate) const FRAMES: usize = 1000;

/// A mono engine with 1.0 on bus 0, settled at `volume`.
pub(crate) fn desk(volume: f32) -> Result<(Engine, Bus)> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    bus.set_volume(volume)?;
    render(&engine, RAMP);
    Ok((engine, bus))
}

pub(crate) fn value(curve: Curve, from: f64, to: f64, x: f64) -> f32 {
    let value = match curve {
        Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
        Curve::Exponential => from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x),
        _ => from + (to - from) * x,
    };
    if x >= 1.0 {
        to as f32
    } else {
        value as f32
    }
}

#[track_caller]
pub(crate) fn assert_curve(samples: &[f32], first: usize, expected: impl Fn(usize) -> f32) {
    for (frame, sample) in samples.iter().enumerate() {
        let expected = expected(first + frame);
        assert!(
            (sample - expected).abs() <= TOLERANCE,
            "frame {frame}: {sample}, not {expected}"
        );
    }
}
