//! A matrix's levels: their effect on the sound, how they move, how they read back, and pan laws.

use perbus::pan;
use perbus::{Engine, Error, Levels, Matrix, Result};

use crate::common::*;
use crate::patch::*;

/// Every change of a route's gain is over after this many frames.
const RAMP_FRAMES: usize = 480;

#[test]
fn what_is_heard_is_the_matrix_product() -> Result<()> {
    let patch = Patch::new()?;
    assert_eq!(patch.matrix.dimensions()?, (5, 3));
    let mut numbers = Numbers(1);
    for _ in 0..5 {
        let levels = Patch::random(&mut numbers);
        patch.matrix.set_levels(&levels)?;
        assert_product(&patch, &levels, true, true);
        // Each output bus on its own.
        patch.matrix.enable_output(1, false)?;
        assert_product(&patch, &levels, true, false);
        patch.matrix.enable_output(0, false)?;
        patch.matrix.enable_output(1, true)?;
        assert_product(&patch, &levels, false, true);
        patch.matrix.enable_output(0, true)?;
    }
    Ok(())
}

#[test]
fn an_input_bus_that_is_off_leaves_the_others() -> Result<()> {
    let patch = Patch::new()?;
    let mut levels = Patch::random(&mut Numbers(2));
    patch.matrix.set_levels(&levels)?;
    patch.matrix.enable_input(1, false)?;
    let volume = std::mem::replace(&mut levels.input_volumes_mut()[2], 0.0);
    assert_product(&patch, &levels, true, true);
    assert_eq!(patch.matrix.input(2)?, volume);
    Ok(())
}

#[test]
fn a_new_matrix_is_silent_and_each_level_at_0_silences() -> Result<()> {
    let engine = running(1);
    let matrix = constant_through_matrix(&engine, &[0.5])?;
    assert_eq!(matrix.levels()?, Levels::new(1, 1));
    assert_heard_at_once(&engine, &[0.0]);
    matrix.set_levels(&Levels::identity(1, 1))?;
    assert_heard(&engine, &[0.5]);
    type Set = fn(&Matrix, f32) -> Result<()>;
    let levels: [Set; 4] = [
        |matrix, level| matrix.set_crosspoint(0, 0, level),
        |matrix, level| matrix.set_input(0, level),
        |matrix, level| matrix.set_output(0, level),
        |matrix, level| matrix.set_master(level),
    ];
    for set in levels {
        set(&matrix, 0.0)?;
        assert_heard(&engine, &[0.0]);
        set(&matrix, 0.25)?;
        assert_heard(&engine, &[0.125]);
        set(&matrix, 1.0)?;
        assert_heard(&engine, &[0.5]);
    }
    Ok(())
}

#[test]
fn a_level_set_before_the_first_block_is_there_from_its_first_sample() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let matrix = constant_through_matrix(&engine, &[0.5, 0.25])?;
    matrix.set_levels(&Levels::identity(2, 2))?;
    engine.start()?;
    assert_heard_at_once(&engine, &[0.5, 0.25]);
    Ok(())
}

/// Ramps up, turns back in mid-ramp, and settles, in blocks of one length.
fn turns(block: usize) -> Result<Vec<f32>> {
    let engine = running(1);
    let matrix = engine.create_matrix(2, 1)?;
    for bus in 0..2 {
        let source = constant(&engine, &[0.5]);
        engine.connect(&source, &matrix, 0, bus)?;
    }
    engine.connect(&matrix, &engine.main_mixer(), 0, 0)?;
    matrix.set_levels(&Levels::identity(2, 1))?;
    let mut samples = render_in(&engine, 240, block).remove(0);
    matrix.set_crosspoint(1, 0, 1.0)?;
    samples.extend(render_in(&engine, 240, block).remove(0));
    matrix.set_crosspoint(0, 0, -1.0)?;
    matrix.set_crosspoint(1, 0, 0.25)?;
    samples.extend(render_in(&engine, 960, block).remove(0));
    Ok(samples)
}

