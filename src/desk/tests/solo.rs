//! Solo in random graphs, compared after each step with a search of all paths.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::fake::{Fake, FakeConnection, FakeNode};
use super::FakeDesk;
use crate::desk::graph::Live;
use crate::desk::node::Kind;
use crate::desk::routing::Endpoint;
use crate::desk::scene::BusConfig;

/// A node's number and a bus.
type At = (u32, u32);

#[derive(Clone, Copy, Debug)]
enum Step {
    Connect,
    Add,
    DisconnectInput,
    DisconnectOutput,
    Detach,
    Attach,
    Solo(bool),
    /// Of two buses in one call, together with a volume.
    SoloTwo(bool, bool),
    Safe(bool),
    Mute(bool),
    Volume(f32),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Connect),
        6 => Just(Step::Add),
        2 => Just(Step::DisconnectInput),
        1 => Just(Step::DisconnectOutput),
        1 => Just(Step::Detach),
        2 => Just(Step::Attach),
        6 => any::<bool>().prop_map(Step::Solo),
        2 => any::<(bool, bool)>().prop_map(|(a, b)| Step::SoloTwo(a, b)),
        1 => any::<bool>().prop_map(Step::Safe),
        2 => any::<bool>().prop_map(Step::Mute),
        2 => (0.1..=1.0f32).prop_map(Step::Volume),
        1 => Just(Step::Clear),
    ]
}

/// Number 0 is a mixer, and a node feeds only nodes of lower numbers.
fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let inner = prop_oneof![
        5 => Just(Kind::Mixer),
        2 => Just(Kind::Effect),
        1 => Just(Kind::Matrix),
    ];
    (prop::collection::vec(inner, 1..9), 1..6usize).prop_map(|(inner, players)| {
        let mut kinds = vec![Kind::Mixer];
        kinds.extend(inner);
        kinds.extend(vec![Kind::Player; players]);
        kinds
    })
}

fn inputs(kind: Kind) -> u32 {
    match kind {
        Kind::Mixer => 4,
        Kind::Matrix => 2,
        Kind::Effect => 1,
        _ => 0,
    }
}

#[derive(Clone, Copy, Debug)]
struct Strip {
    volume: f32,
    muted: bool,
    soloed: bool,
    safe: bool,
}

const NEW: Strip = Strip {
    volume: 1.0,
    muted: false,
    soloed: false,
    safe: false,
};

struct Test {
    desk: FakeDesk,
    nodes: Vec<Arc<FakeNode>>,
    /// Input bus to output bus.
    fed: BTreeMap<At, At>,
    strips: BTreeMap<At, Strip>,
    /// The engine's connections to mixers' buses.
    known: BTreeMap<At, FakeConnection>,
}

