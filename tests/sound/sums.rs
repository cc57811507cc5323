//! What a mixer adds up: channels, pans, sources in formats of their own.

use perbus::Result;

use crate::common::*;

#[test]
fn mono_and_stereo_sources_and_players_sum() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
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
    // Values set before the first block apply from its first sample.
    assert_heard_at_once(&engine, &[left, right]);
    Ok(())
}

#[test]
fn pan_balances_stereo_and_pans_mono() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
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
    let mixer = engine.main_mixer();
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
    let mixer = engine.main_mixer();
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
    let mixer = engine.main_mixer();
    for bus in 0..5 {
        engine.connect(&constant(&engine, &[1.0, -1.0]), &mixer, 0, bus)?;
    }
    assert_heard_at_once(&engine, &[5.0, -5.0]);
    Ok(())
}

/// Nothing passes a fader that is down, not even NaN or infinity.
#[test]
fn what_is_no_number_stays_behind_a_fader_that_is_down() -> Result<()> {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let engine = running(2);
        let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
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
