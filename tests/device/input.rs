//! The input of an engine on a device.

use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use perbus::{Engine, EngineEvent, Error, Format, Result};

use super::fake::{self, play, record, records, MICROPHONE};

const ID: &str = "portaudio:PortAudio:microphone";

#[test]
fn without_a_microphone_there_is_no_input() -> Result<()> {
    let _alone = fake::alone();
    let engine = Engine::builder().build()?;
    let error = engine.input().unwrap_err();
    assert!(matches!(error, Error::Start(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the engine cannot start: there is no input device: 0 Hz and 0 channels"
    );
    // It may come later.
    MICROPHONE.store(true, Ordering::Relaxed);
    engine.input()?;
    Ok(())
}

#[test]
fn unknown_inputs_are_refused() -> Result<()> {
    let _alone = fake::alone();
    MICROPHONE.store(true, Ordering::Relaxed);
    let engine = Engine::builder().input(ID).build()?;
    for (id, reason) in [
        ("none", "there is no input device \"none\""),
        (
            "portaudio:PortAudio:none",
            "there is no input device \"portaudio:PortAudio:none\"",
        ),
        (
            "portaudio:PortAudio:test",
            "the device \"portaudio:PortAudio:test\" has 0 input channels",
        ),
    ] {
        for result in [
            Engine::builder().input(id).build().map(drop),
            engine.set_input_device(Some(id)),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Start(_)), "{error:?}");
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
    let error = Engine::builder().input("a\0b").build().unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    let offline = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    let refused = offline.set_input_device(None);
    assert!(matches!(refused, Err(Error::WrongKind(_))), "{refused:?}");
    let refused = engine.set_input(engine.format(), |_| ());
    assert!(matches!(refused, Err(Error::WrongKind(_))), "{refused:?}");
    Ok(())
}

#[test]
fn a_microphone_is_heard_through_its_strip() -> Result<()> {
    let _alone = fake::alone();
    MICROPHONE.store(true, Ordering::Relaxed);
    let engine = Engine::builder().input(ID).build()?;
    let bus = engine.main_mixer().bus(0)?;
    let input = engine.input()?;
    assert_eq!(engine.inspect(&input)?.outputs, [Format::new(48_000.0, 1)?]);
    bus.connect(&input)?;
    bus.set_volume(0.5)?;
    engine.start()?;
    assert!(records());
    record(20, 0.5);
    let heard = play(2);
    assert!((heard - 0.25).abs() < 1e-3, "{heard}");
    let status = engine.device_status()?;
    assert_eq!((&*status.input_id, &*status.input_name), (ID, "microphone"));
    assert_eq!(
        status.monitoring_latency.as_micros(),
        (status.input_latency + status.latency).as_micros()
    );
    engine.stop()?;
    assert!(!records());
    Ok(())
}

#[test]
fn nothing_is_recorded_for_nobody() -> Result<()> {
    let _alone = fake::alone();
    MICROPHONE.store(true, Ordering::Relaxed);
    let engine = Engine::builder().build()?;
    let _input = engine.input()?;
    engine.start()?;
    assert!(!records());
    let status = engine.device_status()?;
    assert_eq!((&*status.input_id, status.overruns), ("", 0));
    assert_eq!(status.monitoring_latency, Duration::ZERO);
    Ok(())
}

/// A microphone that says nothing for half a second is gone.
#[test]
fn the_engine_plays_on_without_its_microphone() -> Result<()> {
    let _alone = fake::alone();
    MICROPHONE.store(true, Ordering::Relaxed);
    let engine = Engine::builder().build()?;
    let (sender, events) = mpsc::channel();
    engine.on_event(move |_, event| {
        let _ = sender.send(event);
    })?;
    engine.main_mixer().bus(0)?.connect(&engine.input()?)?;
    engine.start()?;
    record(20, 0.5);
    let lost = events.recv_timeout(Duration::from_secs(5));
    assert_eq!(lost, Ok(EngineEvent::InputLost));
    assert!(engine.is_running()? && !records());
    assert_eq!(engine.device_status()?.input_id, "");
    assert_eq!(play(4), 0.0);
    engine.set_input_device(Some(ID))?;
    assert!(records());
    record(20, 0.5);
    assert!((play(2) - 0.5).abs() < 1e-3);
    assert_eq!(engine.device_status()?.input_id, ID);
    // An event that is being delivered may hold the engine for longer than this test.
    engine.stop()?;
    assert!(!records());
    Ok(())
}
