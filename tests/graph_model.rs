//! Random operations on one engine, beside a plain model of it: connections, strips and the sum that
//! has to be heard. Operations that must fail are among them.

mod common;

use std::collections::BTreeMap;
use std::fmt::Debug;

use common::*;
use perbus::{
    Control, Engine, Error, Mixer, Node, NodeId, Player, Result, Schedule, Source, MAX_BUSES,
};
use proptest::prelude::*;

/// Past a new mixer's eight buses, so that mixers grow.
const BUSES: u32 = 11;

/// Nodes are named by numbers that are taken modulo how many there are; node 0 is the main mixer.
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
}

impl Change {
    fn in_range(self) -> bool {
        match self {
            Self::Volume(volume) => (0.0..=1.0).contains(&volume),
            Self::Pan(pan) => (-1.0..=1.0).contains(&pan),
            Self::Mute(_) => true,
        }
    }
}

/// Some out of range.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        12 => (0..=8u8).prop_map(|volume| Change::Volume(f32::from(volume) / 8.0)),
        12 => (-4..=4i8).prop_map(|pan| Change::Pan(f32::from(pan) / 4.0)),
        6 => any::<bool>().prop_map(Change::Mute),
        1 => Just(Change::Volume(1.5)),
        1 => Just(Change::Pan(f32::NAN)),
    ]
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
        4 => node().prop_map(Play),
        1 => Just(Stop),
        2 => Just(Start),
        1 => bus().prop_map(ConnectForeign),
        4 => Just(Render),
    ]
}

#[derive(Clone)]
enum Handle {
    Mixer(Mixer),
    Player(Player),
    Source(Source),
}

/// Node is implemented by three types and is no object: the same expression for each of them.
macro_rules! on {
    ($handle:expr, $node:ident => $call:expr) => {
        match $handle {
            Handle::Mixer($node) => $call,
            Handle::Player($node) => $call,
            Handle::Source($node) => $call,
        }
    };
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Strip {
    volume: f32,
    pan: f32,
    muted: bool,
}

impl Strip {
    fn change(&mut self, change: Change) {
        match change {
            Change::Volume(volume) => self.volume = volume,
            Change::Pan(pan) => self.pan = pan,
            Change::Mute(muted) => self.muted = muted,
        }
    }
}

impl Default for Strip {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
        }
    }
}

struct Item {
    handle: Handle,
    id: NodeId,
    attached: bool,
    /// What a source or a playing player puts out.
    level: [f32; 2],
    queued: bool,
    playing: bool,
    /// A mixer's.
    inputs: u32,
    output_volume: f32,
}

struct World {
    engine: Engine,
    foreign: Source,
    running: bool,
    /// Whether the main mixer still feeds the output: it moves, too, when it is connected elsewhere.
    heard: bool,
    items: Vec<Item>,
    /// (mixer, bus) -> source
    links: BTreeMap<(usize, u32), usize>,
    strips: BTreeMap<(usize, u32), Strip>,
}

/// Whether a call succeeded as the model says.
#[track_caller]
fn expect<T: Debug>(result: Result<T>, possible: bool) {
    assert_eq!(
        result.is_ok(),
        possible,
        "{result:?}, and the model says {possible}"
    );
}

impl World {
    fn new() -> Self {
        let engine = running(2);
        let other = running(2);
        let mut world = Self {
            foreign: constant(&other, &[1.0, 1.0]),
            running: true,
            heard: true,
            items: Vec::new(),
            links: BTreeMap::new(),
            strips: BTreeMap::new(),
            engine,
        };
        world.add(Handle::Mixer(world.engine.main_mixer().unwrap()), [0.0; 2]);
        for kind in [0, 0, 1, 2, 3] {
            world.create(kind);
        }
        world
    }

    fn add(&mut self, handle: Handle, level: [f32; 2]) {
        let id = on!(&handle, node => node.id());
        let inputs = if matches!(handle, Handle::Mixer(_)) {
            8
        } else {
            0
        };
        self.items.push(Item {
            handle,
            id,
            attached: true,
            level,
            queued: false,
            playing: false,
            inputs,
            output_volume: 1.0,
        });
    }

    fn create(&mut self, kind: u8) {
        let level = (self.items.len() + 1) as f32 / 32.0;
        let engine = &self.engine;
        match kind {
            0 => self.add(Handle::Mixer(engine.create_mixer().unwrap()), [0.0; 2]),
            1 => self.add(Handle::Source(constant(engine, &[level])), [level; 2]),
            2 => {
                let stereo = [level, -level / 2.0];
                self.add(Handle::Source(constant(engine, &stereo)), stereo);
            }
            _ => self.add(
                Handle::Player(engine.create_player().unwrap()),
                [level, level / 4.0],
            ),
        }
    }

