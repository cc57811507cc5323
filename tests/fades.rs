//! Fades against their closed form, frame by frame.

mod common;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::channel;
use std::time::Duration;

use common::{constant, render, render_in, render_mono, running, RAMP};
use perbus::{Bus, BusConfig, Curve, Engine, Error, FadeEnd, Format, Result};

const TOLERANCE: f32 = 1e-6;

/// 1000 frames of the test engines.
const FADE: Duration = Duration::from_nanos(1_000_000_000 / 48);
const FRAMES: usize = 1000;

/// A mono engine with 1.0 on bus 0, settled at `volume`.
fn desk(volume: f32) -> Result<(Engine, Bus)> {
    let engine = running(1);
    let bus = engine.main_mixer()?.bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    bus.set_volume(volume)?;
    render(&engine, RAMP);
    Ok((engine, bus))
}

fn value(curve: Curve, from: f64, to: f64, x: f64) -> f32 {
    let value = match curve {
        Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
        Curve::Exponential => from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x),
        _ => from + (to - from) * x,
    };
    if x >= 1.0 {
        to as f32
    } else {
        value as f32
    }
}

#[track_caller]
fn assert_curve(samples: &[f32], first: usize, expected: impl Fn(usize) -> f32) {
    for (frame, sample) in samples.iter().enumerate() {
        let expected = expected(first + frame);
        assert!(
            (sample - expected).abs() <= TOLERANCE,
            "frame {frame}: {sample}, not {expected}"
        );
    }
}

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
    let bus = engine.main_mixer()?.bus(0)?;
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
    let largest = common::largest_step(0.75, &heard);
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
    // Cancelling again must not touch what came after.
    bus.set_volume(0.9)?;
    fade.cancel()?;
    assert_eq!(bus.volume(), 0.9);
    Ok(())
}

#[test]
fn the_end_is_told_once_and_how() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    let tell = |name: &'static str| {
        let sender = sender.clone();
        move |end| sender.send((name, end)).expect("the test listens")
    };
    bus.fade_to_with(0.0, FADE, Curve::Linear, tell("finished"))?;
    render(&engine, FRAMES - 1);
    assert!(receiver.try_recv().is_err());
    render(&engine, 1);
    assert_eq!(receiver.try_recv(), Ok(("finished", FadeEnd::Finished)));
    bus.fade_to_with(1.0, FADE, Curve::Linear, tell("replaced"))?;
    bus.fade_to_with(0.5, FADE, Curve::Linear, tell("cancelled"))?
        .cancel()?;
    bus.fade_pan_to_with(0.5, Duration::ZERO, tell("at once"))?;
    render(&engine, 2 * FRAMES);
    let mut rest: Vec<_> = receiver.try_iter().collect();
    rest.sort_by_key(|(name, _)| *name);
    let expected = [
        ("at once", FadeEnd::Finished),
        ("cancelled", FadeEnd::Replaced),
        ("replaced", FadeEnd::Replaced),
    ];
    assert_eq!(rest, expected);
    Ok(())
}

/// A cut, or a fade that rounds to one.
#[test]
fn a_fade_of_no_length_is_there_at_once() -> Result<()> {
    for length in [Duration::ZERO, Duration::from_nanos(1)] {
        let engine = running(2);
        let bus = engine.main_mixer()?.bus(0)?;
        engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
        render(&engine, RAMP);
        bus.fade_to(0.25, length, Curve::Exponential)?;
        bus.fade_pan_to(-1.0, length)?;
        assert_eq!((bus.volume(), bus.pan()), (0.25, -1.0));
        common::assert_heard(&engine, &[0.25, 0.0]);
    }
    Ok(())
}

/// The first was replaced by a value, the second is as the first in every respect.
#[test]
fn equal_fades_are_two() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    let tell = |name: &'static str| {
        let sender = sender.clone();
        move |end| sender.send((name, end)).expect("the test listens")
    };
    let first = bus.fade_to_with(0.0, FADE, Curve::Linear, tell("first"))?;
    bus.set_volume(1.0)?;
    let second = bus.fade_to_with(0.0, FADE, Curve::Linear, tell("second"))?;
    assert!(!first.is_running() && second.is_running());
    first.cancel()?;
    assert!(second.is_running());
    render(&engine, FRAMES);
    let mut ends: Vec<_> = receiver.try_iter().collect();
    ends.sort_by_key(|(name, _)| *name);
    let expected = [("first", FadeEnd::Replaced), ("second", FadeEnd::Finished)];
    assert_eq!(ends, expected);
    Ok(())
}

