//! Players: which frame of which buffer is heard when, and when completions run.

use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::time::Duration;

use perbus::{Buffer, Engine, Player, Result, Schedule};

use crate::common::*;

/// A mono engine with a player on bus 0 of its main mixer.
fn mono_player() -> Result<(Engine, Player)> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    Ok((engine, player))
}

#[test]
fn buffers_follow_one_another_across_block_edges() -> Result<()> {
    for block in [1, 64, 511, 512] {
        let (engine, player) = mono_player()?;
        let mut first = 0;
        for frames in [100, 1, 611, 512, 3] {
            player.schedule(&counting(first, frames))?;
            first += frames;
        }
        player.play()?;
        let samples = render_in(&engine, 2000, block).remove(0);
        let expected = |frame: usize| {
            if frame < 1227 {
                count(frame as u32)
            } else {
                0.0
            }
        };
        assert_samples(&samples, expected, 0.0);
        assert!(
            player.is_playing()?,
            "a player whose queue ran out was still told to play"
        );
    }
    Ok(())
}

#[test]
fn play_at_starts_at_its_frame() -> Result<()> {
    let (engine, player) = mono_player()?;
    player.schedule(&counting(0, 400))?;
    render_mono(&engine, 100);
    assert_eq!(engine.sample_time()?, 100);
    player.play_at(100 + 777)?;
    let samples = render_mono(&engine, 1500);
    let sounding = 777..1177;
    let expected = |frame| {
        if sounding.contains(&frame) {
            count(frame as u32 - 777)
        } else {
            0.0
        }
    };
    assert_samples(&samples, expected, 0.0);
    // A frame in the past means at once.
    player.schedule(&counting(0, 10))?;
    player.play_at(5)?;
    assert_samples(&render_mono(&engine, 10), |frame| count(frame as u32), 0.0);
    Ok(())
}

#[test]
fn pausing_keeps_the_place() -> Result<()> {
    let (engine, player) = mono_player()?;
    player.schedule(&counting(0, 900))?;
    player.play()?;
    assert_samples(&render_mono(&engine, 333), |frame| count(frame as u32), 0.0);
    player.pause()?;
    assert!(!player.is_playing()?);
    assert_samples(&render_mono(&engine, 700), |_| 0.0, 0.0);
    player.play()?;
    assert_samples(
        &render_mono(&engine, 400),
        |frame| count(333 + frame as u32),
        0.0,
    );
    Ok(())
}

#[test]
fn pausing_the_engine_keeps_every_place() -> Result<()> {
    let (engine, player) = mono_player()?;
    player.schedule(&counting(0, 900))?;
    player.play()?;
    render_mono(&engine, 333);
    engine.pause()?;
    assert!(!engine.is_running()?);
    engine.start()?;
    assert_eq!(engine.sample_time()?, 333);
    assert!(player.is_playing()?);
    let next = |frame: usize| count(333 + frame as u32);
    assert_samples(&render_mono(&engine, 400), next, 0.0);
    Ok(())
}

#[test]
fn a_muted_bus_goes_on_in_time() -> Result<()> {
    let (engine, player) = mono_player()?;
    player.schedule(&counting(0, 4000))?;
    player.play()?;
    let bus = engine.main_mixer().bus(0)?;
    bus.set_muted(true)?;
    assert_samples(&render_mono(&engine, 1000), |_| 0.0, 0.0);
    bus.set_muted(false)?;
    let samples = render_mono(&engine, 1000);
    let settled = |frame: usize| count((1000 + RAMP + frame) as u32);
    assert_samples(&samples[RAMP..], settled, TOLERANCE);
    Ok(())
}

#[test]
fn a_buffer_can_start_at_a_frame_of_the_players_time() -> Result<()> {
    let (engine, player) = mono_player()?;
    player.schedule(&counting(0, 100))?;
    let later = Schedule {
        at: Some(650.into()),
        ..Schedule::default()
    };
    player.schedule_as(&counting(100, 100), later)?;
    render_mono(&engine, 50);
    player.play()?;
    let expected = |frame: usize| match frame {
        0..100 => count(frame as u32),
        650..750 => count(frame as u32 - 550),
        _ => 0.0,
    };
    assert_samples(&render_mono(&engine, 1000), expected, 0.0);
    Ok(())
}

#[test]
fn loops_repeat_until_something_interrupts() -> Result<()> {
    let at_loop = Schedule {
        interrupts_at_loop: true,
        ..Schedule::default()
    };
    let at_once = Schedule {
        interrupts: true,
        ..Schedule::default()
    };
    for (interruption, stays) in [(at_loop, 140), (at_once, 0)] {
        let (engine, player) = mono_player()?;
        player.schedule_as(&counting(0, 200), looping())?;
        player.schedule(&counting(500, 100))?;
        player.play()?;
        assert_samples(
            &render_mono(&engine, 1060),
            |frame| count(frame as u32 % 200),
            0.0,
        );
        player.schedule_as(&counting(300, 50), interruption)?;
        let expected = |frame: usize| match frame {
            frame if frame < stays => count(60 + frame as u32),
            frame if frame < stays + 50 => count((300 + frame - stays) as u32),
            _ => 0.0,
        };
        assert_samples(&render_mono(&engine, 600), expected, 0.0);
    }
    Ok(())
}

/// Schedules a buffer whose completion reports `name`, and drops its end of the channel with it.
fn report(player: &Player, buffer: &Buffer, schedule: Schedule) -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    player.schedule_with(buffer, schedule, move |_| {
        sender.send(()).expect("the test listens")
    })?;
    Ok(receiver)
}

#[track_caller]
fn assert_ran_once(completion: &Receiver<()>) {
    let patience = Duration::from_secs(10);
    assert_eq!(
        completion.recv_timeout(patience),
        Ok(()),
        "the completion did not run"
    );
    let after = completion.recv_timeout(patience);
    assert_eq!(
        after,
        Err(RecvTimeoutError::Disconnected),
        "it ran twice or was not dropped"
    );
}

#[test]
fn a_completion_runs_once_however_its_buffer_ends() -> Result<()> {
    let (engine, player) = mono_player()?;
    let plain = Schedule::default();
    let buffer = counting(0, 100);

    let played = report(&player, &buffer, plain)?;
    let looped = report(&player, &buffer, looping())?;
    let queued = report(&player, &buffer, plain)?;
    player.play()?;
    render_mono(&engine, 100);
    assert_ran_once(&played);
    render_mono(&engine, 500);
    assert!(
        looped.try_recv().is_err(),
        "no completion for a pass of a loop"
    );
    let interruption = Schedule {
        interrupts: true,
        ..plain
    };
    let interrupting = report(&player, &buffer, interruption)?;
    render_mono(&engine, 50);
    assert_ran_once(&looped);
    assert_ran_once(&queued);
    render_mono(&engine, 50);
    assert_ran_once(&interrupting);

    let empty = report(&player, &counting(0, 0), plain)?;
    render_mono(&engine, 1);
    assert_ran_once(&empty);
    let stopped = report(&player, &buffer, plain)?;
    player.stop()?;
    assert_ran_once(&stopped);
    player.schedule(&buffer)?;
    player.play()?;
    render_mono(&engine, 10);
    let detached = report(&player, &buffer, plain)?;
    engine.detach(&player)?;
    assert_ran_once(&detached);

    engine.attach(&player)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    let left = report(&player, &buffer, looping())?;
    player.play()?;
    render_mono(&engine, 10);
    drop((player, engine));
    assert_ran_once(&left);
    Ok(())
}
