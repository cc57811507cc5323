//! A device that is lost: what the engine notices, reports and does then.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver};
use std::sync::Arc;
use std::time::{Duration, Instant};

use perbus::{Engine, EngineEvent, Error, Result};

use super::common::constant;
use super::fake::{self, play, HANGS, PATIENT};

/// A loss has to be noticed by then; the rest is for a busy machine.
const NOTICED: Duration = Duration::from_millis(500 + 500);

/// An engine that plays 1.0 on bus 0, whose device falls silent after 10 blocks, and its events.
fn lost() -> Result<(Engine, Receiver<EngineEvent>)> {
    PATIENT.store(false, Ordering::Relaxed);
    let engine = Engine::new()?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &engine.main_mixer(), 0, 0)?;
    let (sender, receiver) = channel();
    engine.on_event(move |_, event| sender.send(event).expect("the test waits"))?;
    engine.main_mixer().bus(0)?.set_volume(0.25)?;
    engine.start()?;
    assert_eq!(play(10), 0.25);
    Ok((engine, receiver))
}

fn expect_loss(events: &Receiver<EngineEvent>) {
    assert_eq!(events.recv_timeout(NOTICED), Ok(EngineEvent::DeviceLost));
    assert_eq!(
        events.recv_timeout(NOTICED),
        Ok(EngineEvent::ConfigurationChanged)
    );
}

#[test]
fn a_silent_device_is_lost() -> Result<()> {
    let _alone = fake::alone();
    let (engine, events) = lost()?;
    assert!(engine.is_running()?);
    expect_loss(&events);
    assert!(!engine.is_running()?);
    PATIENT.store(true, Ordering::Relaxed);
    let opened = fake::opened();
    engine.start()?;
    assert_eq!(fake::opened(), opened + 1);
    assert_eq!(play(10), 0.25);
    assert!(engine.is_running()?);
    Ok(())
}

/// A stream that does not end is left alone, and whatever it still calls renders nothing.
#[test]
fn a_stream_that_hangs_is_abandoned() -> Result<()> {
    let _alone = fake::alone();
    let (engine, events) = lost()?;
    HANGS.store(true, Ordering::Relaxed);
    expect_loss(&events);
    let before = engine.sample_time()?;
    assert_eq!(play(1), 0.0);
    assert_eq!(engine.sample_time()?, before);
    PATIENT.store(true, Ordering::Relaxed);
    engine.start()?;
    assert_eq!(play(10), 0.25);
    let begin = Instant::now();
    engine.stop()?;
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(play(1), 0.0);
    drop(engine);
    HANGS.store(false, Ordering::Relaxed);
    Ok(())
}

#[test]
fn a_callback_may_start_the_engine() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _) = lost()?;
    let (sender, restarted) = channel();
    engine.on_event(move |engine, event| {
        if event == EngineEvent::ConfigurationChanged {
            PATIENT.store(true, Ordering::Relaxed);
            sender.send(engine.start().is_ok()).expect("the test waits");
        }
    })?;
    assert_eq!(restarted.recv_timeout(NOTICED), Ok(true));
    assert_eq!(play(10), 0.25);
    Ok(())
}

/// The callback has the last handle of the engine, and drops it.
#[test]
fn a_callback_may_drop_the_engine() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _) = lost()?;
    let (sender, dropped) = channel();
    let mut last = Some(engine.clone());
    engine.on_event(move |_, event| {
        assert_eq!(event, EngineEvent::DeviceLost);
        drop(last.take());
        sender.send(()).expect("the test waits");
    })?;
    drop(engine);
    assert_eq!(dropped.recv_timeout(NOTICED), Ok(()));
    // It is dropped along with its engine, whose handle it got.
    assert!(dropped.recv_timeout(NOTICED).is_err());
    Ok(())
}

#[test]
fn a_callback_may_panic() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _) = lost()?;
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    engine.on_event(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        panic!("a callback's own fault");
    })?;
    let begin = Instant::now();
    while engine.is_running()? && begin.elapsed() < NOTICED {
        std::thread::sleep(Duration::from_millis(1));
    }
    PATIENT.store(true, Ordering::Relaxed);
    engine.start()?;
    assert_eq!(play(10), 0.25);
    // Waits for what is under way.
    engine.on_event(|_, _| ())?;
    assert!(calls.load(Ordering::Relaxed) <= 1);
    Ok(())
}

/// A callback waits for a batch, in which another one is set: that would wait for the callback.
#[test]
fn a_batch_sets_no_callback() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _) = lost()?;
    let (sender, lost) = channel();
    let (go, goes) = channel();
    engine.on_event(move |engine, event| {
        if event == EngineEvent::DeviceLost {
            sender.send(0.25).expect("the test waits");
            goes.recv().expect("the test sends");
            let bus = engine.main_mixer().bus(0).expect("it has a source");
            bus.set_volume(0.5).expect("after the batch");
            sender.send(bus.volume()).expect("the test waits");
        }
    })?;
    assert_eq!(lost.recv_timeout(NOTICED), Ok(0.25));
    engine.batch(|| {
        go.send(()).expect("the callback waits");
        let refused = engine.on_event(|_, _| ());
        assert!(
            matches!(refused, Err(Error::InvalidArgument(_))),
            "{refused:?}"
        );
        Ok(())
    })?;
    assert_eq!(lost.recv_timeout(NOTICED), Ok(0.5));
    engine.on_event(|_, _| ())
}