    fn is_mixer(&self, node: usize) -> bool {
        matches!(self.items[node].handle, Handle::Mixer(_))
    }

    fn feeds(&self, from: usize, to: usize) -> bool {
        from == to
            || self
                .links
                .iter()
                .any(|(&(mixer, _), &source)| source == from && self.feeds(mixer, to))
    }

    fn strip(&mut self, mixer: usize, bus: u32) -> &mut Strip {
        self.strips.entry((mixer, bus)).or_default()
    }

    fn unlink_output(&mut self, node: usize) {
        self.links.retain(|_, source| *source != node);
    }

    fn connect(&mut self, from: usize, to: usize, bus: u32) {
        let attached = self.items[from].attached && self.items[to].attached;
        let possible = attached && self.is_mixer(to) && bus < MAX_BUSES && !self.feeds(to, from);
        if possible && from == 0 && self.running && self.heard {
            // The output's input changes in a stopped engine only.
            return;
        }
        let (source, destination) = (&self.items[from].handle, &self.items[to].handle);
        let result = on!(source, from => on!(destination, to => {
            self.engine.connect(from, to, 0, bus)
        }));
        expect(result, possible);
        if possible {
            self.unlink_output(from);
            self.links.insert((to, bus), from);
            self.heard &= from != 0;
            let inputs = &mut self.items[to].inputs;
            *inputs = bus.saturating_add(1).max(*inputs);
        }
    }

    fn detach(&mut self, node: usize) {
        let result = on!(&self.items[node].handle, it => self.engine.detach(it));
        let possible = self.items[node].attached && node != 0;
        expect(result, possible);
        if possible {
            self.links
                .retain(|&(mixer, _), source| mixer != node && *source != node);
            let item = &mut self.items[node];
            (item.attached, item.queued, item.playing) = (false, false, false);
        }
    }

    /// Queues a buffer that loops for ever, once, and plays it.
    fn play(&mut self, node: usize) {
        let item = &self.items[node];
        let Handle::Player(player) = &item.handle else {
            return;
        };
        let connected = self.links.values().any(|source| *source == node);
        if connected && !item.queued {
            let buffer = constant_buffer(&item.level, 100);
            let looping = Schedule {
                interrupts: true,
                ..looping()
            };
            player.schedule_with(&buffer, looping, || {}).unwrap();
        }
        let possible = connected && self.running;
        expect(player.play(), possible);
        self.items[node].queued |= connected;
        self.items[node].playing |= possible;
    }

