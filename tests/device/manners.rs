//! A device that is lost by an engine as unkind as Apple's is known or suspected to be: it forgets
//! values then, has no fades of its own, or reports the device's format as it is.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{channel, Receiver};
use std::time::Duration;

use perbus::{Buffer, Curve, Engine, EngineEvent, FadeEnd, Result};
use perbus_conformance::foreign::{self, ForeignEngine, Object};

use super::common::{constant, TOLERANCE};
use super::fake::{self, play, play_left, GONE, PATIENT};

const NOTICED: Duration = Duration::from_secs(2);

/// The manners of the engines that are made while this lives.
struct Manners;

impl Manners {
    fn new(names: &str) -> Self {
        std::env::set_var("PERBUS_MANNERS", names);
        Self
    }
}

impl Drop for Manners {
    fn drop(&mut self) {
        std::env::remove_var("PERBUS_MANNERS");
    }
}

fn events_of(engine: &Engine) -> Result<Receiver<EngineEvent>> {
    let (sender, receiver) = channel();
    engine.on_event(move |_, event| sender.send(event).expect("the test waits"))?;
    Ok(receiver)
}

/// A running engine falls silent, and its device is gone until the reports have come.
fn lose_device(events: &Receiver<EngineEvent>) {
    GONE.store(true, Ordering::Relaxed);
    for event in [EngineEvent::DeviceLost, EngineEvent::ConfigurationChanged] {
        assert_eq!(events.recv_timeout(NOTICED), Ok(event));
    }
    PATIENT.store(true, Ordering::Relaxed);
    GONE.store(false, Ordering::Relaxed);
}

#[track_caller]
fn assert_near(heard: f32, expected: f32) {
    assert!(
        (heard - expected).abs() <= TOLERANCE,
        "{heard} is not {expected}"
    );
}

/// 1.0 through an equalizer of -20 dB to bus 2 of a sub-mixer, and from there to the main mixer.
fn desk() -> Result<Engine> {
    PATIENT.store(false, Ordering::Relaxed);
    let engine = Engine::builder().restarts(false).build()?;
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    let equalizer = engine.create_equalizer(1)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &equalizer, 0, 0)?;
    engine.connect(&equalizer, &sub, 0, 2)?;
    engine.connect(&sub, &main, 0, 1)?;
    equalizer.set_global_gain(-20.0)?;
    sub.bus(2)?.set_volume(0.5)?;
    sub.set_output_volume(0.5)?;
    main.bus(1)?.set_volume(0.25)?;
    main.bus(1)?.set_pan(-1.0)?;
    Ok(engine)
}

const HEARD: f32 = 0.1 * 0.5 * 0.5 * 0.25;

#[test]
fn everything_is_set_again_when_the_configuration_has_changed() -> Result<()> {
    let _alone = fake::alone();
    let _manners = Manners::new("configuration");
    let engine = desk()?;
    let events = events_of(&engine)?;
    engine.start()?;
    assert_near(play(20), HEARD);
    lose_device(&events);
    assert!(!engine.is_running()?);
    engine.start()?;
    assert_near(play(20), HEARD);
    assert!(engine.audit()?.is_empty());
    Ok(())
}

/// Nobody listens, and the engine starts again by itself.
#[test]
fn a_restart_begins_with_a_stop() -> Result<()> {
    let _alone = fake::alone();
    let _manners = Manners::new("configuration");
    PATIENT.store(false, Ordering::Relaxed);
    let engine = Engine::builder().restarts(true).build()?;
    let main = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0, 1.0]), &main, 0, 0)?;
    main.bus(0)?.set_volume(0.25)?;
    let events = events_of(&engine)?;
    engine.start()?;
    assert_near(play(10), 0.25);
    lose_device(&events);
    assert_eq!(events.recv_timeout(NOTICED), Ok(EngineEvent::Restarted));
    assert_near(play(10), 0.25);
    Ok(())
}

