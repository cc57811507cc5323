//! An engine that something else has edited: what follows from it for the map, and which values
//! strips take over.
//!
//! - A connection that is new on a bus of which nothing is known gives the strip its volume and pan.
//! - On any other bus the strip's values go to the new connection.
//! - Where nothing was reconnected, values other than those that the desk last sent are taken over:
//!   they become the fader's and the pan's. A mute and a solo stay in force over them, so that a muted
//!   strip's silence is no fader at 0. A value that fades is left to its fade, and a strip that was ever
//!   automated keeps its values: an engine that automates does not report where that has led.
//! - A connection that the engine does not answer for yet is pending: the strip waits for it, and a
//!   later sync does what this one could not.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::desk::driver::Driver;
use crate::desk::foreign::MadeBy;
use crate::desk::graph::{Graph, Live};
use crate::desk::node::DeskNode;
use crate::desk::routing::Endpoint;
use crate::error::Result;

/// A connection that the engine reports.
#[derive(Debug)]
pub(crate) struct Found<N> {
    pub(crate) source: Arc<N>,
    pub(crate) source_bus: u32,
    pub(crate) destination: Arc<N>,
    pub(crate) bus: u32,
}

impl<N: DeskNode> Graph<N> {
    /// Makes the map what the engine says: its nodes, and all connections between them. Returns the
    /// first failure when all is done.
    pub(crate) fn sync<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        nodes: &[Arc<N>],
        found: &[Found<N>],
    ) -> Result<()> {
        let changed = self.links_other_than(found);
        let mut synced = self.import(driver, &changed);
        let there: HashSet<_> = nodes.iter().map(Arc::as_ptr).collect();
        let gone: Vec<_> = self.nodes().cloned().collect();
        for node in gone.iter().filter(|it| !there.contains(&Arc::as_ptr(it))) {
            if let Ok(slot) = node.slot() {
                synced = synced.and(self.detach(driver, node, slot));
            }
        }
        for node in nodes.iter().filter(|it| it.slot().is_err()) {
            synced = synced.and(self.attach(driver, node).map(drop));
        }
        let mut inputs = changed;
        for to in &inputs {
            self.end_link(*to);
        }
        for one in found {
            let (Ok(source), Ok(destination)) = (one.source.slot(), one.destination.slot()) else {
                continue;
            };
            let (from, to) = (
                Endpoint {
                    node: source,
                    bus: one.source_bus,
                },
                Endpoint {
                    node: destination,
                    bus: one.bus,
                },
            );
            if self.routing.link(to).is_none_or(|link| link.source != from) {
                self.join_link(from, to, Live::new(&one.source, &one.destination));
                inputs.insert(to);
            }
        }
        synced.and(self.reconnected_by(driver, inputs, MadeBy::Others))
    }

    /// The inputs that the map has connected, and the engine not or otherwise.
    fn links_other_than(&self, found: &[Found<N>]) -> BTreeSet<Endpoint> {
        let input = |destination: &Arc<N>, bus| (Arc::as_ptr(destination), bus);
        let sources: HashMap<_, _> = found
            .iter()
            .map(|one| {
                let to = input(&one.destination, one.bus);
                (to, (Arc::as_ptr(&one.source), one.source_bus))
            })
            .collect();
        let links = self.routing.links();
        let changed = links.filter(|(to, link)| {
            let Live {
                source,
                destination,
            } = &link.payload;
            let now = sources.get(&input(destination, to.bus));
            now != Some(&(Arc::as_ptr(source), link.source.bus))
        });
        changed.map(|(to, _)| to).collect()
    }

    /// Takes over the values of all strips whose sources are the same as before, all the way through
    /// the effects.
    fn import<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        changed: &BTreeSet<Endpoint>,
    ) -> Result<()> {
        let changed = changed.iter().flat_map(|to| self.mixer_buses_from(*to));
        let changed: HashSet<_> = changed.collect();
        let mut imported = Ok(());
        for node in self.nodes() {
            let Ok(slot) = node.slot() else { continue };
            for (bus, strip) in node.strips.iter() {
                if !changed.contains(&Endpoint { node: slot, bus }) {
                    imported = imported.and(strip.import(driver));
                }
            }
            if let Some(strip) = node.output.get() {
                imported = imported.and(strip.import(driver));
            }
        }
        imported
    }
}
