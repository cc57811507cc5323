//! Groups and sends in random order, over an engine with masters and one without, compared after
//! each step with what a search of all ways finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::fake::{Fake, FakeBackend, FakeConnection, FakeNode};
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::graph::Live;
use crate::desk::node::Kind;
use crate::desk::owner::GroupOwner;
use crate::desk::routing::Endpoint;
use crate::desk::scene::BusConfig;
use crate::desk::sends::SendTap;
use crate::desk::software_masters::SoftwareMasters;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::error::{Error, Result};

/// Of a test's step.
type Tested<T> = std::result::Result<T, TestCaseError>;

/// A mixer and a bus.
type At = (u32, u32);

/// Numbers below this are mixers, the others players; number 0 is the main mixer.
const MIXERS: u32 = 3;
const NODES: u32 = 7;
const BUSES: u32 = 3;
const GROUPS: usize = 5;

#[derive(Clone, Debug)]
enum Step {
    /// From a node of a higher number.
    Connect(u32, At, bool),
    Disconnect(At),
    Detach(u32),
    Attach(u32),
    Volume(At, f32),
    Mute(At, bool),
    Solo(At, bool),
    Fade(At, f32, i64),
    Create,
    RemoveGroup(usize),
    GroupVolume(usize, f32),
    GroupMute(usize, bool),
    GroupSolo(usize, bool),
    GroupFade(usize, f32, i64),
    Add(usize, Vec<At>),
    Remove(usize, At),
    Nest(usize, usize, bool),
    Send(At, At, SendTap),
    Tap(At, SendTap),
    EndSend(At),
    ClearSolo,
    Refuse(bool),
    Advance(i64),
}

fn at() -> impl Strategy<Value = At> {
    (0..MIXERS, 0..BUSES)
}

fn tap() -> impl Strategy<Value = SendTap> {
    prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)]
}

fn step() -> impl Strategy<Value = Step> {
    let group = || 0..GROUPS;
    let volume = || 0.0..=2.5f32;
    let nodes = prop_oneof![
        5 => (1..NODES, at(), any::<bool>()).prop_map(|(a, b, c)| Step::Connect(a, b, c)),
        2 => at().prop_map(Step::Disconnect),
        1 => (1..NODES).prop_map(Step::Detach),
        2 => (1..NODES).prop_map(Step::Attach),
        2 => any::<bool>().prop_map(Step::Refuse),
        6 => (1..300i64).prop_map(Step::Advance),
    ];
    let strips = prop_oneof![
        4 => (at(), volume()).prop_map(|(a, b)| Step::Volume(a, b)),
        3 => (at(), any::<bool>()).prop_map(|(a, b)| Step::Mute(a, b)),
        2 => (at(), any::<bool>()).prop_map(|(a, b)| Step::Solo(a, b)),
        3 => (at(), volume(), 0..600i64).prop_map(|(a, b, c)| Step::Fade(a, b, c)),
        1 => Just(Step::ClearSolo),
    ];
    let groups = prop_oneof![
        1 => group().prop_map(Step::RemoveGroup),
        1 => Just(Step::Create),
        4 => (group(), volume()).prop_map(|(a, b)| Step::GroupVolume(a, b)),
        2 => (group(), any::<bool>()).prop_map(|(a, b)| Step::GroupMute(a, b)),
        2 => (group(), any::<bool>()).prop_map(|(a, b)| Step::GroupSolo(a, b)),
        3 => (group(), volume(), 0..600i64).prop_map(|(a, b, c)| Step::GroupFade(a, b, c)),
        5 => (group(), prop::collection::vec(at(), 1..4)).prop_map(|(a, b)| Step::Add(a, b)),
        2 => (group(), at()).prop_map(|(a, b)| Step::Remove(a, b)),
        4 => (group(), group(), prop::bool::weighted(0.7))
            .prop_map(|(a, b, c)| Step::Nest(a, b, c)),
    ];
    let sends = prop_oneof![
        5 => (at(), at(), tap()).prop_map(|(a, b, c)| Step::Send(a, b, c)),
        3 => (at(), tap()).prop_map(|(a, b)| Step::Tap(a, b)),
        1 => at().prop_map(Step::EndSend),
    ];
    prop_oneof![5 => nodes, 4 => strips, 7 => groups, 3 => sends]
}

