//! Bands that change while sound passes: no click, no thump, the same in blocks of any length, and
//! from other threads.

use std::f64::consts::PI;

use perbus::{Band, FilterType, Result};

use crate::bench::*;
use crate::common::*;

fn sine(frequency: f64, amplitude: f64, frames: usize) -> Vec<f32> {
    let sample = |frame| (amplitude * (2.0 * PI * frequency * frame as f64 / RATE).sin()) as f32;
    (0..frames).map(sample).collect()
}

#[test]
fn changes_slide_without_a_click() -> Result<()> {
    let bench = Bench::new(2)?;
    let samples = sine(200.0, 0.5, 96_000);
    bench.play(&samples)?;
    let heard = render_mono(&bench.engine, 4800);
    // The sine's own steepness, plus what the change adds while it slides.
    let own = 0.5 * 2.0 * PI * 200.0 / RATE;
    let mut before = heard[4799];
    let changes = [
        band(FilterType::Parametric, 200.0, 12.0, 1.0),
        band(FilterType::Parametric, 200.0, -24.0, 1.0),
        band(FilterType::HighPass, 8000.0, 0.0, 1.0),
        band(FilterType::LowPass, 30.0, 0.0, 1.0),
        band(FilterType::HighShelf, 100.0, 12.0, 1.0),
        Band {
            bypass: true,
            ..band(FilterType::LowShelf, 100.0, 12.0, 1.0)
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
fn bands_move_from_other_threads_while_the_engine_renders() -> Result<()> {
    let engine = running(2);
    let (first, second) = (engine.create_equalizer(1)?, engine.create_equalizer(1)?);
    engine.connect(&constant(&engine, &[1.0, 1.0]), &first, 0, 0)?;
    engine.connect(&first, &second, 0, 0)?;
    engine.connect(&second, &engine.main_mixer(), 0, 0)?;
    std::thread::scope(|scope| {
        for equalizer in [&first, &second] {
            scope.spawn(move || {
                for step in 0..2000u16 {
                    let band = Band {
                        filter: FilterType::LowShelf,
                        frequency: 20.0 + f32::from(step),
                        gain: f32::from(step % 12),
                        ..Band::default()
                    };
                    equalizer.set_band(0, band).expect("a band in range");
                }
            });
        }
        for _ in 0..200 {
            for sample in &render(&engine, 64)[0] {
                assert!((0.0..=16.0).contains(sample), "{sample}");
            }
        }
    });
    for equalizer in [&first, &second] {
        equalizer.set_band(0, Band::default())?;
    }
    assert_heard(&engine, &[1.0, 1.0]);
    assert_audited(&engine);
    Ok(())
}
