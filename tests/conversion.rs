//! Sample rates other than the mixer's: level, purity, timing, and the same sound in any block.

mod common;

use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{assert_samples, largest_step, looping, render, render_in};
use perbus::{Buffer, Engine, Error, Format, Player, Result, Schedule, Source};

const TONE: f64 = 1_000.0;

/// The filter's look-ahead upward, in frames of the source.
const DELAY: f64 = 47.0;

/// Engine frames after which every converter here is past its start.
const SETTLED: usize = 2_000;

fn at(rate: f64, channels: u32) -> Format {
    Format::new(rate, channels).expect("a usual format")
}

fn running(rate: f64, channels: u32) -> Engine {
    let engine = Engine::offline(at(rate, channels), 513).expect("an engine");
    engine.start().expect("an offline engine starts");
    engine
}

/// `level` times a tone that is 0 at its own time 0, on every channel.
fn tone(engine: &Engine, format: Format, level: f64) -> Result<Source> {
    let step = TAU * TONE / format.sample_rate();
    engine.create_source(format, move |block| {
        let start = block.sample_time();
        for channel in 0..block.channels() {
            for (frame, sample) in (start..).zip(block.channel_mut(channel)) {
                *sample = (level * (step * frame as f64).sin()) as f32;
            }
        }
    })
}

fn constants(engine: &Engine, format: Format, values: &[f32]) -> Result<Source> {
    let values = values.to_vec();
    engine.create_source(format, move |block| {
        for (channel, value) in (0..).zip(&values) {
            block.channel_mut(channel).fill(*value);
        }
    })
}

/// A player that loops one second of the tone, whole periods.
fn tone_player(engine: &Engine, format: Format) -> Result<(Player, Buffer)> {
    let step = TAU * TONE / format.sample_rate();
    let second = Buffer::from_fn(format, format.sample_rate() as u32, |frame, _| {
        (step * f64::from(frame)).sin() as f32
    })?;
    Ok((engine.create_player()?, second))
}

/// The tone in `samples`, the first of which is frame `first`: amplitude, lag in seconds, and the
/// ratio of tone to everything else in dB.
fn fit(samples: &[f32], rate: f64, first: usize) -> (f64, f64, f64) {
    let step = TAU * TONE / rate;
    let (mut ss, mut sc, mut cc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let wave = |frame: usize| (step * (first + frame) as f64).sin_cos();
    for (frame, sample) in samples.iter().enumerate() {
        let (sine, cosine) = wave(frame);
        let sample = f64::from(*sample);
        ss += sine * sine;
        sc += sine * cosine;
        cc += cosine * cosine;
        xs += sample * sine;
        xc += sample * cosine;
    }
    let determinant = ss * cc - sc * sc;
    let a = (xs * cc - xc * sc) / determinant;
    let b = (xc * ss - xs * sc) / determinant;
    let (mut signal, mut noise) = (0.0, 0.0);
    for (frame, sample) in samples.iter().enumerate() {
        let (sine, cosine) = wave(frame);
        let tone = a * sine + b * cosine;
        signal += tone * tone;
        noise += (f64::from(*sample) - tone).powi(2);
    }
    let lag = (-b).atan2(a).rem_euclid(TAU) / (TAU * TONE);
    (a.hypot(b), lag, 10.0 * (signal / noise).log10())
}

/// The engine's sound is the tone, at full level, that late.
#[track_caller]
fn assert_tone(engine: &Engine, what: &str, lag: Option<f64>) {
    let rate = engine.format().sample_rate();
    let start = engine.sample_time().expect("a time") as usize;
    for samples in render(engine, 12_000) {
        let (level, heard, purity) = fit(&samples[SETTLED..], rate, start + SETTLED);
        let level = 20.0 * level.log10();
        assert!(level.abs() < 0.01, "{what}: {level} dB");
        assert!(purity > 110.0, "{what}: {purity} dB of tone over error");
        if let Some(lag) = lag {
            let off = (heard - lag.rem_euclid(1.0 / TONE)).abs();
            assert!(
                off < 1e-6 || 1.0 / TONE - off < 1e-6,
                "{what}: {heard} s late"
            );
        }
    }
}

const PAIRS: [(f64, f64); 8] = [
    (22_050.0, 48_000.0),
    (44_100.0, 48_000.0),
    (48_000.0, 44_100.0),
    (22_050.0, 44_100.0),
    (96_000.0, 44_100.0),
    (8_000.0, 48_000.0),
    (192_000.0, 48_000.0),
    (44_055.944_055, 48_000.0),
];

#[test]
fn a_source_keeps_level_and_pitch() -> Result<()> {
    for (from, to) in PAIRS {
        let engine = running(to, 2);
        let source = tone(&engine, at(from, 2), 1.0)?;
        engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
        let lag = (from < to).then_some(DELAY / from);
        assert_tone(&engine, &format!("{from} to {to} Hz"), lag);
    }
    Ok(())
}

#[test]
fn a_player_keeps_level_and_pitch() -> Result<()> {
    for (from, to) in PAIRS.into_iter().filter(|(from, _)| from.fract() == 0.0) {
        let engine = running(to, 1);
        let (player, second) = tone_player(&engine, at(from, 1))?;
        engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, at(from, 1))?;
        player.schedule_with(&second, looping(), || {})?;
        player.play()?;
        let lag = (from < to).then_some(DELAY / from);
        assert_tone(&engine, &format!("{from} to {to} Hz"), lag);
    }
    Ok(())
}