#[test]
fn a_panic_in_one_end_keeps_no_other_from_running() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    for place in 0..4 {
        let sender = sender.clone();
        let end = move |_| {
            sender.send(place).expect("the test listens");
            assert_ne!(place % 2, 0, "the panic of this test");
        };
        let bus = bus.mixer().bus(place)?;
        bus.fade_to_with(0.5, FADE, Curve::Linear, end)?;
    }
    let rendered = catch_unwind(AssertUnwindSafe(|| render(&engine, FRAMES)));
    assert!(rendered.is_err());
    let mut ran: Vec<_> = receiver.try_iter().collect();
    ran.sort_unstable();
    assert_eq!(ran, [0, 1, 2, 3]);
    render(&engine, 10);
    Ok(())
}

#[test]
fn mute_and_bulk_changes_leave_a_fade_its_way() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, 100);
    bus.set_muted(true)?;
    render(&engine, 100);
    bus.set_muted(false)?;
    bus.mixer().configure(&[BusConfig {
        pan: Some(0.5),
        ..BusConfig::new(0)
    }])?;
    render(&engine, 700);
    assert!((bus.volume() - 0.1).abs() <= TOLERANCE);
    // Back from silence it is set in steps, after each block; the last one has its ramp.
    render(&engine, 101 + 2 * RAMP);
    assert_curve(&render_mono(&engine, 10), 0, |_| 0.0);
    Ok(())
}

#[test]
fn a_fade_goes_on_over_a_reconnection() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, 500);
    engine.disconnect_input(bus.mixer(), 0)?;
    render(&engine, 250);
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    assert!((bus.volume() - 0.25).abs() <= TOLERANCE);
    let heard = render_mono(&engine, 300);
    assert_curve(&heard[250..], 250, |_| 0.0);
    assert!((heard[0] - 0.249).abs() <= 1e-5, "{}", heard[0]);
    Ok(())
}

#[test]
fn bad_fades_change_nothing() -> Result<()> {
    let (engine, bus) = desk(0.5)?;
    let day = Duration::from_secs(24 * 60 * 60);
    for refused in [
        bus.fade_to(1.5, FADE, Curve::Linear),
        bus.fade_to(f32::NAN, FADE, Curve::Linear),
        bus.fade_to(1.0, day + FADE, Curve::Linear),
        bus.fade_pan_to(-2.0, FADE),
        bus.fade_pan_to(0.0, Duration::MAX),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    }
    assert_eq!((bus.volume(), bus.pan()), (0.5, 0.0));
    assert_curve(&render_mono(&engine, 100), 0, |_| 0.5);
    Ok(())
}

/// A fade's time is the engine's, whatever rate the mixer runs at.
#[test]
fn a_mixer_at_another_rate_fades_as_long() -> Result<()> {
    let engine = running(1);
    let half = Format::new(24_000.0, 1)?;
    let group = engine.create_mixer()?;
    engine.connect_with_format(&group, &engine.main_mixer()?, 0, 0, half)?;
    let source = engine.create_source(half, |block| block.channel_mut(0).fill(1.0))?;
    engine.connect_with_format(&source, &group, 0, 0, half)?;
    let bus = group.bus(0)?;
    render(&engine, 4096);
    bus.fade_to(0.0, FADE * 4, Curve::Linear)?;
    let heard = render_mono(&engine, 4 * FRAMES);
    // The converter delays by a millisecond or two, and knows no corners.
    for (frame, expected) in [(1000, 0.75), (2000, 0.5), (3000, 0.25)] {
        assert!(
            (heard[frame] - expected).abs() < 0.04,
            "frame {frame}: {}",
            heard[frame]
        );
    }
    Ok(())
}

