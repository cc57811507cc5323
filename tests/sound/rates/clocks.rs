//! Sample rates other than the mixer's: whose frames are counted, in blocks of any length, and what
//! converters hold and forget.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::common::tones::*;
use crate::common::{assert_samples, largest_step, looping, render, render_in};
use perbus::{Buffer, Engine, Error, Result, Schedule};

/// All kinds of upstream nodes at once.
fn busy_engine() -> Result<Engine> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer();
    let group = engine.create_mixer()?;
    let (player, second) = tone_player(&engine, at(22_050.0, 1))?;
    let (inner, fast) = (engine.create_player()?, engine.create_player()?);
    engine.connect_with_format(&player, &main, 0, 0, at(22_050.0, 1))?;
    engine.connect(&tone(&engine, at(96_000.0, 2), 0.5)?, &main, 0, 1)?;
    engine.connect_with_format(&group, &main, 0, 2, at(32_000.0, 2))?;
    engine.connect(&tone(&engine, at(44_100.0, 2), 0.25)?, &group, 0, 0)?;
    engine.connect(&tone(&engine, at(48_000.0, 1), 0.125)?, &group, 0, 1)?;
    engine.connect_with_format(&inner, &group, 0, 2, at(11_025.0, 1))?;
    main.bus(0)?.set_volume(0.7)?;
    main.bus(1)?.set_pan(-0.3)?;
    group.bus(0)?.set_volume(0.9)?;
    player.schedule(&second)?;
    player.play_at(500)?;
    let short = Buffer::from_fn(at(11_025.0, 1), 100, |frame, _| (frame as f32 * 0.4).sin())?;
    for start in [50, 333, 700] {
        let schedule = Schedule {
            at: Some(start.into()),
            ..Schedule::default()
        };
        inner.schedule_as(&short, schedule)?;
    }
    inner.play()?;
    // Silent for a while, then heard in the middle of a block that it renders in parts.
    engine.connect_with_format(&fast, &main, 0, 3, at(192_000.0, 1))?;
    let short = Buffer::from_fn(at(192_000.0, 1), 900, |frame, _| (frame as f32 * 0.1).sin())?;
    for start in [1_700, 13_000] {
        let schedule = Schedule {
            at: Some(start.into()),
            ..Schedule::default()
        };
        fast.schedule_as(&short, schedule)?;
    }
    fast.play()?;
    Ok(engine)
}

#[test]
fn the_block_size_changes_nothing() -> Result<()> {
    let expected = render_in(&busy_engine()?, 6_000, 512);
    for channel in &expected {
        assert!(
            largest_step(0.0, channel) > 0.05,
            "there is something to compare"
        );
    }
    for block in [1, 7, 64, 513] {
        let heard = render_in(&busy_engine()?, 6_000, block);
        for (heard, expected) in heard.iter().zip(&expected) {
            assert_samples(heard, |frame| expected[frame], 1e-6);
        }
    }
    Ok(())
}

#[test]
fn converters_keep_in_step_whenever_they_are_made() -> Result<()> {
    let engine = running(48_000.0, 1);
    let main = engine.main_mixer();
    engine.connect(&tone(&engine, at(22_050.0, 1), 1.0)?, &main, 0, 0)?;
    for (bus, frames) in [(1, 333), (2, 1), (3, 512), (4, 97)] {
        render(&engine, frames);
        let opposite = tone(&engine, at(22_050.0, 1), -1.0)?;
        engine.connect(&opposite, &main, 0, bus)?;
        render(&engine, SETTLED);
        assert_samples(&render(&engine, 2_000)[0], |_| 0.0, 2e-6);
        engine.disconnect_input(&main, bus)?;
    }
    Ok(())
}

#[test]
fn a_source_sees_its_own_clock() -> Result<()> {
    for (rate, frames) in [(44_100.0, 44_100), (192_000.0, 192_000), (8_000.0, 8_000)] {
        let engine = running(48_000.0, 1);
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&calls);
        let source = engine.create_source(at(rate, 1), move |block| {
            let call = (block.sample_time(), block.frames());
            seen.lock().expect("no panic").push(call);
            block.channel_mut(0).fill(0.0);
        })?;
        engine.connect(&source, &engine.main_mixer(), 0, 0)?;
        render_in(&engine, 48_000, 500);
        let mut next = 0;
        for (time, frames) in calls.lock().expect("no panic").drain(..) {
            assert_eq!(time, next);
            assert!((1..=513).contains(&frames), "{frames} frames at once");
            next += i64::from(frames);
        }
        assert_eq!(next, frames);
    }
    Ok(())
}

