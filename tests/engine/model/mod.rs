//! Random operations on an engine and on a plain model of it: connections, strips and the sum that
//! must be heard. Some of the operations must fail.

mod checks;
mod faders;
mod sends;
mod world;

use perbus::{BusConfig, Error, Fallback, MAX_BUSES};
use proptest::prelude::*;
use world::{expect, on, World};

/// Beyond a new mixer's eight buses, so that mixers grow.
const BUSES: u32 = 11;

/// Nodes are named by numbers, modulo the number of nodes; node 0 is the main mixer.
#[derive(Clone, Debug)]
enum Operation {
    Create(u8),
    Attach(usize),
    Detach(usize),
    Connect(usize, usize, u32),
    DisconnectInput(usize, u32),
    DisconnectOutput(usize),
    ByNumber(usize, u32, Change),
    ByStrip(usize, u32, Change),
    ByConnection(usize, usize, u32, Change),
    ConnectMany(usize, Vec<(usize, u32)>),
    AddDestination(usize, usize, u32),
    RemoveDestination(usize, usize, u32),
    Configure(usize, Vec<BusConfig>),
    Snapshot(usize),
    /// Of the same mixer or, now and then, of another one.
    ApplyScene(usize, Option<usize>),
    Reset(usize, u32),
    Label(usize, u32, u8),
    SetFallback(Fallback),
    Play(usize),
    Stop,
    Start,
    ConnectForeign(u32),
    Render,
}

/// What is done to a strip.
#[derive(Clone, Copy, Debug)]
enum Change {
    Volume(f32),
    Pan(f32),
    Mute(bool),
    Solo(bool),
}

impl Change {
    fn in_range(self) -> bool {
        match self {
            Self::Volume(volume) => (0.0..=4.0).contains(&volume),
            Self::Pan(pan) => (-1.0..=1.0).contains(&pan),
            Self::Mute(_) | Self::Solo(_) => true,
        }
    }
}

/// Some out of range.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        12 => (0..=8u8).prop_map(|volume| Change::Volume(f32::from(volume) / 8.0)),
        2 => (5..=16u8).prop_map(|volume| Change::Volume(f32::from(volume) / 4.0)),
        12 => (-4..=4i8).prop_map(|pan| Change::Pan(f32::from(pan) / 4.0)),
        6 => any::<bool>().prop_map(Change::Mute),
        4 => any::<bool>().prop_map(Change::Solo),
        1 => Just(Change::Volume(4.01)),
        1 => Just(Change::Pan(f32::NAN)),
    ]
}

