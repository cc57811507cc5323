//! Buses, ramps and players by ear: rendered samples against the sums they should be.

mod common;

use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::time::Duration;

use common::*;
use perbus::{Buffer, Engine, Player, Result, Schedule};

/// The share of a change that one sample may move by.
const STEP: f32 = 0.004;

#[test]
fn mono_and_stereo_sources_and_players_sum() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5]), &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.25, -0.125]), &mixer, 0, 1)?;
    let (mono, stereo) = (engine.create_player()?, engine.create_player()?);
    engine.connect_with_format(&mono, &mixer, 0, 2, format(1))?;
    engine.connect(&stereo, &mixer, 0, 3)?;
    play_constant(&mono, &[0.0625])?;
    play_constant(&stereo, &[0.75, 0.25])?;
    for (bus, volume, pan) in [(0, 0.5, -0.5), (1, 0.8, 0.0), (2, 1.0, 1.0), (3, 0.25, 0.5)] {
        mixer.bus(bus)?.set_volume(volume)?;
        mixer.bus(bus)?.set_pan(pan)?;
    }
    let left = 0.25 + 0.2 + 0.0 + 0.09375;
    let right = 0.125 - 0.1 + 0.0625 + 0.0625;
    // Values set before the first block are there from its first sample.
    assert_heard_at_once(&engine, &[left, right]);
    Ok(())
}

#[test]
fn pan_balances_stereo_and_pans_mono() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    let (mono, stereo) = (constant(&engine, &[0.5]), constant(&engine, &[0.5, 0.25]));
    let law = [
        (-1.0, 1.0, 0.0),
        (-0.5, 1.0, 0.5),
        (0.0, 1.0, 1.0),
        (0.25, 0.75, 1.0),
        (1.0, 0.0, 1.0),
    ];
    for (pan, left, right) in law {
        mixer.bus(0)?.set_pan(pan)?;
        engine.connect(&mono, &mixer, 0, 0)?;
        assert_heard(&engine, &[0.5 * left, 0.5 * right]);
        engine.connect(&stereo, &mixer, 0, 0)?;
        assert_heard(&engine, &[0.5 * left, 0.25 * right]);
    }
    Ok(())
}

#[test]
fn a_mono_mix_takes_the_mean_and_knows_no_pan() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.125]), &mixer, 0, 1)?;
    for pan in [0.0, -1.0, 1.0] {
        mixer.bus(0)?.set_pan(pan)?;
        mixer.bus(1)?.set_pan(-pan)?;
        assert_heard(&engine, &[0.375 + 0.125]);
    }
    Ok(())
}

#[test]
fn a_source_keeps_its_format_and_is_converted_to_its_connections() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    // `constant` writes as many channels as it has levels: more or fewer would panic or show.
    let (mono, stereo) = (constant(&engine, &[0.5]), constant(&engine, &[0.25, 0.125]));
    engine.connect_with_format(&mono, &mixer, 0, 0, format(2))?;
    assert_heard(&engine, &[0.5, 0.5]);
    engine.connect_with_format(&stereo, &mixer, 0, 0, format(1))?;
    assert_heard(&engine, &[0.1875, 0.1875]);
    Ok(())
}

#[test]
fn sums_over_full_scale_do_not_clip() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    for bus in 0..5 {
        engine.connect(&constant(&engine, &[1.0, -1.0]), &mixer, 0, bus)?;
    }
    assert_heard_at_once(&engine, &[5.0, -5.0]);
    Ok(())
}

#[test]
fn a_mixer_that_grows_to_many_buses_sums_them_all() -> Result<()> {
    for buses in [64, 300] {
        let engine = running(1);
        let mixer = engine.main_mixer()?;
        let mut expected = 0.0;
        for bus in 0..buses {
            let (level, volume) = (1.0 / 512.0, (bus % 5) as f32 / 4.0);
            engine.connect(&constant(&engine, &[level]), &mixer, 0, bus)?;
            engine.set_mixer_volume_for_bus(&mixer, volume, bus)?;
            // Sums of 1/2048ths: exact in f32.
            expected += level * volume;
        }
        assert_audited(&engine);
        assert_heard_at_once(&engine, &[expected]);
        mixer.bus(buses - 1)?.set_muted(true)?;
        mixer.bus(1)?.set_volume(0.75)?;
        let last = ((buses - 1) % 5) as f32 / 4.0;
        assert_heard(&engine, &[expected + (0.5 - last) / 512.0]);
    }
    Ok(())
}

#[test]
fn nested_mixers_multiply_their_volumes() -> Result<()> {
    let engine = running(2);
    let (main, outer, inner) = (
        engine.main_mixer()?,
        engine.create_mixer()?,
        engine.create_mixer()?,
    );
    engine.connect(&outer, &main, 0, 0)?;
    engine.connect(&inner, &outer, 0, 4)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &inner, 0, 1)?;
    engine.connect(&constant(&engine, &[0.5, 0.5]), &outer, 0, 0)?;
    inner.bus(1)?.set_volume(0.5)?;
    outer.bus(4)?.set_pan(1.0)?;
    for (mixer, volume) in [(&inner, 0.5), (&outer, 0.75), (&main, 0.5)] {
        mixer.set_output_volume(volume)?;
    }
    let right = (0.5 * 0.5 + 0.5) * 0.75 * 0.5;
    assert_heard(&engine, &[0.5 * 0.75 * 0.5, right]);
    Ok(())
}

