//! How a fade ends, and who is told.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{BusConfig, Curve, Error, FadeEnd, Fallback, Result};

use crate::common::{render, render_mono};
use crate::desk::{assert_curve, desk, FADE, FRAMES};

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

/// Whatever takes a fade's place reports its end, also where nothing is rendered any more.
#[test]
fn every_call_that_replaces_a_fade_reports_its_end() -> Result<()> {
    let (engine, bus) = desk(1.0)?;
    let mixer = bus.mixer().clone();
    let source = engine.source_of(&mixer, bus.number())?.expect("a source").0;
    let source = engine.node(source)?.expect("it is attached");
    let scene = mixer.snapshot();
    let config = |volume, pan| BusConfig {
        volume,
        pan,
        ..BusConfig::new(bus.number())
    };
    let number = bus.number();
    let forever = Duration::from_secs(3600);
    type Call<'a> = Box<dyn Fn() -> Result<()> + 'a>;
    let volumes: [(&str, Call<'_>); 8] = [
        ("set", Box::new(|| bus.set_volume(0.5))),
        (
            "by number",
            Box::new(|| {
                engine
                    .set_mixer_volume_for_bus(&mixer, 0.5, number)
                    .map(drop)
            }),
        ),
        (
            "by connection",
            Box::new(|| engine.set_connection_volume(&source, &mixer, number, 0.5)),
        ),
        (
            "configure",
            Box::new(|| mixer.configure(&[config(Some(0.5), None)])),
        ),
        ("apply", Box::new(|| mixer.apply(&scene))),
        ("reset", Box::new(|| bus.reset())),
        (
            "fade",
            Box::new(|| bus.fade_to(0.5, Duration::ZERO, Curve::Linear).map(drop)),
        ),
        (
            "disconnected",
            Box::new(|| {
                engine.disconnect_input(&mixer, number)?;
                bus.set_volume(0.5)
            }),
        ),
    ];
    let pans: [(&str, Call<'_>); 5] = [
        ("set", Box::new(|| bus.set_pan(0.5))),
        (
            "held",
            Box::new(|| {
                engine.set_fallback(Fallback::Hold);
                engine.set_mixer_pan_for_bus(&mixer, 0.5, number).map(drop)
            }),
        ),
        (
            "configure",
            Box::new(|| mixer.configure(&[config(None, Some(0.5))])),
        ),
        ("reset", Box::new(|| bus.reset())),
        (
            "fade",
            Box::new(|| bus.fade_pan_to(0.5, Duration::ZERO).map(drop)),
        ),
    ];
    let (sender, receiver) = channel();
    for (name, replace) in &volumes {
        let sender = sender.clone();
        bus.fade_to_with(0.0, forever, Curve::Linear, move |end| {
            sender.send(end).expect("the test listens");
        })?;
        replace()?;
        assert_eq!(receiver.try_recv(), Ok(FadeEnd::Replaced), "volume, {name}");
    }
    for (name, replace) in &pans {
        let sender = sender.clone();
        bus.fade_pan_to_with(-1.0, forever, move |end| {
            sender.send(end).expect("the test listens");
        })?;
        replace()?;
        assert_eq!(receiver.try_recv(), Ok(FadeEnd::Replaced), "pan, {name}");
    }
    Ok(())
}