impl Test {
    fn new(kinds: &[Kind]) -> Self {
        let desk = FakeDesk::new(Fake::new(true, true));
        let nodes: Vec<_> = (0..)
            .zip(kinds)
            .map(|(number, kind)| FakeNode::new(number, *kind))
            .collect();
        for node in &nodes {
            let mut graph = desk.graph.write();
            graph.attach(&desk.driver, node).expect("a new node");
        }
        Self {
            desk,
            nodes,
            fed: BTreeMap::new(),
            strips: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    fn kind(&self, node: u32) -> Kind {
        self.nodes[node as usize].kind
    }

    fn is_attached(&self, node: u32) -> bool {
        self.nodes[node as usize].slot().is_ok()
    }

    fn endpoint(&self, (node, bus): At) -> Endpoint {
        let node = self.nodes[node as usize].slot();
        Endpoint {
            node: node.expect("an attached node"),
            bus,
        }
    }

    /// What feeds a bus, before its effects.
    fn source(&self, input: At) -> Option<At> {
        let mut from = *self.fed.get(&input)?;
        while self.kind(from.0) == Kind::Effect {
            match self.fed.get(&(from.0, 0)) {
                Some(further) => from = *further,
                None => break,
            }
        }
        Some(from)
    }

    /// All input buses that sound from an output bus gets to.
    fn reached(&self, from: impl Fn(At) -> bool) -> BTreeSet<At> {
        let mut reached = BTreeSet::new();
        loop {
            let goes_on = |(input, output): &(&At, &At)| {
                from(**output)
                    || reached.iter().any(|(node, _)| *node == output.0)
                        && !reached.contains(*input)
            };
            let more: BTreeSet<_> = self
                .fed
                .iter()
                .filter(goes_on)
                .map(|(input, _)| *input)
                .collect();
            if more.is_subset(&reached) {
                return reached;
            }
            reached.extend(more);
        }
    }

    /// The soloed strips, each with the input buses that its source's sound gets to.
    fn soloed(&self) -> Vec<(At, BTreeSet<At>)> {
        let counts = |(at, strip): &(&At, &Strip)| strip.soloed && self.is_attached(at.0);
        let soloed = self.strips.iter().filter(counts).map(|(at, _)| {
            let source = self.source(*at);
            (*at, self.reached(|output| Some(output) == source))
        });
        soloed.collect()
    }

    /// onward: the input buses that the sound of the strip's mixer gets to.
    fn is_audible(&self, at: At, soloed: &[(At, BTreeSet<At>)], onward: &BTreeSet<At>) -> bool {
        let strip = self.strips.get(&at).copied().unwrap_or(NEW);
        if strip.muted || strip.safe || soloed.is_empty() || !self.is_attached(at.0) {
            return !strip.muted;
        }
        let mut soloed = soloed.iter();
        soloed.any(|(solo, from)| *solo == at || from.contains(&at) || onward.contains(solo))
    }

    /// The engine makes the connections that a change of `fed` has made, `anew` in any case.
    fn connections(&mut self, anew: Option<At>) {
        let mut known = BTreeMap::new();
        for input in self.fed.keys().filter(|it| self.kind(it.0) == Kind::Mixer) {
            let source = self.source(*input).expect("it is fed").0;
            if self.kind(source) == Kind::Effect {
                continue;
            }
            let connection = FakeConnection {
                source,
                mixer: input.0,
                bus: input.1,
                alone: self.kind(source) == Kind::Matrix,
            };
            if anew == Some(*input) || self.known.get(input) != Some(&connection) {
                self.desk.backend().connect(connection);
            }
            known.insert(*input, connection);
        }
        self.known = known;
    }

    fn connect(&mut self, [a, b, c, d]: [u32; 4], alone: bool) {
        let from = 1 + a % (self.nodes.len() as u32 - 1);
        let to = b % from;
        let buses = inputs(self.kind(to));
        if buses == 0 || !self.is_attached(from) || !self.is_attached(to) {
            return;
        }
        let outputs = if self.kind(from) == Kind::Matrix {
            2
        } else {
            1
        };
        let (output, input) = ((from, c % outputs), (to, d % buses));
        if alone {
            self.fed.retain(|_, fed_by| *fed_by != output);
        }
        self.fed.insert(input, output);
        self.connections(Some(input));
        let (from, to) = (self.endpoint(output), self.endpoint(input));
        let live = Live::new(
            &self.nodes[output.0 as usize],
            &self.nodes[input.0 as usize],
        );
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let applied = if alone {
            graph.connect(driver, from, to, live)
        } else {
            graph.join(driver, from, to, live, Vec::new())
        };
        applied.expect("nothing is refused");
    }

    fn disconnect(&mut self, at: At, output: bool) {
        if !self.is_attached(at.0) {
            return;
        }
        if output {
            self.fed.retain(|_, fed_by| *fed_by != at);
        } else {
            self.fed.remove(&at);
        }
        self.connections(None);
        let place = self.endpoint(at);
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let applied = if output {
            graph.disconnect_output(driver, place)
        } else {
            graph.disconnect_input(driver, place)
        };
        applied.expect("nothing is refused");
    }

    fn detach(&mut self, number: u32) {
        let Ok(slot) = self.nodes[number as usize].slot() else {
            return;
        };
        self.fed
            .retain(|to, from| to.0 != number && from.0 != number);
        self.connections(None);
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let fed: Vec<_> = graph.routing.fed_by(slot).collect();
        let detached = graph.detach(driver, &self.nodes[number as usize], slot);
        let applied = detached.and_then(|()| graph.reconnected(driver, fed));
        applied.expect("nothing is refused");
    }

    fn configure(&mut self, mixer: u32, configs: &[BusConfig]) -> Result<(), TestCaseError> {
        let moments = &self.desk.backend().moments;
        let before = moments.load(Ordering::Relaxed);
        let set = self.desk.configure(&self.nodes[mixer as usize], configs);
        prop_assert!(moments.load(Ordering::Relaxed) <= before + 1);
        prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
        for config in configs.iter().filter(|_| set.is_ok()) {
            let strip = self.strips.entry((mixer, config.bus)).or_insert(NEW);
            strip.volume = config.volume.unwrap_or(strip.volume);
            strip.muted = config.muted.unwrap_or(strip.muted);
            strip.soloed = config.soloed.unwrap_or(strip.soloed);
            strip.safe = config.solo_safe.unwrap_or(strip.safe);
        }
        Ok(())
    }

    fn run(&mut self, step: Step, numbers: [u32; 4]) -> Result<(), TestCaseError> {
        let count = self.nodes.len() as u32;
        let mixers: Vec<_> = (0..count)
            .filter(|it| self.kind(*it) == Kind::Mixer)
            .collect();
        let mixer = mixers[numbers[0] as usize % mixers.len()];
        let one = BusConfig::new(numbers[1] % inputs(Kind::Mixer));
        match step {
            Step::Connect => self.connect(numbers, true),
            Step::Add => self.connect(numbers, false),
            Step::DisconnectInput => self.disconnect((mixer, one.bus), false),
            Step::DisconnectOutput => self.disconnect((numbers[0] % count, 0), true),
            Step::Detach => self.detach(numbers[0] % count),
            Step::Attach => {
                let node = &self.nodes[numbers[0] as usize % self.nodes.len()];
                if node.slot().is_err() {
                    let attached = self.desk.graph.write().attach(&self.desk.driver, node);
                    attached.expect("nothing is refused");
                }
            }
            Step::Solo(soloed) => {
                let soloed = Some(soloed);
                self.configure(mixer, &[BusConfig { soloed, ..one }])?;
            }
            Step::SoloTwo(a, b) => {
                let other = BusConfig {
                    soloed: Some(b),
                    ..BusConfig::new((one.bus + 1) % inputs(Kind::Mixer))
                };
                let one = BusConfig {
                    soloed: Some(a),
                    volume: Some(0.75),
                    ..one
                };
                self.configure(mixer, &[one, other])?;
            }
            Step::Safe(safe) => {
                let solo_safe = Some(safe);
                self.configure(mixer, &[BusConfig { solo_safe, ..one }])?;
            }
            Step::Mute(muted) => {
                let node = &self.nodes[mixer as usize];
                let strip = node.strips.get_or_create(one.bus);
                let set = self.desk.set_muted(node, strip, muted);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                let strip = self.strips.entry((mixer, one.bus)).or_insert(NEW);
                strip.muted = if set.is_ok() { muted } else { strip.muted };
            }
            Step::Volume(volume) => {
                let volume = Some(volume);
                self.configure(mixer, &[BusConfig { volume, ..one }])?;
            }
            Step::Clear => {
                let moments = &self.desk.backend().moments;
                let before = moments.load(Ordering::Relaxed);
                self.desk.clear_solo().expect("nothing is refused");
                prop_assert!(moments.load(Ordering::Relaxed) <= before + 1);
                let nodes = &self.nodes;
                for (at, strip) in &mut self.strips {
                    strip.soloed &= nodes[at.0 as usize].slot().is_err();
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let soloed = self.soloed();
        let mixers = (0..).zip(&self.nodes);
        for (number, node) in mixers.filter(|(_, node)| node.kind == Kind::Mixer) {
            let onward = self.reached(|output| output.0 == number);
            for bus in 0..inputs(node.kind) {
                let at = (number, bus);
                let audible = self.is_audible(at, &soloed, &onward);
                // Half of them are asked for now, the others when something feeds them.
                let strip = match node.strips.get(bus) {
                    None if bus % 2 == 0 => Some(node.strips.get_or_create(bus)),
                    strip => strip,
                };
                let Some(strip) = strip else {
                    prop_assert!(!self.fed.contains_key(&at));
                    continue;
                };
                prop_assert_eq!(!strip.faders().silenced(), audible, "{:?}", at);
                let volume = self.strips.get(&at).copied().unwrap_or(NEW).volume;
                if let Some(connection) = self.known.get(&at) {
                    let heard = self.desk.backend().heard(*connection).0;
                    prop_assert_eq!(heard, if audible { volume } else { 0.0 }, "{:?}", at);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::with_cases(500)
    })]

    /// Mixers in chains and diamonds, effects, matrices, sends, several solos, mutes and edits.
    #[test]
    fn solo_is_what_a_search_of_all_paths_finds(
        kinds in kinds(),
        links in prop::collection::vec(any::<[u32; 4]>(), 0..40),
        steps in prop::collection::vec((step(), any::<[u32; 4]>()), 1..40),
    ) {
        let mut test = Test::new(&kinds);
        for numbers in links {
            test.connect(numbers, false);
        }
        test.check()?;
        for (step, numbers) in steps {
            test.run(step, numbers)?;
            test.check().map_err(|error| TestCaseError::fail(format!("{step:?}: {error}")))?;
        }
        // The last solo restores everything.
        test.run(Step::Clear, [0; 4])?;
        test.check()?;
    }
}
