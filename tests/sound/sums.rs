//! What a mixer adds up: channels, pans, many buses, mixers in mixers.

use perbus::Result;

use crate::common::*;

#[test]
fn mono_and_stereo_sources_and_players_sum() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5]), &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.25, -0.125]), &mixer, 0, 1)?;
    let (mono, stereo) = (engine.create_player()?, engine.create_player()?);
    engine.connect_with_format(&mono, &mixer, 0, 2, format(1))?;
    engine.connect(&stereo, &mixer, 0, 3)?;
    play_constant(&mono, &[0.0625])?;
    play_constant(&stereo, &[0.75, 0.25])?;
    for (bus, volume, pan) in [(0, 0.5, -0.5), (1, 0.8, 0.0), (2, 1.0, 1.0), (3, 0.25, 0.5)] {
        mixer.bus(bus)?.set_volume(volume)?;
        mixer.bus(bus)?.set_pan(pan)?;
    }
    let left = 0.25 + 0.2 + 0.0 + 0.09375;
    let right = 0.125 - 0.1 + 0.0625 + 0.0625;
    // Values set before the first block are there from its first sample.
    assert_heard_at_once(&engine, &[left, right]);
    Ok(())
}

#[test]
fn pan_balances_stereo_and_pans_mono() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    let (mono, stereo) = (constant(&engine, &[0.5]), constant(&engine, &[0.5, 0.25]));
    let law = [
        (-1.0, 1.0, 0.0),
        (-0.5, 1.0, 0.5),
        (0.0, 1.0, 1.0),
        (0.25, 0.75, 1.0),
        (1.0, 0.0, 1.0),
    ];
    for (pan, left, right) in law {
        mixer.bus(0)?.set_pan(pan)?;
        engine.connect(&mono, &mixer, 0, 0)?;
        assert_heard(&engine, &[0.5 * left, 0.5 * right]);
        engine.connect(&stereo, &mixer, 0, 0)?;
        assert_heard(&engine, &[0.5 * left, 0.25 * right]);
    }
    Ok(())
}

#[test]
fn a_mono_mix_takes_the_mean_and_knows_no_pan() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.125]), &mixer, 0, 1)?;
    for pan in [0.0, -1.0, 1.0] {
        mixer.bus(0)?.set_pan(pan)?;
        mixer.bus(1)?.set_pan(-pan)?;
        assert_heard(&engine, &[0.375 + 0.125]);
    }
    Ok(())
}

#[test]
fn a_source_keeps_its_format_and_is_converted_to_its_connections() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    // `constant` writes as many channels as it has levels: more or fewer would panic or show.
    let (mono, stereo) = (constant(&engine, &[0.5]), constant(&engine, &[0.25, 0.125]));
    engine.connect_with_format(&mono, &mixer, 0, 0, format(2))?;
    assert_heard(&engine, &[0.5, 0.5]);
    engine.connect_with_format(&stereo, &mixer, 0, 0, format(1))?;
    assert_heard(&engine, &[0.1875, 0.1875]);
    Ok(())
}

#[test]
fn sums_over_full_scale_do_not_clip() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    for bus in 0..5 {
        engine.connect(&constant(&engine, &[1.0, -1.0]), &mixer, 0, bus)?;
    }
    assert_heard_at_once(&engine, &[5.0, -5.0]);
    Ok(())
}

#[test]
fn a_mixer_that_grows_to_many_buses_sums_them_all() -> Result<()> {
    for buses in [64, 300] {
        let engine = running(1);
        let mixer = engine.main_mixer()?;
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
        engine.main_mixer()?,
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

/// Silence is silence: nothing gets past a fader that is down, not even what is no number.
#[test]
fn what_is_no_number_stays_behind_a_fader_that_is_down() -> Result<()> {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let engine = running(2);
        let (main, group) = (engine.main_mixer()?, engine.create_mixer()?);
        engine.connect(&group, &main, 0, 0)?;
        engine.connect(&constant(&engine, &[0.5, 0.25]), &main, 0, 1)?;
        engine.connect(&constant(&engine, &[bad, bad]), &group, 0, 0)?;
        group.bus(0)?.set_volume(0.0)?;
        assert_heard_at_once(&engine, &[0.5, 0.25]);
        group.set_output_volume(0.0)?;
        render(&engine, RAMP);
        group.bus(0)?.set_volume(1.0)?;
        assert_heard(&engine, &[0.5, 0.25]);
    }
    Ok(())
}
