//! Pan laws of mixers: what mono and stereo sources sound like, and what the law outlives.

mod common;

use std::f64::consts::FRAC_PI_4;
use std::time::Duration;

use common::*;
use perbus::{Curve, Error, PanLaw, Result};

/// Left and right under constant power.
fn gains(pan: f32) -> [f32; 2] {
    let (right, left) = ((f64::from(pan) + 1.0) * FRAC_PI_4).sin_cos();
    [left as f32, right as f32]
}

#[test]
fn mono_sources_are_panned_and_stereo_ones_balanced() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[0.5]), &mixer, 0, 0)?;
    assert_eq!(mixer.pan_law(), PanLaw::Balance);
    assert_heard(&engine, &[0.5, 0.5]);
    mixer.set_pan_law(PanLaw::ConstantPower)?;
    assert_eq!(mixer.pan_law(), PanLaw::ConstantPower);
    let bus = mixer.bus(0)?;
    for step in -4..=4i8 {
        let pan = f32::from(step) / 4.0;
        bus.set_pan(pan)?;
        let [left, right] = gains(pan);
        assert_heard(&engine, &[0.5 * left, 0.5 * right]);
    }
    bus.set_muted(true)?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &mixer, 0, 1)?;
    mixer.bus(1)?.set_pan(0.5)?;
    assert_heard(&engine, &[0.25, 0.25]);
    Ok(())
}

#[test]
fn a_change_of_law_is_a_ramp_of_all_inputs() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    for bus in 0..4 {
        engine.connect(&constant(&engine, &[0.25]), &mixer, 0, bus)?;
    }
    render(&engine, 512);
    mixer.set_pan_law(PanLaw::ConstantPower)?;
    let heard = render_in(&engine, 600, 100);
    let done = |frame: usize| ((frame + 1) as f32 / 480.0).min(1.0);
    for samples in heard {
        let expected = |frame| 1.0 + (0.5f32.sqrt() - 1.0) * done(frame);
        assert_samples(&samples, expected, 2e-6);
    }
    Ok(())
}

#[test]
fn fades_and_groups_move_under_the_law() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let bus = mixer.bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), &mixer, 0, 0)?;
    mixer.set_pan_law(PanLaw::ConstantPower)?;
    let group = engine.create_group("all")?;
    group.add(&bus)?;
    bus.set_pan(-1.0)?;
    render(&engine, 512);
    let frames = |frames: u32| Duration::from_secs_f64(f64::from(frames) / RATE);
    bus.fade_pan_to(1.0, frames(1_000))?;
    group.fade_at(712, 0.5, frames(500), Curve::Linear)?;
    let heard = render(&engine, 1_500);
    for (side, samples) in heard.iter().enumerate() {
        let expected = |frame: usize| {
            let at = frame as f32 + 1.0;
            let pan = -1.0 + 2.0 * (at / 1_000.0).min(1.0);
            let volume = 1.0 - 0.5 * ((at - 200.0) / 500.0).clamp(0.0, 1.0);
            volume * gains(pan)[side]
        };
        assert_samples(samples, expected, 2e-6);
    }
    Ok(())
}

#[test]
fn the_law_belongs_to_the_mixer() -> Result<()> {
    let engine = running(2);
    let (main, mixer) = (engine.main_mixer(), engine.create_mixer()?);
    let source = constant(&engine, &[1.0]);
    // Before anything is connected, and while it is detached.
    mixer.set_pan_law(PanLaw::ConstantPower)?;
    engine.connect(&mixer, &main, 0, 0)?;
    engine.connect(&source, &mixer, 0, 3)?;
    let [half, _] = gains(0.0);
    assert_heard_at_once(&engine, &[half, half]);
    assert_eq!(main.pan_law(), PanLaw::Balance);
    engine.detach(&mixer)?;
    assert_eq!(mixer.pan_law(), PanLaw::ConstantPower);
    engine.attach(&mixer)?;
    engine.connect(&mixer, &main, 0, 0)?;
    engine.connect(&source, &mixer, 0, 5)?;
    assert_heard_at_once(&engine, &[half, half]);
    engine.stop()?;
    engine.start()?;
    assert_heard(&engine, &[half, half]);
    engine.detach(&mixer)?;
    mixer.set_pan_law(PanLaw::Balance)?;
    engine.attach(&mixer)?;
    engine.connect(&mixer, &main, 0, 0)?;
    engine.connect(&source, &mixer, 0, 5)?;
    assert_heard_at_once(&engine, &[1.0, 1.0]);
    Ok(())
}

#[test]
fn a_mono_mixer_has_no_use_for_it() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0]), &mixer, 0, 0)?;
    mixer.set_pan_law(PanLaw::ConstantPower)?;
    mixer.bus(0)?.set_pan(0.5)?;
    assert_heard(&engine, &[1.0]);
    Ok(())
}

#[test]
fn a_closure_that_renders_is_refused() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let (sender, answers) = std::sync::mpsc::channel();
    let asked = mixer.clone();
    let source = engine.create_source(format(1), move |block| {
        block.channel_mut(0).fill(0.0);
        let _ = sender.send(asked.set_pan_law(PanLaw::ConstantPower));
    })?;
    engine.connect(&source, &mixer, 0, 0)?;
    render(&engine, 64);
    let answer = answers.try_iter().next();
    assert!(
        matches!(answer, Some(Err(Error::InRender(_)))),
        "{answer:?}"
    );
    assert_eq!(mixer.pan_law(), PanLaw::Balance);
    Ok(())
}
