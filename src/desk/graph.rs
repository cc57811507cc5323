//! The nodes of an engine and the routing map over them.

use std::sync::Arc;

use crate::desk::driver::Driver;
use crate::desk::groups::Groups;
use crate::desk::meters::Meters;
use crate::desk::mirrors::Mirrors;
use crate::desk::node::{Connection, DeskNode, Kind};
use crate::desk::routing::{Endpoint, Link, Routing, GROUPS, OUTPUT};
use crate::desk::sends::Sends;
use crate::desk::solo::Solo;
use crate::desk::strip::Strip;
use crate::desk::strips::StripRef;
use crate::desk::tied::Tied;
use crate::desk::upstream::Upstream;
use crate::error::Result;

/// It follows the engine's own graph: it changes only after the engine has.
#[derive(Debug)]
pub(crate) struct Graph<N: DeskNode> {
    nodes: Vec<Option<Arc<N>>>,
    free: Vec<u32>,
    /// Of the next node that is attached for the first time.
    number: u32,
    pub(crate) routing: Routing<Live<N>>,
    pub(crate) upstream: Upstream<N>,
    pub(crate) solo: Solo,
    pub(crate) groups: Groups<Connection<N>>,
    pub(crate) sends: Sends<Connection<N>>,
    pub(crate) tied: Tied<N>,
    pub(crate) mirrors: Mirrors<N>,
    pub(crate) meters: Meters<N::Meter>,
    /// How many input buses were looked at to retarget strips.
    #[cfg(test)]
    pub(crate) steps: usize,
}

/// The two ends of a connection.
#[derive(Debug)]
pub(crate) struct Live<N> {
    pub(crate) source: Arc<N>,
    pub(crate) destination: Arc<N>,
}

impl<N> Live<N> {
    pub(crate) fn new(source: &Arc<N>, destination: &Arc<N>) -> Self {
        Self {
            source: Arc::clone(source),
            destination: Arc::clone(destination),
        }
    }
}

// Neither is derived: that would require the same of nodes.
impl<N> Clone for Live<N> {
    fn clone(&self) -> Self {
        Self::new(&self.source, &self.destination)
    }
}

impl<N: DeskNode> Default for Graph<N> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
            number: 0,
            routing: Routing::default(),
            upstream: Upstream::default(),
            solo: Solo::default(),
            groups: Groups::default(),
            sends: Sends::default(),
            tied: Tied::default(),
            mirrors: Mirrors::default(),
            meters: Meters::default(),
            #[cfg(test)]
            steps: 0,
        }
    }
}

impl<N: DeskNode> Graph<N> {
    pub(crate) fn node_count(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    /// The attached nodes that are not hidden.
    pub(crate) fn shown_nodes(&self) -> impl Iterator<Item = &Arc<N>> {
        self.nodes().filter(|node| !node.is_hidden)
    }

    /// The attached nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Arc<N>> {
        self.nodes.iter().flatten()
    }

    /// Adds a node that was attached, whose strips solo does not concern yet: see
    /// [`attach`](Self::attach).
    fn add(&mut self, node: &Arc<N>) -> u32 {
        let slot = self.free.pop().unwrap_or(self.nodes.len() as u32);
        if slot as usize == self.nodes.len() {
            self.nodes.push(None);
        }
        self.nodes[slot as usize] = Some(Arc::clone(node));
        node.set_slot(Some(slot));
        if !node.is_hidden {
            self.number += u32::from(node.set_number(self.number));
        }
        self.solo.add(slot, node.kind.is_effect());
        slot
    }

