//! `play_once`: the player is detached when its buffer has ended.

use perbus::{BufferEnd, Engine, Error, Format, Result, Schedule};

use crate::common::*;

/// Waits for the callback thread, which detaches.
#[track_caller]
fn wait_for_nodes(engine: &Engine, count: usize) {
    for _ in 0..200_000 {
        if engine.nodes().expect("nodes").len() == count {
            return;
        }
        std::thread::yield_now();
    }
    panic!(
        "{} nodes, not {count}",
        engine.nodes().expect("nodes").len()
    );
}

#[test]
fn thousands_leave_nothing_behind() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let click = perbus::Buffer::from_fn(Format::new(RATE, 1)?, 64, |_, _| 0.125)?;
    let before = engine.nodes()?.len();
    for round in 0..250 {
        for bus in 0..8 {
            engine.play_once(&click, &mixer, bus)?;
        }
        let planar = render(&engine, 64);
        assert_constant(&planar[round % 2], 1.0);
        wait_for_nodes(&engine, before);
    }
    assert_constant(&render(&engine, 64)[0], 0.0);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn it_goes_however_its_buffer_ends() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let long = constant_buffer(&[0.5, 0.5], 100_000);
    let before = engine.nodes()?.len();
    let stopped = engine.play_once(&long, &mixer, 0)?;
    let replaced = engine.play_once(&long, &mixer, 1)?;
    let detached = engine.play_once(&long, &mixer, 2)?;
    render(&engine, 100);
    stopped.stop()?;
    let at_once = Schedule {
        interrupts: true,
        ..Schedule::default()
    };
    replaced.schedule_as(&long, at_once)?;
    engine.detach(&detached)?;
    render(&engine, 100);
    wait_for_nodes(&engine, before);
    assert!(matches!(stopped.play(), Err(Error::NotAttached(_))));
    assert_constant(&render(&engine, 100)[0], 0.0);
    Ok(())
}

#[test]
fn a_failure_leaves_nothing_behind() -> Result<()> {
    let engine = Engine::offline(format(2), 64)?;
    let mixer = engine.main_mixer();
    let before = engine.nodes()?.len();
    let click = constant_buffer(&[0.5, 0.5], 10);
    let error = engine.play_once(&click, &mixer, 0).unwrap_err();
    assert!(matches!(error, Error::NotRunning(_)), "{error:?}");
    engine.start()?;
    let error = engine.play_once(&click, &mixer, 1 << 20).unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    assert_eq!(engine.nodes()?.len(), before);
    Ok(())
}

#[test]
fn it_does_not_keep_its_engine() -> Result<()> {
    let engine = running(1);
    let (sender, receiver) = std::sync::mpsc::channel();
    let player = connected_player(&engine)?;
    player.schedule_with(&counting(0, 100_000), Schedule::default(), move |end| {
        let _ = sender.send(end);
    })?;
    engine.play_once(&counting(0, 100_000), &engine.main_mixer(), 1)?;
    render_mono(&engine, 10);
    drop((player, engine));
    assert_eq!(receiver.iter().collect::<Vec<_>>(), [BufferEnd::Detached]);
    Ok(())
}
