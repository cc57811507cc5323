//! A mixer that nothing feeds controls none of its connections.

use std::time::Duration;

use perbus::{BusConfig, Control, Curve, Engine, Error, Mixer, Result, Scene};

use crate::common::*;
use crate::manners;

/// A mono engine whose main mixer has a sub-mixer without a source on bus 2.
fn with_empty_mixer() -> Result<(Engine, Mixer, Mixer)> {
    let engine = running(1);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&sub, &main, 0, 2)?;
    Ok((engine, main, sub))
}

fn first_sample(engine: &Engine) -> f32 {
    let mut samples = [0.0; 64];
    engine.render(&mut [&mut samples]).expect("it renders");
    samples[0]
}

#[test]
fn a_strip_keeps_its_values_until_its_mixer_has_a_source() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    let bus = main.bus(2)?;
    bus.set_volume(0.5)?;
    assert_eq!(
        engine.set_mixer_volume_for_bus(&main, 0.25, 2)?,
        Control::Held
    );
    assert_eq!(
        engine.mixer_volume_for_bus(&main, 2)?,
        (0.25, Control::Held)
    );
    assert_eq!(bus.volume(), 0.25);
    engine.connect(&constant(&engine, &[0.8]), &sub, 0, 0)?;
    assert_eq!(first_sample(&engine), 0.2);
    assert_eq!(
        engine.set_mixer_volume_for_bus(&main, 0.5, 2)?,
        Control::Connection
    );
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn mixers_in_a_row_get_their_values_together() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    let (middle, last) = (engine.create_mixer()?, engine.create_mixer()?);
    engine.connect(&middle, &sub, 0, 1)?;
    engine.connect(&last, &middle, 0, 3)?;
    for (mixer, bus) in [(&main, 2), (&sub, 1), (&middle, 3)] {
        mixer.bus(bus)?.set_volume(0.5)?;
    }
    engine.connect(&constant(&engine, &[0.8]), &last, 0, 0)?;
    assert_eq!(first_sample(&engine), 0.1);
    Ok(())
}

#[test]
fn a_mixer_that_has_lost_its_source_waits_for_the_next() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    let source = constant(&engine, &[0.8]);
    engine.connect(&source, &sub, 0, 0)?;
    engine.disconnect_output(&source, 0)?;
    let bus = main.bus(2)?;
    bus.set_volume(0.5)?;
    bus.set_muted(true)?;
    bus.set_muted(false)?;
    assert_eq!(engine.set_mixer_pan_for_bus(&main, 0.0, 2)?, Control::Held);
    engine.connect(&source, &sub, 0, 7)?;
    assert_eq!(first_sample(&engine), 0.4);
    Ok(())
}

#[test]
fn what_is_muted_or_not_soloed_meanwhile_is_silent_afterwards() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    let source = constant(&engine, &[0.8]);
    main.bus(2)?.set_muted(true)?;
    engine.connect(&source, &sub, 0, 0)?;
    assert_eq!(first_sample(&engine), 0.0);
    main.bus(2)?.set_muted(false)?;
    engine.disconnect_output(&source, 0)?;
    main.bus(0)?.set_soloed(true)?;
    engine.connect(&source, &sub, 0, 0)?;
    assert_eq!(first_sample(&engine), 0.0);
    Ok(())
}

#[test]
fn a_fade_has_gone_on_meanwhile() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    let bus = main.bus(2)?;
    bus.set_volume(0.0)?;
    bus.fade_to(1.0, Duration::from_secs_f64(1000.0 / RATE), Curve::Linear)?;
    for _ in 0..5 {
        let mut samples = [0.0; 100];
        engine.render(&mut [&mut samples])?;
    }
    engine.connect(&constant(&engine, &[0.5]), &sub, 0, 0)?;
    let mut samples = [0.0; 510];
    engine.render(&mut [&mut samples])?;
    // Half of the fade is over.
    assert!((samples[0] - 0.25).abs() < 0.001, "{}", samples[0]);
    assert!((samples[250] - 0.375).abs() < 0.001, "{}", samples[250]);
    assert!((samples[509] - 0.5).abs() < TOLERANCE, "{}", samples[509]);
    Ok(())
}

#[test]
fn groups_and_scenes_hold_too() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    engine.connect(&constant(&engine, &[0.1]), &main, 0, 0)?;
    let group = engine.create_group("group")?;
    group.add(&main.bus(2)?)?;
    group.set_volume(0.5)?;
    let volume = |bus, volume| BusConfig {
        bus,
        volume: Some(volume),
        ..BusConfig::default()
    };
    main.apply(&Scene::new(vec![volume(0, 0.5), volume(2, 0.5)]))?;
    settle(&engine);
    assert!((first_sample(&engine) - 0.05).abs() < TOLERANCE);
    engine.connect(&constant(&engine, &[0.8]), &sub, 0, 0)?;
    assert!((first_sample(&engine) - 0.25).abs() < TOLERANCE);
    Ok(())
}

#[test]
fn setting_one_value_sends_the_others_too_once_the_engine_takes_them() -> Result<()> {
    let _manners = manners("pending");
    let (engine, main, sub) = with_empty_mixer()?;
    main.bus(2)?.set_volume(0.5)?;
    let other = main.bus(5)?;
    assert!(matches!(other.meter(), Err(Error::NotConnected(_))));
    let late = main.bus(2)?;
    assert!(
        matches!(late.meter(), Err(Error::Pending(_))),
        "{:?}",
        late.meter()
    );
    engine.connect(&constant(&engine, &[0.8]), &sub, 0, 0)?;
    late.meter()?;
    Ok(())
}

fn settle(engine: &Engine) {
    let mut samples = [0.0; RAMP];
    engine.render(&mut [&mut samples]).expect("it renders");
}