#[test]
fn a_mixer_and_all_that_feeds_it_render_at_its_own_rate() -> Result<()> {
    for (from, to) in PAIRS {
        let engine = running(to, 2);
        let group = engine.create_mixer()?;
        // One source has the group's rate; the engine's comes back to itself by way of the group.
        for rate in [from, to, 32_000.0] {
            let source = tone(&engine, at(rate, 2), 1.0)?;
            engine.connect(&source, &group, 0, 0)?;
            engine.connect_with_format(&group, &engine.main_mixer()?, 0, 0, at(from, 2))?;
            assert_tone(&engine, &format!("{rate} by {from} to {to} Hz"), None);
        }
    }
    Ok(())
}

#[test]
fn a_source_is_converted_to_its_connection_first() -> Result<()> {
    let engine = running(48_000.0, 2);
    let source = tone(&engine, at(44_100.0, 1), 1.0)?;
    engine.connect_with_format(&source, &engine.main_mixer()?, 0, 0, at(48_000.0, 2))?;
    assert_tone(
        &engine,
        "44.1 in a 48 kHz connection",
        Some(DELAY / 44_100.0),
    );
    engine.connect_with_format(&source, &engine.main_mixer()?, 0, 0, at(96_000.0, 1))?;
    assert_tone(&engine, "44.1 in a 96 kHz connection", None);
    Ok(())
}

#[test]
fn the_output_converts_what_reaches_it() -> Result<()> {
    let engine = running(48_000.0, 2);
    engine.stop()?;
    let (main, output) = (engine.main_mixer()?, engine.output()?);
    let source = tone(&engine, at(22_050.0, 2), 1.0)?;
    engine.connect(&source, &main, 0, 0)?;
    engine.connect_with_format(&main, &output, 0, 0, at(44_100.0, 2))?;
    engine.start()?;
    let lag = DELAY / 22_050.0 + DELAY / 44_100.0;
    assert_tone(&engine, "main mixer at 44.1 kHz", Some(lag));
    engine.stop()?;
    engine.connect_with_format(&source, &output, 0, 0, at(22_050.0, 2))?;
    engine.start()?;
    assert_tone(&engine, "source to output", Some(DELAY / 22_050.0));
    Ok(())
}

