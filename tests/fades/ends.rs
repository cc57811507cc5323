//! How a fade ends, and who is told.

use std::collections::BTreeMap;
use std::panic::panic_any;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use perbus::{Bus, BusConfig, Curve, Engine, Error, Fade, FadeEnd, Fallback, Result};
use proptest::prelude::*;

use crate::common::{constant, render, render_mono, running, RAMP};
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

/// Panics once more when it goes.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose: a payload that panics");
    }
}

/// As in a completion: the hook reports it, and whoever renders, sets or drops hears nothing of it.
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

/// Without a block in between, on the thread that ends it, with no lock held.
#[test]
fn what_cuts_a_fade_tells_its_end_at_once() -> Result<()> {
    type Cut = fn(&Engine, &Bus, &Fade) -> Result<()>;
    let cuts: [(&str, FadeEnd, Cut); 12] = [
        ("volume", FadeEnd::Replaced, |_, bus, _| bus.set_volume(0.3)),
        ("number", FadeEnd::Replaced, |engine, bus, _| {
            engine
                .set_mixer_volume_for_bus(bus.mixer(), 0.3, bus.number())
                .map(drop)
        }),
        ("connection", FadeEnd::Replaced, |engine, bus, _| {
            let source = engine.source_of(bus.mixer(), bus.number())?.expect("fed").0;
            let source = engine.node(source)?.expect("attached");
            engine.set_connection_volume(&source, bus.mixer(), bus.number(), 0.3)
        }),
        ("configure", FadeEnd::Replaced, |_, bus, _| {
            let volume = Some(0.3);
            let config = BusConfig {
                volume,
                ..BusConfig::new(bus.number())
            };
            bus.mixer().configure(&[config])
        }),
        ("scene", FadeEnd::Replaced, |_, bus, _| {
            bus.mixer().apply(&bus.mixer().snapshot())
        }),
        ("reset", FadeEnd::Replaced, |_, bus, _| bus.reset()),
        ("fade", FadeEnd::Replaced, |_, bus, _| {
            bus.fade_to(0.9, FADE, Curve::Linear).map(drop)
        }),
        ("cancel", FadeEnd::Replaced, |_, _, fade| fade.cancel()),
        ("pan", FadeEnd::Replaced, |_, bus, _| bus.set_pan(0.1)),
        ("pan by number", FadeEnd::Replaced, |engine, bus, _| {
            engine
                .set_mixer_pan_for_bus(bus.mixer(), 0.1, bus.number())
                .map(drop)
        }),
        ("pan fade", FadeEnd::Replaced, |_, bus, _| {
            bus.fade_pan_to(0.5, FADE).map(drop)
        }),
        ("detach", FadeEnd::Stopped, |engine, bus, _| {
            engine.detach(bus.mixer())
        }),
    ];
    for (name, expected, cut) in cuts {
        let engine = running(1);
        let group = engine.create_mixer()?;
        engine.connect(&group, &engine.main_mixer()?, 0, 0)?;
        engine.connect(&constant(&engine, &[1.0]), &group, 0, 3)?;
        let (bus, told) = (group.bus(3)?, Arc::new(Mutex::new(Vec::new())));
        let end = {
            let (told, bus) = (Arc::clone(&told), bus.clone());
            move |end| {
                // What needs locks works here; were one held, this would hang.
                let _ = bus.mixer().snapshot();
                let _ = bus.set_muted(true);
                told.lock()
                    .unwrap()
                    .push((end, std::thread::current().id()));
            }
        };
        let fade = if name.starts_with("pan") {
            bus.fade_pan_to_with(1.0, FADE, end)?
        } else {
            bus.fade_to_with(0.0, FADE, Curve::Linear, end)?
        };
        render(&engine, FRAMES / 2);
        assert!(told.lock().unwrap().is_empty());
        cut(&engine, &bus, &fade)?;
        let here = std::thread::current().id();
        assert_eq!(*told.lock().unwrap(), [(expected, here)], "{name}");
        assert!(!fade.is_running(), "{name}");
        render(&engine, 2 * FRAMES);
        assert_eq!(told.lock().unwrap().len(), 1, "{name}");
    }
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

/// They stay where they have got to, and are told why.
#[test]
fn fades_end_with_their_mixer_and_their_engine() -> Result<()> {
    let engine = running(1);
    let group = engine.create_mixer()?;
    engine.connect(&group, &engine.main_mixer()?, 0, 0)?;
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
    let elsewhere = engine.main_mixer()?.bus(7)?;
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
    engine.connect(&group, &engine.main_mixer()?, 0, 0)?;
    engine.connect(&source, &group, 0, 0)?;
    render(&engine, RAMP);
    assert_curve(&render_mono(&engine, FRAMES), 0, |_| 0.75);
    // The engine goes with its last handle; the one fade left has not arrived.
    drop((bus, elsewhere, group, source, engine));
    assert_eq!(receiver.try_recv(), Ok(("main", FadeEnd::Stopped)));
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Fade(u32, bool, u64),
    Set(u32, bool),
    ByNumber(u32),
    Configure(u32),
    Scene,
    Reset(u32),
    Mute(u32),
    Cancel(usize),
    Render(usize),
}

const BUSES: u32 = 3;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..BUSES, any::<bool>(), 0..1200u64).prop_map(|(bus, pan, frames)| {
            Step::Fade(bus, pan, frames.saturating_sub(200))
        }),
        3 => (0..BUSES, any::<bool>()).prop_map(|(bus, pan)| Step::Set(bus, pan)),
        2 => (0..BUSES).prop_map(Step::ByNumber),
        2 => (0..BUSES).prop_map(Step::Configure),
        1 => Just(Step::Scene),
        1 => (0..BUSES).prop_map(Step::Reset),
        2 => (0..BUSES).prop_map(Step::Mute),
        3 => (0..40usize).prop_map(Step::Cancel),
        6 => (1..900usize).prop_map(Step::Render),
    ]
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    /// Each end is told once, by the very call that brings it.
    #[test]
    fn every_end_is_told_when_it_comes(steps in prop::collection::vec(step(), 1..60)) {
        let engine = running(1);
        let mixer = engine.main_mixer().unwrap();
        for bus in 0..BUSES - 1 {
            engine.connect(&constant(&engine, &[0.5]), &mixer, 0, bus).unwrap();
        }
        let (sender, receiver) = channel();
        let mut fades: Vec<Fade> = Vec::new();
        // What fades there: the fade's number and the frame of its end.
        let mut running: BTreeMap<(u32, bool), (usize, u64)> = BTreeMap::new();
        let mut now = 0;
        for step in steps {
            let mut expected = Vec::new();
            let mut replace = |at: (u32, bool), running: &mut BTreeMap<_, (usize, u64)>| {
                if let Some((number, _)) = running.remove(&at) {
                    expected.push((number, FadeEnd::Replaced));
                }
            };
            match step {
                Step::Fade(bus, pan, frames) => {
                    replace((bus, pan), &mut running);
                    let (number, sender) = (fades.len(), sender.clone());
                    let ended = move |end| sender.send((number, end)).unwrap();
                    let length = Duration::from_secs_f64(frames as f64 / 48_000.0);
                    let strip = mixer.bus(bus).unwrap();
                    fades.push(if pan {
                        strip.fade_pan_to_with(0.5, length, ended).unwrap()
                    } else {
                        strip.fade_to_with(0.5, length, Curve::Linear, ended).unwrap()
                    });
                    running.insert((bus, pan), (number, now + frames));
                }
                Step::Set(bus, pan) => {
                    let strip = mixer.bus(bus).unwrap();
                    if pan { strip.set_pan(-0.5) } else { strip.set_volume(0.25) }.unwrap();
                    replace((bus, pan), &mut running);
                }
                Step::ByNumber(bus) => {
                    engine.set_mixer_volume_for_bus(&mixer, 0.75, bus).unwrap();
                    // The last bus has no source: that is the mixer's own volume.
                    if bus + 1 < BUSES {
                        replace((bus, false), &mut running);
                    }
                }
                Step::Configure(bus) => {
                    let config = BusConfig { pan: Some(0.25), ..BusConfig::new(bus) };
                    mixer.configure(&[config]).unwrap();
                    replace((bus, true), &mut running);
                }
                Step::Scene => {
                    let scene = mixer.snapshot();
                    mixer.apply(&scene).unwrap();
                    for bus in 0..BUSES {
                        replace((bus, false), &mut running);
                        replace((bus, true), &mut running);
                    }
                }
                Step::Reset(bus) => {
                    mixer.bus(bus).unwrap().reset().unwrap();
                    replace((bus, false), &mut running);
                    replace((bus, true), &mut running);
                }
                Step::Mute(bus) => {
                    let strip = mixer.bus(bus).unwrap();
                    strip.set_muted(!strip.is_muted()).unwrap();
                }
                Step::Cancel(which) => {
                    if !fades.is_empty() {
                        let which = which % fades.len();
                        fades[which].cancel().unwrap();
                        let at = running.iter().find(|(_, (number, _))| *number == which);
                        if let Some(at) = at.map(|(at, _)| *at) {
                            replace(at, &mut running);
                        }
                    }
                }
                Step::Render(frames) => {
                    render(&engine, frames);
                    now += frames as u64;
                }
            }
            running.retain(|_, (number, end)| {
                if *end <= now {
                    expected.push((*number, FadeEnd::Finished));
                }
                *end > now
            });
            let mut told: Vec<_> = receiver.try_iter().collect();
            told.sort_unstable_by_key(|(number, _)| *number);
            expected.sort_unstable_by_key(|(number, _)| *number);
            prop_assert_eq!(told, expected);
            for (number, fade) in fades.iter().enumerate() {
                let runs = running.values().any(|(it, _)| *it == number);
                prop_assert_eq!(fade.is_running(), runs);
            }
        }
        let mut left: Vec<_> = running.values().map(|(number, _)| *number).collect();
        left.sort_unstable();
        drop((fades, mixer, engine));
        let mut told: Vec<_> = receiver.try_iter().collect();
        told.sort_unstable_by_key(|(number, _)| *number);
        let stopped: Vec<_> = left.into_iter().map(|number| (number, FadeEnd::Stopped)).collect();
        prop_assert_eq!(told, stopped);
    }
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
