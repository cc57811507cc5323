//! The taps that meter an engine without meters: when they come and go, and what has precedence.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use perbus::{Bus, Curve, Engine, Error, Mixer, Result};
use perbus_conformance::foreign::{can_tap, ForeignEngine, Object};

use crate::common::{constant, constant_buffer, format, looping};
use crate::meters::{pair, pass, BLOCK, TAPPED};
use crate::{manners, Manners};

fn without_meters(channels: u32) -> Result<(Engine, Manners)> {
    let alone = manners("no-meters");
    let engine = Engine::offline(format(channels), BLOCK)?;
    engine.start()?;
    Ok((engine, alone))
}

#[test]
fn clipped_samples_are_counted_with_the_gain() -> Result<()> {
    let (engine, _manners) = without_meters(1)?;
    engine.set_meter_taps(true)?;
    let bus = engine.main_mixer().bus(0)?;
    let player = engine.create_player()?;
    bus.connect(&player)?;
    player.schedule_as(&constant_buffer(&[0.75], 300), looping())?;
    player.play()?;
    bus.meter()?;
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.clips, 0);
    bus.set_volume(2.0)?;
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.clips, TAPPED);
    // They are those of the connection.
    bus.connect(&player)?;
    assert_eq!(bus.meter()?.clips, 0);
    Ok(())
}

#[test]
fn a_fade_is_read_where_it_has_got_to() -> Result<()> {
    let (engine, _manners) = without_meters(1)?;
    engine.set_meter_taps(true)?;
    let bus = engine.main_mixer().bus(0)?;
    bus.connect(&constant(&engine, &[0.5]))?;
    bus.meter()?;
    bus.fade_to(0.0, Duration::from_secs(1), Curve::Linear)?;
    pass(&engine, 24_000)?;
    bus.meter()?;
    pass(&engine, TAPPED)?;
    let peak = bus.meter()?.peak[0];
    // Half way; a block of the tap is a tenth of the fade.
    assert!((0.2..=0.26).contains(&peak), "{peak}");
    pass(&engine, 48_000)?;
    bus.meter()?;
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.peak[0], 0.0);
    Ok(())
}

#[test]
fn without_the_switch_there_are_no_meters() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let mixer = engine.main_mixer();
    let (bus, group) = (mixer.bus(0)?, engine.create_group("all")?);
    let source = constant(&engine, &[0.5, 0.5]);
    bus.connect(&source)?;
    group.add(&bus)?;
    let refused = || {
        assert!(matches!(bus.meter(), Err(Error::Unsupported(_))));
        assert!(matches!(mixer.meter(), Err(Error::Unsupported(_))));
        assert!(matches!(group.meter(), Err(Error::Unsupported(_))));
        assert!(can_tap(source.native(), 0) && can_tap(mixer.native(), 0));
    };
    assert!(!engine.meter_taps());
    refused();
    engine.set_meter_taps(true)?;
    assert!(engine.meter_taps());
    // Nothing is tapped before the first reading.
    assert!(can_tap(source.native(), 0));
    bus.meter()?;
    mixer.meter()?;
    assert!(!can_tap(source.native(), 0) && !can_tap(mixer.native(), 0));
    pass(&engine, TAPPED)?;
    assert_eq!(group.meter()?.peak, [0.5; 2]);
    let none = mixer.bus(5)?.meter();
    assert!(matches!(none, Err(Error::NotConnected(_))), "{none:?}");
    engine.set_meter_taps(false)?;
    refused();
    Ok(())
}

#[test]
fn an_engine_with_meters_needs_no_taps() -> Result<()> {
    let ([engine, _], _manners) = pair(2)?;
    let source = constant(&engine, &[0.5, 0.5]);
    let bus = engine.main_mixer().connect_next(&source)?;
    bus.meter()?;
    bus.mixer().meter()?;
    assert!(can_tap(source.native(), 0) && can_tap(bus.mixer().native(), 0));
    Ok(())
}

fn metered(engine: &Engine) -> Result<(perbus::Source, Bus, Mixer)> {
    engine.set_meter_taps(true)?;
    let (source, mixer) = (constant(engine, &[0.5, 0.5]), engine.create_mixer()?);
    engine.main_mixer().bus(1)?.connect(&mixer)?;
    let bus = mixer.bus(0)?;
    bus.connect(&source)?;
    bus.meter()?;
    assert!(!can_tap(source.native(), 0));
    Ok((source, bus, mixer))
}

#[test]
fn a_tap_goes_with_the_last_connection_that_it_is_for() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let (source, bus, mixer) = metered(&engine)?;
    engine.add_destination(&source, &mixer, 0, 3)?;
    mixer.bus(3)?.meter()?;
    engine.remove_destination(&source, &mixer, 0, 0)?;
    assert!(!can_tap(source.native(), 0));
    let gone = bus.meter();
    assert!(matches!(gone, Err(Error::NotConnected(_))), "{gone:?}");
    engine.disconnect_input(&mixer, 3)?;
    assert!(can_tap(source.native(), 0));

    let (source, _, _) = metered(&engine)?;
    engine.disconnect_output(&source, 0)?;
    assert!(can_tap(source.native(), 0));
    let (source, _, _) = metered(&engine)?;
    engine.detach(&source)?;
    assert!(can_tap(source.native(), 0));
    // Another source takes its bus.
    let (source, bus, _) = metered(&engine)?;
    bus.connect(&constant(&engine, &[0.5, 0.5]))?;
    assert!(can_tap(source.native(), 0));
    // The mixer goes, and its own tap with it.
    let (source, _, mixer) = metered(&engine)?;
    mixer.meter()?;
    assert!(!can_tap(mixer.native(), 0));
    engine.detach(&mixer)?;
    assert!(can_tap(source.native(), 0) && can_tap(mixer.native(), 0));
    let gone = mixer.meter();
    assert!(matches!(gone, Err(Error::NotAttached(_))), "{gone:?}");
    Ok(())
}