/// A value, and the fade that leads there: from where, when and how long.
#[derive(Clone, Copy, Debug)]
struct Fader {
    volume: f32,
    fade: Option<(f32, i64, i64)>,
    muted: bool,
    soloed: bool,
}

const NEW: Fader = Fader {
    volume: 1.0,
    fade: None,
    muted: false,
    soloed: false,
};

impl Fader {
    fn at(&self, now: i64) -> f32 {
        match self.fade {
            Some((from, start, frames)) if now < start + frames => {
                from + (self.volume - from) * ((now - start) as f32 / frames as f32)
            }
            _ => self.volume,
        }
    }

    fn set(&mut self, volume: f32) {
        (self.volume, self.fade) = (volume, None);
    }

    fn start(&mut self, to: f32, now: i64, frames: i64) {
        (self.fade, self.volume) = (Some((self.at(now), now, frames)), to);
    }

    fn shared(&self, now: i64) -> f32 {
        if self.muted {
            0.0
        } else {
            self.at(now)
        }
    }
}

#[derive(Debug)]
struct Group {
    fader: Fader,
    members: BTreeSet<At>,
    inner: BTreeSet<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Send {
    dry: At,
    tap: SendTap,
    source: u32,
}

#[derive(Debug, Default)]
struct Model {
    now: i64,
    attached: BTreeSet<u32>,
    fed: BTreeMap<At, u32>,
    strips: BTreeMap<At, Fader>,
    groups: BTreeMap<u32, Group>,
    sends: BTreeMap<At, Send>,
}

impl Model {
    fn strip(&mut self, at: At) -> &mut Fader {
        self.strips.entry(at).or_insert(NEW)
    }

    /// The groups in a group, and itself.
    fn inside(&self, group: u32) -> BTreeSet<u32> {
        let inner = self.groups[&group].inner.iter();
        inner
            .flat_map(|it| self.inside(*it))
            .chain([group])
            .collect()
    }

    fn groups_of(&self, at: At) -> BTreeSet<u32> {
        let has = |group: &u32| {
            let mut inside = self.inside(*group).into_iter();
            inside.any(|it| self.groups[&it].members.contains(&at))
        };
        self.groups.keys().copied().filter(has).collect()
    }

    /// The strips whose faders a strip has, itself first.
    fn chain(&self, at: At) -> Vec<At> {
        let mut chain = vec![at];
        while let Some(send) = self.sends.get(&chain[chain.len() - 1]) {
            if send.tap == SendTap::PreFader {
                break;
            }
            chain.push(send.dry);
        }
        chain
    }

    fn volume(&self, at: At) -> f32 {
        let chain = self.chain(at);
        let groups: BTreeSet<_> = chain.iter().flat_map(|it| self.groups_of(*it)).collect();
        let strips = chain.iter().map(|it| self.strips.get(it).unwrap_or(&NEW));
        let groups = groups.iter().map(|it| &self.groups[it].fader);
        let faders = strips.chain(groups);
        let product: f32 = faders.map(|it| it.shared(self.now)).product();
        product.min(4.0)
    }

    fn is_soloed(&self, at: At) -> bool {
        let mut groups = self.groups_of(at).into_iter();
        self.attached.contains(&at.0)
            && (self.strips.get(&at).is_some_and(|it| it.soloed)
                || groups.any(|it| self.groups[&it].fader.soloed))
    }

    /// Whether sound goes from a node's output to another's.
    fn leads(&self, from: u32, to: u32) -> bool {
        let mut fed = self.fed.iter();
        from == to || fed.any(|(input, source)| *source == from && self.leads(input.0, to))
    }

    fn is_silenced_by_solo(&self, at: At) -> bool {
        let all = (0..MIXERS).flat_map(|mixer| (0..BUSES).map(move |bus| (mixer, bus)));
        let soloed: Vec<_> = all.filter(|it| self.is_soloed(*it)).collect();
        if soloed.is_empty() || !self.attached.contains(&at.0) {
            return false;
        }
        !soloed.iter().any(|solo| {
            let source = self.fed.get(solo);
            let into = *solo == at || source.is_some_and(|it| self.leads(at.0, *it));
            let from = source.zip(self.fed.get(&at));
            into || from.is_some_and(|(source, fed)| self.leads(*source, *fed))
        })
    }