#[test]
fn strips_of_an_adopted_engine_are_set_again_and_it_runs_on() -> Result<()> {
    let _alone = fake::alone();
    let _manners = Manners::new("configuration");
    PATIENT.store(false, Ordering::Relaxed);
    let own = ForeignEngine::live();
    let (main, source) = (own.main_mixer(), Object::source(0.5));
    assert!(own.attach(source.pointer()));
    assert!(own.connect(source.pointer(), main, 3));
    // SAFETY: the engine lives, and only this thread uses it.
    let engine = unsafe { Engine::from_native(own.pointer()) }?;
    engine.main_mixer().bus(3)?.set_volume(0.5)?;
    engine.main_mixer().set_output_volume(0.5)?;
    assert!(own.start());
    assert_near(play(10), 0.125);
    let events = events_of(&engine)?;
    lose_device(&events);
    assert!(own.is_running(), "it is the program's");
    assert_eq!(foreign::get(source.pointer(), main, 3), Some((0.5, 0.0)));
    assert_eq!(foreign::output_volume(main), 0.5);
    engine.stop()?;
    assert!(own.start());
    assert_near(play(10), 0.125);
    Ok(())
}

/// A fade of 32 blocks that is in its middle when the engine halts.
#[test]
fn fades_that_are_driven_in_steps_end_with_the_clock() -> Result<()> {
    let _alone = fake::alone();
    let _manners = Manners::new("no-fades");
    for loses in [false, true] {
        PATIENT.store(!loses, Ordering::Relaxed);
        let engine = Engine::new()?;
        let bus = engine.main_mixer().bus(0)?;
        engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
        let events = events_of(&engine)?;
        engine.start()?;
        assert_near(play(10), 1.0);
        let (sender, ends) = channel();
        let fade = Duration::from_nanos(8192 * 1_000_000_000 / 48_000 + 1);
        let fade = bus.fade_to_with(0.0, fade, Curve::Linear, move |end| {
            sender.send(end).expect("the test waits");
        })?;
        play(16);
        if loses {
            lose_device(&events);
        } else {
            engine.stop()?;
        }
        assert_eq!(ends.recv_timeout(NOTICED), Ok(FadeEnd::Stopped));
        assert!(!fade.is_running());
        assert_near(bus.volume(), 0.5);
        engine.start()?;
        play(4);
        assert_near(play(16), 0.5);
    }
    Ok(())
}

/// To the frame, although the engine's time is not the player's.
#[test]
fn a_frame_of_the_engines_is_the_same_for_its_players() -> Result<()> {
    let _alone = fake::alone();
    let _manners = Manners::new("other-clock");
    let engine = Engine::new()?;
    let player = engine.create_player()?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    engine.start()?;
    assert_eq!(engine.sample_time()?, 0);
    play(3);
    let now = engine.sample_time()?;
    assert!(now > 768, "{now}");
    player.schedule(&Buffer::from_fn(engine.format(), 100, |_, _| 0.5)?)?;
    player.play_at(now + 1000)?;
    let samples = play_left(5);
    let first = samples.iter().position(|it| *it != 0.0);
    assert_eq!(first, Some(1000));
    assert!(samples[1000..1100].iter().all(|it| *it == 0.5));
    Ok(())
}

#[test]
fn the_format_is_that_of_the_mix_and_not_the_devices() -> Result<()> {
    let _alone = fake::alone();
    for (manner, rate) in [("wide-output", 48_000.0), ("no-output", 48_000.0)] {
        let _manners = Manners::new(manner);
        let engine = Engine::new()?;
        assert_eq!(engine.format(), perbus::Format::new(rate, 2)?, "{manner}");
        engine.connect(&constant(&engine, &[0.5, 0.5]), &engine.main_mixer(), 0, 0)?;
        engine.start()?;
        assert_near(play(10), 0.5);
    }
    Ok(())
}
