//! A desk over the tests' engine, with the model that it is compared with.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::fake::{FakeBackend, FakeConnection, FakeNode};
use super::model::{Model, NODES};
use super::operation::Place;
use crate::desk::fade::FadeEnd;
use crate::desk::faders::Which;
use crate::desk::graph::Live;
use crate::desk::routing::{Endpoint, OUTPUT};
use crate::desk::scene::Scene;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::sync::lock;

/// A fade as a test's handle has it.
pub(super) struct Started {
    pub(super) place: Place,
    pub(super) of_volume: bool,
    pub(super) number: u32,
    pub(super) state: u32,
}

pub(super) struct Test<B: FakeBackend> {
    pub(super) desk: Desk<FakeNode<B>>,
    pub(super) nodes: Vec<Arc<FakeNode<B>>>,
    pub(super) model: Model,
    pub(super) scene: Scene,
    pub(super) fades: Vec<Started>,
    pub(super) ends: Arc<Mutex<Vec<(u32, FadeEnd)>>>,
}

pub(super) fn which(of_volume: bool) -> Which {
    if of_volume {
        Which::Volume
    } else {
        Which::Pan
    }
}

impl<B: FakeBackend> Test<B> {
    /// `automates`: whether the engine does automation by itself.
    pub(super) fn new(engine: B, automates: bool) -> Self {
        let nodes: Vec<_> = (0..)
            .zip(NODES)
            .map(|(number, kind)| FakeNode::new(number, kind))
            .collect();
        let desk: Desk<FakeNode<B>> = Desk::new(engine);
        let mut graph = desk.graph.write();
        for node in &nodes {
            desk.backend()
                .fake()
                .connect(FakeConnection::output(node.number));
            graph
                .attach(&desk.driver, node)
                .expect("there is nothing to refuse");
        }
        drop(graph);
        Self {
            desk,
            nodes,
            model: Model::new(automates),
            scene: Scene::default(),
            fades: Vec::new(),
            ends: Arc::default(),
        }
    }

    pub(super) fn node(&self, number: u32) -> &Arc<FakeNode<B>> {
        &self.nodes[number as usize]
    }

    pub(super) fn strip(&self, mixer: u32, bus: u32) -> StripRef<B::Connection> {
        let node = self.node(mixer);
        if bus == OUTPUT {
            let strip = self.desk.output(node).expect("this is no source's closure");
            return strip.clone();
        }
        node.strips.get_or_create_ref(bus)
    }

    pub(super) fn is_attached(&self, number: u32) -> bool {
        self.node(number).slot().is_ok()
    }

    pub(super) fn endpoint(&self, node: u32, bus: u32) -> Endpoint {
        let node = self.node(node).slot().expect("an attached node");
        Endpoint { node, bus }
    }

    /// The native engine makes all connections anew that the model does not share with `before`.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Model)) {
        let before = self.model.connections();
        change(&mut self.model);
        for connection in self.model.connections() {
            if !before.contains(&connection) {
                self.desk.backend().fake().connect(connection);
            }
        }
    }

    pub(super) fn connect(&mut self, source: u32, node: u32, bus: u32, alone: bool) {
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
        let bus_and_output = [(node, bus), (source, OUTPUT)];
        for (mixer, bus) in bus_and_output.into_iter().filter(|(mixer, _)| *mixer < 2) {
            if let Some(connection) = self.model.connection(mixer, bus) {
                self.desk.backend().fake().connect(connection);
            }
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

    pub(super) fn disconnect(&mut self, node: u32, bus: u32, output: bool) {
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

    pub(super) fn detach(&mut self, number: u32) {
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

    /// What strips say and what the engine applies is the model's, to 1e-5: a fade that was muted
    /// goes on from a rounded value.
    pub(super) fn check(&mut self) -> Result<(), TestCaseError> {
        let near = |a: f32, b: f32| (a - b).abs() < 1e-5;
        let model = &self.model;
        for ((mixer, bus), expected) in &model.strips {
            let made = *bus == OUTPUT || self.node(*mixer).strips.get(*bus).is_some();
            prop_assert!(made, "no strip {mixer} {bus}");
            let strip = self.strip(*mixer, *bus);
            let now = || model.now;
            let silenced = model.is_silenced(*mixer, *bus);
            let (volume, pan) = (
                expected.volume.heard(model.now),
                expected.pan.heard(model.now),
            );
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
                let heard = self.desk.backend().fake().heard(connection);
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
