//! Whether the routing map is right.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::desk::foreign::Foreign;
use crate::desk::graph::Graph;
use crate::engine::graph::endpoint_of;
use crate::engine::inspect::info;
use crate::engine::node::NodeId;
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::Result;

/// An input bus on which the routing map and the engine disagree, or of which the engine has another
/// volume or pan than it was sent.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Discrepancy {
    /// The node whose input bus it is.
    pub node: NodeId,
    /// The input bus.
    pub bus: u32,
    /// The source and its output bus according to the map.
    pub tracked: Option<(NodeId, u32)>,
    /// The source and its output bus according to the engine.
    pub engine: Option<(NodeId, u32)>,
    /// If both have the same source: the volume that something outside this crate has set.
    pub volume: Option<f32>,
    /// The pan, likewise.
    pub pan: Option<f32>,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            bus,
            tracked,
            engine,
            volume,
            pan,
        } = self;
        write!(
            formatter,
            "{node} bus {bus}: tracked {tracked:?}, the engine has {engine:?}"
        )?;
        if let Some(volume) = volume {
            write!(formatter, ", volume {volume}")?;
        }
        if let Some(pan) = pan {
            write!(formatter, ", pan {pan}")?;
        }
        Ok(())
    }
}

impl Engine {
    /// Every input bus on which the routing map and the engine disagree, and every mixer's bus whose
    /// volume or pan something else has set; the engine is asked bus by bus. Empty unless something
    /// outside this crate has changed the engine: then [`sync`](Self::sync) is due.
    ///
    /// Nodes without a connection and output volumes of mixers are not looked at.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let player = engine.create_player()?;
    /// engine.connect(&player, &engine.main_mixer(), 0, 5)?;
    /// assert!(engine.audit()?.is_empty());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot be asked.
    pub fn audit(&self) -> Result<Vec<Discrepancy>> {
        // As for an edit: the engine's answers and the map must be of the same moment.
        let graph = self.desk().edit()?;
        let survey = self.survey(&graph)?;
        let links = survey.links.iter().map(|it| {
            let to = (it.destination.address(), it.bus);
            (to, (NodeId::of(&it.source), it.source_bus))
        });
        let links: HashMap<_, _> = links.collect();
        let unknown = survey.nodes.iter().filter(|it| it.slot().is_err());
        let mut found = Vec::new();
        for node in graph.nodes().chain(unknown) {
            let tracked = node
                .slot()
                .map_or(0, |slot| graph.routing.input_count(slot));
            for bus in 0..info(node.pointer())?.inputs.max(tracked) {
                let engine = links.get(&(node.address(), bus)).copied();
                found.extend(self.audit_bus(&graph, node, bus, engine)?);
            }
        }
        Ok(found)
    }

    fn audit_bus(
        &self,
        graph: &Graph<RawNode>,
        node: &Arc<RawNode>,
        bus: u32,
        engine: Option<(NodeId, u32)>,
    ) -> Result<Option<Discrepancy>> {
        let tracked = match node.slot() {
            Ok(_) => graph.link(node, bus)?.map(endpoint_of),
            Err(_) => None,
        };
        let strip = node.strips.get(bus).filter(|_| tracked == engine);
        let foreign = strip.map(|it| it.foreign(&self.desk().driver));
        let Foreign { volume, pan } = foreign.transpose()?.unwrap_or_default();
        let differs = tracked != engine || volume.is_some() || pan.is_some();
        Ok(differs.then_some(Discrepancy {
            node: NodeId::of(node),
            bus,
            tracked,
            engine,
            volume,
            pan,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::routing::Endpoint;
    use crate::engine::format::Format;
    use crate::engine::node::sealed::AsNode;

    #[test]
    fn an_audit_finds_what_was_rewired_behind_the_maps_back() -> Result<()> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
        let (mixer, player) = (engine.main_mixer(), engine.create_player()?);
        engine.connect(&player, &mixer, 0, 1)?;
        assert_eq!(engine.audit()?, []);
        let input = Endpoint {
            node: mixer.as_node().raw.slot()?,
            bus: 1,
        };
        engine.desk().graph.write().routing.disconnect_input(input);
        let [found] = engine.audit()?.try_into().unwrap();
        let expected = Discrepancy {
            node: mixer.id(),
            bus: 1,
            tracked: None,
            engine: Some((player.id(), 0)),
            volume: None,
            pan: None,
        };
        assert_eq!(found, expected);
        Ok(())
    }
}
