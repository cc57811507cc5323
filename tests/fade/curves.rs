//! The course of a fade, frame by frame.

use std::time::Duration;

use perbus::{Curve, Result};

use crate::common::{constant, render, render_in, render_mono, running, RAMP};
use crate::desk::{assert_curve, desk, value, FADE, FRAMES, TOLERANCE};

#[test]
fn every_curve_is_exact_in_every_frame_and_block_size() -> Result<()> {
    for curve in [Curve::Linear, Curve::EqualPower, Curve::Exponential] {
        for (from, to) in [(1.0, 0.0), (0.0, 1.0), (0.25, 0.75)] {
            for block in [1, 7, 64, 511] {
                let (engine, bus) = desk(from)?;
                bus.fade_to(to, FADE, curve)?;
                let heard = &render_in(&engine, FRAMES + 100, block)[0];
                assert_curve(heard, 0, |frame| {
                    let x = ((frame + 1) as f64 / FRAMES as f64).min(1.0);
                    value(curve, f64::from(from), f64::from(to), x)
                });
            }
        }
    }
    Ok(())
}

#[test]
fn the_getter_follows_the_fade() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
    assert!(fade.is_running());
    render(&engine, 250);
    assert!((bus.volume() - 0.75).abs() <= TOLERANCE, "{}", bus.volume());
    render(&engine, 750);
    assert_eq!(bus.volume(), 0.0);
    assert!(!fade.is_running());
    Ok(())
}

#[test]
fn the_pan_fades_too_and_beside_the_volume() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    bus.set_pan(-1.0)?;
    render(&engine, RAMP);
    bus.fade_pan_to(1.0, FADE)?;
    bus.fade_to(0.5, FADE / 2, Curve::Linear)?;
    let heard = render(&engine, FRAMES + 10);
    let at = |frame: usize| {
        let x = ((frame + 1) as f32 / FRAMES as f32).min(1.0);
        (1.0 - 0.5 * (2.0 * x).min(1.0), 2.0 * x - 1.0)
    };
    // Ten times the tolerance: a product of two values that are each exact to it.
    for (frame, (left, right)) in heard[0].iter().zip(&heard[1]).enumerate() {
        let (volume, pan) = at(frame);
        assert!(
            (left - volume * (1.0 - pan.max(0.0))).abs() <= 1e-5,
            "frame {frame}: {left}"
        );
        assert!(
            (right - volume * (1.0 + pan.min(0.0))).abs() <= 1e-5,
            "frame {frame}: {right}"
        );
    }
    Ok(())
}

#[test]
fn a_new_value_or_fade_takes_over_from_where_it_is() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, 500);
    bus.fade_to(1.0, FADE, Curve::Linear)?;
    let heard = render_mono(&engine, 500);
    assert_curve(&heard, 0, |frame| {
        0.5 + 0.5 * (frame + 1) as f32 / FRAMES as f32
    });
    bus.set_volume(0.25)?;
    let heard = render_mono(&engine, RAMP);
    let largest = crate::common::largest_step(0.75, &heard);
    assert!(largest <= 0.5 * 0.004, "a step of {largest}");
    assert!((heard[RAMP - 1] - 0.25).abs() <= TOLERANCE);
    Ok(())
}

#[test]
fn a_cancelled_fade_stays_where_it_is() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, 400);
    fade.cancel()?;
    assert!((bus.volume() - 0.6).abs() <= TOLERANCE);
    render(&engine, RAMP);
    assert_curve(&render_mono(&engine, 100), 0, |_| 0.6);
    // Cancelling again must not affect what came later.
    bus.set_volume(0.9)?;
    fade.cancel()?;
    assert_eq!(bus.volume(), 0.9);
    Ok(())
}

/// A cut, or a fade so short that it rounds to one.
#[test]
fn a_fade_of_no_length_is_there_at_once() -> Result<()> {
    for length in [Duration::ZERO, Duration::from_nanos(1)] {
        let engine = running(2);
        let bus = engine.main_mixer().bus(0)?;
        engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
        render(&engine, RAMP);
        bus.fade_to(0.25, length, Curve::Exponential)?;
        bus.fade_pan_to(-1.0, length)?;
        assert_eq!((bus.volume(), bus.pan()), (0.25, -1.0));
        crate::common::assert_heard(&engine, &[0.25, 0.0]);
    }
    Ok(())
}