/// Every kind of upstream at once.
fn busy_engine() -> Result<Engine> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer()?;
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
            at: Some(start),
            ..Schedule::default()
        };
        inner.schedule_with(&short, schedule, || {})?;
    }
    inner.play()?;
    // Silent for a while, then heard in the middle of a block that it renders in parts.
    engine.connect_with_format(&fast, &main, 0, 3, at(192_000.0, 1))?;
    let short = Buffer::from_fn(at(192_000.0, 1), 900, |frame, _| (frame as f32 * 0.1).sin())?;
    for start in [1_700, 13_000] {
        let schedule = Schedule {
            at: Some(start),
            ..Schedule::default()
        };
        fast.schedule_with(&short, schedule, || {})?;
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
fn loops_and_seams_stay_continuous() -> Result<()> {
    let engine = running(48_000.0, 1);
    let format = at(44_100.0, 1);
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, format)?;
    let step = TAU * TONE / 44_100.0;
    let mut start = 0;
    for length in [1, 2, 3_000, 13, 441, 7, 5_000, 882, 4_356] {
        let part = Buffer::from_fn(format, length, |frame, _| {
            (step * f64::from(start + frame)).sin() as f32
        })?;
        player.schedule(&part)?;
        start += length;
    }
    // What was queued ends on a whole period, and so does each pass.
    let rest = 441 - start % 441;
    let filler = Buffer::from_fn(format, rest + 441, |frame, _| {
        (step * f64::from(start + frame)).sin() as f32
    })?;
    player.schedule(&filler)?;
    let ten = Buffer::from_fn(format, 441, |frame, _| {
        (step * f64::from(frame)).sin() as f32
    })?;
    player.schedule_with(&ten, looping(), || {})?;
    player.play()?;
    assert_tone(&engine, "seams", Some(DELAY / 44_100.0));
    assert_tone(&engine, "loop", Some(DELAY / 44_100.0));
    Ok(())
}

#[test]
fn converters_keep_in_step_whenever_they_are_made() -> Result<()> {
    let engine = running(48_000.0, 1);
    let main = engine.main_mixer()?;
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
fn gains_come_after_conversion() -> Result<()> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer()?;
    engine.connect(&constants(&engine, at(44_100.0, 1), &[0.5])?, &main, 0, 0)?;
    engine.connect(
        &constants(&engine, at(96_000.0, 2), &[0.5, -0.25])?,
        &main,
        0,
        1,
    )?;
    main.bus(0)?.set_volume(0.5)?;
    main.bus(0)?.set_pan(0.5)?;
    main.bus(1)?.set_pan(-1.0)?;
    render(&engine, SETTLED);
    let heard = render(&engine, 1_000);
    assert_samples(&heard[0], |_| 0.125 + 0.5, 5e-5);
    assert_samples(&heard[1], |_| 0.25, 5e-5);
    // A ramp at the mixer's rate, and nothing of it waits in the converter.
    let before = heard[0][999];
    main.bus(1)?.set_volume(0.0)?;
    let ramp = render(&engine, 512);
    assert!(largest_step(before, &ramp[0]) < 0.5 * 0.004, "no step");
    assert_samples(&ramp[0][480..], |_| 0.125, 5e-5);
    Ok(())
}

#[test]
fn a_constant_keeps_its_level_to_a_ten_thousandth() -> Result<()> {
    for (from, to) in PAIRS {
        let engine = running(to, 1);
        let source = constants(&engine, at(from, 1), &[1.0])?;
        engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
        render(&engine, SETTLED);
        assert_samples(&render(&engine, 3_000)[0], |_| 1.0, 1e-4);
    }
    Ok(())
}

#[test]
fn six_channels_stay_apart() -> Result<()> {
    let engine = running(48_000.0, 6);
    let levels = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6];
    let source = constants(&engine, at(44_100.0, 6), &levels)?;
    engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
    render(&engine, SETTLED);
    for (heard, level) in render(&engine, 1_000).iter().zip(levels) {
        assert_samples(heard, |_| level, 1e-4);
    }
    Ok(())
}

