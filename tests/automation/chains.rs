//! Where fades start, and what they leave when they meet.

use std::time::Duration;

use perbus::{AutomationPoint, Curve, Engine, Format, Result};

use crate::common::*;

/// So many frames.
pub(crate) fn frames(frames: u32) -> Duration {
    Duration::from_secs_f64(f64::from(frames) / RATE)
}

#[test]
fn a_fade_starts_at_its_frame_whatever_the_blocks() -> Result<()> {
    for block in [1, 7, 64, 500, 512] {
        let engine = running(1);
        let bus = engine.main_mixer().bus(0)?;
        engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
        bus.fade_at(700, 0.25, frames(1000), Curve::Linear)?;
        let heard = render_in(&engine, 2000, block).remove(0);
        let expected = |frame: usize| {
            let done = (frame as f32 + 1.0 - 700.0).clamp(0.0, 1000.0) / 1000.0;
            1.0 - 0.75 * done
        };
        assert_samples(&heard, expected, 1e-6);
    }
    Ok(())
}

#[test]
fn fades_that_meet_leave_no_step() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    // In any order, each from where the one before it ends.
    bus.automate_volume(&[
        AutomationPoint::fade(2_300, 2.0, frames(1000), Curve::Linear),
        AutomationPoint::fade(300, 0.5, frames(1000), Curve::Linear),
        AutomationPoint::fade(1_300, 1.0, frames(1000), Curve::Linear),
    ])?;
    let heard = render_mono(&engine, 4_000);
    let values = [1.0, 0.5, 1.0, 2.0];
    let expected = |frame: usize| {
        let x = ((frame as f32 + 1.0 - 300.0) / 1000.0).clamp(0.0, 3.0);
        let leg = (x as usize).min(2);
        values[leg] + (values[leg + 1] - values[leg]) * (x - leg as f32)
    };
    assert_samples(&heard, expected, 1e-6);
    assert!(largest_step(1.0, &heard) <= 1.001e-3);
    Ok(())
}

#[test]
fn a_later_start_takes_over_from_where_the_value_is() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    bus.fade_at(100, 0.0, frames(1000), Curve::Linear)?;
    bus.fade_at(600, 1.0, frames(500), Curve::Linear)?;
    let heard = render_mono(&engine, 1_500);
    let expected = |frame: usize| match frame + 1 {
        at @ 0..=100 => 1.0 - 0.0 * at as f32,
        at @ 101..=600 => 1.0 - (at - 100) as f32 / 1000.0,
        at @ 601..=1100 => 0.5 + 0.5 * (at - 600) as f32 / 500.0,
        _ => 1.0,
    };
    assert_samples(&heard, expected, 1e-6);
    Ok(())
}

#[test]
fn a_pan_and_an_output_volume_move_at_their_frames() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let bus = mixer.bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), &mixer, 0, 0)?;
    bus.fade_pan_at(333, 1.0, frames(1000))?;
    mixer.fade_output_volume_at(2_000, 0.5, frames(100), Curve::Linear)?;
    bus.set_pan_at(3_000, -1.0)?;
    mixer.set_output_volume_at(4_000, 1.0)?;
    let heard = render(&engine, 5_000);
    let output = |frame: usize| match frame + 1 {
        at @ 0..=2_000 => 1.0 - 0.0 * at as f32,
        at @ 2_001..=2_100 => 1.0 - 0.5 * (at - 2_000) as f32 / 100.0,
        at @ 2_101..=4_000 => 0.5 + 0.0 * at as f32,
        at => (0.5 + 0.5 * (at - 4_000) as f32 / 480.0).min(1.0),
    };
    let pan = |frame: usize, left: bool| match frame + 1 {
        at @ 0..=3_000 if left => 1.0 - (at as f32 - 333.0).clamp(0.0, 1000.0) / 1000.0,
        0..=3_000 => 1.0,
        at => {
            let ramp = ((at - 3_000) as f32 / 480.0).min(1.0);
            if left {
                ramp
            } else {
                1.0 - ramp
            }
        }
    };
    for (samples, left) in heard.iter().zip([true, false]) {
        assert_samples(samples, |frame| output(frame) * pan(frame, left), 2e-6);
    }
    Ok(())
}