    /// Falls back to the mixer's sum, or to the mixer's own pan downstream.
    fn set_by_number(&mut self, node: usize, bus: u32, change: Change) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let result = match change {
            Change::Volume(volume) => self.engine.set_mixer_volume_for_bus(mixer, volume, bus),
            Change::Pan(pan) => self.engine.set_mixer_pan_for_bus(mixer, pan, bus),
            Change::Mute(_) => return,
        };
        let tracked = self.links.contains_key(&(node, bus));
        let possible = self.items[node].attached && bus < MAX_BUSES && change.in_range();
        let downstream = self.links.iter().find(|(_, source)| **source == node);
        let target = if tracked {
            Some((node, bus))
        } else {
            downstream.map(|(to, _)| *to)
        };
        match (change, target) {
            (Change::Volume(volume), _) if possible && !tracked => {
                assert_eq!(result.ok(), Some(Control::Mixer));
                self.items[node].output_volume = volume;
            }
            (_, Some((mixer, bus))) if possible => {
                let control = if tracked {
                    Control::Connection
                } else {
                    Control::Mixer
                };
                assert_eq!(result.ok(), Some(control));
                self.strip(mixer, bus).change(change);
            }
            (_, None) if possible => {
                assert!(matches!(result, Err(Error::NoPanControl(_))), "{result:?}");
            }
            _ => expect(result, false),
        }
    }

    fn set_by_strip(&mut self, node: usize, bus: u32, change: Change) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let strip = mixer.bus(bus);
        assert_eq!(strip.is_ok(), bus < MAX_BUSES);
        let Ok(strip) = strip else { return };
        let result = match change {
            Change::Volume(volume) => strip.set_volume(volume),
            Change::Pan(pan) => strip.set_pan(pan),
            Change::Mute(muted) => strip.set_muted(muted),
        };
        let possible = self.items[node].attached && change.in_range();
        expect(result, possible);
        if possible {
            self.strip(node, bus).change(change);
        }
    }

    fn set_by_connection(&mut self, source: usize, node: usize, bus: u32, change: Change) {
        let Handle::Mixer(mixer) = &self.items[node].handle else {
            return;
        };
        let engine = &self.engine;
        let result = on!(&self.items[source].handle, from => match change {
            Change::Volume(volume) => engine.set_connection_volume(from, mixer, bus, volume),
            Change::Pan(pan) => engine.set_connection_pan(from, mixer, bus, pan),
            Change::Mute(_) => return,
        });
        let connected = self.links.get(&(node, bus)) == Some(&source);
        let possible = connected && change.in_range();
        expect(result, possible);
        if possible {
            self.strip(node, bus).change(change);
        }
    }

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
            Operation::Play(node) => self.play(node % count),
            Operation::Stop => {
                self.engine.stop().unwrap();
                self.running = false;
                self.items.iter_mut().for_each(|item| item.playing = false);
                let (main, output) = (self.engine.main_mixer(), self.engine.output());
                self.engine
                    .connect(&main.unwrap(), &output.unwrap(), 0, 0)
                    .unwrap();
                self.unlink_output(0);
                self.heard = true;
            }
            Operation::Start => {
                self.engine.start().unwrap();
                self.running = true;
            }
            Operation::ConnectForeign(bus) => {
                let result =
                    self.engine
                        .connect(&self.foreign, &self.engine.main_mixer().unwrap(), 0, bus);
                assert!(matches!(result, Err(Error::WrongEngine(_))), "{result:?}");
            }
            Operation::Render => self.check_sound(),
        }
    }

    /// What a node puts out: a mixer the balanced sum of its buses.
    fn level(&self, node: usize) -> [f32; 2] {
        let item = &self.items[node];
        match item.handle {
            Handle::Source(_) => return item.level,
            Handle::Player(_) if item.playing => return item.level,
            Handle::Player(_) => return [0.0; 2],
            Handle::Mixer(_) => {}
        }
        let mut sum = [0.0; 2];
        for (&(_, bus), &source) in self.links.range((node, 0)..=(node, u32::MAX)) {
            let strip = self.strips.get(&(node, bus)).copied().unwrap_or_default();
            let volume = if strip.muted { 0.0 } else { strip.volume };
            let [left, right] = self.level(source);
            sum[0] += left * volume * (1.0 - strip.pan.max(0.0));
            sum[1] += right * volume * (1.0 + strip.pan.min(0.0));
        }
        sum.map(|sum| sum * item.output_volume)
    }

    fn check_sound(&self) {
        if !self.running {
            let refused = self.engine.render(&mut [&mut [0.0], &mut [0.0]]);
            assert!(matches!(refused, Err(Error::NotRunning(_))), "{refused:?}");
            return;
        }
        let heard = render(&self.engine, 2 * RAMP);
        let expected = if self.heard { self.level(0) } else { [0.0; 2] };
        for (samples, expected) in heard.iter().zip(expected) {
            let last = samples[samples.len() - 1];
            assert!(
                (last - expected).abs() <= 1e-5,
                "heard {last}, the model says {expected}"
            );
        }
    }

    fn check(&self) {
        assert_audited(&self.engine);
        for (node, item) in self.items.iter().enumerate() {
            assert_eq!(
                on!(&item.handle, it => self.engine.inspect(it))
                    .unwrap()
                    .attached,
                item.attached
            );
            let Handle::Mixer(mixer) = &item.handle else {
                continue;
            };
            assert_eq!(mixer.output_volume().unwrap(), item.output_volume);
            for bus in 0..BUSES {
                let strip = mixer.bus(bus).unwrap();
                let found = Strip {
                    volume: strip.volume(),
                    pan: strip.pan(),
                    muted: strip.is_muted(),
                };
                let expected = self.strips.get(&(node, bus)).copied().unwrap_or_default();
                assert_eq!(found, expected, "the strip of bus {bus}");
                if !item.attached {
                    continue;
                }
                let source = self
                    .links
                    .get(&(node, bus))
                    .map(|source| &self.items[*source]);
                let tracked = self.engine.source_of(mixer, bus).unwrap();
                assert_eq!(tracked, source.map(|source| (source.id, 0)), "bus {bus}");
                let Some(source) = source else { continue };
                let (volume, pan) = on!(&source.handle, it => (
                    self.engine.connection_volume(it, mixer, bus).unwrap(),
                    self.engine.connection_pan(it, mixer, bus).unwrap(),
                ));
                let effective = if found.muted { 0.0 } else { found.volume };
                assert_eq!(
                    (volume, pan),
                    (effective, found.pan),
                    "the connection of bus {bus}"
                );
            }
        }
    }
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(64),
        failure_persistence: None,
        ..Default::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_engine_follows_a_plain_model(operations in prop::collection::vec(operation(), 1..80)) {
        let mut world = World::new();
        for operation in operations {
            world.apply(operation);
            world.check();
        }
        world.check_sound();
    }
}