#[test]
fn mono_is_spread_after_conversion_and_stereo_folded() -> Result<()> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer()?;
    let mono = tone(&engine, at(44_100.0, 1), 1.0)?;
    engine.connect(&mono, &main, 0, 0)?;
    let heard = render(&engine, SETTLED);
    assert_eq!(heard[0], heard[1]);
    let engine = running(48_000.0, 1);
    let stereo = constants(&engine, at(44_100.0, 2), &[0.5, 0.25])?;
    engine.connect(&stereo, &engine.main_mixer()?, 0, 0)?;
    render(&engine, SETTLED);
    assert_samples(&render(&engine, 1_000)[0], |_| 0.375, 1e-4);
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
        engine.connect(&source, &engine.main_mixer()?, 0, 0)?;
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
    engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, format)?;
    let (sender, completed) = channel();
    let ones = Buffer::from_fn(format, 600, |_, _| 1.0)?;
    let schedule = Schedule {
        at: Some(240),
        ..Schedule::default()
    };
    player.schedule_with(&ones, schedule, move || {
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
    engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, format)?;
    let (sender, completed) = channel();
    let first = Buffer::from_fn(format, 1_000, |_, _| 1.0)?;
    let second = sender.clone();
    player.schedule_with(&first, Schedule::default(), move || {
        sender.send(1).expect("a test waits");
    })?;
    player.play()?;
    render(&engine, 1_990);
    assert!(
        completed.try_recv().is_err(),
        "played up to 995 of 1000 frames"
    );
    // A handler that came early would be ahead of this one in the queue of the one thread.
    player.schedule_with(&first, Schedule::default(), move || {
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
        engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, format)?;
        let ones = Buffer::from_fn(format, 1_000, |_, _| 1.0)?;
        player.schedule_with(&ones, looping(), || {})?;
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
        // And starts as well as the first time.
        player.schedule_with(&ones, looping(), || {})?;
        player.play()?;
        render(&engine, SETTLED);
        assert_samples(&render(&engine, 500)[0], |_| 1.0, 1e-4);
    }
    Ok(())
}

#[test]
fn a_branch_that_was_away_brings_nothing_old_back() -> Result<()> {
    let engine = running(48_000.0, 1);
    let (main, group) = (engine.main_mixer()?, engine.create_mixer()?);
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
    let (main, group) = (engine.main_mixer()?, engine.create_mixer()?);
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

#[test]
fn rates_too_far_apart_are_refused() -> Result<()> {
    let engine = running(48_000.0, 1);
    let main = engine.main_mixer()?;
    let (source, group) = (tone(&engine, at(44_100.0, 1), 1.0)?, engine.create_mixer()?);
    engine.connect(&source, &group, 0, 0)?;
    engine.connect(&group, &main, 0, 0)?;
    let refused = |attempt: Result<()>, rates: [&str; 3]| {
        let Err(Error::Exception(exception)) = attempt else {
            panic!("{attempt:?}");
        };
        let reason = exception.to_string();
        assert!(rates.iter().all(|rate| reason.contains(rate)), "{reason}");
    };
    let player = engine.create_player()?;
    let slow = engine.connect_with_format(&player, &main, 0, 1, at(187.0, 1));
    refused(slow, ["187 Hz", "48000 Hz", "1 to 256"]);
    let inner = engine.connect_with_format(&group, &main, 0, 0, at(172.0, 1));
    refused(inner, ["44100 Hz", "172 Hz", "1 to 256"]);
    // Nothing has changed.
    assert_eq!(engine.source_of(&main, 1)?, None);
    common::assert_audited(&engine);
    assert_tone(&engine, "after the refusals", Some(DELAY / 44_100.0));
    engine.connect_with_format(&player, &main, 0, 1, at(187.5, 1))?;
    Ok(())
}
