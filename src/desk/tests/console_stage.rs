//! A desk with groups and sends over an engine of the tests' own, and the model that it is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::Arc;

use proptest::prelude::*;

use super::console_model::{At, Group, Model, Send, MIXERS, NEW, NODES};
use super::fake::{Fake, FakeBackend, FakeConnection, FakeNode};
use crate::desk::engine_scene::EngineScene;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::graph::Live;
use crate::desk::node::Kind;
use crate::desk::owner::GroupOwner;
use crate::desk::routing::Endpoint;
use crate::desk::sends::SendTap;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::error::Result;

/// Of a test's step.
pub(super) type Tested<T> = std::result::Result<T, TestCaseError>;

pub(super) struct Test<B: FakeBackend> {
    pub(super) desk: Desk<FakeNode<B>>,
    pub(super) nodes: Vec<Arc<FakeNode<B>>>,
    pub(super) groups: BTreeMap<u32, StripRef<B::Connection>>,
    pub(super) model: Model,
    pub(super) kept: EngineScene,
}

impl<B: FakeBackend> Test<B> {
    pub(super) fn new(fades: bool) -> Self {
        let desk: Desk<FakeNode<B>> = Desk::new(B::new(fades));
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
        for mixer in 0..MIXERS {
            desk.backend().fake().connect(FakeConnection::output(mixer));
        }
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
            kept: EngineScene::default(),
        };
        for _ in 0..3 {
            test.create().expect("nothing is refused");
        }
        test
    }

    pub(super) fn fake(&self) -> &Fake {
        self.desk.backend().fake()
    }

    pub(super) fn refuses(&self) -> bool {
        self.fake().refuses.load(Ordering::Relaxed)
    }

    pub(super) fn node(&self, number: u32) -> &Arc<FakeNode<B>> {
        &self.nodes[number as usize]
    }

    pub(super) fn endpoint(&self, (node, bus): At) -> Endpoint {
        let node = self.node(node).slot().expect("an attached node");
        Endpoint { node, bus }
    }

    pub(super) fn create(&mut self) -> Result<()> {
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
    pub(super) fn group(&self, index: usize) -> Option<u32> {
        self.model.groups.keys().copied().nth(index)
    }

    pub(super) fn connection(&self, at: At) -> Option<FakeConnection> {
        Some(FakeConnection {
            source: *self.model.fed.get(&at)?,
            mixer: at.0,
            bus: at.1,
            alone: false,
        })
    }

    pub(super) fn connect(&mut self, source: u32, to: At, alone: bool) -> bool {
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

    pub(super) fn send(&mut self, dry: At, wet: At, tap: SendTap) -> Tested<()> {
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

    pub(super) fn fade(
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
}
