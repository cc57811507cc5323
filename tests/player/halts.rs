//! `stop_after` and `pause_after`: the frames of the ramp, and what interrupts it.

use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{BufferEnd, Engine, Player, Result, Schedule};

use crate::common::*;

const N: usize = 480;

fn ten_ms() -> Duration {
    Duration::from_millis(10)
}

/// A constant 1, sounding.
fn rig() -> Result<(Engine, Player)> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    play_constant(&player, &[1.0])?;
    render_mono(&engine, 100);
    Ok((engine, player))
}

/// The gain of a frame of a ramp from 1 to 0.
fn falling(frame: usize) -> f32 {
    if frame < N {
        (1.0 - frame as f64 / N as f64) as f32
    } else {
        0.0
    }
}

#[test]
fn a_stop_ramps_to_its_frame_whatever_the_blocks() -> Result<()> {
    for block in [512, 480, 479, 481, 97, 64, 1] {
        let (engine, player) = rig()?;
        player.stop_after(ten_ms())?;
        assert!(player.is_playing()?);
        let samples = render_in(&engine, 700, block).remove(0);
        assert_samples(&samples, falling, 0.0);
        assert!(!player.is_playing()?);
        // The queue is empty and the player's time 0.
        player.schedule(&counting(0, 50))?;
        let later = Schedule {
            at: Some(60.into()),
            ..Schedule::default()
        };
        player.schedule_as(&counting(60, 10), later)?;
        player.play()?;
        let expected = |frame: usize| match frame {
            0..50 | 60..70 => count(frame as u32),
            _ => 0.0,
        };
        assert_samples(&render_mono(&engine, 100), expected, 0.0);
    }
    Ok(())
}

#[test]
fn a_pause_ramps_and_resumes_at_full_gain_where_it_fell_silent() -> Result<()> {
    for block in [512, 480, 37] {
        let engine = running(1);
        let player = connected_player(&engine)?;
        player.schedule(&counting(0, 2000))?;
        player.play()?;
        render_in(&engine, 100, block);
        player.pause_after(ten_ms())?;
        let samples = render_in(&engine, 600, block).remove(0);
        let expected = |frame: usize| count(100 + frame as u32) * falling(frame);
        assert_samples(&samples, expected, 1e-6);
        assert!(!player.is_playing()?);
        player.play()?;
        let resumed = |frame: usize| count((100 + N + frame) as u32);
        assert_samples(&render_in(&engine, 300, block)[0], resumed, 0.0);
    }
    Ok(())
}

#[test]
fn play_takes_a_halt_back_without_a_step() -> Result<()> {
    for halt in [Player::stop_after, Player::pause_after] {
        for block in [512, 64] {
            let (engine, player) = rig()?;
            halt(&player, ten_ms())?;
            render_in(&engine, 120, block);
            player.play()?;
            let samples = render_in(&engine, 600, block).remove(0);
            let rising = |frame: usize| (0.75 + frame as f32 / N as f32).min(1.0);
            assert_samples(&samples, rising, 1e-6);
            assert!(player.is_playing()?);
            // A second one, halfway back.
            halt(&player, ten_ms())?;
            render_in(&engine, 240, block);
            player.play()?;
            render_in(&engine, 120, block);
            halt(&player, ten_ms())?;
            let samples = render_in(&engine, 600, block).remove(0);
            assert_samples(&samples, |frame| 0.75 * falling(frame), 1e-6);
        }
    }
    Ok(())
}

#[test]
fn stop_and_pause_come_at_once_in_the_place_of_a_ramp() -> Result<()> {
    let (engine, player) = rig()?;
    player.stop_after(ten_ms())?;
    render_mono(&engine, 120);
    player.stop()?;
    assert!(!player.is_playing()?);
    assert_samples(&render_mono(&engine, 600), |_| 0.0, 0.0);
    play_constant(&player, &[1.0])?;
    assert_samples(&render_mono(&engine, 100), |_| 1.0, 0.0);
    player.stop_after(ten_ms())?;
    render_mono(&engine, 120);
    player.pause()?;
    assert_samples(&render_mono(&engine, 600), |_| 0.0, 0.0);
    // The stop was cancelled, so there is something to resume.
    player.play()?;
    assert_samples(&render_mono(&engine, 600), |_| 1.0, 0.0);
    Ok(())
}

