//! Strips, solo, scenes, fades and edits in random order, compared with the model after each step.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::fake::{Fake, FakeDesk, FakeNode};
use super::model::{Model, NODES};
use super::operation::{operation, Operation, Place};
use crate::desk::fade::{Curve, FadeEnd, FadeState};
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::fallback::{Control, Fallback};
use crate::desk::graph::Live;
use crate::desk::routing::Endpoint;
use crate::desk::scene::{BusConfig, Scene};
use crate::error::Error;
use crate::sync::lock;

/// A fade as a test's handle has it.
struct Started {
    place: Place,
    of_volume: bool,
    number: u32,
    state: FadeState,
}

struct Test {
    desk: FakeDesk,
    nodes: Vec<Arc<FakeNode>>,
    model: Model,
    scene: Scene,
    fades: Vec<Started>,
    ends: Arc<Mutex<Vec<(u32, FadeEnd)>>>,
}

fn which(of_volume: bool) -> Which {
    if of_volume {
        Which::Volume
    } else {
        Which::Pan
    }
}

impl Test {
    fn new(fades: bool) -> Self {
        let nodes: Vec<_> = (0..)
            .zip(NODES)
            .map(|(number, kind)| FakeNode::new(number, kind))
            .collect();
        let desk = FakeDesk::new(Fake::new(fades));
        let mut graph = desk.graph.write();
        for node in &nodes {
            graph
                .attach(&desk.driver, node)
                .expect("there is nothing to refuse");
        }
        drop(graph);
        Self {
            desk,
            nodes,
            model: Model::default(),
            scene: Scene::default(),
            fades: Vec::new(),
            ends: Arc::default(),
        }
    }

    fn node(&self, number: u32) -> &Arc<FakeNode> {
        &self.nodes[number as usize]
    }

    fn is_attached(&self, number: u32) -> bool {
        self.node(number).slot().is_ok()
    }

    fn endpoint(&self, node: u32, bus: u32) -> Endpoint {
        let node = self.node(node).slot().expect("an attached node");
        Endpoint { node, bus }
    }

    /// The native engine makes all connections anew that the model does not share with `before`.
    fn edit(&mut self, change: impl FnOnce(&mut Model)) {
        let before = self.model.connections();
        change(&mut self.model);
        for connection in self.model.connections() {
            if !before.contains(&connection) {
                self.desk.backend().connect(connection);
            }
        }
    }

    fn connect(&mut self, source: u32, node: u32, bus: u32, alone: bool) {
        let bus = if node < 2 { bus } else { 0 };
        if source <= node || !self.is_attached(source) || !self.is_attached(node) {
            return;
        }
        self.edit(|model| {
            if alone {
                model.connect(source, (node, bus));
            } else {
                model.add(source, (node, bus));
            }
        });
        if let Some(connection) = self.model.connection(node, bus).filter(|_| node < 2) {
            self.desk.backend().connect(connection);
        }
        let (from, to) = (self.endpoint(source, 0), self.endpoint(node, bus));
        let live = Live::new(self.node(source), self.node(node));
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let applied = if alone {
            graph.connect(driver, from, to, live)
        } else {
            graph.join(driver, from, to, live, Vec::new())
        };
        applied.expect("the engine refuses nothing");
    }

    fn disconnect(&mut self, node: u32, bus: u32, output: bool) {
        let bus = if node < 2 { bus } else { 0 };
        if !self.is_attached(node) {
            return;
        }
        self.edit(|model| {
            if output {
                model.fed.retain(|_, source| *source != node);
            } else {
                model.fed.remove(&(node, bus));
            }
        });
        let at = self.endpoint(node, bus);
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let applied = if output {
            graph.disconnect_output(driver, at)
        } else {
            graph.disconnect_input(driver, at)
        };
        applied.expect("there is nothing to refuse");
    }

    fn detach(&mut self, number: u32) {
        let Ok(slot) = self.node(number).slot() else {
            return;
        };
        self.edit(|model| model.detach(number));
        let _ends = self.desk.reporting_ends();
        let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
        let fed: Vec<_> = graph.routing.fed_by(slot).collect();
        let detached = graph.detach(driver, self.node(number), slot);
        let applied = detached.and_then(|()| graph.reconnected(driver, fed));
        applied.expect("there is nothing to refuse");
    }

