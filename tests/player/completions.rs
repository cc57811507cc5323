//! Completions: what they may do, when they are dropped, and panics in them.

use std::panic::panic_any;
use std::sync::mpsc::channel;
use std::sync::Arc;

use perbus::{Player, Result, Schedule};

use crate::common::*;

/// Queues a buffer whose completion holds clones of the token and of something else.
fn queue_holding<T: Send + 'static>(player: &Player, token: &Arc<()>, also: T) -> Result<()> {
    let held = (Arc::clone(token), also);
    let buffer = constant_buffer(&[0.5, 0.5], 100);
    player.schedule_with(&buffer, Schedule::default(), move |_| drop(held))
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

/// Runs `make` on a thread of its own, so that a deadlock fails the test instead of hanging it.
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

#[test]
fn payloads_that_panic_end_nothing_else() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
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
    // A closure whose captures panic when the source is dropped.
    let bomb = Bomb;
    let source = engine.create_source(format(1), move |_| {
        let _ = &bomb;
    })?;
    engine.detach(&source)?;
    drop(source);
    render(&engine, 10);
    Ok(())
}
