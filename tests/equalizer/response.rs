//! The curves of bands against the cookbook's.

use std::f64::consts::{LN_2, PI};

use perbus::{Band, FilterType};

use crate::bench::*;
use crate::common::RATE;

/// The magnitude of sum(samples[n] z^-n) at a frequency.
fn magnitude(samples: impl Iterator<Item = f64>, frequency: f64) -> f64 {
    let step = 2.0 * PI * frequency / RATE;
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (frame, sample) in samples.enumerate() {
        let (sin, cos) = (step * frame as f64).sin_cos();
        real += sample * cos;
        imaginary -= sample * sin;
    }
    real.hypot(imaginary)
}

/// The cookbook's digital biquad (b, a), written out from its text.
fn cookbook(band: &Band) -> ([f64; 3], [f64; 3]) {
    let w0 = 2.0 * PI * f64::from(band.frequency) / RATE;
    let (sin, cos) = w0.sin_cos();
    let a = 10f64.powf(f64::from(band.gain) / 40.0);
    let resonant = sin * (LN_2 / 2.0 * f64::from(band.bandwidth) * w0 / sin).sinh();
    // Q = 1/sqrt(2), and shelf slope 1: the same.
    let plain = sin / 2.0 * 2f64.sqrt();
    use FilterType::*;
    let alpha = match band.filter {
        LowPass | HighPass | LowShelf | HighShelf => plain,
        _ => resonant,
    };
    let root = 2.0 * a.sqrt() * alpha;
    match band.filter {
        Parametric => (
            [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
            [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a],
        ),
        LowPass | ResonantLowPass => (
            [(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        ),
        HighPass | ResonantHighPass => (
            [(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        ),
        BandPass => ([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
        BandStop => (
            [1.0, -2.0 * cos, 1.0],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        ),
        LowShelf | ResonantLowShelf => (
            [
                a * ((a + 1.0) - (a - 1.0) * cos + root),
                2.0 * a * ((a - 1.0) - (a + 1.0) * cos),
                a * ((a + 1.0) - (a - 1.0) * cos - root),
            ],
            [
                (a + 1.0) + (a - 1.0) * cos + root,
                -2.0 * ((a - 1.0) + (a + 1.0) * cos),
                (a + 1.0) + (a - 1.0) * cos - root,
            ],
        ),
        HighShelf | ResonantHighShelf => (
            [
                a * ((a + 1.0) + (a - 1.0) * cos + root),
                -2.0 * a * ((a - 1.0) + (a + 1.0) * cos),
                a * ((a + 1.0) + (a - 1.0) * cos - root),
            ],
            [
                (a + 1.0) - (a - 1.0) * cos + root,
                2.0 * ((a - 1.0) - (a + 1.0) * cos),
                (a + 1.0) - (a - 1.0) * cos - root,
            ],
        ),
    }
}

/// The magnitude of the bands in series, in dB.
fn analytic_db(bands: &[Band], frequency: f64) -> f64 {
    let one = |band: &Band| {
        let (b, a) = cookbook(band);
        let gain = magnitude(b.into_iter(), frequency) / magnitude(a.into_iter(), frequency);
        20.0 * gain.log10()
    };
    bands.iter().map(one).sum()
}

/// Where curves are compared, in Hz.
const PROBES: [f64; 9] = [
    20.0, 60.0, 200.0, 700.0, 1000.0, 1500.0, 5000.0, 12_000.0, 20_000.0,
];

/// Below this, in dB, a response counts as silence: a notch's depth is lost in rounding.
const FLOOR: f64 = -80.0;

#[track_caller]
fn assert_response(bands: &[Band]) {
    assert_response_within(bands, 131_072);
}

/// Accurate to the extent that the bands have rung out after `frames`.
#[track_caller]
fn assert_response_within(bands: &[Band], frames: usize) {
    let bench = Bench::new(bands.len() as u32).unwrap();
    for (index, band) in (0..).zip(bands) {
        bench.equalizer.set_band(index, *band).unwrap();
    }
    let mut impulse = vec![0.0; frames];
    impulse[0] = 1.0;
    let response = bench.hear(&impulse).unwrap();
    let frequencies = PROBES
        .into_iter()
        .chain(bands.iter().map(|band| f64::from(band.frequency)));
    for frequency in frequencies {
        let heard = magnitude(response.iter().map(|sample| f64::from(*sample)), frequency);
        let heard = 20.0 * heard.log10();
        let expected = analytic_db(bands, frequency);
        let near = (heard - expected).abs() <= 0.1 || (heard < FLOOR && expected < FLOOR);
        assert!(
            near,
            "{bands:?} at {frequency} Hz: {heard:.3} dB, expected {expected:.3}"
        );
    }
}

#[test]
fn every_filter_has_the_cookbooks_response() {
    for filter in FilterType::ALL {
        for frequency in [40.0, 1000.0, 9000.0] {
            for (gain, bandwidth) in [(12.0, 0.5), (-18.0, 2.0)] {
                assert_response(&[band(filter, frequency, gain, bandwidth)]);
            }
        }
    }
}

#[test]
fn the_ends_of_the_ranges_have_the_cookbooks_response() {
    // A time constant of 1.2 s.
    assert_response_within(&[band(FilterType::Parametric, 30.0, 24.0, 0.05)], 524_288);
    assert_response(&[band(FilterType::Parametric, 23_000.0, 24.0, 0.05)]);
    assert_response(&[band(FilterType::Parametric, 1000.0, -96.0, 5.0)]);
    assert_response(&[band(FilterType::HighShelf, 1000.0, -60.0, 1.0)]);
    assert_response(&[band(FilterType::LowShelf, 1000.0, 24.0, 1.0)]);
    assert_response(&[band(FilterType::LowPass, 20.0, 0.0, 1.0)]);
}

#[test]
fn bands_in_a_row_add_up_in_decibels() {
    let bands: Vec<Band> = (0u8..5)
        .map(|index| Band {
            frequency: 100.0 * 3f32.powi(i32::from(index)),
            gain: f32::from(index) * 3.0 - 6.0,
            bandwidth: 1.0,
            ..Band::default()
        })
        .collect();
    assert_response(&bands);
}