    fn run(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Connect(source, node, bus) => self.connect(source, node, bus, true),
            Operation::Add(source, node, bus) => self.connect(source, node, bus, false),
            Operation::DisconnectInput(node, bus) => self.disconnect(node, bus, false),
            Operation::DisconnectOutput(node) => self.disconnect(node, 0, true),
            Operation::Detach(node) => self.detach(node),
            Operation::Attach(node) => {
                if !self.is_attached(node) {
                    self.model.attached.insert(node);
                    let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
                    let attached = graph.attach(driver, self.node(node));
                    attached.expect("there is nothing to refuse");
                }
            }
            Operation::Set((mixer, bus), of_volume, value) => {
                let node = self.node(mixer);
                let strip = node.strips.get_or_create(bus);
                let set = if of_volume {
                    self.desk.set_volume(node, strip, value)
                } else {
                    self.desk.set_pan(node, strip, value)
                };
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                if set.is_ok() {
                    self.model.set(mixer, bus, of_volume, value);
                }
            }
            Operation::SetByNumber((mixer, bus), value, fallback) => {
                *lock(&self.desk.fallback) = fallback;
                let mut global = false;
                let node = self.node(mixer);
                let set = self.desk.set_volume_for_bus(node, value, bus, || {
                    global = true;
                    Ok(())
                });
                let expected = if self.model.fed.contains_key(&(mixer, bus)) {
                    Some(Control::Connection)
                } else {
                    match fallback {
                        _ if !self.is_attached(mixer) => None,
                        Fallback::Global => Some(Control::Mixer),
                        Fallback::Deny => None,
                        Fallback::Hold => Some(Control::Held),
                    }
                };
                prop_assert_eq!(set.ok(), expected);
                prop_assert_eq!(global, expected == Some(Control::Mixer));
                if matches!(expected, Some(Control::Connection | Control::Held)) {
                    self.model.set(mixer, bus, true, value);
                }
            }
            Operation::Mute((mixer, bus), muted) => {
                let node = self.node(mixer);
                let strip = node.strips.get_or_create(bus);
                let set = self.desk.set_muted(node, strip, muted);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                if set.is_ok() {
                    self.model.strip(mixer, bus).muted = muted;
                }
            }
            Operation::SetRefused((mixer, bus), value) => {
                let node = self.node(mixer);
                self.desk.backend().refuses.store(true, Ordering::Relaxed);
                let set = self
                    .desk
                    .set_volume(node, node.strips.get_or_create(bus), value);
                self.desk.backend().refuses.store(false, Ordering::Relaxed);
                let heard = self.model.connection(mixer, bus).is_some()
                    && !self.model.is_silenced(mixer, bus);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer) && !heard);
                if set.is_ok() {
                    self.model.set(mixer, bus, true, value);
                }
            }
            Operation::Configure(mixer, mut configs) => {
                configs.sort_by_key(|config| config.bus);
                configs.dedup_by_key(|config| config.bus);
                self.configure(mixer, &configs)?;
            }
            Operation::Snapshot(mixer, with_solo) => {
                self.scene = self.desk.snapshot(self.node(mixer), with_solo);
                let solos = self.scene.buses().iter().map(|it| it.soloed.is_some());
                prop_assert!(solos.into_iter().all(|it| it == with_solo));
            }
            Operation::ClearSolo => {
                self.desk.clear_solo().expect("there is nothing to refuse");
                let attached = &self.model.attached;
                for (place, strip) in &mut self.model.strips {
                    strip.soloed &= !attached.contains(&place.0);
                }
            }
            Operation::Apply(mixer) => {
                let scene = self.scene.clone();
                self.configure(mixer, scene.buses())?;
            }
            Operation::Fade((mixer, bus), of_volume, to, frames) => {
                self.fade((mixer, bus), of_volume, to, frames)?;
            }
            Operation::Cancel(index) if index < self.fades.len() => {
                let started = &self.fades[index];
                let (mixer, bus) = started.place;
                let node = self.node(mixer);
                let strip = node.strips.get_or_create_ref(bus);
                let which = which(started.of_volume);
                let cancelled = self.desk.cancel_fade(node, &strip, which, &started.state);
                prop_assert_eq!(cancelled.is_ok(), self.is_attached(mixer));
                if cancelled.is_ok() {
                    let (of_volume, number) = (started.of_volume, started.number);
                    self.model.cancel(mixer, bus, of_volume, number);
                }
            }
            Operation::Cancel(_) => {}
            Operation::Advance(frames) => {
                self.model.advance(frames);
                self.desk.backend().advance(frames);
                self.desk.poll_fades();
            }
        }
        Ok(())
    }

    fn configure(&mut self, mixer: u32, configs: &[BusConfig]) -> Result<(), TestCaseError> {
        let set = self.desk.configure(self.node(mixer), configs);
        prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
        if set.is_ok() {
            for config in configs {
                self.model.configure(mixer, config);
            }
        }
        Ok(())
    }

    fn fade(
        &mut self,
        place: Place,
        of_volume: bool,
        to: f32,
        frames: i64,
    ) -> Result<(), TestCaseError> {
        let (mixer, bus) = place;
        let node = self.node(mixer);
        let strip = node.strips.get_or_create_ref(bus);
        let request = FadeRequest {
            which: which(of_volume),
            to,
            frames: frames as u64,
            curve: Curve::Linear,
        };
        let (number, ends) = (self.fades.len() as u32, Arc::clone(&self.ends));
        let ended = move |end| lock(&ends).push((number, end));
        let started = self.desk.fade(node, &strip, request, Box::new(ended));
        prop_assert_eq!(started.is_ok(), self.is_attached(mixer));
        if let Ok(state) = started {
            self.desk.end_fades();
            let modelled = self.model.fade(mixer, bus, of_volume, to, frames);
            prop_assert_eq!(modelled, number);
            self.fades.push(Started {
                place,
                of_volume,
                number,
                state,
            });
        }
        Ok(())
    }

    /// What strips say and what the engine applies is the model's, to 1e-5: a fade that was muted
    /// goes on from a rounded value.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let near = |a: f32, b: f32| (a - b).abs() < 1e-5;
        let model = &self.model;
        for ((mixer, bus), expected) in &model.strips {
            let strip = self.node(*mixer).strips.get(*bus);
            let now = || model.now;
            let silenced = model.is_silenced(*mixer, *bus);
            let Some(strip) = strip else {
                return Err(TestCaseError::fail(format!("no strip {mixer} {bus}")));
            };
            let (volume, pan) = (expected.volume.at(model.now), expected.pan.at(model.now));
            let effective = if silenced { 0.0 } else { volume };
            let (faders, at) = (strip.faders(), (mixer, bus));
            prop_assert!(near(strip.volume(now), volume), "volume of {at:?}");
            prop_assert!(near(strip.pan(now), pan), "pan of {at:?}");
            prop_assert!(near(strip.effective_volume(now), effective), "{at:?}");
            prop_assert_eq!(
                (faders.muted, faders.soloed, faders.solo_safe),
                (expected.muted, expected.soloed, expected.solo_safe)
            );
            if let Some(connection) = model.connection(*mixer, *bus) {
                let heard = self.desk.backend().heard(connection);
                prop_assert!(
                    near(heard.0, effective) && near(heard.1, pan),
                    "{connection:?} has {heard:?} instead of {:?}",
                    (effective, pan)
                );
            }
        }
        for connection in model.connections() {
            prop_assert!(model
                .strips
                .contains_key(&(connection.mixer, connection.bus)));
        }
        let mut ends = lock(&self.ends).clone();
        ends.sort_by_key(|(number, _)| *number);
        let mut expected = self.model.ends.clone();
        expected.sort_by_key(|(number, _)| *number);
        prop_assert_eq!(ends, expected);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]

    /// With an engine that fades by itself, and with one that does not.
    #[test]
    fn strips_and_the_engine_follow_the_model(
        operations in prop::collection::vec(operation(), 1..120),
        fades in any::<bool>(),
    ) {
        let mut test = Test::new(fades);
        for operation in operations {
            let step = format!("{operation:?}");
            test.run(operation)?;
            test.check().map_err(|error| TestCaseError::fail(format!("{step}: {error}")))?;
        }
        let Test { desk, model, ends, fades, .. } = test;
        drop(desk);
        // Whatever was still under way has stopped: every fade has ended once.
        let mut ends = std::mem::take(&mut *lock(&ends));
        ends.sort_by_key(|(number, _)| *number);
        let numbers: Vec<_> = ends.iter().map(|(number, _)| *number).collect();
        prop_assert_eq!(numbers, (0..fades.len() as u32).collect::<Vec<_>>());
        let stopped = ends.len() - model.ends.len();
        let now_stopped = ends.iter().filter(|(_, end)| *end == FadeEnd::Stopped).count();
        let before = model.ends.iter().filter(|(_, end)| *end == FadeEnd::Stopped).count();
        prop_assert_eq!(now_stopped - before, stopped);
    }
}

