//! A program and perbus change one engine in turns, and now and then they sync.

use std::collections::BTreeSet;
use std::ptr::NonNull;

use libc::c_void;
use perbus::{AnyNode, Engine, Mixer, NodeId, Result};
use perbus_conformance::foreign::{self, ForeignEngine, Object};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::common::model_config;
use crate::node;

const BUSES: u32 = 4;
const SOURCES: usize = 3;
/// The equalizer's place among the nodes; the sources come before it.
const EFFECT: usize = SOURCES;

/// What the strip of one of the mixer's buses has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Strip {
    fed: bool,
    volume: f32,
    pan: f32,
    muted: bool,
}

impl Strip {
    /// What the engine gets.
    fn sent(self) -> (f32, f32) {
        (if self.muted { 0.0 } else { self.volume }, self.pan)
    }
}

/// What feeds a bus: a node, and if it is the effect, what feeds that.
type Chain = Option<(usize, Option<usize>)>;

/// The source that a bus's strip controls.
fn controlled(chain: Chain) -> Option<usize> {
    match chain? {
        (EFFECT, source) => source,
        (source, _) => Some(source),
    }
}

struct Test {
    program: ForeignEngine,
    main: NonNull<c_void>,
    objects: Vec<Object>,
    engine: Engine,
    mixer: Mixer,
    nodes: Vec<AnyNode>,
    strips: Vec<Strip>,
}

impl Test {
    fn new() -> Result<Self> {
        let program = ForeignEngine::offline(64);
        let main = program.main_mixer();
        let mut objects: Vec<_> = (0..SOURCES).map(|_| Object::source(0.5)).collect();
        objects.push(Object::equalizer());
        for object in &objects {
            assert!(program.attach(object.pointer()));
        }
        assert!(program.start());
        // SAFETY: the engine lives, and nothing else calls it.
        let engine = unsafe { Engine::from_native(program.pointer()) }?;
        let all = objects.iter().map(|it| node(&engine, it.pointer()));
        let nodes = all.collect::<Result<Vec<_>>>()?;
        let AnyNode::Mixer(mixer) = node(&engine, main)? else {
            panic!("the main mixer is a mixer");
        };
        let new = Strip {
            fed: false,
            volume: 1.0,
            pan: 0.0,
            muted: false,
        };
        Ok(Self {
            program,
            main,
            objects,
            engine,
            mixer,
            nodes,
            strips: vec![new; BUSES as usize],
        })
    }

    fn object(&self, index: usize) -> NonNull<c_void> {
        self.objects[index].pointer()
    }

    /// What feeds an input bus, as the engine has it.
    fn feeding(&self, to: NonNull<c_void>, bus: u32) -> Option<usize> {
        let object = self.program.feeding(to, bus)?;
        self.objects.iter().position(|it| it.pointer() == object)
    }

    fn chain(&self, bus: u32) -> Chain {
        let first = self.feeding(self.main, bus)?;
        let before = (first == EFFECT).then(|| self.feeding(self.object(EFFECT), 0));
        Some((first, before.flatten()))
    }

    /// The same, as the map has it.
    fn mapped(&self, bus: u32) -> Result<Chain> {
        let index = |id: Option<(NodeId, u32)>| {
            let (id, _) = id?;
            self.nodes.iter().position(|it| it.id() == id)
        };
        let Some(first) = index(self.engine.source_of(&self.mixer, bus)?) else {
            return Ok(None);
        };
        let before = if first == EFFECT {
            index(self.engine.source_of(&self.nodes[EFFECT], 0)?)
        } else {
            None
        };
        Ok(Some((first, before)))
    }

    fn engine_has(&self, bus: u32) -> Option<(f32, f32)> {
        let source = controlled(self.chain(bus))?;
        foreign::get(self.object(source), self.main, bus)
    }

    /// A call of perbus on a map that may be out of date: it works or is refused.
    fn note_fed(&mut self) -> Result<()> {
        for bus in 0..BUSES {
            let fed = controlled(self.mapped(bus)?).is_some();
            self.strips[bus as usize].fed |= fed;
        }
        Ok(())
    }

    /// The buses that an audit has to list.
    fn differing(&self) -> Result<BTreeSet<(NodeId, u32)>> {
        let mut found = BTreeSet::new();
        for bus in 0..BUSES {
            let (is, mapped) = (self.chain(bus), self.mapped(bus)?);
            let strip = self.strips[bus as usize];
            let values =
                || is == mapped && self.engine_has(bus).is_some_and(|it| it != strip.sent());
            if is.map(|it| it.0) != mapped.map(|it| it.0) || values() {
                found.insert((self.mixer.id(), bus));
            }
        }
        let effect = &self.nodes[EFFECT];
        let mapped = if effect.is_attached() {
            self.engine.source_of(effect, 0)?
        } else {
            None
        };
        let is = self.feeding(self.object(EFFECT), 0);
        if is.map(|it| self.nodes[it].id()) != mapped.map(|it| it.0) {
            found.insert((effect.id(), 0));
        }
        Ok(found)
    }

    fn audit(&self) -> Result<BTreeSet<(NodeId, u32)>> {
        let found = self.engine.audit()?;
        Ok(found.iter().map(|it| (it.node, it.bus)).collect())
    }

    fn sync(&mut self) -> Result<()> {
        for bus in 0..BUSES {
            let (is, mapped) = (self.chain(bus), self.mapped(bus)?);
            let Some((volume, pan)) = self.engine_has(bus) else {
                continue;
            };
            let strip = &mut self.strips[bus as usize];
            let untouched =
                !strip.fed && (strip.volume, strip.pan, strip.muted) == (1.0, 0.0, false);
            let sent = strip.sent();
            if is != mapped {
                if untouched {
                    (strip.volume, strip.pan) = (volume, pan);
                }
            } else {
                strip.volume = if volume == sent.0 {
                    strip.volume
                } else {
                    volume
                };
                strip.pan = pan;
            }
            strip.fed = true;
        }
        self.engine.sync()
    }

