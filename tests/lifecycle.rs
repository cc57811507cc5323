//! What goes when: handles that outlive their engine and nodes, the closures of sources and
//! completions, and panics in them.

mod common;

use std::panic::panic_any;
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::*;
use perbus::{Engine, Error, Node, Player, Result, Schedule, Source};

/// Long enough for any machine; a test that waits for so long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until the token is the last one: what held its clones was dropped.
#[track_caller]
fn assert_dropped(token: &Arc<()>) {
    let since = Instant::now();
    while Arc::strong_count(token) > 1 {
        let left = Arc::strong_count(token) - 1;
        assert!(
            since.elapsed() < PATIENCE,
            "{left} closures are still there"
        );
        std::thread::yield_now();
    }
}

/// A source whose closure holds a clone of the token.
fn holding_source(engine: &Engine, token: &Arc<()>) -> Result<Source> {
    let held = Arc::clone(token);
    engine.create_source(format(2), move |block| {
        for channel in 0..2 {
            block
                .channel_mut(channel)
                .fill(Arc::strong_count(&held).min(1) as f32);
        }
    })
}

/// Queues a buffer whose completion holds clones of the token and of something else.
fn queue_holding<T: Send + 'static>(player: &Player, token: &Arc<()>, also: T) -> Result<()> {
    let held = (Arc::clone(token), also);
    let buffer = constant_buffer(&[0.5, 0.5], 100);
    player.schedule_with(&buffer, Schedule::default(), move |_| drop(held))
}

#[test]
fn a_handle_keeps_its_engine_alive() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    play_constant(&player, &[0.5, 0.25])?;
    let (clone, strip) = (player.clone(), engine.main_mixer()?.bus(0)?);
    drop((engine, player));
    strip.set_volume(0.5)?;
    assert_heard(strip.mixer().engine(), &[0.25, 0.125]);
    drop(strip);
    assert!(clone.is_playing()?);
    assert_heard(clone.engine(), &[0.25, 0.125]);
    Ok(())
}

#[test]
fn the_engine_keeps_nodes_whose_handles_are_gone() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    let id = source.id();
    engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
    drop(source);
    assert_eq!(engine.source_of(&engine.main_mixer()?, 0)?, Some((id, 0)));
    assert_eq!(Arc::strong_count(&token), 2);
    assert_heard(&engine, &[1.0, 1.0]);
    assert_audited(&engine);
    drop(engine);
    assert_dropped(&token);
    Ok(())
}

#[test]
fn a_handle_of_a_detached_node_stays_valid() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    play_constant(&player, &[1.0, 1.0])?;
    engine.detach(&player)?;
    let refused = player
        .schedule(&constant_buffer(&[1.0, 1.0], 10))
        .unwrap_err();
    assert!(matches!(refused, Error::NotAttached(_)), "{refused:?}");
    assert!(!player.is_playing()?);
    player.stop()?;
    assert_heard(&engine, &[0.0, 0.0]);
    Ok(())
}

#[test]
fn a_sources_closure_goes_with_its_node() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
    assert_heard(&engine, &[1.0, 1.0]);
    engine.detach(&source)?;
    assert_eq!(
        Arc::strong_count(&token),
        2,
        "the handle still owns the node"
    );
    drop(source);
    assert_dropped(&token);
    assert_heard(&engine, &[0.0, 0.0]);
    Ok(())
}

#[test]
fn a_format_that_a_source_cannot_have_drops_its_closure() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    let slow = perbus::Format::new(187.0, 2)?;
    let main = engine.main_mixer()?;
    assert!(engine
        .connect_with_format(&source, &main, 0, 0, slow)
        .is_err());
    engine.detach(&source)?;
    drop(source);
    assert_dropped(&token);
    Ok(())
}

#[test]
fn completions_go_with_a_detached_player_whatever_they_hold() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    for rendered in [0, 50] {
        let player = connected_player(&engine)?;
        queue_holding(&player, &token, ())?;
        queue_holding(&player, &token, player.clone())?;
        queue_holding(&player, &token, engine.clone())?;
        player.play()?;
        render(&engine, rendered);
        engine.detach(&player)?;
        drop(player);
        assert_dropped(&token);
    }
    Ok(())
}

#[test]
fn completions_go_with_their_engine() -> Result<()> {
    let token = Arc::new(());
    for rendered in [0, 50, 250] {
        let engine = running(2);
        let player = connected_player(&engine)?;
        for _ in 0..3 {
            queue_holding(&player, &token, ())?;
        }
        player.play()?;
        render(&engine, rendered);
        drop((player, engine));
        assert_dropped(&token);
    }
    Ok(())
}