#[test]
fn what_is_refused_changes_no_strip() {
    let mut test = Test::new(true);
    test.connect(4, 0, 0, true);
    let node = Arc::clone(test.node(0));
    node.strips.get_or_create(2);
    let before = test.desk.snapshot(&node, true);
    let refused = |result: Result<(), Error>| {
        assert!(matches!(
            result,
            Err(Error::OutOfRange(_) | Error::InvalidArgument(_) | Error::Exception(_))
        ));
        assert_eq!(test.desk.snapshot(&node, true), before);
    };
    let config = |bus, volume| BusConfig {
        volume: Some(volume),
        ..BusConfig::new(bus)
    };
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(1, 4.01)]),
    );
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(super::fake::BUSES, 0.5)]),
    );
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(0, 0.25)]),
    );
    test.desk.backend().refuses.store(true, Ordering::Relaxed);
    refused(test.desk.configure(&node, &[config(0, 0.5)]));
    let strip = node.strips.get_or_create(0);
    refused(test.desk.set_volume(&node, strip, 0.5));
    refused(test.desk.set_pan(&node, strip, 0.5));
    refused(test.desk.set_muted(&node, strip, true));
    // Solo elsewhere would silence it.
    let solo = BusConfig {
        soloed: Some(true),
        ..BusConfig::new(2)
    };
    refused(test.desk.configure(&node, &[solo]));
    assert!(!strip.faders().silenced() && !test.desk.graph.read().solo.is_active());
    let made = node.strips.get_or_create(3);
    assert!(!made.faders().silenced());
}