    fn heard(&self, at: At) -> f32 {
        if self.is_silenced_by_solo(at) {
            0.0
        } else {
            self.volume(at)
        }
    }

    /// A send ends when what feeds it is not what feeds its dry strip.
    fn check_sends(&mut self) {
        let fed = self.fed.clone();
        self.sends.retain(|wet, send| {
            match (fed.get(&send.dry), fed.get(wet)) {
                (Some(dry), Some(wet)) if dry == wet => send.source = *dry,
                (Some(_), Some(_)) => return false,
                (Some(one), None) | (None, Some(one)) => return *one == send.source,
                (None, None) => {}
            }
            true
        });
    }
}

struct Test<B: FakeBackend> {
    desk: Desk<FakeNode<B>>,
    nodes: Vec<Arc<FakeNode<B>>>,
    groups: BTreeMap<u32, StripRef<B::Connection>>,
    model: Model,
}

impl<B: FakeBackend> Test<B> {
    fn new(fades: bool) -> Self {
        let desk = Desk::new(B::new(fades));
        let kind = |number| {
            if number < MIXERS {
                Kind::Mixer
            } else {
                Kind::Player
            }
        };
        let nodes: Vec<_> = (0..NODES)
            .map(|number| FakeNode::new(number, kind(number)))
            .collect();
        for node in &nodes {
            let mut graph = desk.graph.write();
            graph.attach(&desk.driver, node).expect("a new node");
        }
        let mut test = Self {
            desk,
            nodes,
            groups: BTreeMap::new(),
            model: Model {
                attached: (0..NODES).collect(),
                ..Model::default()
            },
        };
        for _ in 0..3 {
            test.create().expect("nothing is refused");
        }
        test
    }

    fn fake(&self) -> &Fake {
        self.desk.backend().fake()
    }

    fn refuses(&self) -> bool {
        self.fake().refuses.load(Ordering::Relaxed)
    }

    fn node(&self, number: u32) -> &Arc<FakeNode<B>> {
        &self.nodes[number as usize]
    }

    fn endpoint(&self, (node, bus): At) -> Endpoint {
        let node = self.node(node).slot().expect("an attached node");
        Endpoint { node, bus }
    }

    fn create(&mut self) -> Result<()> {
        let (number, fader) = self.desk.create_group("some")?;
        self.groups.insert(number, fader);
        let group = Group {
            fader: NEW,
            members: BTreeSet::new(),
            inner: BTreeSet::new(),
        };
        self.model.groups.insert(number, group);
        Ok(())
    }

    /// One of the groups there are.
    fn group(&self, index: usize) -> Option<u32> {
        self.model.groups.keys().copied().nth(index)
    }

    fn connection(&self, at: At) -> Option<FakeConnection> {
        Some(FakeConnection {
            source: *self.model.fed.get(&at)?,
            mixer: at.0,
            bus: at.1,
            alone: false,
        })
    }

    fn connect(&mut self, source: u32, to: At, alone: bool) -> bool {
        let attached = &self.model.attached;
        if source <= to.0 || !attached.contains(&source) || !attached.contains(&to.0) {
            return false;
        }
        if alone {
            self.model.fed.retain(|_, fed_by| *fed_by != source);
        }
        self.model.fed.insert(to, source);
        self.model.strip(to);
        self.model.check_sends();
        self.fake()
            .connect(self.connection(to).expect("it was made"));
        let (from, input) = (self.endpoint((source, 0)), self.endpoint(to));
        let live = Live::new(self.node(source), self.node(to.0));
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let connected = if alone {
            graph.connect(driver, from, input, live)
        } else {
            graph.join(driver, from, input, live, Vec::new())
        };
        connected.expect("nothing is refused");
        true
    }

    fn send(&mut self, dry: At, wet: At, tap: SendTap) -> Tested<()> {
        let (from, to) = (Arc::clone(self.node(dry.0)), Arc::clone(self.node(wet.0)));
        let (from, to) = ((from, dry.1), (to, wet.1));
        let refused = Desk::check_send(&self.desk.graph.read(), &from, &to);
        let mut chain = Some(dry);
        let mut circle = false;
        while let Some(at) = chain {
            circle |= at == wet;
            chain = self.model.sends.get(&at).map(|send| send.dry);
        }
        prop_assert_eq!(refused.is_err(), circle);
        let Some(source) = self.model.fed.get(&dry).copied().filter(|_| !circle) else {
            return Ok(());
        };
        let fed = self.model.fed.get(&wet) == Some(&source);
        if fed || self.connect(source, wet, false) {
            let mut graph = self.desk.graph.write();
            let sent = self.desk.join_send(&mut graph, &from, &to, tap);
            sent.expect("nothing is refused");
            self.model.sends.insert(wet, Send { dry, tap, source });
        }
        Ok(())
    }