#[test]
fn what_waits_belongs_to_the_bus() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    let bus = mixer.bus(0)?;
    let source = constant(&engine, &[1.0]);
    // Before anything is connected, while nothing is, and during a mute.
    bus.fade_at(1_000, 0.0, frames(1000), Curve::Linear)?;
    bus.fade_at(3_000, 1.0, frames(1000), Curve::Linear)?;
    engine.connect(&source, &mixer, 0, 0)?;
    let expected = |at: usize| {
        let down = (at as f32 - 1_000.0).clamp(0.0, 1000.0) / 1000.0;
        let up = (at as f32 - 3_000.0).clamp(0.0, 1000.0) / 1000.0;
        1.0 - down + up
    };
    assert_samples(
        &render_mono(&engine, 1_200),
        |frame| expected(frame + 1),
        1e-6,
    );
    engine.disconnect_input(&mixer, 0)?;
    assert_samples(&render_mono(&engine, 200), |_| 0.0, 0.0);
    engine.connect(&source, &mixer, 0, 0)?;
    assert_samples(
        &render_mono(&engine, 300),
        |frame| expected(frame + 1_401),
        1e-6,
    );
    bus.set_muted(true)?;
    render_mono(&engine, 600);
    assert_samples(&render_mono(&engine, 900), |_| 0.0, 0.0);
    bus.set_muted(false)?;
    // What is heard joins the fade that began meanwhile.
    render_mono(&engine, 480);
    assert_samples(
        &render_mono(&engine, 1_000),
        |frame| expected(frame + 3_681),
        1e-6,
    );
    assert_eq!(bus.volume_automation(), []);
    Ok(())
}

#[test]
fn a_reset_of_the_clock_moves_nothing_that_waits() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    render_mono(&engine, 500);
    bus.fade_at(1_500, 0.0, frames(500), Curve::Linear)?;
    engine.reset()?;
    assert_eq!(bus.volume_automation()[0].frame, 1_000);
    bus.set_volume_at(2_000, 1.0)?;
    let heard = render_mono(&engine, 3_000);
    let expected = |frame: usize| match frame + 1 {
        at @ 0..=1_999 => 1.0 - (at as f32 - 1_000.0).clamp(0.0, 500.0) / 500.0,
        at => ((at as f32 - 2_000.0) / 480.0).min(1.0),
    };
    assert_samples(&heard, expected, 1e-6);
    Ok(())
}

#[test]
fn a_mixer_at_another_rate_counts_in_the_engine_s_frames() -> Result<()> {
    let engine = running(1);
    let group = engine.create_mixer()?;
    let half = Format::new(RATE / 2.0, 1)?;
    let source = engine.create_source(half, |block| block.channel_mut(0).fill(1.0))?;
    engine.connect_with_format(&source, &group, 0, 0, half)?;
    engine.connect_with_format(&group, &engine.main_mixer(), 0, 0, half)?;
    render_mono(&engine, 512);
    group
        .bus(0)?
        .fade_at(2_000, 0.0, frames(2_000), Curve::Linear)?;
    let heard = render_mono(&engine, 5_000);
    // The converter is late by some 50 frames of the lower rate.
    let expected = |at: f32| 1.0 - (at - 2_000.0).clamp(0.0, 2_000.0) / 2_000.0;
    for (frame, sample) in heard.iter().enumerate() {
        let at = frame as f32 + 512.0;
        let (low, high) = (expected(at + 20.0) - 1e-3, expected(at - 140.0) + 1e-3);
        assert!((low..=high).contains(sample), "frame {at}: {sample}");
    }
    Ok(())
}

#[test]
fn thousands_of_points_are_all_heard() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    let level = |number: i64| (number % 7) as f32 / 8.0;
    let points: Vec<_> = (1..=5_000)
        .map(|it| AutomationPoint::fade(it * 10, level(it), frames(10), Curve::Linear))
        .collect();
    bus.automate_volume(&points)?;
    assert_eq!(bus.volume_automation().len(), 5_000);
    let heard = render_mono(&engine, 50_020);
    for number in 1..=5_000i64 {
        let sample = heard[number as usize * 10 + 9];
        assert!((sample - level(number)).abs() < 1e-5, "{number}: {sample}");
    }
    assert_eq!(bus.volume_automation(), []);
    Ok(())
}

/// An engine for the others.
pub(crate) fn one_source() -> Result<(Engine, perbus::Bus)> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    Ok((engine, bus))
}
