//! What a sync takes over from an engine that something else has edited.

use std::sync::Arc;

use super::fake::{Fake, FakeBackend, FakeConnection, FakeNode, NEW};
use crate::desk::adoption::Found;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::graph::Live;
use crate::desk::node::Kind;
use crate::desk::routing::{Endpoint, OUTPUT};
use crate::desk::software_masters::SoftwareMasters;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::sync::lock;

const MIXER: u32 = 0;
const EFFECT: u32 = 1;
const ONE: u32 = 2;
const TWO: u32 = 3;

/// A mixer, an effect and two players, and what the engine has connected.
struct Test<B: FakeBackend> {
    desk: Desk<FakeNode<B>>,
    nodes: Vec<Arc<FakeNode<B>>>,
    links: Vec<(u32, (u32, u32))>,
    gone: Vec<u32>,
}

impl<B: FakeBackend> Test<B> {
    fn new() -> Self {
        let kinds = [
            Kind::Mixer,
            Kind::OtherEffect,
            Kind::Player,
            Kind::OtherSource,
        ];
        let nodes = (0..).zip(kinds);
        let nodes: Vec<_> = nodes
            .map(|(number, kind)| FakeNode::new(number, kind))
            .collect();
        let desk: Desk<FakeNode<B>> = Desk::new(B::new(true));
        let output = FakeConnection::output(MIXER);
        let backend: &B = desk.backend();
        backend.fake().connect(output);
        Self {
            desk,
            nodes,
            links: Vec::new(),
            gone: Vec::new(),
        }
    }

    fn fake(&self) -> &Fake {
        self.desk.backend().fake()
    }

    /// The program connects a source to a bus, with these values.
    fn connect(&mut self, source: u32, bus: u32, volume: f32, pan: f32) -> FakeConnection {
        self.links
            .retain(|it| it.0 != source && it.1 != (MIXER, bus));
        self.links.push((source, (MIXER, bus)));
        self.has(source, bus, volume, pan)
    }

    /// The source controls the bus, through effects or not.
    fn has(&self, source: u32, bus: u32, volume: f32, pan: f32) -> FakeConnection {
        let connection = FakeConnection {
            source,
            mixer: MIXER,
            bus,
            alone: false,
        };
        self.fake().connect(connection);
        self.fake().set_behind(connection, volume, pan);
        connection
    }

    fn sync(&self) {
        let there = self
            .nodes
            .iter()
            .filter(|it| !self.gone.contains(&it.number));
        let there: Vec<_> = there.cloned().collect();
        let node = |number: u32| Arc::clone(&self.nodes[number as usize]);
        let links = self.links.iter().map(|(source, (destination, bus))| Found {
            source: node(*source),
            source_bus: 0,
            destination: node(*destination),
            bus: *bus,
        });
        let links: Vec<_> = links.collect();
        let mut graph = self.desk.graph.write();
        let synced = graph.sync(&self.desk.driver, &there, &links);
        synced.expect("the engine refuses nothing");
    }

    fn strip(&self, bus: u32) -> StripRef<B::Connection> {
        self.nodes[MIXER as usize].strips.get_or_create_ref(bus)
    }

    fn values(&self, bus: u32) -> (f32, f32) {
        let faders = self.strip(bus).faders();
        (faders.volume, faders.pan)
    }

    fn set_volume(&self, bus: u32, volume: f32) {
        let mixer = &self.nodes[MIXER as usize];
        let set = self.desk.set_volume(mixer, &self.strip(bus), volume);
        set.expect("the engine refuses nothing");
    }

    fn mute(&self, bus: u32, muted: bool) {
        let mixer = &self.nodes[MIXER as usize];
        let set = self.desk.set_muted(mixer, &self.strip(bus), muted);
        set.expect("the engine refuses nothing");
    }

    fn is_foreign(&self, bus: u32) -> bool {
        let foreign = self.strip(bus).foreign(&self.desk.driver);
        foreign.expect("the engine answers").any()
    }
}