#[test]
fn a_reset_of_the_clock_leaves_a_fade_its_way() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    bus.fade_to_with(0.0, FADE, Curve::Linear, move |end| {
        sender.send(end).expect("the test listens");
    })?;
    render(&engine, 500);
    engine.reset()?;
    assert!((bus.volume() - 0.5).abs() <= TOLERANCE, "{}", bus.volume());
    render(&engine, 500);
    assert_eq!(receiver.try_recv(), Ok(FadeEnd::Finished));
    assert_eq!(bus.volume(), 0.0);
    Ok(())
}

/// The engine fades from what is heard, which is nothing; the strip is in the midst of its fade.
#[test]
fn a_strip_comes_back_into_its_fade() -> Result<()> {
    for solo in [false, true] {
        let (engine, bus) = desk(1.0)?;
        let other = bus.mixer().bus(5)?;
        let silence = |silent: bool| {
            if solo {
                other.set_soloed(silent)
            } else {
                bus.set_muted(silent)
            }
        };
        bus.fade_to(0.2, FADE * 20, Curve::Linear)?;
        render(&engine, 1000);
        silence(true)?;
        render(&engine, 7000);
        silence(false)?;
        render(&engine, 1024);
        for _ in 0..10 {
            let heard = render_mono(&engine, 256)[255];
            assert!(
                (heard - bus.volume()).abs() < 0.03,
                "{heard}, not {}",
                bus.volume()
            );
        }
        render(&engine, 20 * FRAMES);
        assert_curve(&render_mono(&engine, 10), 0, |_| 0.2);
    }
    Ok(())
}

/// The value that was set is where the fade starts, whether a block has heard it or not; what was
/// heard before goes over to it without a click.
#[test]
fn a_fade_starts_from_the_value_set_just_before() -> Result<()> {
    for (heard_first, curve) in [(0, Curve::Linear), (100, Curve::EqualPower)] {
        let (engine, bus) = desk(1.0)?;
        bus.set_volume(0.0)?;
        if heard_first > 0 {
            render(&engine, heard_first);
        }
        bus.fade_to(0.75, FADE * 10, curve)?;
        let start = render_mono(&engine, RAMP);
        let before = 1.0 - heard_first as f32 / 480.0;
        let largest = common::largest_step(before, &start);
        assert!(largest <= 0.0025, "a step of {largest}");
        assert_curve(&render_mono(&engine, 10 * FRAMES), RAMP, |frame| {
            let x = ((frame + 1) as f64 / (10 * FRAMES) as f64).min(1.0);
            value(curve, 0.0, 0.75, x)
        });
    }
    Ok(())
}

#[test]
fn a_pan_fades_from_where_it_was_set_just_before() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer()?.bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    bus.set_pan(1.0)?;
    render(&engine, RAMP);
    bus.set_pan(-1.0)?;
    bus.fade_pan_to(0.0, FADE)?;
    render(&engine, RAMP);
    let heard = render(&engine, FRAMES);
    assert_curve(&heard[0], RAMP, |_| 1.0);
    assert_curve(&heard[1], RAMP, |frame| {
        ((frame + 1) as f32 / FRAMES as f32).min(1.0)
    });
    Ok(())
}

/// Both before the connection's first block.
#[test]
fn a_fade_that_replaces_one_before_any_block_starts_where_that_did() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer()?.bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    bus.fade_to(0.5, FADE, Curve::Linear)?;
    assert_curve(&render_mono(&engine, FRAMES), 0, |frame| {
        1.0 - 0.5 * (frame + 1) as f32 / FRAMES as f32
    });
    Ok(())
}

/// An exponential fade takes silence for -80 dB, but not once it is there.
#[test]
fn a_fade_that_is_over_is_not_heard_again_with_the_pan() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer()?.bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    render(&engine, RAMP);
    bus.fade_to(0.0, FADE, Curve::Exponential)?;
    render(&engine, FRAMES);
    bus.set_pan(0.5)?;
    let heard = render(&engine, FRAMES);
    assert!(heard.iter().flatten().all(|sample| *sample == 0.0));
    Ok(())
}
