use super::*;
use std::f64::consts::TAU;

fn sine(frequency: f64, rate: f64, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|i| (0.5 * (TAU * frequency * i as f64 / rate).sin()) as f32)
        .collect()
}

/// Feeds blocks of uneven lengths and returns everything that came out.
fn convert(resampler: &mut Resampler, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    let mut rest = input;
    for length in [1, 7, 1152, 333, 4096].into_iter().cycle() {
        let (block, after) = rest.split_at(length.min(rest.len()));
        output.extend_from_slice(&resampler.process(&[block]).unwrap()[0]);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    output.extend_from_slice(&resampler.finish().unwrap()[0]);
    output
}

/// Fits a sine by least squares: its level in dB against 0.5, its phase in output frames
/// (0 when aligned with the input), and the ratio of the sine to the rest in dB.
fn fit(samples: &[f32], first: usize, frequency: f64, rate: f64) -> (f64, f64, f64) {
    let (mut ss, mut cc, mut sc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let wave = |i: usize| (TAU * frequency * (first + i) as f64 / rate).sin_cos();
    for (i, y) in samples.iter().enumerate() {
        let (s, c) = wave(i);
        ss += s * s;
        cc += c * c;
        sc += s * c;
        ys += f64::from(*y) * s;
        yc += f64::from(*y) * c;
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = (
        (ys * cc - yc * sc) / determinant,
        (yc * ss - ys * sc) / determinant,
    );
    let (mut signal, mut noise) = (0.0, 0.0);
    for (i, y) in samples.iter().enumerate() {
        let (s, c) = wave(i);
        let model = a * s + b * c;
        signal += model * model;
        noise += (f64::from(*y) - model).powi(2);
    }
    let level = 20.0 * (a.hypot(b) / 0.5).log10();
    let late = -b.atan2(a) * rate / (TAU * frequency);
    (level, late, 10.0 * (signal / noise).log10())
}

fn check(from: f64, to: f64, frequency: f64, least_ratio: f64, most_late: f64) {
    let input = sine(frequency, from, from as usize + 17);
    let mut resampler = Resampler::new(from, to, 1).unwrap();
    let output = convert(&mut resampler, &input);
    let expected = resampled_frames(input.len() as u64, from, to);
    assert_eq!(output.len() as u64, expected, "{from} to {to}");
    // The ends ring where the sine starts and stops, so the fit looks at the middle.
    let (first, last) = (output.len() / 4, output.len() * 3 / 4);
    let (level, late, ratio) = fit(&output[first..last], first, frequency, to);
    assert!(
        level.abs() < 0.01,
        "{from} to {to}, {frequency} Hz: level {level} dB"
    );
    assert!(
        late.abs() < most_late,
        "{from} to {to}, {frequency} Hz: {late} frames late"
    );
    assert!(
        ratio >= least_ratio,
        "{from} to {to}, {frequency} Hz: only {ratio} dB"
    );
}

#[test]
fn sine_keeps_level_and_alignment() {
    for (from, to) in [
        (44_100.0, 48_000.0),
        (48_000.0, 44_100.0),
        (22_050.0, 48_000.0),
    ] {
        check(from, to, 1_000.0, 120.0, 1e-3);
    }
}

#[test]
fn passband_is_flat() {
    for frequency in [20.0, 5_000.0, 10_000.0, 18_000.0, 20_000.0] {
        check(44_100.0, 48_000.0, frequency, 120.0, 1e-3);
        check(48_000.0, 44_100.0, frequency, 120.0, 1e-3);
        check(96_000.0, 44_100.0, frequency, 120.0, 1e-3);
    }
}

#[test]
fn awkward_rates_use_the_sinc_engine() {
    for (from, to) in [
        (44_100.0, 48_001.0),
        (44_100.5, 48_000.0),
        (96_001.0, 44_100.0),
        (192_001.0, 8_000.0),
    ] {
        assert_eq!(fft_block(from, to), None);
        check(from, to, 1_000.0, 100.0, 0.05);
    }
}

#[test]
fn frequencies_above_the_new_half_rate_vanish() {
    let input = sine(23_000.0, 48_000.0, 48_000);
    let output = convert(&mut Resampler::new(48_000.0, 44_100.0, 1).unwrap(), &input);
    let peak = output[10_000..34_000]
        .iter()
        .fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(peak < 0.5e-5, "{peak}");
}

#[test]
fn equal_rates_are_bit_exact() {
    let input = sine(1_000.0, 48_000.0, 10_001);
    let mut resampler = Resampler::new(48_000.0, 48_000.0, 1).unwrap();
    assert_eq!(convert(&mut resampler, &input), input);
}

#[test]
fn an_impulse_keeps_its_place() {
    let mut input = vec![0.0; 9_000];
    input[0] = 1.0;
    input[4_410] = 1.0;
    let output = convert(&mut Resampler::new(44_100.0, 48_000.0, 1).unwrap(), &input);
    let loudest = |range: std::ops::Range<usize>| {
        range
            .max_by(|a, b| output[*a].total_cmp(&output[*b]))
            .unwrap()
    };
    assert_eq!(loudest(0..2_000), 0);
    assert_eq!(loudest(2_000..output.len()), 4_800);
}

#[test]
fn every_short_length_is_exact_and_reusable() {
    for (from, to) in [
        (44_100.0, 48_000.0),
        (48_000.0, 8_000.0),
        (44_100.0, 48_001.0),
    ] {
        let mut resampler = Resampler::new(from, to, 1).unwrap();
        for frames in [0, 1, 2, 3, 100, 1_175, 1_176, 1_177, 5_000] {
            let output = convert(&mut resampler, &sine(300.0, from, frames));
            let expected = resampled_frames(frames as u64, from, to);
            assert_eq!(
                output.len() as u64,
                expected,
                "{frames} frames {from} to {to}"
            );
        }
        let input = sine(300.0, from, 3_000);
        let mut fresh = Resampler::new(from, to, 1).unwrap();
        assert_eq!(convert(&mut resampler, &input), convert(&mut fresh, &input));
    }
}

#[test]
fn channels_stay_apart() {
    let left = sine(1_000.0, 44_100.0, 20_000);
    let right = vec![0.0; left.len()];
    let mut resampler = Resampler::new(44_100.0, 48_000.0, 2).unwrap();
    let output = resampler.process(&[&left, &right]).unwrap();
    assert!(output[0].iter().any(|x| x.abs() > 0.4));
    assert!(output[1].iter().all(|x| *x == 0.0));
}

#[test]
fn refuses_bad_rates_and_shapes() {
    for (from, to, channels) in [
        (0.0, 48_000.0, 1),
        (48_000.0, f64::NAN, 1),
        (48_000.0, -1.0, 1),
        (f64::INFINITY, 48_000.0, 1),
        (48_000.0, 44_100.0, 0),
        (48_000.0, 100.0, 1),
    ] {
        let error = Resampler::new(from, to, channels).unwrap_err();
        assert!(matches!(error, FileError::Resample { .. }), "{error}");
    }
    let mut resampler = Resampler::new(44_100.0, 48_000.0, 2).unwrap();
    assert!(resampler.process(&[[0.0; 4]]).is_err());
    assert!(resampler.process(&[vec![0.0; 4], vec![0.0; 5]]).is_err());
    assert!(resampler.process(&[[0.0; 4], [0.0; 4]]).is_ok());
}

#[test]
fn refuses_samples_that_are_no_numbers() {
    for (from, to) in [(44_100.0, 48_000.0), (44_100.0, 48_001.0)] {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let input = sine(1_000.0, from, 5_000);
            let mut damaged = input.clone();
            damaged[17] = bad;
            let mut resampler = Resampler::new(from, to, 2).unwrap();
            let error = resampler.process(&[&input, &damaged]).unwrap_err();
            assert!(matches!(error, FileError::Resample { .. }), "{error}");
            let said = error.to_string();
            assert!(said.contains(&format!("channel 1 has {bad}")), "{said}");
            // The block was not taken.
            let mut fresh = Resampler::new(from, to, 2).unwrap();
            assert_eq!(
                resampler.process(&[&input, &input]).unwrap(),
                fresh.process(&[&input, &input]).unwrap()
            );
        }
    }
    let mut same = Resampler::new(48_000.0, 48_000.0, 1).unwrap();
    assert_eq!(same.process(&[[f32::INFINITY]]).unwrap(), [[f32::INFINITY]]);
}
