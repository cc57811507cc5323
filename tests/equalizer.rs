//! Equalizers by ear: their curves against the cookbook's, what passes untouched, changes without
//! clicks, errors.

mod common;

use common::*;
use perbus::{Band, Buffer, Engine, Equalizer, Error, FilterType, Result, MAX_BANDS};

use std::f64::consts::{LN_2, PI};

/// A mono engine with a player through an equalizer.
struct Bench {
    engine: Engine,
    player: perbus::Player,
    equalizer: Equalizer,
}

impl Bench {
    fn new(bands: u32) -> Result<Self> {
        let engine = running(1);
        let (player, equalizer) = (engine.create_player()?, engine.create_equalizer(bands)?);
        engine.connect(&player, &equalizer, 0, 0)?;
        engine.connect(&equalizer, &engine.main_mixer()?, 0, 0)?;
        Ok(Self {
            engine,
            player,
            equalizer,
        })
    }

    fn play(&self, samples: &[f32]) -> Result<()> {
        let buffer = Buffer::from_fn(format(1), samples.len() as u32, |frame, _| {
            samples[frame as usize]
        })?;
        self.player.schedule(&buffer)?;
        self.player.play()
    }

    /// What comes out while `samples` play.
    fn hear(&self, samples: &[f32]) -> Result<Vec<f32>> {
        self.play(samples)?;
        Ok(render_mono(&self.engine, samples.len()))
    }
}

/// Noise, the same on every run, -0.5 to 0.5.
fn noise(frames: usize) -> Vec<f32> {
    let mut state = 1u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    (0..frames).map(next).collect()
}

fn sine(frequency: f64, amplitude: f64, frames: usize) -> Vec<f32> {
    let sample = |frame| (amplitude * (2.0 * PI * frequency * frame as f64 / RATE).sin()) as f32;
    (0..frames).map(sample).collect()
}

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

/// The bands' magnitude in a row, dB.
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

/// Below this, in dB, a response is silence: a notch's depth is not told from rounding.
const FLOOR: f64 = -80.0;

#[track_caller]
fn assert_response(bands: &[Band]) {
    assert_response_within(bands, 131_072);
}

/// As far as the bands have rung out after `frames`.
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
                assert_response(&[Band {
                    filter,
                    frequency,
                    gain,
                    bandwidth,
                    bypass: false,
                }]);
            }
        }
    }
}

