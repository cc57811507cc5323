//! Single changes during others.

use std::time::Duration;

use perbus::{Bus, Curve, Engine, Result};

use crate::common::*;

/// 100 ms, 4800 frames.
const FADE: Duration = Duration::from_millis(100);

/// 480 frames.
const SHORT: Duration = Duration::from_millis(10);

/// A bus of constant 1.0 on a stereo engine.
fn desk() -> Result<(Engine, Bus)> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    Ok((engine, bus))
}

/// The largest step of either channel from what was heard last.
fn step(before: &[Vec<f32>], heard: &[Vec<f32>]) -> f32 {
    let steps = before.iter().zip(heard).map(|(before, heard)| {
        let last = *before.last().expect("frames");
        largest_step(last, heard)
    });
    steps.fold(0.0, f32::max)
}

#[test]
fn a_fade_starts_where_a_pan_ramp_is() -> Result<()> {
    let (engine, bus) = desk()?;
    bus.set_pan(1.0)?;
    render(&engine, 1000);
    bus.set_pan(-1.0)?;
    let before = render(&engine, 240);
    bus.fade_to(0.5, FADE, Curve::Linear)?;
    let heard = render(&engine, 480);
    let limit = 1.0 / 480.0 + 0.5 / 4800.0 + 1e-6;
    let step = step(&before, &heard);
    assert!(step <= limit, "{step} is over {limit}");
    let heard = render(&engine, 4800 - 480);
    assert_samples(&heard[0], |at| 1.0 - 0.5 * (at + 481) as f32 / 4800.0, 1e-6);
    assert_constant(&heard[1], 0.0);
    Ok(())
}

/// Whatever starts when a pan ramp is halfway through.
#[test]
fn nothing_that_starts_during_a_pan_ramp_makes_a_step() -> Result<()> {
    let changes: [fn(&Bus) -> Result<()>; 6] = [
        |bus| bus.fade_to(0.0, FADE, Curve::EqualPower).map(drop),
        |bus| bus.fade_pan_to(0.5, FADE).map(drop),
        |bus| bus.set_volume(0.25),
        |bus| bus.set_muted(true),
        |bus| bus.mixer().set_output_volume(0.5),
        |bus| bus.fade_to(0.5, FADE, Curve::Exponential)?.cancel(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let (engine, bus) = desk()?;
        bus.set_pan(1.0)?;
        render(&engine, 1000);
        bus.set_pan(-1.0)?;
        let before = render(&engine, 240);
        change(&bus)?;
        let heard = render(&engine, 480);
        let step = step(&before, &heard);
        assert!(step <= 2.0 / 480.0 + 1e-6, "change {number}: {step}");
    }
    Ok(())
}

/// To the frame, from the end of the unmute's ramp on, in blocks of any size.
#[test]
fn a_bus_that_is_unmuted_follows_the_rest_of_its_fade() -> Result<()> {
    for (block, solo) in [(512, false), (64, true), (480, false), (1, true)] {
        for curve in [Curve::Linear, Curve::EqualPower, Curve::Exponential] {
            let (engine, bus) = desk()?;
            let silence = |on| {
                if solo {
                    bus.mixer().bus(5)?.set_soloed(on)
                } else {
                    bus.set_muted(on)
                }
            };
            render(&engine, 10);
            bus.fade_to(0.2, FADE, curve)?;
            render_in(&engine, 1000, block);
            silence(true)?;
            let before = render_in(&engine, 1000, block);
            assert_constant(&before[0][480..], 0.0);
            silence(false)?;
            let heard = render_in(&engine, 2800, block);
            let step = step(&before, &heard);
            assert!(step <= 1.0 / 480.0 + 1.0 / 1000.0, "a step of {step}");
            let at = |frame: usize| {
                let x = (frame + 2001) as f64 / 4800.0;
                let value = match curve {
                    Curve::EqualPower => (1.0 - x + x * 0.04).sqrt(),
                    Curve::Exponential => 0.2f64.powf(x),
                    _ => 1.0 - 0.8 * x,
                };
                value as f32
            };
            assert_samples(&heard[1][480..], |frame| at(frame + 480), 2e-6);
        }
    }
    Ok(())
}

type Change<'a> = &'a dyn Fn(&Bus) -> Result<()>;

#[test]
fn what_is_set_again_changes_nothing() -> Result<()> {
    let run = |again: Change<'_>| -> Result<Vec<Vec<f32>>> {
        let (engine, bus) = desk()?;
        render(&engine, 100);
        bus.fade_to(0.25, SHORT, Curve::Linear)?;
        render(&engine, 256);
        bus.set_pan(0.5)?;
        render(&engine, 256);
        again(&bus)?;
        Ok(render(&engine, 512))
    };
    let plain = run(&|_| Ok(()))?;
    let again: [Change<'_>; 6] = [
        &|bus| bus.set_volume(0.25),
        &|bus| bus.set_pan(0.5),
        &|bus| bus.set_muted(false),
        &|bus| bus.mixer().set_output_volume(1.0),
        &|bus| bus.mixer().apply(&bus.mixer().snapshot()),
        &|bus| {
            let engine = bus.mixer().engine();
            engine.set_mixer_volume_for_bus(bus.mixer(), 0.25, 0)?;
            engine.set_mixer_pan_for_bus(bus.mixer(), 0.5, 0).map(drop)
        },
    ];
    for (number, again) in again.iter().enumerate() {
        assert!(run(again)? == plain, "setting {number} is heard");
    }
    Ok(())
}

/// A fade's target is not reached yet: setting it ends the fade.
#[test]
fn the_end_of_a_fade_set_during_it_takes_its_place() -> Result<()> {
    let (engine, bus) = desk()?;
    render(&engine, 10);
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    let before = render(&engine, 480);
    bus.set_volume(0.0)?;
    let heard = render(&engine, 600);
    assert!(step(&before, &heard) <= 1.0 / 480.0);
    assert_constant(&heard[0][479..], 0.0);
    Ok(())
}

/// A fade far shorter than a concurrent ramp stays between its end points.
#[test]
fn a_cut_on_a_ramp_stays_in_range() -> Result<()> {
    let (engine, bus) = desk()?;
    bus.set_volume(0.0)?;
    render(&engine, 1000);
    bus.set_volume(1.0)?;
    bus.fade_to(0.0, SHORT / 48, Curve::Linear)?;
    assert_constant(&render(&engine, 1000)[0], 0.0);
    Ok(())
}
