//! What adopting costs, and what calls on an adopted engine cost compared with one of our own.
//!
//! The cost is the thread's CPU time, so that other load on the machine does not matter.

use std::time::Duration;

use cpu_time::ThreadTime;
use perbus::{Engine, Format, Mixer, Result};
use perbus_conformance::foreign::{ForeignEngine, Object};

use crate::mixer;

/// A program's engine with so many sources on its main mixer, each panned to the right.
fn program(sources: u32) -> ForeignEngine {
    let program = ForeignEngine::offline(64);
    let main = program.main_mixer();
    for bus in 0..sources {
        let source = Object::source(0.5);
        assert!(program.attach(source.pointer()));
        assert!(program.connect(source.pointer(), main, bus));
        assert!(perbus_conformance::foreign::set(
            source.pointer(),
            main,
            bus,
            0.5,
            1.0
        ));
    }
    assert!(program.start());
    program
}

fn adopt(program: &ForeignEngine) -> Result<Engine> {
    // SAFETY: the engine lives, and nothing else calls it.
    unsafe { Engine::from_native(program.pointer()) }
}

#[test]
fn an_engine_of_a_thousand_connections_is_adopted_in_20_ms() -> Result<()> {
    let program = program(1000);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = ThreadTime::now();
        let engine = adopt(&program)?;
        best = best.min(start.elapsed());
        let main = mixer(&engine, program.main_mixer())?;
        for bus in [0, 999] {
            assert_eq!((main.bus(bus)?.volume(), main.bus(bus)?.pan()), (0.5, 1.0));
        }
        assert!(engine.audit()?.is_empty());
    }
    assert!(best < Duration::from_millis(20), "{best:?}");
    Ok(())
}

/// Volumes and pans of each bus, by strip and by number, several times.
fn set_all(engine: &Engine, mixer: &Mixer, buses: u32) -> Result<Duration> {
    let start = ThreadTime::now();
    for round in 0..40_u8 {
        let value = f32::from(round) / 40.0;
        for bus in 0..buses {
            let strip = mixer.bus(bus)?;
            strip.set_volume(value)?;
            strip.set_pan(value)?;
            engine.set_mixer_volume_for_bus(mixer, value, bus)?;
            engine.set_mixer_pan_for_bus(mixer, value, bus)?;
        }
    }
    Ok(start.elapsed())
}

#[test]
fn calls_by_bus_cost_what_they_cost_on_an_engine_of_our_own() -> Result<()> {
    const BUSES: u32 = 64;
    let program = program(BUSES);
    let adopted = adopt(&program)?;
    let own = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    for bus in 0..BUSES {
        let source = own.create_source(own.format(), |_| {})?;
        own.connect(&source, &own.main_mixer(), 0, bus)?;
    }
    own.start()?;
    let engines = [
        (&own, own.main_mixer()),
        (&adopted, mixer(&adopted, program.main_mixer())?),
    ];
    // The shortest of many each, in turns.
    let mut best = [Duration::MAX; 2];
    for _ in 0..20 {
        for ((engine, mixer), best) in engines.iter().zip(&mut best) {
            *best = set_all(engine, mixer, BUSES)?.min(*best);
        }
    }
    let ratio = best[1].as_secs_f64() / best[0].as_secs_f64();
    assert!(
        (0.8..1.25).contains(&ratio),
        "{best:?}: {ratio:.2} times as long"
    );
    Ok(())
}