#[test]
fn a_completion_that_was_refused_is_dropped() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let (sender, receiver) = channel();
    let completed = move |_| sender.send(held).expect("the test listens");
    let mono = constant_buffer(&[0.5], 10);
    assert!(player
        .schedule_with(&mono, Schedule::default(), completed)
        .is_err());
    assert!(receiver.recv().is_err(), "dropped, not run");
    assert_eq!(Arc::strong_count(&token), 1);
    Ok(())
}

/// Runs `make` on a thread of its own, so that a deadlock is a failure and no hanging test.
#[track_caller]
fn assert_returns(make: impl FnOnce() -> Result<()> + Send + 'static) {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        make().expect("all calls succeed");
        sender.send(()).expect("the test listens");
    });
    assert!(
        receiver.recv_timeout(PATIENCE).is_ok(),
        "it deadlocks, or has failed"
    );
    thread.join().expect("the thread has ended well");
}

#[test]
fn the_last_handle_may_go_inside_a_completion() {
    assert_returns(|| {
        for _ in 0..50 {
            let engine = running(2);
            let player = connected_player(&engine)?;
            let (token, go, gone) = (Arc::new(()), channel::<()>(), channel::<()>());
            let held = (player.clone(), engine.clone(), Arc::clone(&token));
            let buffer = constant_buffer(&[0.5, 0.5], 100);
            player.schedule_with(&buffer, Schedule::default(), move |_| {
                go.1.recv().expect("the test lets go");
                drop(held);
                gone.0.send(()).expect("the test listens");
            })?;
            player.play()?;
            render(&engine, 200);
            // From here on the completion has the last handles.
            drop((player, engine));
            go.0.send(()).expect("the completion listens");
            gone.1
                .recv_timeout(PATIENCE)
                .expect("the engine goes inside the completion");
            assert_dropped(&token);
        }
        Ok(())
    });
}

#[test]
fn a_completion_may_schedule_more() -> Result<()> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    let (sender, receiver) = channel();
    let next = player.clone();
    player.schedule_with(&counting(0, 100), Schedule::default(), move |_| {
        sender
            .send(next.schedule(&counting(100, 100)))
            .expect("the test listens");
    })?;
    player.play()?;
    assert_samples(&render_mono(&engine, 100), |frame| count(frame as u32), 0.0);
    receiver
        .recv_timeout(PATIENCE)
        .expect("the completion runs")?;
    assert_samples(
        &render_mono(&engine, 100),
        |frame| count(100 + frame as u32),
        0.0,
    );
    Ok(())
}

#[test]
fn a_source_that_panics_is_silent_from_then_on() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let mut calls = 0;
    let source = engine.create_source(format(2), move |block| {
        calls += 1;
        for channel in 0..2 {
            block
                .channel_mut(channel)
                .fill(Arc::strong_count(&held).min(1) as f32);
        }
        assert_ne!(calls, 2, "on purpose");
    })?;
    engine.connect(&source, &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.25, 0.25]), &mixer, 0, 1)?;
    assert_constant(&render(&engine, 100)[0], 1.25);
    for _ in 0..3 {
        assert_constant(&render(&engine, 100)[0], 0.25);
    }
    engine.detach(&source)?;
    drop(source);
    assert_dropped(&token);
    Ok(())
}

#[test]
fn a_completion_that_panics_ends_nothing_else() -> Result<()> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let (sender, receiver) = channel();
    let plain = Schedule::default();
    player.schedule_with(&counting(0, 50), plain, move |_| {
        panic!("on purpose: {held:?}")
    })?;
    player.schedule_with(&counting(50, 50), plain, move |_| {
        sender.send(()).expect("heard")
    })?;
    player.play()?;
    assert_samples(&render_mono(&engine, 100), |frame| count(frame as u32), 0.0);
    receiver
        .recv_timeout(PATIENCE)
        .expect("the next completion runs");
    assert_dropped(&token);
    Ok(())
}

/// Panics once more when it goes, as a payload may.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose: a payload that panics");
    }
}

#[test]
fn payloads_that_panic_end_nothing_else() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer()?;
    let source = engine.create_source(format(1), |_| panic_any(Bomb))?;
    engine.connect(&source, &main, 0, 1)?;
    let player = connected_player(&engine)?;
    let (sender, receiver) = channel();
    let plain = Schedule::default();
    player.schedule_with(&counting(0, 50), plain, |_| panic_any(Bomb))?;
    player.schedule_with(&counting(50, 50), plain, move |_| {
        sender.send(()).expect("heard")
    })?;
    player.play()?;
    assert_samples(&render_mono(&engine, 100), |frame| count(frame as u32), 0.0);
    receiver
        .recv_timeout(PATIENCE)
        .expect("the next completion runs");
    // A closure whose captures panic when the source goes.
    let bomb = Bomb;
    let source = engine.create_source(format(1), move |_| {
        let _ = &bomb;
    })?;
    engine.detach(&source)?;
    drop(source);
    render(&engine, 10);
    Ok(())
}