#[test]
fn a_mixers_own_meter_outlives_its_connection() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let (_, _, mixer) = metered(&engine)?;
    let main = engine.main_mixer();
    mixer.meter()?;
    main.bus(1)?.meter()?;
    engine.disconnect_input(&main, 1)?;
    assert!(!can_tap(mixer.native(), 0));
    main.bus(2)?.connect(&mixer)?;
    pass(&engine, TAPPED)?;
    assert_eq!(mixer.meter()?.peak, [0.5; 2]);
    Ok(())
}

#[test]
fn a_tap_of_the_programs_has_precedence() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let (source, bus, mixer) = metered(&engine)?;
    bus.set_volume(4.0)?;
    pass(&engine, TAPPED)?;
    let clips = bus.meter()?.clips;
    assert!(clips > 0);
    // Refused for another reason, it takes nothing from the meter.
    assert!(matches!(source.tap(0, |_| ()), Err(Error::OutOfRange(_))));
    pass(&engine, TAPPED)?;
    assert!(bus.meter()?.clips > clips);

    let tap = source.tap(4800, |_| ())?;
    let displaced = bus.meter().unwrap_err();
    assert_eq!(displaced.to_string(), "output bus 0 has a tap already");
    assert!(matches!(displaced, Error::InvalidArgument(_)));
    // And so is a second one.
    assert!(matches!(
        source.tap(4800, |_| ()),
        Err(Error::InvalidArgument(_))
    ));
    drop(tap);
    let before = bus.meter()?.clips;
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.clips, before + 2 * TAPPED);

    // One that was there first.
    let tap = mixer.tap(4800, |_| ())?;
    let refused = mixer.meter();
    assert!(
        matches!(refused, Err(Error::InvalidArgument(_))),
        "{refused:?}"
    );
    tap.wait()?;
    drop(tap);
    mixer.meter()?;
    Ok(())
}

#[test]
fn a_reading_that_waits_is_in_nobodys_way() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let (source, bus, mixer) = metered(&engine)?;
    let (says, called) = mpsc::channel();
    let (goes_on, waits) = mpsc::channel::<()>();
    // Callbacks of an engine run one after the other: those of the meters wait for this one.
    let _slow = engine.main_mixer().tap(4800, move |_| {
        let _ = says.send(());
        let _ = waits.recv();
    })?;
    pass(&engine, TAPPED)?;
    called.recv().expect("a block");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let read = bus.meter();
                assert!(
                    matches!(read, Ok(_) | Err(Error::InvalidArgument(_))),
                    "{read:?}"
                );
            }
        });
        let edits = (0..50).try_for_each(|_| {
            pass(&engine, TAPPED)?;
            engine.connect(&source, &mixer, 0, 0)?;
            source.tap(4800, |_| ()).map(drop)
        });
        over.store(true, Ordering::Relaxed);
        drop(goes_on);
        reading.join().expect("it does not panic");
        edits
    })
}

#[test]
fn a_recorder_has_precedence_over_the_meter_of_its_mixer() -> Result<()> {
    let (engine, _manners) = without_meters(2)?;
    let (_, bus, mixer) = metered(&engine)?;
    mixer.meter()?;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mix.wav");
    let recorder = mixer.record(&file, &perbus::FileSettings::wav(format(2)))?;
    assert!(matches!(mixer.meter(), Err(Error::InvalidArgument(_))));
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.peak, [0.5; 2]);
    assert_eq!(recorder.stop()?.frames, TAPPED);
    mixer.meter()?;
    Ok(())
}

#[test]
fn an_adopted_engine_is_metered_by_taps() -> Result<()> {
    let _manners = manners("no-meters");
    let foreign = ForeignEngine::offline(BLOCK);
    let source = Object::source(0.5);
    assert!(foreign.attach(source.pointer()));
    assert!(foreign.connect(source.pointer(), foreign.main_mixer(), 0));
    // SAFETY: the engine is live, and this thread alone uses it.
    let engine = unsafe { Engine::from_native(foreign.pointer()) }?;
    let bus = engine.main_mixer().bus(0)?;
    engine.set_meter_taps(true)?;
    bus.set_volume(0.5)?;
    bus.meter()?;
    bus.mixer().meter()?;
    engine.start()?;
    pass(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.peak, [0.25; 2]);
    // Nothing has been reconnected.
    engine.sync()?;
    assert_eq!(bus.mixer().meter()?.peak, [0.25; 2]);
    assert!(!can_tap(source.pointer(), 0));
    // The program's own edits are followed by the next sync.
    assert!(foreign.disconnect_input(foreign.main_mixer(), 0));
    engine.sync()?;
    assert!(can_tap(source.pointer(), 0) && !can_tap(foreign.main_mixer(), 0));
    drop(bus);
    drop(engine);
    assert!(can_tap(foreign.main_mixer(), 0));
    Ok(())
}