#[test]
fn a_player_counts_in_frames_of_its_connection() -> Result<()> {
    let engine = running(48_000.0, 1);
    let format = at(24_000.0, 1);
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, format)?;
    let (sender, completed) = channel();
    let ones = Buffer::from_fn(format, 600, |_, _| 1.0)?;
    let schedule = Schedule {
        at: Some(240.into()),
        ..Schedule::default()
    };
    player.schedule_with(&ones, schedule, move |_| {
        sender.send(()).expect("a test waits")
    })?;
    // Starts at frame 1200 of its own clock, 2400 of the engine's; the buffer 240 frames later.
    player.play_at(1_200)?;
    let early = render(&engine, 2_800).remove(0);
    let heard: Vec<f32> = [early, render(&engine, 2_000).remove(0)].concat();
    let over_half: Vec<usize> = (0..heard.len()).filter(|at| heard[*at] > 0.5).collect();
    let late = 2 * DELAY as usize;
    let (first, last) = (over_half[0], over_half[over_half.len() - 1]);
    let start = 2 * (1_200 + 240) + late;
    assert!(first.abs_diff(start) <= 1, "starts at {first}, not {start}");
    // Twice as many frames come out as went in.
    assert!(
        (last + 1 - first).abs_diff(1_200) <= 2,
        "{first} to {last} are not 1200 frames"
    );
    completed
        .recv_timeout(Duration::from_secs(5))
        .expect("the buffer has been played");
    Ok(())
}

#[test]
fn a_completion_waits_for_the_players_own_length() -> Result<()> {
    let engine = running(48_000.0, 1);
    let format = at(24_000.0, 1);
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, format)?;
    let (sender, completed) = channel();
    let first = Buffer::from_fn(format, 1_000, |_, _| 1.0)?;
    let second = sender.clone();
    player.schedule_with(&first, Schedule::default(), move |_| {
        sender.send(1).expect("a test waits");
    })?;
    player.play()?;
    render(&engine, 1_990);
    assert!(
        completed.try_recv().is_err(),
        "played up to 995 of 1000 frames"
    );
    // A handler that was called early would come before this one in the queue of the single thread.
    player.schedule_with(&first, Schedule::default(), move |_| {
        second.send(2).expect("a test waits");
    })?;
    render(&engine, 4_010);
    let wait = Duration::from_secs(5);
    assert_eq!(completed.recv_timeout(wait), Ok(1));
    assert_eq!(completed.recv_timeout(wait), Ok(2));
    Ok(())
}

#[test]
fn a_reset_forgets_what_the_converter_holds() -> Result<()> {
    for reset in [false, true] {
        let engine = running(48_000.0, 1);
        let format = at(22_050.0, 1);
        let player = engine.create_player()?;
        engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, format)?;
        let ones = Buffer::from_fn(format, 1_000, |_, _| 1.0)?;
        player.schedule_as(&ones, looping())?;
        player.play()?;
        render(&engine, 1_024);
        player.stop()?;
        if reset {
            engine.reset()?;
        }
        let tail = render(&engine, 2_000).remove(0);
        if reset {
            assert_samples(&tail, |_| 0.0, 0.0);
        } else {
            assert!(tail[50] > 0.9, "the rest of the sound comes out");
            assert_samples(&tail[1_000..], |_| 0.0, 1e-6);
        }
        // And starts as it did the first time.
        player.schedule_as(&ones, looping())?;
        player.play()?;
        render(&engine, SETTLED);
        assert_samples(&render(&engine, 500)[0], |_| 1.0, 1e-4);
    }
    Ok(())
}

#[test]
fn a_branch_that_was_away_brings_nothing_old_back() -> Result<()> {
    let engine = running(48_000.0, 1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    let level = Arc::new(AtomicBool::new(true));
    let on = Arc::clone(&level);
    let source = engine.create_source(at(22_050.0, 1), move |block| {
        let value = f32::from(u8::from(on.load(Ordering::Relaxed)));
        block.channel_mut(0).fill(value);
    })?;
    engine.connect(&source, &group, 0, 0)?;
    engine.connect_with_format(&group, &main, 0, 0, at(48_000.0, 1))?;
    render(&engine, SETTLED);
    assert_samples(&render(&engine, 100)[0], |_| 1.0, 1e-4);
    engine.disconnect_input(&main, 0)?;
    render(&engine, 77);
    level.store(false, Ordering::Relaxed);
    engine.connect_with_format(&group, &main, 0, 0, at(48_000.0, 1))?;
    assert_samples(&render(&engine, 1_000)[0], |_| 0.0, 0.0);
    Ok(())
}

#[test]
fn rates_change_while_another_thread_renders() -> Result<()> {
    let engine = running(48_000.0, 1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&group, &main, 0, 0)?;
    engine.connect(&constants(&engine, at(44_100.0, 1), &[0.5])?, &group, 0, 0)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let renderer = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for sample in render(&engine, 300).remove(0) {
                    assert!((-0.1..0.65).contains(&sample), "{sample}");
                }
            }
        });
        for turn in 0..300 {
            let rate = [48_000.0, 32_000.0, 96_000.0, 44_100.0, 22_050.0][turn % 5];
            engine.connect_with_format(&group, &main, 0, 0, at(rate, 1))?;
            if turn % 7 == 0 {
                engine.reset()?;
            }
        }
        done.store(true, Ordering::Relaxed);
        renderer.join().expect("nothing is out of bounds");
        Ok::<(), Error>(())
    })?;
    render(&engine, 2 * SETTLED);
    assert_samples(&render(&engine, 1_000)[0], |_| 0.5, 1e-4);
    Ok(())
}
