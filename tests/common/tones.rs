//! Engines and sounds at any rate, and finding the tone in what was heard.

use std::f64::consts::TAU;

use perbus::{Buffer, Engine, Format, Player, Result, Source};

use super::render;

pub(crate) const TONE: f64 = 1_000.0;

/// The filter's look-ahead when converting upward, in frames of the source.
pub(crate) const DELAY: f64 = 47.0;

/// Engine frames after which every converter has settled.
pub(crate) const SETTLED: usize = 2_000;

pub(crate) fn at(rate: f64, channels: u32) -> Format {
    Format::new(rate, channels).expect("a usual format")
}

pub(crate) fn running(rate: f64, channels: u32) -> Engine {
    let engine = Engine::offline(at(rate, channels), 513).expect("an engine");
    engine.start().expect("an offline engine starts");
    engine
}

/// `level` times a tone that is 0 at its own time 0, on every channel.
pub(crate) fn tone(engine: &Engine, format: Format, level: f64) -> Result<Source> {
    let step = TAU * TONE / format.sample_rate();
    engine.create_source(format, move |block| {
        let start = block.sample_time();
        for channel in 0..block.channels() {
            for (frame, sample) in (start..).zip(block.channel_mut(channel)) {
                *sample = (level * (step * frame as f64).sin()) as f32;
            }
        }
    })
}

pub(crate) fn constants(engine: &Engine, format: Format, values: &[f32]) -> Result<Source> {
    let values = values.to_vec();
    engine.create_source(format, move |block| {
        for (channel, value) in (0..).zip(&values) {
            block.channel_mut(channel).fill(*value);
        }
    })
}

/// A player that loops one second of the tone, in whole periods.
pub(crate) fn tone_player(engine: &Engine, format: Format) -> Result<(Player, Buffer)> {
    let step = TAU * TONE / format.sample_rate();
    let second = Buffer::from_fn(format, format.sample_rate() as u32, |frame, _| {
        (step * f64::from(frame)).sin() as f32
    })?;
    Ok((engine.create_player()?, second))
}

/// The tone in `samples`, the first of which is frame `first`: amplitude, lag in seconds, and the
/// ratio of tone to everything else in dB.
pub(crate) fn fit(samples: &[f32], rate: f64, first: usize) -> (f64, f64, f64) {
    let step = TAU * TONE / rate;
    let (mut ss, mut sc, mut cc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let wave = |frame: usize| (step * (first + frame) as f64).sin_cos();
    for (frame, sample) in samples.iter().enumerate() {
        let (sine, cosine) = wave(frame);
        let sample = f64::from(*sample);
        ss += sine * sine;
        sc += sine * cosine;
        cc += cosine * cosine;
        xs += sample * sine;
        xc += sample * cosine;
    }
    let determinant = ss * cc - sc * sc;
    let a = (xs * cc - xc * sc) / determinant;
    let b = (xc * ss - xs * sc) / determinant;
    let (mut signal, mut noise) = (0.0, 0.0);
    for (frame, sample) in samples.iter().enumerate() {
        let (sine, cosine) = wave(frame);
        let tone = a * sine + b * cosine;
        signal += tone * tone;
        noise += (f64::from(*sample) - tone).powi(2);
    }
    let lag = (-b).atan2(a).rem_euclid(TAU) / (TAU * TONE);
    (a.hypot(b), lag, 10.0 * (signal / noise).log10())
}

/// The engine's sound is the tone, at full level, with that lag.
#[track_caller]
pub(crate) fn assert_tone(engine: &Engine, what: &str, lag: Option<f64>) {
    let rate = engine.format().sample_rate();
    let start = engine.sample_time().expect("a time") as usize;
    for samples in render(engine, 12_000) {
        let (level, heard, purity) = fit(&samples[SETTLED..], rate, start + SETTLED);
        let level = 20.0 * level.log10();
        assert!(level.abs() < 0.01, "{what}: {level} dB");
        assert!(purity > 110.0, "{what}: {purity} dB of tone over error");
        if let Some(lag) = lag {
            let off = (heard - lag.rem_euclid(1.0 / TONE)).abs();
            assert!(
                off < 1e-6 || 1.0 / TONE - off < 1e-6,
                "{what}: {heard} s late"
            );
        }
    }
}

pub(crate) const PAIRS: [(f64, f64); 8] = [
    (22_050.0, 48_000.0),
    (44_100.0, 48_000.0),
    (48_000.0, 44_100.0),
    (22_050.0, 44_100.0),
    (96_000.0, 44_100.0),
    (8_000.0, 48_000.0),
    (192_000.0, 48_000.0),
    (44_055.944_055, 48_000.0),
];