fn first_sight_and_later<B: FakeBackend>() {
    let mut test = Test::<B>::new();
    let one = test.connect(ONE, 3, 0.25, -0.5);
    test.sync();
    assert_eq!(test.values(3), (0.25, -0.5));
    assert!(!test.is_foreign(3));

    test.set_volume(3, 0.75);
    test.sync();
    assert_eq!(
        (test.values(3), test.fake().heard(one)),
        ((0.75, -0.5), (0.75, -0.5))
    );

    // A muted strip's silence is no fader at 0, and what is set meanwhile waits for the mute's end.
    test.mute(3, true);
    test.sync();
    assert_eq!(test.values(3).0, 0.75);
    test.fake().set_behind(one, 0.5, 0.5);
    assert!(test.is_foreign(3));
    test.sync();
    assert!(!test.is_foreign(3));
    assert_eq!(
        (test.values(3), test.fake().heard(one)),
        ((0.5, 0.5), (0.0, 0.5))
    );
    test.mute(3, false);
    assert_eq!(test.fake().heard(one), (0.5, 0.5));

    // Another source on the bus gets the strip's values, and elsewhere the first one keeps its own.
    let two = test.connect(TWO, 3, 1.0, 0.0);
    test.links.push((ONE, (MIXER, 4)));
    test.has(ONE, 4, 0.125, 0.25);
    test.sync();
    assert_eq!(test.fake().heard(two), (0.5, 0.5));
    assert_eq!(test.values(4), (0.125, 0.25));
}

#[test]
fn first_sight_imports_and_later_only_what_others_have_set() {
    first_sight_and_later::<Fake>();
    first_sight_and_later::<SoftwareMasters<Fake>>();
}

fn through_an_effect<B: FakeBackend>() {
    let mut test = Test::<B>::new();
    test.links = vec![(EFFECT, (MIXER, 0)), (ONE, (EFFECT, 0))];
    test.has(ONE, 0, 0.25, 0.0);
    test.sync();
    assert_eq!(test.values(0), (0.25, 0.0));
    // The chain is another one: the strip's value goes to the new source.
    test.links = vec![(EFFECT, (MIXER, 0)), (TWO, (EFFECT, 0))];
    let two = test.has(TWO, 0, 1.0, 0.0);
    test.sync();
    assert_eq!(
        (test.values(0), test.fake().heard(two)),
        ((0.25, 0.0), (0.25, 0.0))
    );
    // Without a source the strip keeps its values, and with one again it sends them.
    test.links = vec![(EFFECT, (MIXER, 0))];
    test.sync();
    test.set_volume(0, 0.5);
    test.links.push((TWO, (EFFECT, 0)));
    let two = test.has(TWO, 0, 1.0, 0.0);
    test.sync();
    assert_eq!(test.fake().heard(two), (0.5, 0.0));
}

#[test]
fn a_chain_of_effects_is_followed_to_its_source() {
    through_an_effect::<Fake>();
    through_an_effect::<SoftwareMasters<Fake>>();
}

fn pending<B: FakeBackend>() {
    let mut test = Test::<B>::new();
    // New, and the engine does not answer: nothing is taken over, and nothing refused.
    let one = test.connect(ONE, 0, 0.25, -0.5);
    lock(&test.fake().pending).insert(one);
    test.sync();
    assert_eq!((test.values(0), test.is_foreign(0)), ((1.0, 0.0), false));
    assert_eq!(test.desk.graph.read().routing.link_count(), 1);
    lock(&test.fake().pending).clear();
    test.sync();
    assert_eq!(test.values(0), (0.25, -0.5));

    // On a bus whose strip has values, they are sent once it answers.
    let two = test.connect(TWO, 0, NEW.0, NEW.1);
    lock(&test.fake().pending).insert(two);
    test.sync();
    test.sync();
    assert_eq!(test.values(0), (0.25, -0.5));
    lock(&test.fake().pending).clear();
    test.sync();
    assert_eq!(
        (test.values(0), test.fake().heard(two)),
        ((0.25, -0.5), (0.25, -0.5))
    );
}

#[test]
fn pending_connections_are_kept() {
    pending::<Fake>();
    pending::<SoftwareMasters<Fake>>();
}

fn groups<B: FakeBackend>() {
    let mut test = Test::<B>::new();
    let one = test.connect(ONE, 0, 0.5, 0.0);
    test.sync();
    let mixer = Arc::clone(&test.nodes[MIXER as usize]);
    let (group, _) = test.desk.create_group("all").expect("a group");
    let member = test.desk.add_members(group, &[(mixer, 0)]);
    member.expect("a member");
    test.sync();
    assert_eq!((test.values(0).0, test.is_foreign(0)), (0.5, false));
    assert_eq!(test.fake().heard(one).0, 0.5);
    test.fake().set_behind(one, 0.25, 0.0);
    test.sync();
    assert_eq!(test.values(0).0, 0.25);
}

