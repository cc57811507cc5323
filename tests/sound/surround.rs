//! Surround sound into every other layout: the coefficients of ITU-R BS.775, a tone a channel.

use perbus::Result;

use crate::common::*;

/// -3 dB.
const M3: f32 = std::f32::consts::FRAC_1_SQRT_2;

#[test]
fn centre_and_surrounds_reach_a_stereo_mix() -> Result<()> {
    let five_one: [(f32, f32); 6] = [
        (1.0, 0.0),
        (0.0, 1.0),
        (M3, M3),
        (0.0, 0.0),
        (M3, 0.0),
        (0.0, M3),
    ];
    for (channel, (left, right)) in five_one.into_iter().enumerate() {
        let engine = running(2);
        let mut levels = [0.0; 6];
        levels[channel] = 1.0;
        engine.connect_with_format(
            &constant(&engine, &levels),
            &engine.main_mixer()?,
            0,
            0,
            format(6),
        )?;
        assert_heard_at_once(&engine, &[left, right]);
    }
    Ok(())
}

#[test]
fn pan_moves_every_channel_that_has_a_side() -> Result<()> {
    let engine = running(6);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[1.0; 6]), &mixer, 0, 0)?;
    mixer.bus(0)?.set_pan(0.75)?;
    assert_heard(&engine, &[0.25, 1.0, 1.0, 1.0, 0.25, 1.0]);
    mixer.bus(0)?.set_pan(-1.0)?;
    assert_heard(&engine, &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    Ok(())
}
