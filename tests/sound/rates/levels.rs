//! Sample rates other than the mixer's: level, purity, delay, gains and channels.

use std::f64::consts::TAU;

use crate::common::tones::*;
use crate::common::{assert_samples, largest_step, looping, render};
use perbus::{Buffer, Error, Result};

#[test]
fn a_source_keeps_level_and_pitch() -> Result<()> {
    for (from, to) in PAIRS {
        let engine = running(to, 2);
        let source = tone(&engine, at(from, 2), 1.0)?;
        engine.connect(&source, &engine.main_mixer(), 0, 0)?;
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
        engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, at(from, 1))?;
        player.schedule_as(&second, looping())?;
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
        // One source has the group's rate; the other has the engine's, and is converted to the
        // group's and back.
        for rate in [from, to, 32_000.0] {
            let source = tone(&engine, at(rate, 2), 1.0)?;
            engine.connect(&source, &group, 0, 0)?;
            engine.connect_with_format(&group, &engine.main_mixer(), 0, 0, at(from, 2))?;
            assert_tone(&engine, &format!("{rate} by {from} to {to} Hz"), None);
        }
    }
    Ok(())
}

#[test]
fn a_source_is_converted_to_its_connection_first() -> Result<()> {
    let engine = running(48_000.0, 2);
    let source = tone(&engine, at(44_100.0, 1), 1.0)?;
    engine.connect_with_format(&source, &engine.main_mixer(), 0, 0, at(48_000.0, 2))?;
    assert_tone(
        &engine,
        "44.1 in a 48 kHz connection",
        Some(DELAY / 44_100.0),
    );
    engine.connect_with_format(&source, &engine.main_mixer(), 0, 0, at(96_000.0, 1))?;
    assert_tone(&engine, "44.1 in a 96 kHz connection", None);
    Ok(())
}

#[test]
fn the_output_converts_what_reaches_it() -> Result<()> {
    let engine = running(48_000.0, 2);
    engine.stop()?;
    let (main, output) = (engine.main_mixer(), engine.output());
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

#[test]
fn loops_and_seams_stay_continuous() -> Result<()> {
    let engine = running(48_000.0, 1);
    let format = at(44_100.0, 1);
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, format)?;
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
    player.schedule_as(&ten, looping())?;
    player.play()?;
    assert_tone(&engine, "seams", Some(DELAY / 44_100.0));
    assert_tone(&engine, "loop", Some(DELAY / 44_100.0));
    Ok(())
}

#[test]
fn gains_come_after_conversion() -> Result<()> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer();
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
        engine.connect(&source, &engine.main_mixer(), 0, 0)?;
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
    engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    render(&engine, SETTLED);
    for (heard, level) in render(&engine, 1_000).iter().zip(levels) {
        assert_samples(heard, |_| level, 1e-4);
    }
    Ok(())
}

#[test]
fn mono_is_spread_after_conversion_and_stereo_folded() -> Result<()> {
    let engine = running(48_000.0, 2);
    let main = engine.main_mixer();
    let mono = tone(&engine, at(44_100.0, 1), 1.0)?;
    engine.connect(&mono, &main, 0, 0)?;
    let heard = render(&engine, SETTLED);
    assert_eq!(heard[0], heard[1]);
    let engine = running(48_000.0, 1);
    let stereo = constants(&engine, at(44_100.0, 2), &[0.5, 0.25])?;
    engine.connect(&stereo, &engine.main_mixer(), 0, 0)?;
    render(&engine, SETTLED);
    assert_samples(&render(&engine, 1_000)[0], |_| 0.375, 1e-4);
    Ok(())
}

#[test]
fn rates_too_far_apart_are_refused() -> Result<()> {
    let engine = running(48_000.0, 1);
    let main = engine.main_mixer();
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
    crate::common::assert_audited(&engine);
    assert_tone(&engine, "after the refusals", Some(DELAY / 44_100.0));
    engine.connect_with_format(&player, &main, 0, 1, at(187.5, 1))?;
    Ok(())
}