#[test]
fn changing_one_bus_leaves_the_other_alone_in_every_sample() -> Result<()> {
    // The other bus's contribution is the difference between a run with it and one without.
    let run = |other: f32| -> Result<Vec<Vec<f32>>> {
        let engine = running(2);
        let mixer = engine.main_mixer()?;
        engine.connect(&constant(&engine, &[0.5, 0.25]), &mixer, 0, 0)?;
        engine.connect(&constant(&engine, &[other, other]), &mixer, 0, 1)?;
        mixer.bus(1)?.set_volume(0.4)?;
        mixer.bus(1)?.set_pan(0.5)?;
        let mut planar = render(&engine, 100);
        for (volume, pan) in [(0.1, 1.0), (0.9, -1.0), (0.0, 0.3)] {
            engine.set_mixer_volume_for_bus(&mixer, volume, 0)?;
            engine.set_mixer_pan_for_bus(&mixer, pan, 0)?;
            for (all, next) in planar.iter_mut().zip(render(&engine, 700)) {
                all.extend(next);
            }
        }
        Ok(planar)
    };
    let (with, without) = (run(0.5)?, run(0.0)?);
    for (channel, expected) in [(0, 0.5 * 0.4 * 0.5), (1, 0.5 * 0.4)] {
        assert!(
            largest_step(0.5, &without[channel]) > 0.0,
            "bus 0 never moved"
        );
        assert_samples(
            &with[channel],
            |frame| without[channel][frame] + expected,
            TOLERANCE,
        );
    }
    Ok(())
}

/// What changes in `every_change_is_a_short_ramp_without_steps`, and how the left channel moves.
type Change = (fn(&Engine) -> Result<()>, f32, f32);

#[test]
fn every_change_is_a_short_ramp_without_steps() -> Result<()> {
    let changes: [Change; 4] = [
        (
            |engine| engine.main_mixer()?.bus(0)?.set_volume(0.125),
            1.0,
            0.125,
        ),
        (|engine| engine.main_mixer()?.bus(0)?.set_pan(1.0), 1.0, 0.0),
        (
            |engine| engine.main_mixer()?.bus(0)?.set_muted(true),
            1.0,
            0.0,
        ),
        (
            |engine| engine.main_mixer()?.set_output_volume(0.25),
            1.0,
            0.25,
        ),
    ];
    for (change, before, after) in changes {
        let mut reference: Option<Vec<f32>> = None;
        for block in [512, 1, 7, 64, 513] {
            let engine = Engine::offline(format(2), 600)?;
            engine.start()?;
            engine.connect(&constant(&engine, &[1.0, 1.0]), &engine.main_mixer()?, 0, 0)?;
            assert_constant(&render_in(&engine, 600, block)[0], before);
            change(&engine)?;
            let left = render_in(&engine, 1100, block).remove(0);
            let limit = STEP * (after - before).abs();
            let step = largest_step(before, &left);
            assert!(
                step <= limit,
                "blocks of {block}: a step of {step} is over {limit}"
            );
            assert_constant(&left[RAMP..], after);
            let reference = reference.get_or_insert_with(|| left.clone());
            assert_samples(&left, |frame| reference[frame], TOLERANCE);
        }
    }
    Ok(())
}

#[test]
fn changes_inside_a_ramp_make_no_step() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &mixer, 0, 0)?;
    let mut before = render(&engine, 10)[0][9];
    let bus = mixer.bus(0)?;
    for (volume, pan, frames) in [
        (0.0, 0.0, 100),
        (0.8, 0.0, 57),
        (0.8, 0.6, 211),
        (0.3, 0.0, 1),
    ] {
        bus.set_volume(volume)?;
        bus.set_pan(pan)?;
        let left = render(&engine, frames).remove(0);
        let step = largest_step(before, &left);
        assert!(
            step <= STEP,
            "a step of {step} on the way to {volume}, {pan}"
        );
        before = left[frames - 1];
    }
    let left = render(&engine, 1000).remove(0);
    assert!(largest_step(before, &left) <= STEP);
    assert_constant(&left[RAMP..], 0.3);
    Ok(())
}

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
    // A past frame means at once.
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
    let bus = engine.main_mixer()?.bus(0)?;
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
        at: Some(650),
        ..Schedule::default()
    };
    player.schedule_with(&counting(100, 100), later, || {})?;
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
        player.schedule_with(&counting(0, 200), looping(), || {})?;
        player.schedule(&counting(500, 100))?;
        player.play()?;
        assert_samples(
            &render_mono(&engine, 1060),
            |frame| count(frame as u32 % 200),
            0.0,
        );
        player.schedule_with(&counting(300, 50), interruption, || {})?;
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
    player.schedule_with(buffer, schedule, move || {
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

    for schedule in [plain, looping()] {
        let empty = report(&player, &counting(0, 0), schedule)?;
        render_mono(&engine, 1);
        assert_ran_once(&empty);
    }
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
    engine.connect(&player, &engine.main_mixer()?, 0, 0)?;
    let left = report(&player, &buffer, looping())?;
    player.play()?;
    render_mono(&engine, 10);
    drop((player, engine));
    assert_ran_once(&left);
    Ok(())
}
