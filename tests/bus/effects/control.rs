//! What the calls for a bus do when there are effects in front of it or after its mixer.

use perbus::{Control, Engine, Error, Result};

use super::desk::Desk;
use crate::common::*;

#[test]
fn every_way_to_a_bus_works_through_a_chain() -> Result<()> {
    let desk = Desk::chained(2)?;
    let Desk {
        engine,
        mixer,
        source,
        ..
    } = &desk;
    desk.assert_heard(1.0);

    let used = engine.set_mixer_volume_for_bus(mixer, 0.5, 2)?;
    assert_eq!(used, Control::Connection);
    assert_eq!(
        engine.mixer_volume_for_bus(mixer, 2)?,
        (0.5, Control::Connection)
    );
    desk.assert_heard(0.5);

    mixer.bus(2)?.set_volume(0.25)?;
    assert_eq!(engine.connection_volume(source, mixer, 2)?, 0.25);
    desk.assert_heard(0.25);

    engine.set_connection_volume(source, mixer, 2, 0.75)?;
    assert_eq!(mixer.bus(2)?.volume(), 0.75);
    desk.assert_heard(0.75);

    engine.set_connection_pan(source, mixer, 2, -1.0)?;
    assert_eq!(engine.connection_pan(source, mixer, 2)?, -1.0);
    assert_eq!(
        engine.mixer_pan_for_bus(mixer, 2)?,
        (-1.0, Control::Connection)
    );
    assert_heard(engine, &[0.75, 0.0]);

    mixer.bus(2)?.set_muted(true)?;
    desk.assert_heard(0.0);
    Ok(())
}

#[test]
fn a_chain_may_be_long() -> Result<()> {
    let desk = Desk::new()?;
    let Desk { engine, mixer, .. } = &desk;
    let mut last = desk.first.clone();
    engine.connect(&desk.source, &last, 0, 0)?;
    for _ in 0..100 {
        let next = engine.create_equalizer(1)?;
        engine.connect(&last, &next, 0, 0)?;
        last = next;
    }
    engine.connect(&last, mixer, 0, 1)?;
    let used = engine.set_mixer_volume_for_bus(mixer, 0.5, 1)?;
    assert_eq!(used, Control::Connection);
    desk.assert_heard(0.5);
    engine.set_connection_volume(&desk.source, mixer, 1, 0.25)?;
    desk.assert_heard(0.25);
    // Another source feeds the chain: the strip now controls that one.
    engine.connect(&constant(engine, &[1.0, 1.0]), &desk.first, 0, 0)?;
    desk.assert_heard(0.25);
    Ok(())
}

#[test]
fn a_player_sounds_the_same_through_a_flat_equalizer() -> Result<()> {
    let desk = Desk::new()?;
    let player = desk.engine.create_player()?;
    desk.engine.connect(&player, &desk.first, 0, 0)?;
    desk.engine.connect(&desk.first, &desk.mixer, 0, 0)?;
    play_constant(&player, &[0.3, -0.6])?;
    desk.mixer.bus(0)?.set_volume(0.5)?;
    assert_heard(&desk.engine, &[0.15, -0.3]);
    Ok(())
}

#[test]
fn an_effect_between_two_mixers_leaves_the_first_ones_strip_in_charge() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        mixer,
        source,
        first,
        ..
    } = &desk;
    let group = engine.create_mixer()?;
    engine.connect(source, &group, 0, 0)?;
    engine.connect(&group, first, 0, 0)?;
    engine.connect(first, mixer, 0, 0)?;
    engine.set_mixer_volume_for_bus(mixer, 0.5, 0)?;
    engine.set_mixer_volume_for_bus(&group, 0.5, 0)?;
    assert_eq!(engine.connection_volume(&group, mixer, 0)?, 0.5);
    desk.assert_heard(0.25);
    // The pan of a free bus falls back to its mixer's own, downstream of the effect.
    assert_eq!(
        engine.set_mixer_pan_for_bus(&group, -1.0, 7)?,
        Control::Mixer
    );
    assert_heard(engine, &[0.25, 0.0]);
    Ok(())
}

#[test]
fn an_effect_behind_the_main_mixer_changes_the_whole_mix() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let (mixer, equalizer) = (engine.main_mixer(), engine.create_equalizer(1)?);
    let source = constant(&engine, &[1.0, 0.5]);
    engine.connect(&source, &mixer, 0, 0)?;
    engine.connect(&mixer, &equalizer, 0, 0)?;
    engine.connect(&equalizer, &engine.output(), 0, 0)?;
    equalizer.set_global_gain(-20.0)?;
    engine.start()?;
    mixer.bus(0)?.set_volume(0.5)?;
    assert_heard(&engine, &[0.05, 0.025]);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn an_effect_is_no_source_of_per_connection_values() -> Result<()> {
    let desk = Desk::chained(0)?;
    let Desk {
        engine,
        mixer,
        source,
        second,
        ..
    } = &desk;
    let error = engine
        .set_connection_volume(second, mixer, 0, 0.5)
        .unwrap_err();
    assert!(matches!(error, Error::NotMixing(_)), "{error:?}");
    let error = engine
        .set_connection_volume(source, mixer, 1, 0.5)
        .unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
    let error = engine.connect(second, &desk.first, 0, 0).unwrap_err();
    assert!(matches!(error, Error::Cycle(_)), "{error:?}");
    let error = engine.connect(source, second, 0, 1).unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    desk.assert_heard(1.0);
    Ok(())
}
