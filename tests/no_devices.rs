//! A build without the feature `devices`: engines render offline, and everything else says why not.
#![cfg(not(any(feature = "devices", target_vendor = "apple")))]

use std::time::Duration;

use perbus::{Engine, Error, Format, Result};

#[track_caller]
fn assert_unsupported<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.expect_err("there are no devices");
    assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("built without devices"), "{text}");
}

#[test]
fn calls_for_devices_are_unsupported() -> Result<()> {
    assert_unsupported(perbus::devices());
    assert_unsupported(Engine::builder().build());
    assert_unsupported(Engine::builder().output("pulse:first").build());
    assert_unsupported(Engine::builder().latency(Duration::from_millis(20)).build());
    assert_unsupported(Engine::new());
    let engine = Engine::offline(Format::new(48_000.0, 1)?, 64)?;
    assert!(matches!(engine.device_status(), Err(Error::WrongKind(_))));
    Ok(())
}

#[test]
fn an_offline_engine_renders() -> Result<()> {
    let mono = Format::new(48_000.0, 1)?;
    let engine = Engine::offline(mono, 64)?;
    let source = engine.create_source(mono, |block| block.channel_mut(0).fill(0.5))?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    engine.start()?;
    let mut samples = [0.0; 64];
    engine.render(&mut [&mut samples])?;
    assert_eq!(samples, [0.5; 64]);
    Ok(())
}