#[test]
fn what_does_not_sound_halts_at_once() -> Result<()> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    let (sender, receiver) = channel();
    let report = sender.clone();
    player.schedule_with(&counting(0, 10), Schedule::default(), move |end| {
        let _ = report.send(end);
    })?;
    player.stop_after(ten_ms())?;
    let patience = Duration::from_secs(20);
    assert_eq!(receiver.recv_timeout(patience), Ok(BufferEnd::Stopped));
    play_constant(&player, &[1.0])?;
    render_mono(&engine, 10);
    player.stop_after(Duration::ZERO)?;
    assert!(!player.is_playing()?);
    assert_samples(&render_mono(&engine, 10), |_| 0.0, 0.0);
    // Stopping the engine completes the pending stop.
    player.schedule_with(&counting(0, 1000), Schedule::default(), move |end| {
        let _ = sender.send(end);
    })?;
    player.play()?;
    render_mono(&engine, 10);
    player.stop_after(ten_ms())?;
    render_mono(&engine, 10);
    engine.stop()?;
    assert_eq!(receiver.recv_timeout(patience), Ok(BufferEnd::Stopped));
    Ok(())
}

#[test]
fn completions_of_a_ramped_stop_say_so() -> Result<()> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    let (sender, receiver) = channel();
    // The third ends with the ramp's last frame, so it was played.
    for (number, frames) in [(0, 100), (1, 300), (2, 180), (3, 100)] {
        let sender = sender.clone();
        player.schedule_with(&counting(0, frames), Schedule::default(), move |end| {
            let _ = sender.send((number, end));
        })?;
    }
    player.play()?;
    render_mono(&engine, 100);
    player.stop_after(ten_ms())?;
    render_mono(&engine, 512);
    let expected = [
        (0, BufferEnd::Played),
        (1, BufferEnd::Played),
        (2, BufferEnd::Played),
        (3, BufferEnd::Stopped),
    ];
    for end in expected {
        assert_eq!(receiver.recv_timeout(Duration::from_secs(20)), Ok(end));
    }
    Ok(())
}

#[test]
fn every_destination_and_channel_ramps_alike() -> Result<()> {
    let engine = running(4);
    let (main, other) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&other, &main, 0, 7)?;
    let player = engine.create_player()?;
    engine.connect(&player, &main, 0, 0)?;
    engine.add_destination(&player, &other, 0, 0)?;
    // With a fade of the bus in progress.
    let values = [0.5, 0.25, 0.125, 1.0];
    play_constant(&player, &values)?;
    render(&engine, 100);
    player.stop_after(ten_ms())?;
    let planar = render_in(&engine, 700, 97);
    for (samples, value) in planar.iter().zip(values) {
        assert_samples(samples, |frame| 2.0 * value * falling(frame), 1e-6);
    }
    Ok(())
}

#[test]
fn the_ramp_counts_in_the_rate_of_the_connection() -> Result<()> {
    let engine = running(1);
    let half = perbus::Format::new(RATE / 2.0, 1)?;
    let player = engine.create_player_with(half)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    player.schedule_as(&perbus::Buffer::from_fn(half, 100, |_, _| 1.0)?, looping())?;
    player.play()?;
    render_mono(&engine, 1000);
    player.stop_after(ten_ms())?;
    let samples = render_mono(&engine, 1200);
    // The converter delays by about 100 frames and smooths both ends of the ramp.
    let start = samples
        .iter()
        .position(|sample| *sample < 0.99)
        .expect("a ramp") as i64;
    let end = samples
        .iter()
        .position(|sample| *sample < 0.01)
        .expect("silence") as i64;
    assert!((end - start - 470).abs() < 12, "{start} to {end}");
    Ok(())
}

#[test]
fn durations_have_a_limit() -> Result<()> {
    let (_, player) = rig()?;
    for halt in [Player::stop_after, Player::pause_after] {
        let error = halt(&player, Duration::from_secs(86_401)).unwrap_err();
        assert!(matches!(error, perbus::Error::OutOfRange(_)), "{error:?}");
        assert!(error.to_string().contains("86401"), "{error}");
        assert!(error.to_string().contains("86400"), "{error}");
        assert!(player.is_playing()?);
    }
    Ok(())
}
