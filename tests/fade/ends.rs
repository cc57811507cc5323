//! How a fade ends, and how that is reported.

use std::panic::panic_any;
use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{Curve, Error, FadeEnd, Result};

use crate::common::*;
use crate::desk::{assert_curve, desk, FADE, FRAMES, TOLERANCE};

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

/// The first was replaced by a value; the second is identical to the first.
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

/// As in a completion, the hook reports it, and the thread that renders, sets or drops is
/// unaffected.
#[test]
fn a_panic_in_an_end_comes_out_of_nothing() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    let start = |place: u32| {
        let sender = sender.clone();
        let end = move |_| {
            sender.send(place).expect("the test listens");
            match place % 3 {
                0 => (),
                1 => panic!("on purpose"),
                _ => panic_any(Bomb),
            }
        };
        let bus = bus.mixer().bus(place)?;
        bus.fade_to_with(0.5, FADE, Curve::Linear, end)
    };
    let told = || {
        let mut ran: Vec<_> = receiver.try_iter().collect();
        ran.sort_unstable();
        ran
    };
    for place in 0..6 {
        start(place)?;
    }
    render(&engine, FRAMES);
    assert_eq!(told(), [0, 1, 2, 3, 4, 5]);
    for place in 0..6 {
        start(place)?;
        bus.mixer().bus(place)?.set_volume(1.0)?;
        assert_eq!(told(), [place]);
        start(place)?.cancel()?;
        assert_eq!(told(), [place]);
    }
    for place in 0..6 {
        start(place)?;
    }
    drop((bus, engine));
    assert_eq!(told(), [0, 1, 2, 3, 4, 5]);
    Ok(())
}

#[test]
fn a_fade_of_no_length_ends_before_it_is_there() -> Result<()> {
    let (_engine, bus) = desk(1.0)?;
    let (sender, receiver) = channel();
    let tell = move |end| sender.send(end).expect("the test listens");
    let fade = bus.fade_to_with(0.5, Duration::ZERO, Curve::Linear, tell)?;
    assert_eq!(receiver.try_recv(), Ok(FadeEnd::Finished));
    assert!(!fade.is_running() && bus.volume() == 0.5);
    Ok(())
}

/// They stay at their current value and report why they ended.
#[test]
fn fades_end_with_their_mixer_and_their_engine() -> Result<()> {
    let engine = running(1);
    let group = engine.create_mixer()?;
    engine.connect(&group, &engine.main_mixer(), 0, 0)?;
    let source = constant(&engine, &[1.0]);
    engine.connect(&source, &group, 0, 0)?;
    render(&engine, RAMP);
    let (sender, receiver) = channel();
    let tell = |name: &'static str| {
        let sender = sender.clone();
        move |end| sender.send((name, end)).expect("the test listens")
    };
    let bus = group.bus(0)?;
    bus.fade_to_with(0.0, FADE, Curve::Linear, tell("group"))?;
    // One that nothing feeds.
    group
        .bus(5)?
        .fade_to_with(0.0, FADE, Curve::Linear, tell("free"))?;
    let elsewhere = engine.main_mixer().bus(7)?;
    elsewhere.fade_to_with(0.0, FADE * 9, Curve::Linear, tell("main"))?;
    render(&engine, FRAMES / 4);
    engine.detach(&group)?;
    let mut told: Vec<_> = receiver.try_iter().collect();
    told.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(
        told,
        [("free", FadeEnd::Stopped), ("group", FadeEnd::Stopped)]
    );
    render(&engine, FRAMES);
    assert!((bus.volume() - 0.75).abs() <= TOLERANCE, "{}", bus.volume());
    engine.attach(&group)?;
    engine.connect(&group, &engine.main_mixer(), 0, 0)?;
    engine.connect(&source, &group, 0, 0)?;
    render(&engine, RAMP);
    assert_curve(&render_mono(&engine, FRAMES), 0, |_| 0.75);
    // The engine is dropped with its last handle; the one remaining fade has not finished.
    drop((bus, elsewhere, group, source, engine));
    assert_eq!(receiver.try_recv(), Ok(("main", FadeEnd::Stopped)));
    Ok(())
}

#[test]
fn bad_fades_change_nothing() -> Result<()> {
    let (engine, bus) = desk(0.5)?;
    let day = Duration::from_secs(24 * 60 * 60);
    for refused in [
        bus.fade_to(4.01, FADE, Curve::Linear),
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
