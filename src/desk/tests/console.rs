//! Groups and sends in random order, over an engine with masters and one without, compared after
//! each step with what a search of all ways finds.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::console_model::{step, At, Fader, Step, BUSES, GROUPS, MIXERS, NEW};
use super::console_stage::{Test, Tested};
use super::fake::{Fake, FakeBackend};
use crate::desk::owner::GroupOwner;
use crate::desk::scene::BusConfig;
use crate::desk::software_masters::SoftwareMasters;
use crate::error::{Error, Result};

impl<B: FakeBackend> Test<B> {
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
                | Step::Recall(_)
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
            Step::Keep => self.keep()?,
            Step::Recall(parts) => self.recall(parts)?,
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
