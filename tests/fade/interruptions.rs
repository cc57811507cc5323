//! Interruptions that leave a fade running.

use std::sync::mpsc::channel;

use perbus::{BusConfig, Curve, FadeEnd, Format, Result};

use crate::common::{constant, render, render_mono, running, RAMP};
use crate::desk::{assert_curve, desk, FADE, FRAMES, TOLERANCE};

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
    // After silence it is set in steps, once per block; the last one still has its ramp.
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

/// A fade's time is the engine's, whatever rate the mixer runs at.
#[test]
fn a_mixer_at_another_rate_fades_as_long() -> Result<()> {
    let engine = running(1);
    let half = Format::new(24_000.0, 1)?;
    let group = engine.create_mixer()?;
    engine.connect_with_format(&group, &engine.main_mixer(), 0, 0, half)?;
    let source = engine.create_source(half, |block| block.channel_mut(0).fill(1.0))?;
    engine.connect_with_format(&source, &group, 0, 0, half)?;
    let bus = group.bus(0)?;
    render(&engine, 4096);
    bus.fade_to(0.0, FADE * 4, Curve::Linear)?;
    let heard = render_mono(&engine, 4 * FRAMES);
    // The converter delays by a millisecond or two and rounds corners.
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

/// The engine fades from what is heard, which is nothing; the strip is in the middle of its fade.
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