    /// Adds a node that was attached, with its strips' solos.
    pub(crate) fn attach<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        node: &Arc<N>,
    ) -> Result<u32> {
        let slot = self.add(node);
        for (bus, strip) in node.strips.iter() {
            let place = Endpoint { node: slot, bus };
            strip.set_place(place);
            if self.is_soloed(node, bus) {
                self.solo.set(&self.routing, place, true);
            }
        }
        let applied = self.attach_output(driver, node, slot);
        applied.and(self.send_solo(driver)).map(|()| slot)
    }

    /// Adds the nodes that the engine has made and connected itself.
    pub(crate) fn add_ends<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        main: &Arc<N>,
        output: &Arc<N>,
    ) -> Result<()> {
        let (from, to) = (self.attach(driver, main)?, self.attach(driver, output)?);
        let live = Live::new(main, output);
        let (from, to) = (
            Endpoint { node: from, bus: 0 },
            Endpoint { node: to, bus: 0 },
        );
        self.join_link(from, to, live);
        Ok(())
    }

    /// What feeds an input bus is `from` from now on, and nothing else.
    pub(crate) fn join_link(&mut self, from: Endpoint, to: Endpoint, live: Live<N>) {
        self.solo.disconnecting(&self.routing, to);
        self.meters.end(to);
        self.routing.join(from, to, live);
        self.solo.connected(&self.routing, to);
    }

    pub(crate) fn end_link(&mut self, to: Endpoint) {
        self.solo.disconnecting(&self.routing, to);
        self.meters.end(to);
        self.routing.disconnect_input(to);
    }

    pub(crate) fn end_links_from(&mut self, from: Endpoint) {
        if self.solo.is_active() {
            for to in self.routing.destinations(from).to_vec() {
                self.end_link(to);
            }
        }
        self.meters.end_from(&self.routing, from);
        self.routing.disconnect_output(from);
    }

    /// Removes a node that was detached.
    pub(crate) fn remove(&mut self, slot: u32) {
        if self.solo.is_active() {
            for strip in self.solo.soloed_of(slot) {
                self.solo.set(&self.routing, strip, false);
            }
            let inputs =
                (0..self.routing.input_count(slot)).map(|bus| Endpoint { node: slot, bus });
            let fed: Vec<_> = inputs.chain(self.routing.fed_by(slot)).collect();
            for to in fed {
                self.end_link(to);
            }
        }
        self.meters.end_at(&self.routing, slot);
        self.routing.remove(slot);
        self.upstream.forget(slot);
        self.solo.remove(slot);
        if let Some(node) = self.nodes[slot as usize].take() {
            node.set_slot(None);
            self.free.push(slot);
        }
    }

    pub(crate) fn node(&self, slot: u32) -> Option<&Arc<N>> {
        self.nodes.get(slot as usize)?.as_ref()
    }

    /// A mixer's strip, that of its output volume, or a group's, if it is made.
    pub(crate) fn strip(&self, place: Endpoint) -> Option<&Strip<Connection<N>>> {
        if place.node == GROUPS {
            return self.groups.strip(place.bus);
        }
        let node = self.node(place.node)?;
        if place.bus == OUTPUT {
            return node.output.get().map(|strip| &**strip);
        }
        node.strips.get(place.bus)
    }

    /// The same, to be kept.
    pub(crate) fn strip_ref(&self, bus: Endpoint) -> Option<StripRef<Connection<N>>> {
        if bus.node == GROUPS {
            return self.groups.master(bus.bus).map(|(_, strip)| strip.clone());
        }
        let node = self.node(bus.node)?;
        if bus.bus == OUTPUT {
            return node.output.get().cloned();
        }
        node.strips.get_ref(bus.bus)
    }

    /// At most how many strips there are that the engine has something to set for.
    pub(crate) fn used_strips(&self) -> usize {
        let shared = self.groups.count() + self.sends.shared_faders();
        self.routing.link_count() + self.node_count() + shared
    }

    /// What feeds a node's input bus.
    pub(crate) fn link(&self, node: &N, bus: u32) -> Result<Option<&Link<Live<N>>>> {
        Ok(self.routing.link(Endpoint {
            node: node.slot()?,
            bus,
        }))
    }

    /// The mixer buses that an input bus leads to: itself, or those behind an effect.
    pub(crate) fn mixer_buses_from(&self, input: Endpoint) -> Vec<Endpoint> {
        let mut found = Vec::new();
        let mut open = vec![input];
        while let Some(input) = open.pop() {
            match self.node(input.node).map(|node| node.kind) {
                Some(Kind::Mixer) => found.push(input),
                Some(kind) if kind.is_effect() => open.extend(self.routing.fed_by(input.node)),
                _ => {}
            }
        }
        found
    }

    /// What mixes into an input bus: what feeds it, or what is in front of the effects that do.
    pub(crate) fn mixing_source(&self, input: Endpoint) -> Option<&Arc<N>> {
        let link = self.routing.link(input)?;
        let source = &link.payload.source;
        match source.kind {
            Kind::Effect | Kind::OtherEffect => self.upstream.get(link.source.node),
            Kind::Input | Kind::Mixer | Kind::Player | Kind::Source | Kind::OtherSource => {
                Some(source)
            }
            // They have no faders: the mixer's own parameters take their place.
            Kind::Matrix | Kind::Other => Some(source),
            Kind::Output => None,
        }
    }
}