/// An entry that leaves some values unchanged; some of the others are out of range.
fn entry() -> impl Strategy<Value = BusConfig> {
    let bus = prop_oneof![40 => 0..BUSES, 1 => Just(MAX_BUSES)];
    let changes = prop::collection::vec(change(), 0..4);
    let label = prop::option::of(0..5u8);
    (bus, changes, label).prop_map(|(bus, changes, label)| {
        let mut entry = BusConfig::new(bus);
        entry.label = label.map(|label| label.to_string());
        for change in changes {
            match change {
                Change::Volume(volume) => entry.volume = Some(volume),
                Change::Pan(pan) => entry.pan = Some(pan),
                Change::Mute(muted) => entry.muted = Some(muted),
                Change::Solo(soloed) => entry.soloed = Some(soloed),
            }
        }
        entry
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let node = || 0..100usize;
    let bus = || prop_oneof![20 => 0..BUSES, 1 => Just(MAX_BUSES)];
    prop_oneof![
        4 => (0..4u8).prop_map(Create),
        2 => node().prop_map(Attach),
        1 => node().prop_map(Detach),
        10 => (node(), 0..4usize, bus()).prop_map(|(from, to, bus)| Connect(from, to, bus)),
        2 => (node(), node(), bus()).prop_map(|(from, to, bus)| Connect(from, to, bus)),
        2 => (node(), bus()).prop_map(|(node, bus)| DisconnectInput(node, bus)),
        2 => node().prop_map(DisconnectOutput),
        6 => (node(), bus(), change()).prop_map(|(node, bus, to)| ByNumber(node, bus, to)),
        6 => (node(), bus(), change()).prop_map(|(node, bus, to)| ByStrip(node, bus, to)),
        4 => (node(), node(), bus(), change())
            .prop_map(|(from, node, bus, to)| ByConnection(from, node, bus, to)),
        5 => (node(), prop::collection::vec((0..4usize, bus()), 0..4))
            .prop_map(|(from, to)| ConnectMany(from, to)),
        5 => (node(), 0..4usize, bus()).prop_map(|(from, to, bus)| AddDestination(from, to, bus)),
        3 => (node(), 0..4usize, bus())
            .prop_map(|(from, to, bus)| RemoveDestination(from, to, bus)),
        6 => (node(), prop::collection::vec(entry(), 0..4))
            .prop_map(|(node, entries)| Configure(node, entries)),
        3 => node().prop_map(Snapshot),
        4 => (node(), prop_oneof![5 => Just(None), 1 => node().prop_map(Some)])
            .prop_map(|(scene, mixer)| ApplyScene(scene, mixer)),
        2 => (node(), bus()).prop_map(|(node, bus)| Reset(node, bus)),
        2 => (node(), bus(), 0..5u8).prop_map(|(node, bus, label)| Label(node, bus, label)),
        2 => prop_oneof![Just(Fallback::Global), Just(Fallback::Deny), Just(Fallback::Hold)]
            .prop_map(Operation::SetFallback),
        4 => node().prop_map(Play),
        1 => Just(Stop),
        2 => Just(Start),
        1 => bus().prop_map(ConnectForeign),
        4 => Just(Render),
    ]
}

impl World {
    fn apply(&mut self, operation: Operation) {
        let count = self.items.len();
        match operation {
            Operation::Create(kind) => self.create(kind),
            Operation::Attach(node) => {
                let node = node % count;
                on!(&self.items[node].handle, it => self.engine.attach(it)).unwrap();
                self.items[node].attached = true;
            }
            Operation::Detach(node) => self.detach(node % count),
            Operation::Connect(from, to, bus) => self.connect(from % count, to % count, bus),
            Operation::DisconnectInput(node, bus) => {
                let node = node % count;
                let result =
                    on!(&self.items[node].handle, it => self.engine.disconnect_input(it, bus));
                expect(
                    result,
                    self.items[node].attached && bus < self.items[node].inputs,
                );
                self.links.remove(&(node, bus));
            }
            Operation::DisconnectOutput(node) => {
                // The main mixer stays on the output, or there is nothing to hear.
                let node = 1 + node % (count - 1);
                let result =
                    on!(&self.items[node].handle, it => self.engine.disconnect_output(it, 0));
                expect(result, self.items[node].attached);
                self.unlink_output(node);
            }
            Operation::ByNumber(node, bus, to) => self.set_by_number(node % count, bus, to),
            Operation::ByStrip(node, bus, to) => self.set_by_strip(node % count, bus, to),
            Operation::ByConnection(from, node, bus, to) => {
                self.set_by_connection(from % count, node % count, bus, to);
            }
            Operation::ConnectMany(from, to) => {
                let to: Vec<_> = to.iter().map(|(to, bus)| (to % count, *bus)).collect();
                self.connect_many(from % count, &to);
            }
            Operation::AddDestination(from, to, bus) => {
                self.add_destination(from % count, to % count, bus);
            }
            Operation::RemoveDestination(from, to, bus) => {
                self.remove_destination(from % count, to % count, bus);
            }
            Operation::Configure(node, entries) => self.configure(node % count, &entries),
            Operation::Snapshot(node) => self.snapshot(node % count),
            Operation::ApplyScene(scene, node) => self.apply_scene(scene, node),
            Operation::Reset(node, bus) => self.reset(node % count, bus),
            Operation::Label(node, bus, label) => self.label(node % count, bus, label),
            Operation::SetFallback(fallback) => {
                self.engine.set_fallback(fallback);
                self.fallback = fallback;
            }
            Operation::Play(node) => self.play(node % count),
            Operation::Stop => {
                self.engine.stop().unwrap();
                self.running = false;
                self.items.iter_mut().for_each(|item| item.playing = false);
                let (main, output) = (self.engine.main_mixer(), self.engine.output());
                self.engine.connect(&main, &output, 0, 0).unwrap();
                self.unlink_output(0);
                self.heard = true;
            }
            Operation::Start => {
                self.engine.start().unwrap();
                self.running = true;
            }
            Operation::ConnectForeign(bus) => {
                let result = self
                    .engine
                    .connect(&self.foreign, &self.engine.main_mixer(), 0, bus);
                assert!(matches!(result, Err(Error::WrongEngine(_))), "{result:?}");
            }
            Operation::Render => self.check_sound(),
        }
    }
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    #[test]
    fn an_engine_follows_a_plain_model(operations in prop::collection::vec(operation(), 1..80)) {
        let mut world = World::new();
        world.check();
        for (place, operation) in operations.into_iter().enumerate() {
            world.apply(operation);
            world.check();
            if place % 8 == 7 {
                world.check_sound();
            }
        }
        world.check_sound();
    }
}