    fn check_synced(&self) -> std::result::Result<(), TestCaseError> {
        prop_assert!(self.engine.audit().unwrap().is_empty());
        for bus in 0..BUSES {
            prop_assert_eq!(self.mapped(bus).unwrap(), self.chain(bus), "bus {}", bus);
            let (strip, expected) = (self.mixer.bus(bus).unwrap(), self.strips[bus as usize]);
            prop_assert_eq!(
                (strip.volume(), strip.pan()),
                (expected.volume, expected.pan)
            );
            prop_assert_eq!(strip.is_muted(), expected.muted);
            if let Some(has) = self.engine_has(bus) {
                prop_assert_eq!(has, expected.sent(), "bus {}", bus);
            }
        }
        for index in 0..self.objects.len() {
            prop_assert_eq!(
                self.nodes[index].is_attached(),
                self.program.has(self.object(index))
            );
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
enum Operation {
    /// By the program.
    Connect(usize, u32),
    ConnectToEffect(usize),
    Disconnect(u32),
    Set(u32, f32, f32),
    Detach(usize),
    Attach(usize),
    /// By perbus.
    OurConnect(usize, u32),
    OurConnectToEffect(usize),
    OurDisconnect(u32),
    Volume(u32, f32),
    Pan(u32, f32),
    Mute(u32, bool),
    OurDetach(usize),
    OurAttach(usize),
    Sync,
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let any_node = || 0..=EFFECT;
    let source = || 0..SOURCES;
    let bus = || 0..BUSES;
    let volume = || (0..5u8).prop_map(|it| f32::from(it) / 4.0);
    let pan = || (0..3u8).prop_map(|it| f32::from(it) - 1.0);
    prop_oneof![
        4 => (any_node(), bus()).prop_map(|(node, bus)| Connect(node, bus)),
        2 => source().prop_map(ConnectToEffect),
        2 => bus().prop_map(Disconnect),
        3 => (bus(), volume(), pan()).prop_map(|(bus, volume, pan)| Set(bus, volume, pan)),
        1 => any_node().prop_map(Detach),
        2 => any_node().prop_map(Attach),
        3 => (any_node(), bus()).prop_map(|(node, bus)| OurConnect(node, bus)),
        1 => source().prop_map(OurConnectToEffect),
        1 => bus().prop_map(OurDisconnect),
        3 => (bus(), volume()).prop_map(|(bus, volume)| Volume(bus, volume)),
        2 => (bus(), pan()).prop_map(|(bus, pan)| Pan(bus, pan)),
        2 => (bus(), any::<bool>()).prop_map(|(bus, muted)| Mute(bus, muted)),
        1 => any_node().prop_map(OurDetach),
        1 => any_node().prop_map(OurAttach),
        5 => Just(Sync),
    ]
}

fn act(test: &mut Test, operation: Operation) -> Result<()> {
    use Operation::*;
    match operation {
        Connect(index, bus) => {
            test.program.connect(test.object(index), test.main, bus);
        }
        ConnectToEffect(index) => {
            test.program
                .connect(test.object(index), test.object(EFFECT), 0);
        }
        Disconnect(bus) => {
            test.program.disconnect_input(test.main, bus);
        }
        Set(bus, volume, pan) => {
            if let Some(source) = controlled(test.chain(bus)) {
                foreign::set(test.object(source), test.main, bus, volume, pan);
            }
        }
        Detach(index) => {
            test.program.detach(test.object(index));
        }
        Attach(index) => {
            test.program.attach(test.object(index));
        }
        OurConnect(index, bus) => {
            let _ = test.engine.connect(&test.nodes[index], &test.mixer, 0, bus);
        }
        OurConnectToEffect(index) => {
            let _ = test
                .engine
                .connect(&test.nodes[index], &test.nodes[EFFECT], 0, 0);
        }
        OurDisconnect(bus) => {
            let _ = test.engine.disconnect_input(&test.mixer, bus);
        }
        Volume(bus, volume) => {
            if test.mixer.bus(bus)?.set_volume(volume).is_ok() {
                test.strips[bus as usize].volume = volume;
            }
        }
        Pan(bus, pan) => {
            if test.mixer.bus(bus)?.set_pan(pan).is_ok() {
                test.strips[bus as usize].pan = pan;
            }
        }
        Mute(bus, muted) => {
            if test.mixer.bus(bus)?.set_muted(muted).is_ok() {
                test.strips[bus as usize].muted = muted;
            }
        }
        OurDetach(index) => {
            let _ = test.engine.detach(&test.nodes[index]);
        }
        OurAttach(index) => {
            let _ = test.engine.attach(&test.nodes[index]);
        }
        Sync => test.sync()?,
    }
    test.note_fed()
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(14), ..model_config() })]

    #[test]
    fn whatever_both_sides_do_a_sync_makes_it_right(
        operations in prop::collection::vec(operation(), 1..60)
    ) {
        let mut test = Test::new().unwrap();
        for operation in operations {
            let synced = matches!(operation, Operation::Sync);
            act(&mut test, operation).unwrap();
            prop_assert_eq!(test.audit().unwrap(), test.differing().unwrap());
            if synced {
                test.check_synced()?;
            }
        }
        test.sync().unwrap();
        test.check_synced()?;
        let _ = test.program.hear(64);
    }
}
