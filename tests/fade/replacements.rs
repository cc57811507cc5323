//! Every call that replaces a fade reports its end, and does so at once.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use perbus::{Bus, BusConfig, Curve, Engine, Fade, FadeEnd, Fallback, Result};

use crate::common::{constant, render, running};
use crate::desk::{desk, FADE, FRAMES};

/// Without a block in between, on the thread of the call, with no lock held.
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
        engine.connect(&group, &engine.main_mixer(), 0, 0)?;
        engine.connect(&constant(&engine, &[1.0]), &group, 0, 3)?;
        let (bus, told) = (group.bus(3)?, Arc::new(Mutex::new(Vec::new())));
        let end = {
            let (told, bus) = (Arc::clone(&told), bus.clone());
            move |end| {
                // Calls that lock work here; if a lock were held, this would hang.
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

/// Whatever replaces a fade reports its end, even if nothing is rendered any more.
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