#[test]
fn the_ends_of_the_ranges_have_the_cookbooks_response() {
    let band = |filter, frequency, gain, bandwidth| Band {
        filter,
        frequency,
        gain,
        bandwidth,
        bypass: false,
    };
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

#[test]
fn what_is_bypassed_or_flat_passes_bit_for_bit() -> Result<()> {
    let samples = noise(4000);
    let bench = Bench::new(3)?;
    assert_eq!(bench.hear(&samples)?, samples, "a new one");
    for (index, filter) in [
        FilterType::Parametric,
        FilterType::HighShelf,
        FilterType::ResonantLowShelf,
    ]
    .into_iter()
    .enumerate()
    {
        let flat = Band {
            filter,
            ..Band::default()
        };
        bench.equalizer.set_band(index as u32, flat)?;
    }
    render(&bench.engine, RAMP);
    assert_eq!(bench.hear(&samples)?, samples, "0 dB");

    let loud = Band {
        gain: 12.0,
        bandwidth: 3.0,
        ..Band::default()
    };
    bench.equalizer.set_band(1, loud)?;
    bench.equalizer.set_global_gain(-6.0)?;
    render(&bench.engine, RAMP);
    assert_ne!(bench.hear(&samples)?, samples, "not flat");
    bench.equalizer.set_bypassed(true)?;
    render(&bench.engine, RAMP);
    assert_eq!(bench.hear(&samples)?, samples, "bypassed as a whole");
    assert_eq!(bench.equalizer.band(1)?, loud);
    assert_eq!(bench.equalizer.global_gain()?, -6.0);

    bench.equalizer.set_bypassed(false)?;
    bench.equalizer.set_global_gain(0.0)?;
    bench.equalizer.set_band(
        1,
        Band {
            bypass: true,
            ..loud
        },
    )?;
    render(&bench.engine, RAMP);
    assert_eq!(bench.hear(&samples)?, samples, "band by band");
    Ok(())
}

#[test]
fn the_global_gain_is_behind_the_bands() -> Result<()> {
    let bench = Bench::new(1)?;
    bench.equalizer.set_global_gain(-20.0)?;
    let heard = bench.hear(&[1.0; 300])?;
    assert_constant(&heard, 0.1);
    Ok(())
}

#[test]
fn every_channel_is_filtered_on_its_own() -> Result<()> {
    for channels in [1u32, 2, 3, 5] {
        let engine = running(channels);
        let levels: Vec<f32> = (0..channels).map(|channel| channel as f32 - 1.5).collect();
        let source = constant(&engine, &levels);
        let equalizer = engine.create_equalizer(1)?;
        engine.connect(&source, &equalizer, 0, 0)?;
        engine.connect(&equalizer, &engine.main_mixer()?, 0, 0)?;
        // A shelf: a constant is lifted by its gain, 6.02 dB.
        let shelf = Band {
            filter: FilterType::LowShelf,
            frequency: 2000.0,
            gain: 20.0 * 2f32.log10(),
            ..Band::default()
        };
        equalizer.set_band(0, shelf)?;
        render(&engine, 4096);
        for (samples, level) in render(&engine, 100).iter().zip(&levels) {
            assert_samples(samples, |_| level * 2.0, 1e-5);
        }
    }
    Ok(())
}

#[test]
fn changes_slide_without_a_click() -> Result<()> {
    let bench = Bench::new(2)?;
    let samples = sine(200.0, 0.5, 96_000);
    bench.play(&samples)?;
    let heard = render_mono(&bench.engine, 4800);
    // The sine's own steepness, and what the change adds while it slides.
    let own = 0.5 * 2.0 * PI * 200.0 / RATE;
    let mut before = heard[4799];
    let band = |filter, frequency, gain| Band {
        filter,
        frequency,
        gain,
        bandwidth: 1.0,
        bypass: false,
    };
    let changes = [
        band(FilterType::Parametric, 200.0, 12.0),
        band(FilterType::Parametric, 200.0, -24.0),
        band(FilterType::HighPass, 8000.0, 0.0),
        band(FilterType::LowPass, 30.0, 0.0),
        band(FilterType::HighShelf, 100.0, 12.0),
        Band {
            bypass: true,
            ..band(FilterType::LowShelf, 100.0, 12.0)
        },
    ];
    for change in changes {
        bench.equalizer.set_band(1, change)?;
        let heard = render_mono(&bench.engine, 4800);
        // Up to 4 times the level, and on top 4 x 0.5 in 480 frames.
        let limit = (own * 4.0 + 2.0 / 480.0) * 1.2;
        let step = f64::from(largest_step(before, &heard));
        assert!(
            step <= limit,
            "{change:?}: a step of {step}, more than {limit}"
        );
        assert!(heard.iter().all(|sample| sample.abs() < 3.0), "{change:?}");
        before = heard[4799];
    }
    Ok(())
}

#[test]
fn a_low_band_does_not_thump_when_it_moves() -> Result<()> {
    let bench = Bench::new(1)?;
    let band = |frequency| Band {
        filter: FilterType::LowPass,
        frequency,
        ..Band::default()
    };
    bench.equalizer.set_band(0, band(20.0))?;
    bench.play(&[0.5; 96_000])?;
    render(&bench.engine, 24_000);
    // A constant passes a low pass unchanged, wherever its edge moves.
    for frequency in [20_000.0, 25.0, 600.0, 20.0] {
        bench.equalizer.set_band(0, band(frequency))?;
        let heard = render_mono(&bench.engine, 4800);
        assert_samples(&heard, |_| 0.5, 1e-3);
    }
    Ok(())
}

#[test]
fn blocks_of_any_length_give_the_same_samples() -> Result<()> {
    let samples = noise(6000);
    let run = |block: usize| -> Result<Vec<f32>> {
        let bench = Bench::new(3)?;
        for index in 0..3u8 {
            let band = Band {
                frequency: 300.0 * f32::from(index + 1),
                gain: 9.0,
                ..Band::default()
            };
            bench.equalizer.set_band(u32::from(index), band)?;
        }
        bench.play(&samples)?;
        let mut heard = render_in(&bench.engine, 3000, block).remove(0);
        bench.equalizer.set_global_gain(-3.0)?;
        bench.equalizer.set_band(1, Band::default())?;
        heard.extend(render_in(&bench.engine, 3000, block).remove(0));
        Ok(heard)
    };
    let whole = run(512)?;
    for block in [1, 7, 64, 500] {
        assert_eq!(run(block)?, whole, "blocks of {block}");
    }
    Ok(())
}

#[test]
fn a_tail_rings_out_and_ends_in_silence() -> Result<()> {
    let bench = Bench::new(1)?;
    let band = Band {
        filter: FilterType::ResonantLowPass,
        frequency: 500.0,
        bandwidth: 0.2,
        ..Band::default()
    };
    bench.equalizer.set_band(0, band)?;
    bench.play(&[1.0; 100])?;
    let heard = render_mono(&bench.engine, 1000);
    assert!(heard[600..].iter().any(|sample| sample.abs() > 0.01));
    render(&bench.engine, 48_000);
    assert_eq!(render_mono(&bench.engine, 512), [0.0; 512]);

    bench.play(&[1.0; 100])?;
    render(&bench.engine, 500);
    bench.engine.reset()?;
    assert_eq!(render_mono(&bench.engine, 512), [0.0; 512], "after a reset");
    Ok(())
}

#[test]
fn bands_read_back_and_bad_values_change_nothing() -> Result<()> {
    let engine = running(1);
    let equalizer = engine.create_equalizer(2)?;
    assert_eq!(equalizer.band_count()?, 2);
    assert!(equalizer.band(0)?.bypass);
    let good = Band {
        filter: FilterType::ResonantHighShelf,
        frequency: 23_999.0,
        gain: -96.0,
        bandwidth: 0.05,
        bypass: false,
    };
    equalizer.set_band(1, good)?;
    assert_eq!(equalizer.band(1)?, good);

    let bad = |frequency, gain, bandwidth| Band {
        frequency,
        gain,
        bandwidth,
        ..good
    };
    let bands = [
        (
            bad(0.0, 0.0, 1.0),
            "frequency 0 Hz is not above 0 and below 24000",
        ),
        (bad(24_000.0, 0.0, 1.0), "frequency 24000 Hz"),
        (bad(-1.0, 0.0, 1.0), "frequency -1 Hz"),
        (bad(f32::NAN, 0.0, 1.0), "frequency nan Hz"),
        (bad(f32::INFINITY, 0.0, 1.0), "frequency inf Hz"),
        (bad(100.0, 24.1, 1.0), "gain 24.1 is not in -96 to 24"),
        (bad(100.0, -96.1, 1.0), "gain -96.1"),
        (bad(100.0, f32::NAN, 1.0), "gain nan"),
        (bad(100.0, 0.0, 0.04), "bandwidth 0.04 is not in 0.05 to 5"),
        (bad(100.0, 0.0, 5.1), "bandwidth 5.1"),
        (bad(100.0, 0.0, f32::NAN), "bandwidth nan"),
    ];
    for (band, message) in bands {
        let error = equalizer.set_band(1, band).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{band:?}: {error:?}");
        assert!(error.to_string().starts_with(message), "{error}");
        assert_eq!(equalizer.band(1)?, good);
    }
    for gain in [24.1, -96.1, f32::NAN, f32::INFINITY] {
        let error = equalizer.set_global_gain(gain).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{gain}: {error:?}");
    }
    assert_eq!(equalizer.global_gain()?, 0.0);
    let error = equalizer.set_band(2, good).unwrap_err();
    assert_eq!(error.to_string(), "band 2: there are 2");
    assert!(matches!(equalizer.band(2), Err(Error::OutOfRange(_))));
    for bands in [0, MAX_BANDS + 1] {
        let error = engine.create_equalizer(bands).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{bands}: {error:?}");
    }
    assert_eq!(engine.create_equalizer(MAX_BANDS)?.band_count()?, MAX_BANDS);
    Ok(())
}