    fn fade(
        &self,
        strip: &StripRef<B::Connection>,
        mixer: Option<u32>,
        to: f32,
        frames: i64,
    ) -> Result<()> {
        let request = FadeRequest {
            which: Which::Volume,
            to,
            frames: frames as u64,
            curve: Curve::Linear,
        };
        let ended = Box::new(|_| {});
        let started = match mixer {
            Some(mixer) => self.desk.fade(self.node(mixer), strip, request, ended),
            None => self.desk.fade(&GroupOwner, strip, request, ended),
        };
        started.map(|_| self.desk.end_fades())
    }

    fn run(&mut self, step: Step) -> Tested<()> {
        let now = self.model.now;
        let edits = matches!(
            step,
            Step::Connect(..)
                | Step::Disconnect(_)
                | Step::Detach(_)
                | Step::Attach(_)
                | Step::Send(..)
                | Step::Tap(..)
                | Step::EndSend(_)
                | Step::Advance(_)
        );
        if edits {
            self.fake().refuses.store(false, Ordering::Relaxed);
        }
        let of_many = matches!(
            step,
            Step::Add(..)
                | Step::Remove(..)
                | Step::Nest(..)
                | Step::RemoveGroup(_)
                | Step::GroupVolume(..)
                | Step::GroupSolo(..)
                | Step::ClearSolo
        );
        let moments = self.fake().moments.load(Ordering::Relaxed);
        let refuses = self.refuses();
        // Whether a call may fail: only when the engine refuses.
        let accepted = |done: Result<()>| match done {
            Ok(()) => Ok(true),
            Err(Error::Exception(_)) if refuses => Ok(false),
            Err(error) => Err(TestCaseError::fail(error.to_string())),
        };
        match step {
            Step::Connect(source, to, alone) => {
                self.connect(source, to, alone);
            }
            Step::Disconnect(at) => {
                if self.model.attached.contains(&at.0) {
                    self.model.fed.remove(&at);
                    let input = self.endpoint(at);
                    let mut graph = self.desk.graph.write();
                    let ended = graph.disconnect_input(&self.desk.driver, input);
                    ended.expect("nothing is refused");
                }
            }
            Step::Detach(node) => {
                if let Ok(slot) = self.node(node).slot() {
                    for at in (0..BUSES).map(|bus| (node, bus)) {
                        if let Some(strip) = self.model.strips.get_mut(&at) {
                            strip.set(strip.at(now));
                        }
                    }
                    self.model.attached.remove(&node);
                    let ends = |to: &At, source: &mut u32| to.0 != node && *source != node;
                    self.model.fed.retain(ends);
                    let _ends = self.desk.reporting_ends();
                    let mut graph = self.desk.graph.write();
                    let fed: Vec<_> = graph.routing.fed_by(slot).collect();
                    let driver = &self.desk.driver;
                    let detached = graph.detach(driver, self.node(node), slot);
                    let detached = detached.and_then(|()| graph.reconnected(driver, fed));
                    detached.expect("nothing is refused");
                }
            }
            Step::Attach(node) => {
                if self.model.attached.insert(node) {
                    let mut graph = self.desk.graph.write();
                    let attached = graph.attach(&self.desk.driver, self.node(node));
                    attached.expect("nothing is refused");
                }
            }
            Step::Volume(at, volume) => {
                let node = self.node(at.0);
                let strip = node.strips.get_or_create(at.1);
                let set = self.desk.set_volume(node, strip, volume);
                if self.answered(at.0, set)? {
                    self.model.strip(at).set(volume);
                }
            }
            Step::Mute(at, muted) => {
                let node = self.node(at.0);
                let set = self
                    .desk
                    .set_muted(node, node.strips.get_or_create(at.1), muted);
                if self.answered(at.0, set)? {
                    self.model.strip(at).muted = muted;
                }
            }
            Step::Solo(at, soloed) => {
                let config = BusConfig {
                    soloed: Some(soloed),
                    ..BusConfig::new(at.1)
                };
                let set = self.desk.configure(self.node(at.0), &[config]);
                if self.answered(at.0, set)? {
                    self.model.strip(at).soloed = soloed;
                }
            }
            Step::Fade(at, to, frames) => {
                let strip = self.node(at.0).strips.get_or_create_ref(at.1);
                let started = self.fade(&strip, Some(at.0), to, frames);
                if self.answered(at.0, started)? {
                    self.model.strip(at).start(to, now, frames);
                }
            }
            Step::Create => {
                if self.groups.len() < GROUPS && !self.refuses() {
                    self.create().expect("nothing is refused");
                }
            }
            Step::RemoveGroup(index) => {
                let Some(group) = self.group(index) else {
                    return Ok(());
                };
                if accepted(self.desk.remove_group(group))? {
                    self.model.groups.remove(&group);
                    for other in self.model.groups.values_mut() {
                        other.inner.remove(&group);
                    }
                    let set = self.desk.set_volume(&GroupOwner, &self.groups[&group], 0.5);
                    prop_assert!(matches!(set, Err(Error::NotAttached(_))));
                    self.groups.remove(&group);
                }
            }
            Step::GroupVolume(index, volume) => {
                if let Some(group) = self.group(index) {
                    let fader = &self.groups[&group];
                    if accepted(self.desk.set_volume(&GroupOwner, fader, volume))? {
                        self.fader(group).set(volume);
                    }
                }
            }
            Step::GroupMute(index, muted) => {
                if let Some(group) = self.group(index) {
                    let fader = &self.groups[&group];
                    if accepted(self.desk.set_muted(&GroupOwner, fader, muted))? {
                        self.fader(group).muted = muted;
                    }
                }
            }
            Step::GroupSolo(index, soloed) => {
                if let Some(group) = self.group(index) {
                    if accepted(self.desk.set_group_soloed(group, soloed))? {
                        self.fader(group).soloed = soloed;
                    }
                }
            }
            Step::GroupFade(index, to, frames) => {
                if let Some(group) = self.group(index) {
                    if accepted(self.fade(&self.groups[&group], None, to, frames))? {
                        self.fader(group).start(to, now, frames);
                    }
                }
            }
            Step::Add(index, places) => {
                if let Some(group) = self.group(index) {
                    let members: Vec<_> = places
                        .iter()
                        .map(|at| (Arc::clone(self.node(at.0)), at.1))
                        .collect();
                    if accepted(self.desk.add_members(group, &members))? {
                        let group = self.model.groups.get_mut(&group);
                        group.expect("it is there").members.extend(places);
                    }
                }
            }
            Step::Remove(index, at) => {
                if let Some(group) = self.group(index) {
                    let member = (Arc::clone(self.node(at.0)), at.1);
                    if accepted(self.desk.remove_members(group, &[member]))? {
                        let group = self.model.groups.get_mut(&group);
                        group.expect("it is there").members.remove(&at);
                    }
                }
            }
            Step::Nest(outer, inner, nested) => {
                let (Some(outer), Some(inner)) = (self.group(outer), self.group(inner)) else {
                    return Ok(());
                };
                let done = self.desk.nest_group(outer, inner, nested);
                if nested && self.model.inside(inner).contains(&outer) {
                    prop_assert!(matches!(done, Err(Error::Cycle(_))));
                } else if accepted(done)? {
                    let group = self.model.groups.get_mut(&outer).expect("it is there");
                    if nested {
                        group.inner.insert(inner);
                    } else {
                        group.inner.remove(&inner);
                    }
                }
            }
            Step::Send(dry, wet, tap) => return self.send(dry, wet, tap),
            Step::Tap(at, tap) => {
                let set = self.desk.set_send_tap(self.node(at.0), at.1, tap);
                prop_assert_eq!(set.is_ok(), self.model.sends.contains_key(&at));
                if let Some(send) = self.model.sends.get_mut(&at) {
                    send.tap = tap;
                }
            }
            Step::EndSend(at) => {
                let mut graph = self.desk.graph.write();
                let ended = self.desk.end_send(&mut graph, self.node(at.0), at.1);
                prop_assert_eq!(ended.is_ok(), self.model.sends.remove(&at).is_some());
            }
            Step::ClearSolo => {
                if accepted(self.desk.clear_solo())? {
                    let attached = &self.model.attached;
                    for (at, strip) in &mut self.model.strips {
                        strip.soloed &= !attached.contains(&at.0);
                    }
                    for group in self.model.groups.values_mut() {
                        group.fader.soloed = false;
                    }
                }
            }
            Step::Refuse(refuses) => self.fake().refuses.store(refuses, Ordering::Relaxed),
            Step::Advance(frames) => {
                self.model.now += frames;
                self.fake().advance(frames);
                self.desk.poll_fades();
            }
        }
        // What concerns many strips is heard at once.
        let after = self.fake().moments.load(Ordering::Relaxed);
        prop_assert!(!of_many || refuses || after <= moments + 1);
        Ok(())
    }