#[test]
fn a_groups_fader_is_no_foreign_value() {
    groups::<Fake>();
    groups::<SoftwareMasters<Fake>>();
}

fn fades<B: FakeBackend>() {
    let mut test = Test::<B>::new();
    let one = test.connect(ONE, 0, 1.0, 0.0);
    test.sync();
    let strip = test.strip(0);
    let mixer = Arc::clone(&test.nodes[MIXER as usize]);
    let over = crate::desk::faders::Over {
        frames: 100,
        curve: Curve::Linear,
        now: 0,
    };
    let changed = {
        let mut state = test
            .desk
            .lock_attached(&mixer, &strip)
            .expect("it is attached");
        strip.change(&mut state, &test.desk.driver, |faders| {
            Which::Volume.lead(faders, 0.0, Some(over));
        })
    };
    changed.expect("the engine refuses nothing");
    test.fake().advance(50);
    assert!(!test.is_foreign(0));
    // What is set meanwhile is the fade's.
    test.fake().set_behind(one, 0.875, 0.0);
    test.sync();
    assert_eq!(test.values(0).0, 0.0);
}

#[test]
fn what_fades_is_not_taken_over() {
    fades::<Fake>();
    fades::<SoftwareMasters<Fake>>();
}

#[test]
fn nodes_come_and_go() {
    let mut test = Test::<Fake>::new();
    test.connect(ONE, 0, 0.5, 0.0);
    test.sync();
    test.set_volume(0, 0.25);
    test.gone = vec![ONE];
    test.links.clear();
    test.sync();
    assert!(test.nodes[ONE as usize].slot().is_err());
    assert_eq!(test.desk.graph.read().routing.link_count(), 0);
    assert_eq!(test.values(0).0, 0.25);
    // The mixer leaves and comes back: its strips are kept, with its output volume.
    let mixer = Arc::clone(&test.nodes[MIXER as usize]);
    test.desk.set_output_volume(&mixer, 0.5).expect("a mixer");
    test.gone = vec![MIXER];
    test.sync();
    assert!(mixer.slot().is_err());
    test.gone.clear();
    test.fake().connect(FakeConnection::output(MIXER));
    let one = test.connect(ONE, 0, 1.0, 0.0);
    test.sync();
    assert_eq!(test.fake().heard(one).0, 0.25);
    assert_eq!(test.fake().heard(FakeConnection::output(MIXER)).0, 0.5);
}

#[test]
fn an_output_volume_is_where_the_engine_has_it() {
    let test = Test::<Fake>::new();
    let output = FakeConnection::output(MIXER);
    test.fake().set_behind(output, 0.75, 0.0);
    test.sync();
    let mixer = &test.nodes[MIXER as usize];
    assert_eq!(test.desk.output_volume(mixer).expect("a mixer"), 0.75);
    test.fake().set_behind(output, 0.5, 0.0);
    test.sync();
    assert_eq!(test.desk.output_volume(mixer).expect("a mixer"), 0.5);
    assert_eq!(
        mixer.output.get().map(|it| it.lock().place.bus),
        Some(OUTPUT)
    );
}

/// Two connections whose ends the desk has made itself are the engine's, too.
#[test]
fn a_sync_of_what_the_desk_has_made_changes_nothing() {
    let mut test = Test::<Fake>::new();
    test.sync();
    let one = test.connect(ONE, 0, NEW.0, NEW.1);
    let slot = |number: u32| test.nodes[number as usize].slot().expect("attached");
    let (from, to) = (
        Endpoint {
            node: slot(ONE),
            bus: 0,
        },
        Endpoint {
            node: slot(MIXER),
            bus: 0,
        },
    );
    let live = Live::new(&test.nodes[ONE as usize], &test.nodes[MIXER as usize]);
    let connected = test
        .desk
        .graph
        .write()
        .connect(&test.desk.driver, from, to, live);
    connected.expect("the engine refuses nothing");
    assert_eq!(test.fake().heard(one), (1.0, 0.0));
    test.sync();
    assert_eq!(
        (test.values(0), test.fake().heard(one)),
        ((1.0, 0.0), (1.0, 0.0))
    );
}
