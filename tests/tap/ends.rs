use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use perbus::{Error, Result, Tap};

use crate::common::*;
use crate::{places, Heard};

/// A tap that can be reached from its own closure.
type Shared = Arc<Mutex<Option<Tap>>>;

#[test]
fn a_dropped_tap_is_not_called_any_more() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let token = Arc::new(());
    for round in 0..20 {
        let calls = Arc::new(AtomicU32::new(0));
        let (count, held) = (Arc::clone(&calls), Arc::clone(&token));
        let tap = main.tap(4800, move |block| {
            count.fetch_add(block.frames(), Ordering::Relaxed);
            assert!(Arc::strong_count(&held) > 1);
        })?;
        render(&engine, 1000 * round);
        drop(tap);
        let frames = calls.load(Ordering::Relaxed);
        assert_eq!(frames, 1000 * round as u32);
        assert_dropped(&token);
        render(&engine, 5000);
        assert_eq!(calls.load(Ordering::Relaxed), frames);
    }
    Ok(())
}

#[test]
fn a_tap_may_be_dropped_in_its_closure() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let (heard, shared) = (Heard::default(), Shared::default());
    let (own, inside) = (heard.clone(), Arc::clone(&shared));
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let tap = main.tap(4800, move |block| {
        own.add(block);
        assert!(Arc::strong_count(&held) == 2);
        drop(inside.lock().expect("no panic").take());
    })?;
    *shared.lock().expect("no panic") = Some(tap);
    render(&engine, 48_000);
    // Once its closure is gone, the bus can have another tap.
    assert_dropped(&token);
    assert_eq!(heard.blocks().len(), 1);
    let next = Heard::default();
    let tap = next.tap(&main, 4800)?;
    render(&engine, 4800);
    drop(tap);
    assert_eq!((heard.blocks().len(), next.blocks().len()), (1, 1));
    Ok(())
}

/// Waiting there would be waiting for itself.
#[test]
fn a_closure_cannot_wait_for_its_tap() -> Result<()> {
    let engine = running(2);
    let shared = Shared::default();
    let inside = Arc::clone(&shared);
    let (sender, answers) = channel();
    let tap = engine.main_mixer().tap(4800, move |_| {
        if let Some(tap) = &*inside.lock().expect("no panic") {
            let _ = sender.send((tap.wait(), tap.dropped_frames()));
        }
    })?;
    *shared.lock().expect("no panic") = Some(tap);
    render(&engine, 4800);
    let (waited, dropped) = answers.recv().expect("an answer");
    assert!(
        matches!(waited, Err(Error::InvalidArgument(_))),
        "{waited:?}"
    );
    assert!(matches!(dropped, Ok(0)));
    let tap = shared.lock().expect("no panic").take();
    drop(tap);
    Ok(())
}

#[test]
fn a_closure_may_call_the_engine() -> Result<()> {
    let engine = running(2);
    let (main, source) = (engine.main_mixer(), constant(&engine, &[1.0, 1.0]));
    main.bus(0)?.connect(&source)?;
    let bus = main.bus(0)?;
    let tap = main.tap(4800, move |_| bus.set_volume(0.25).expect("a volume"))?;
    render(&engine, 4800);
    tap.wait()?;
    render(&engine, RAMP);
    assert_heard(&engine, &[0.25, 0.25]);
    drop(tap);
    Ok(())
}

#[test]
fn the_engine_may_go_first() -> Result<()> {
    let engine = running(2);
    let source = places(&engine, format(2))?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    let heard: [Heard; 2] = Default::default();
    let taps = [
        heard[0].tap(&source, 4800)?,
        heard[1].tap(&engine.main_mixer(), 4800)?,
    ];
    let rendered = render(&engine, 7000);
    drop((engine, source));
    for heard in &heard {
        assert!(heard.joined(0) == rendered);
    }
    for tap in taps {
        tap.wait()?;
        assert_eq!(tap.dropped_frames()?, 0);
    }
    Ok(())
}

#[test]
fn a_detached_node_hands_over_the_rest() -> Result<()> {
    let (engine, next) = (running(2), running(2));
    let source = places(&engine, format(2))?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    let heard = Heard::default();
    let tap = heard.tap(&source, 4800)?;
    render(&engine, 1000);
    engine.detach(&source)?;
    render(&engine, 1000);
    engine.attach(&source)?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    render(&engine, 500);
    drop((tap, next));
    let blocks = heard.blocks();
    let shapes = blocks
        .iter()
        .map(|block| (block.time, block.samples[0].len()));
    assert_eq!(shapes.collect::<Vec<_>>(), [(0, 1000), (2000, 500)]);
    Ok(())
}

#[test]
fn a_closure_that_panics_is_not_called_again() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    let (healthy, other) = (Heard::default(), constant(&engine, &[0.5, 0.5]));
    main.bus(0)?.connect(&other)?;
    let others = healthy.tap(&other, 4800)?;
    let tap = main.tap(4800, move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        panic!("on purpose");
    })?;
    render(&engine, 48_000);
    tap.wait()?;
    drop((tap, others));
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(healthy.joined(0)[0].len(), 48_000);
    assert_heard(&engine, &[0.5, 0.5]);
    Ok(())
}

/// The drop waits for nothing there; the tap ends with a later call.
#[test]
fn a_sources_closure_may_drop_a_tap() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let shared = Shared::default();
    let inside = Arc::clone(&shared);
    let source = engine.create_source(format(2), move |_| {
        drop(inside.lock().expect("no panic").take());
    })?;
    *shared.lock().expect("no panic") = Some(main.tap(4800, move |_| {
        let _ = &held;
    })?);
    main.bus(0)?.connect(&source)?;
    render(&engine, 100);
    assert!(engine.is_running()?);
    assert_dropped(&token);
    main.tap(4800, |_| {})?;
    Ok(())
}
