//! A program that changes its engine in batches while other threads call perbus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use perbus::{AnyNode, Engine, Result};
use perbus_conformance::foreign::{self, ForeignEngine, Object};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::common::model_config;
use crate::{mixer, node};

const BUSES: u32 = 4;
const SOURCES: usize = 4;

/// What the program does, to one of its sources and one of its main mixer's buses.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Connect,
    ConnectTwice,
    Disconnect,
    Set(f32, f32),
    Detach,
    Attach,
    OutputVolume(f32),
}

fn edit() -> impl Strategy<Value = (Edit, usize, u32)> {
    let volume = || (0..=4_u8).prop_map(|it| f32::from(it) / 4.0);
    let kind = prop_oneof![
        4 => Just(Edit::Connect),
        1 => Just(Edit::ConnectTwice),
        2 => Just(Edit::Disconnect),
        3 => (volume(), volume()).prop_map(|(volume, pan)| Edit::Set(volume, pan)),
        1 => Just(Edit::Detach),
        2 => Just(Edit::Attach),
        1 => volume().prop_map(Edit::OutputVolume),
    ];
    (kind, 0..SOURCES, 0..BUSES)
}

fn make(program: &ForeignEngine, source: &Object, (edit, _, bus): (Edit, usize, u32)) {
    let (main, source) = (program.main_mixer(), source.pointer());
    // What the engine refuses changes nothing.
    match edit {
        Edit::Connect => drop(program.connect(source, main, bus)),
        Edit::ConnectTwice => drop(program.connect_two(source, main, bus, (bus + 1) % BUSES)),
        Edit::Disconnect => drop(program.disconnect_input(main, bus)),
        Edit::Set(volume, pan) => drop(foreign::set(source, main, bus, volume, pan)),
        Edit::Detach => drop(program.detach(source)),
        Edit::Attach => drop(program.attach(source)),
        Edit::OutputVolume(volume) => foreign::set_output_volume(main, volume),
    }
}

/// Our calls, on whatever the graph is at that moment: they work or are refused.
fn call(engine: &Engine, nodes: &[AnyNode], until: &AtomicBool) -> Result<u32> {
    let main = engine.main_mixer();
    let mut calls = 0;
    while !until.load(Ordering::Relaxed) || calls < 50 {
        let bus = calls % BUSES;
        let source = &nodes[calls as usize / 3 % nodes.len()];
        let strip = main.bus(bus)?;
        let value = f32::from(calls as u8 % 5) / 4.0;
        let _ = strip.set_volume(value);
        let _ = strip.set_pan(value);
        let _ = strip.set_muted(calls % 7 == 0);
        let _ = engine.set_mixer_volume_for_bus(&main, value, bus);
        if calls % 4 == 0 {
            let _ = engine.connect(source, &main, 0, bus);
        }
        if calls % 9 == 0 {
            let _ = engine.disconnect_input(&main, bus);
        }
        calls += 1;
    }
    Ok(calls)
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1414), ..model_config() })]

    #[test]
    fn batches_of_the_program_are_serialised_with_our_calls(
        edits in prop::collection::vec(edit(), 1..40)
    ) {
        let program = ForeignEngine::offline(64);
        let main = program.main_mixer();
        let sources: Vec<_> = (0..SOURCES).map(|_| Object::source(0.5)).collect();
        for source in &sources {
            prop_assert!(program.attach(source.pointer()));
        }
        prop_assert!(program.start());
        // SAFETY: the program's calls on the engine are all inside of batches.
        let engine = unsafe { Engine::from_native(program.pointer()) }.unwrap();
        let nodes: Vec<_> = sources.iter().map(|it| node(&engine, it.pointer()).unwrap()).collect();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let ours = scope.spawn(|| call(&engine, &nodes, &done));
            for edit in edits {
                engine.batch(|| {
                    make(&program, &sources[edit.1], edit);
                    engine.sync()
                }).unwrap();
            }
            done.store(true, Ordering::Relaxed);
            ours.join().unwrap().unwrap();
        });
        prop_assert!(engine.audit().unwrap().is_empty());
        let mixer = mixer(&engine, main).unwrap();
        for bus in 0..BUSES {
            let tracked = engine.source_of(&mixer, bus).unwrap().map(|(id, _)| id);
            let feeding = program.feeding(main, bus);
            let index = sources.iter().position(|it| Some(it.pointer()) == feeding);
            prop_assert_eq!(tracked, index.map(|it| nodes[it].id()), "bus {}", bus);
            let strip = mixer.bus(bus).unwrap();
            if let Some(index) = index {
                let volume = if strip.is_muted() { 0.0 } else { strip.volume() };
                let has = foreign::get(sources[index].pointer(), main, bus);
                prop_assert_eq!(has, Some((volume, strip.pan())), "bus {}", bus);
            }
        }
        let _ = program.hear(64);
    }
}
