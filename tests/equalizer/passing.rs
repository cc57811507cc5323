//! What passes an equalizer: bit for bit the same where it does nothing, each channel on its own,
//! tails to the end.

use perbus::{Band, FilterType, Result};

use crate::bench::*;
use crate::common::*;

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
        engine.connect(&equalizer, &engine.main_mixer(), 0, 0)?;
        // A shelf raises a constant by its gain, 6.02 dB.
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

/// A filter has memory, but it must not keep a NaN forever.
#[test]
fn a_sample_that_is_no_number_is_over_after_its_block() -> Result<()> {
    let band = Band {
        gain: 6.0,
        bypass: false,
        ..Band::default()
    };
    for bad in [f32::NAN, f32::INFINITY] {
        let bench = Bench::new(3)?;
        bench.equalizer.set_band(0, band)?;
        let mut samples = noise(4000);
        samples[1000] = bad;
        let heard = bench.hear(&samples)?;
        assert!(heard[..1000].iter().all(|sample| sample.is_finite()));
        let left = heard[2000..].iter().filter(|sample| !sample.is_finite());
        assert_eq!(left.count(), 0, "after {bad}");
        assert_ne!(heard[2000..], [0.0; 2000]);
    }
    Ok(())
}
