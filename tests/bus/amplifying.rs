//! Volumes beyond unity: up to 4 (+12 dB), and nothing in between clamps.

use std::time::Duration;

use perbus::{BusConfig, Curve, Result, MAX_VOLUME};

use crate::common::*;

#[test]
fn four_is_heard_as_four_times_the_source() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let source = constant(&engine, &[0.5, -0.25]);
    engine.connect(&source, &mixer, 0, 0)?;
    let bus = mixer.bus(0)?;
    bus.set_volume(4.0)?;
    assert_heard(&engine, &[2.0, -1.0]);
    bus.set_pan(-0.5)?;
    assert_heard(&engine, &[2.0, -0.5]);
    bus.set_pan(0.0)?;
    mixer.set_output_volume(4.0)?;
    assert_heard(&engine, &[8.0, -4.0]);
    bus.set_volume(1.0)?;
    assert_heard(&engine, &[2.0, -1.0]);
    mixer.set_output_volume(1.0)?;
    engine.set_mixer_volume_for_bus(&mixer, 2.5, 0)?;
    assert_heard(&engine, &[1.25, -0.625]);
    engine.set_connection_volume(&source, &mixer, 0, 3.0)?;
    assert_heard(&engine, &[1.5, -0.75]);
    mixer.configure(&[BusConfig {
        volume: Some(4.0),
        ..BusConfig::new(0)
    }])?;
    assert_heard(&engine, &[2.0, -1.0]);
    Ok(())
}

#[test]
fn a_fade_amplifies_frame_by_frame() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[0.5]), bus.mixer(), 0, 0)?;
    bus.set_volume(0.0)?;
    render(&engine, RAMP);
    bus.fade_to(4.0, Duration::from_secs_f64(960.0 / RATE), Curve::Linear)?;
    let heard = render_mono(&engine, 1000);
    let expected = |frame: usize| 0.5 * (4.0 * (frame as f32 + 1.0) / 960.0).min(4.0);
    assert_samples(&heard, expected, 1e-5);
    Ok(())
}

#[test]
fn decibels_go_up_to_twelve() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    let bus = mixer.bus(0)?;
    engine.connect(&constant(&engine, &[0.25]), &mixer, 0, 0)?;
    bus.set_volume_db(12.04)?;
    assert_heard(&engine, &[0.25 * 10f32.powf(12.04 / 20.0)]);
    bus.set_volume(MAX_VOLUME)?;
    bus.set_volume_db(bus.volume_db())?;
    assert!((bus.volume() - MAX_VOLUME).abs() < 1e-5);
    bus.set_volume_db(6.0)?;
    mixer.set_output_volume_db(f32::NEG_INFINITY)?;
    assert_heard(&engine, &[0.0]);
    mixer.set_output_volume_db(12.0)?;
    assert_heard(&engine, &[0.25 * 10f32.powf(18.0 / 20.0)]);
    Ok(())
}
