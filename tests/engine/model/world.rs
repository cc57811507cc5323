//! The model of an engine: its nodes, connections and strips.

use std::collections::BTreeMap;
use std::fmt::Debug;

use perbus::{Engine, Fallback, Mixer, NodeId, Player, Result, Scene, Schedule, Source, MAX_BUSES};

use super::Change;
use crate::common::*;

#[derive(Clone)]
pub(crate) enum Handle {
    Mixer(Mixer),
    Player(Player),
    Source(Source),
}

/// The same expression for each of the three types of node.
macro_rules! on {
    ($handle:expr, $node:ident => $call:expr) => {
        match $handle {
            $crate::model::world::Handle::Mixer($node) => $call,
            $crate::model::world::Handle::Player($node) => $call,
            $crate::model::world::Handle::Source($node) => $call,
        }
    };
}
pub(crate) use on;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Strip {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) soloed: bool,
    pub(crate) label: String,
}

impl Strip {
    pub(crate) fn change(&mut self, change: Change) {
        match change {
            Change::Volume(volume) => self.volume = volume,
            Change::Pan(pan) => self.pan = pan,
            Change::Mute(muted) => self.muted = muted,
            Change::Solo(soloed) => self.soloed = soloed,
        }
    }
}

impl Default for Strip {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
            soloed: false,
            label: String::new(),
        }
    }
}

pub(crate) struct Item {
    pub(crate) handle: Handle,
    pub(crate) id: NodeId,
    pub(crate) attached: bool,
    /// The output of a source or a playing player.
    pub(crate) level: [f32; 2],
    pub(crate) queued: bool,
    pub(crate) playing: bool,
    /// A mixer's.
    pub(crate) inputs: u32,
    pub(crate) output_volume: f32,
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) foreign: Source,
    pub(crate) running: bool,
    /// Whether the main mixer still feeds the output; it, too, moves when it is connected
    /// elsewhere.
    pub(crate) heard: bool,
    pub(crate) items: Vec<Item>,
    /// (mixer, bus) -> source
    pub(crate) links: BTreeMap<(usize, u32), usize>,
    pub(crate) strips: BTreeMap<(usize, u32), Strip>,
    pub(crate) fallback: Fallback,
    /// Snapshots, and the mixer's strips and output volume at that time.
    pub(crate) scenes: Vec<(usize, Scene, Vec<Strip>, f32)>,
}

/// Whether a call succeeded as the model says.
#[track_caller]
pub(crate) fn expect<T: Debug>(result: Result<T>, possible: bool) {
    assert_eq!(
        result.is_ok(),
        possible,
        "{result:?}, and the model says {possible}"
    );
}

impl World {
    pub(crate) fn new() -> Self {
        let engine = running(2);
        let other = running(2);
        let mut world = Self {
            foreign: constant(&other, &[1.0, 1.0]),
            running: true,
            heard: true,
            items: Vec::new(),
            links: BTreeMap::new(),
            strips: BTreeMap::new(),
            fallback: Fallback::Global,
            scenes: Vec::new(),
            engine,
        };
        world.add(Handle::Mixer(world.engine.main_mixer()), [0.0; 2]);
        for kind in [0, 0, 1, 2, 3] {
            world.create(kind);
        }
        world
    }

    pub(crate) fn add(&mut self, handle: Handle, level: [f32; 2]) {
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

    pub(crate) fn create(&mut self, kind: u8) {
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

    pub(crate) fn is_mixer(&self, node: usize) -> bool {
        matches!(self.items[node].handle, Handle::Mixer(_))
    }

    pub(crate) fn feeds(&self, from: usize, to: usize) -> bool {
        from == to
            || self
                .links
                .iter()
                .any(|(&(mixer, _), &source)| source == from && self.feeds(mixer, to))
    }

    pub(crate) fn strip(&mut self, mixer: usize, bus: u32) -> &mut Strip {
        self.strips.entry((mixer, bus)).or_default()
    }

    pub(crate) fn unlink_output(&mut self, node: usize) {
        self.links.retain(|_, source| *source != node);
    }

    pub(crate) fn connect(&mut self, from: usize, to: usize, bus: u32) {
        let attached = self.items[from].attached && self.items[to].attached;
        let possible = attached && self.is_mixer(to) && bus < MAX_BUSES && !self.feeds(to, from);
        if possible && from == 0 && self.running && self.heard {
            // The output's input changes only while the engine is stopped.
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

    pub(crate) fn detach(&mut self, node: usize) {
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

    /// Queues a buffer that loops forever, once, and plays it.
    pub(crate) fn play(&mut self, node: usize) {
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
            player.schedule_as(&buffer, looping).unwrap();
        }
        let possible = connected && self.running;
        expect(player.play(), possible);
        self.items[node].queued |= connected;
        self.items[node].playing |= possible;
    }

    /// The input buses that a node feeds.
    pub(crate) fn fed_by(&self, node: usize) -> Vec<(usize, u32)> {
        let links = self.links.iter();
        links
            .filter(|(_, source)| **source == node)
            .map(|(to, _)| *to)
            .collect()
    }
}