    fn fader(&mut self, group: u32) -> &mut Fader {
        let group = self.model.groups.get_mut(&group);
        &mut group.expect("it is there").fader
    }

    /// A call on a strip is refused while its mixer is detached, or when the engine refuses.
    fn answered(&self, mixer: u32, done: Result<()>) -> Tested<bool> {
        let attached = self.model.attached.contains(&mixer);
        match done {
            Ok(()) if attached => Ok(true),
            Err(Error::NotAttached(_)) if !attached => Ok(false),
            Err(Error::Exception(_)) if attached && self.refuses() => Ok(false),
            done => Err(TestCaseError::fail(format!("{attached}: {done:?}"))),
        }
    }

    fn check(&self) -> Tested<()> {
        let model = &self.model;
        let near = |a: f32, b: f32| (a - b).abs() < 3e-5;
        for at in (0..MIXERS).flat_map(|mixer| (0..BUSES).map(move |bus| (mixer, bus))) {
            let Some(strip) = self.node(at.0).strips.get(at.1) else {
                prop_assert!(!model.fed.contains_key(&at));
                continue;
            };
            let expected = model.heard(at);
            let effective = strip.heard_volume(|| model.now);
            prop_assert!(
                near(effective, expected),
                "{at:?}: {effective}, not {expected}"
            );
            let fader = model.strips.get(&at).unwrap_or(&NEW);
            prop_assert!(near(strip.volume(|| model.now), fader.at(model.now)));
            if let Some(connection) = self.connection(at) {
                let heard = self.fake().heard(connection).0;
                prop_assert!(near(heard, expected), "{at:?}: {heard}, not {expected}");
            }
            let node = self.node(at.0);
            let groups = self.desk.groups_of_strip(node, at.1).expect("no render");
            let direct = model
                .groups
                .iter()
                .filter(|(_, it)| it.members.contains(&at));
            let groups: Vec<_> = groups.iter().map(|(number, _)| *number).collect();
            prop_assert_eq!(
                groups,
                direct.map(|(number, _)| *number).collect::<Vec<_>>()
            );
            let send = self.desk.send(node, at.1).expect("no render");
            let send = send.map(|(tap, dry)| (tap, dry.map(|(node, bus)| (node.number, bus))));
            let modelled = model.sends.get(&at).map(|it| (it.tap, Some(it.dry)));
            prop_assert_eq!(send, modelled, "{:?}", at);
        }
        for (number, group) in &model.groups {
            let members = self.desk.members(*number, false).expect("it is there");
            let members: BTreeSet<_> = members.iter().map(|(it, bus)| (it.number, *bus)).collect();
            prop_assert_eq!(&members, &group.members);
        }
        Ok(())
    }
}

fn follows<B: FakeBackend>(steps: &[Step], fades: bool) -> Tested<()> {
    let mut test = Test::<B>::new(fades);
    for step in steps {
        let told = format!("{step:?}");
        test.run(step.clone())?;
        test.check()
            .map_err(|error| TestCaseError::fail(format!("{told}: {error}")))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::with_cases(600)
    })]

    #[test]
    fn what_is_heard_is_the_product_over_all_ways(
        steps in prop::collection::vec(step(), 1..80),
        fades in any::<bool>(),
    ) {
        follows::<Fake>(&steps, fades)?;
        follows::<SoftwareMasters<Fake>>(&steps, fades)?;
    }
}
