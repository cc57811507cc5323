//! Changes of a volume, a pan or a mute: short ramps without steps, heard only on their own bus.

use perbus::{Engine, Result};

use crate::common::*;

/// The fraction of a change that one sample may move by.
const STEP: f32 = 0.004;

#[test]
fn changing_one_bus_leaves_the_other_alone_in_every_sample() -> Result<()> {
    // The other bus's contribution is the difference between a run with it and one without.
    let run = |other: f32| -> Result<Vec<Vec<f32>>> {
        let engine = running(2);
        let mixer = engine.main_mixer();
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
            |engine| engine.main_mixer().bus(0)?.set_volume(0.125),
            1.0,
            0.125,
        ),
        (|engine| engine.main_mixer().bus(0)?.set_pan(1.0), 1.0, 0.0),
        (
            |engine| engine.main_mixer().bus(0)?.set_muted(true),
            1.0,
            0.0,
        ),
        (
            |engine| engine.main_mixer().set_output_volume(0.25),
            1.0,
            0.25,
        ),
    ];
    for (change, before, after) in changes {
        let mut reference: Option<Vec<f32>> = None;
        for block in [512, 1, 7, 64, 513] {
            let engine = Engine::offline(format(2), 600)?;
            engine.start()?;
            engine.connect(&constant(&engine, &[1.0, 1.0]), &engine.main_mixer(), 0, 0)?;
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
    let mixer = engine.main_mixer();
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
