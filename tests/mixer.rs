//! Mixers: many buses, mixers that feed mixers, bulk changes, and how far a solo reaches.

mod common;

use common::*;
use perbus::{BusConfig, Error, Result};

#[test]
fn a_mixer_that_grows_to_many_buses_sums_them_all() -> Result<()> {
    for buses in [64, 300] {
        let engine = running(1);
        let mixer = engine.main_mixer();
        let mut expected = 0.0;
        for bus in 0..buses {
            let (level, volume) = (1.0 / 512.0, (bus % 5) as f32 / 4.0);
            engine.connect(&constant(&engine, &[level]), &mixer, 0, bus)?;
            engine.set_mixer_volume_for_bus(&mixer, volume, bus)?;
            // Sums of 1/2048ths: exact in f32.
            expected += level * volume;
        }
        assert_audited(&engine);
        assert_heard_at_once(&engine, &[expected]);
        mixer.bus(buses - 1)?.set_muted(true)?;
        mixer.bus(1)?.set_volume(0.75)?;
        let last = ((buses - 1) % 5) as f32 / 4.0;
        assert_heard(&engine, &[expected + (0.5 - last) / 512.0]);
    }
    Ok(())
}

#[test]
fn nested_mixers_multiply_their_volumes() -> Result<()> {
    let engine = running(2);
    let (main, outer, inner) = (
        engine.main_mixer(),
        engine.create_mixer()?,
        engine.create_mixer()?,
    );
    engine.connect(&outer, &main, 0, 0)?;
    engine.connect(&inner, &outer, 0, 4)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &inner, 0, 1)?;
    engine.connect(&constant(&engine, &[0.5, 0.5]), &outer, 0, 0)?;
    inner.bus(1)?.set_volume(0.5)?;
    outer.bus(4)?.set_pan(1.0)?;
    for (mixer, volume) in [(&inner, 0.5), (&outer, 0.75), (&main, 0.5)] {
        mixer.set_output_volume(volume)?;
    }
    let right = (0.5 * 0.5 + 0.5) * 0.75 * 0.5;
    assert_heard(&engine, &[0.5 * 0.75 * 0.5, right]);
    Ok(())
}

#[test]
fn a_bulk_change_with_one_bad_entry_changes_nothing() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let good = |bus| BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(bus)
    };
    let bad = [
        BusConfig {
            volume: Some(4.01),
            ..BusConfig::new(1)
        },
        BusConfig {
            pan: Some(f32::NAN),
            ..BusConfig::new(1)
        },
        BusConfig::new(perbus::MAX_BUSES),
        BusConfig::new(0),
    ];
    let before = mixer.snapshot();
    for entry in bad {
        let error = mixer
            .configure(&[good(0), good(2), entry.clone()])
            .unwrap_err();
        assert!(
            matches!(error, Error::OutOfRange(_) | Error::InvalidArgument(_)),
            "{entry:?}: {error:?}"
        );
        assert_eq!(mixer.snapshot(), before);
        assert_heard(&engine, &[0.7]);
    }
    mixer.configure(&[good(0), good(2)])?;
    assert_heard(&engine, &[0.2]);
    Ok(())
}

#[test]
fn solo_is_of_the_whole_engine() -> Result<()> {
    let (engine, main) = three_sources()?;
    let group = engine.create_mixer()?;
    engine.connect(&group, &main, 0, 3)?;
    engine.connect(&constant(&engine, &[0.05]), &group, 0, 0)?;
    group.bus(0)?.set_soloed(true)?;
    assert_heard(&engine, &[0.05]);
    // A bus without a source counts, too.
    group.bus(0)?.set_soloed(false)?;
    group.bus(5)?.set_soloed(true)?;
    assert_heard(&engine, &[0.0]);
    group.bus(5)?.set_soloed(false)?;
    assert_heard(&engine, &[0.75]);
    Ok(())
}
