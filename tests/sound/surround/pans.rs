//! Pan moves the channels that have a side.

use std::time::Duration;

use perbus::Result;

use super::*;
use crate::common::layouts::{fader, shapes};

#[test]
fn pan_moves_every_channel_that_has_a_side() -> Result<()> {
    for output in shapes() {
        let engine = engine_in(output)?;
        let mixer = engine.main_mixer();
        engine.connect(&constants(&engine, output, &levels(output))?, &mixer, 0, 0)?;
        let bus = mixer.bus(0)?;
        let expected = |pan: f32| -> Vec<f32> {
            let gain = |(c, level): (usize, &f32)| *level * fader(0.5, pan, output, c) as f32;
            levels(output).iter().enumerate().map(gain).collect()
        };
        bus.set_volume(0.5)?;
        for pan in [0.75, -1.0, 1.0] {
            bus.set_pan(pan)?;
            assert_heard(&engine, &expected(pan));
        }
        bus.fade_pan_to(-0.5, Duration::from_millis(20))?;
        let planar = render(&engine, 480);
        // Half the fade's 960 frames: from 1 to -0.5.
        for (channel, samples) in planar.iter().enumerate() {
            let expected = expected(0.25)[channel];
            assert!(
                (samples[479] - expected).abs() < 1e-5,
                "{output:?} {channel}: {}",
                samples[479]
            );
        }
        render(&engine, 480);
        assert_heard_at_once(&engine, &expected(-0.5));
    }
    Ok(())
}

#[test]
fn five_one_pans_its_surrounds() -> Result<()> {
    let engine = running(6);
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0; 6]), &mixer, 0, 0)?;
    mixer.bus(0)?.set_pan(0.75)?;
    assert_heard(&engine, &[0.25, 1.0, 1.0, 1.0, 0.25, 1.0]);
    mixer.bus(0)?.set_pan(-1.0)?;
    assert_heard(&engine, &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    Ok(())
}