#[test]
fn changes_are_ramps_without_a_click_whatever_the_block_size() -> Result<()> {
    let whole = turns(480)?;
    assert_constant(&whole[..240], 0.5);
    // Half of the way to 0.5 more, and from there to -0.5 + 0.125.
    assert!((whole[479] - 0.75).abs() < 1e-6, "{}", whole[479]);
    assert_constant(&whole[480 + RAMP_FRAMES..], -0.375);
    // The steepest ramp is the one from 0.75 to -0.375.
    let step = largest_step(0.5, &whole);
    let limit = 1.125 / RAMP_FRAMES as f32 * 1.01;
    assert!(step <= limit, "a step of {step}, the ramp's are {limit}");
    for block in [1, 7, 64, 97, 240] {
        let parts = turns(block)?;
        assert_samples(&parts, |frame| whole[frame], TOLERANCE);
    }
    Ok(())
}

#[test]
fn the_whole_matrix_goes_round() -> Result<()> {
    let patch = Patch::new()?;
    let levels = Patch::random(&mut Numbers(3));
    patch.matrix.set_levels(&levels)?;
    assert_eq!(patch.matrix.levels()?, levels);
    for (input, output) in crosspoints() {
        let gain = patch.matrix.crosspoint(input, output)?;
        assert_eq!(gain, levels[(input, output)]);
    }
    for input in 0..5 {
        let volume = patch.matrix.input(input)?;
        assert_eq!(volume, levels.input_volumes()[input as usize]);
    }
    for output in 0..3 {
        let volume = patch.matrix.output(output)?;
        assert_eq!(volume, levels.output_volumes()[output as usize]);
    }
    assert_eq!(patch.matrix.master()?, levels.master);
    Ok(())
}

#[test]
fn identity_clear_and_invert_leave_the_volumes() -> Result<()> {
    let patch = Patch::new()?;
    let mut levels = Patch::random(&mut Numbers(4));
    patch.matrix.set_levels(&levels)?;
    patch.matrix.invert()?;
    for (input, output) in crosspoints() {
        levels[(input, output)] = -levels[(input, output)];
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_product(&patch, &levels, true, true);
    patch.matrix.set_identity()?;
    for (input, output) in crosspoints() {
        levels[(input, output)] = if input == output { 1.0 } else { 0.0 };
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_product(&patch, &levels, true, true);
    patch.matrix.clear()?;
    for (input, output) in crosspoints() {
        levels[(input, output)] = 0.0;
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_heard(&patch.engine, &[0.0, 0.0]);
    Ok(())
}

#[test]
fn levels_may_be_set_while_another_thread_renders_and_rewires() -> Result<()> {
    let patch = Patch::new()?;
    let levels = Patch::random(&mut Numbers(8));
    std::thread::scope(|scope| {
        let setter = scope.spawn(|| -> Result<()> {
            for step in 0..2000 {
                let gain = (step % 21) as f32 / 10.0 - 1.0;
                patch.matrix.set_crosspoint(step % 5, step % 3, gain)?;
                patch.matrix.set_master(gain.abs())?;
            }
            Ok(())
        });
        for _ in 0..50 {
            render(&patch.engine, 200);
            let source = tones(&patch.engine, 2, 3);
            patch
                .engine
                .connect_with_format(&source, &patch.matrix, 0, 2, format(2))?;
        }
        setter.join().expect("no panic")
    })?;
    patch.matrix.set_levels(&levels)?;
    assert_product(&patch, &levels, true, true);
    Ok(())
}

#[test]
fn pan_laws() -> Result<()> {
    for step in -100..=100 {
        let position = step as f32 / 100.0;
        let angle = (f64::from(position) + 1.0) * std::f64::consts::FRAC_PI_4;
        let (left, right) = pan::constant_power(position)?;
        assert!((f64::from(left) - angle.cos()).abs() < 1e-6);
        assert!((f64::from(right) - angle.sin()).abs() < 1e-6);
        let power = left * left + right * right;
        assert!((power - 1.0).abs() < 1e-6, "{position}: {power}");
        let (left, right) = pan::linear(position)?;
        assert!((left - (1.0 - position) / 2.0).abs() < 1e-6);
        assert!((left + right - 1.0).abs() < 1e-6);
    }
    for law in [pan::constant_power, pan::linear] {
        assert_eq!((law(-1.0)?, law(1.0)?), ((1.0, 0.0), (0.0, 1.0)));
        for position in [-1.001, 1.5, f32::NAN, f32::INFINITY] {
            assert!(matches!(law(position), Err(Error::OutOfRange(_))));
        }
    }
    Ok(())
}
