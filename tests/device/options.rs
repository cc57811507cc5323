//! The list of devices, and what an engine asks of one.

use std::time::Duration;

use perbus::{Engine, Error, Format, Result};

use super::fake::{self, play, with_stream};

const ID: &str = "portaudio:PortAudio:test";

#[test]
fn devices_are_listed() -> Result<()> {
    let _alone = fake::alone();
    let devices = perbus::devices()?;
    assert_eq!(devices.len(), 1);
    let device = &devices[0];
    assert_eq!(device.id, ID);
    assert_eq!((&*device.name, &*device.host), ("test", "PortAudio"));
    assert_eq!((device.input_channels, device.output_channels), (0, 2));
    assert_eq!(device.sample_rate, 48_000.0);
    assert_eq!(device.low_latency, Duration::from_millis(10));
    assert_eq!(device.default_latency, Duration::from_millis(30));
    assert!(device.is_default_output && !device.is_default_input);
    Ok(())
}

#[test]
fn options_reach_the_device() -> Result<()> {
    let _alone = fake::alone();
    let engine = Engine::builder()
        .output(ID)
        .sample_rate(44_100.0)
        .block(128)
        .latency(Duration::from_millis(50))
        .build()?;
    assert_eq!(engine.format(), Format::new(44_100.0, 2)?);
    engine.start()?;
    with_stream(|stream| {
        assert_eq!((stream.rate, stream.frames), (44_100.0, 128));
        assert!((stream.latency - 0.05).abs() < 1e-9);
    });
    play(3);
    let status = engine.device_status()?;
    assert_eq!(
        (&*status.id, &*status.name, &*status.host),
        (ID, "test", "PortAudio")
    );
    assert_eq!(
        (status.sample_rate, status.block, status.frames),
        (44_100.0, 256, 768)
    );
    assert_eq!(
        (status.underruns, status.latency),
        (0, Duration::from_secs(1000))
    );
    assert!(status.mean_load > 0.0 && status.mean_load <= status.max_load);
    assert!(matches!(
        engine.set_output_device(None),
        Err(Error::Start(_))
    ));
    engine.stop()?;
    assert!(matches!(engine.device_status(), Err(Error::NotRunning(_))));
    engine.set_output_device(None)?;
    engine.start()?;
    with_stream(|stream| assert_eq!((stream.rate, stream.frames), (44_100.0, 128)));
    Ok(())
}

#[test]
fn defaults_are_the_devices() -> Result<()> {
    let _alone = fake::alone();
    let engine = Engine::builder().build()?;
    assert_eq!(engine.format(), Format::new(48_000.0, 2)?);
    engine.start()?;
    with_stream(|stream| {
        assert_eq!((stream.rate, stream.frames), (48_000.0, 0));
        assert!((stream.latency - 0.03).abs() < 1e-9);
    });
    Ok(())
}

#[test]
fn what_cannot_be_is_refused() -> Result<()> {
    let _alone = fake::alone();
    let build = Engine::builder;
    for (engine, reason) in [
        (
            build().sample_rate(-1.0),
            "a sample rate of -1 Hz is not in 0 to 768000",
        ),
        (
            build().block(15),
            "a block of 15 frames is not in 16 to 4096",
        ),
        (
            build().block(4097),
            "a block of 4097 frames is not in 16 to 4096",
        ),
        (
            build().latency(Duration::from_secs(3)),
            "a latency of 3 s is not in 0.001 to 2",
        ),
    ] {
        let error = engine.build().unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
        assert_eq!(error.to_string(), reason);
    }
    for id in ["portaudio:PortAudio:none", "none", "portaudio:"] {
        let error = build().output(id).build().unwrap_err();
        assert!(matches!(error, Error::Start(_)), "{error:?}");
        assert!(error.to_string().contains(id), "{error}");
    }
    let error = build().output("a\0b").build().unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    let engine = build().build()?;
    assert!(matches!(
        engine.set_output_device(Some("none")),
        Err(Error::Start(_))
    ));
    let offline = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    assert!(matches!(offline.device_status(), Err(Error::WrongKind(_))));
    assert!(matches!(
        offline.set_output_device(None),
        Err(Error::WrongKind(_))
    ));
    assert!(matches!(
        offline.on_event(|_, _| ()),
        Err(Error::WrongKind(_))
    ));
    Ok(())
}
