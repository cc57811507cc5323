//! What the engine reports: a node's buses, and whether the routing map is right.

use std::collections::HashMap;
use std::fmt;

use crate::engine::format::Format;
use crate::engine::graph::endpoint_of;
use crate::engine::node::{Node, NodeId};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

/// What [`Engine::inspect`] reports about a node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// Whether an engine has the node.
    pub attached: bool,
    /// The formats of the input buses, connected or not: their count is the node's.
    pub inputs: Vec<Format>,
    /// The formats of the output buses.
    pub outputs: Vec<Format>,
}

/// An input bus on which the routing map and the engine disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            bus,
            tracked,
            engine,
        } = self;
        write!(
            formatter,
            "{node} bus {bus}: tracked {tracked:?}, the engine has {engine:?}"
        )
    }
}

impl Engine {
    /// Every input bus on which the routing map and the engine disagree; the engine is asked bus by
    /// bus. Empty unless something outside this crate has rewired the engine.
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
    /// [`Error::Exception`] when the engine cannot be asked.
    pub fn audit(&self) -> Result<Vec<Discrepancy>> {
        // As for an edit: the engine's answers and the map must be of the same moment.
        let graph = self.desk().edit()?;
        let mut found = Vec::new();
        let known: HashMap<_, _> = graph
            .nodes()
            .map(|node| (node.address(), NodeId::of(node)))
            .collect();
        for node in graph.nodes() {
            let buses = info(node)?
                .inputs
                .max(graph.routing.input_count(node.slot()?));
            for bus in 0..buses {
                let tracked = graph.link(node, bus)?.map(endpoint_of);
                let engine = self.track(node, bus)?.map(|(source, from)| {
                    (known.get(&source.address).copied().unwrap_or(source), from)
                });
                if tracked != engine {
                    found.push(Discrepancy {
                        node: NodeId::of(node),
                        bus,
                        tracked,
                        engine,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Whether a node is attached, and its buses' formats.
    ///
    /// Maps to `numberOfInputs`, `numberOfOutputs`, `inputFormatForBus:` and `outputFormatForBus:`.
    ///
    /// # Errors
    /// [`Error::WrongEngine`].
    pub fn inspect(&self, node: &(impl Node + ?Sized)) -> Result<NodeInfo> {
        self.check_owner(node)?;
        let _graph = self.desk().read()?;
        let raw = &node.as_node().raw;
        let info = info(raw)?;
        let mut format = Format::none();
        let mut inputs = Vec::with_capacity(info.inputs as usize);
        for bus in 0..info.inputs {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_node_get_input_format(raw.as_ptr(), bus, &mut format)) }?;
            inputs.push(Format::from_ffi(format));
        }
        let mut outputs = Vec::with_capacity(info.outputs as usize);
        for bus in 0..info.outputs {
            // SAFETY: as above.
            unsafe {
                native!(perbus_node_get_output_format(
                    raw.as_ptr(),
                    bus,
                    &mut format
                ))
            }?;
            outputs.push(Format::from_ffi(format));
        }
        Ok(NodeInfo {
            attached: info.attached,
            inputs,
            outputs,
        })
    }

    /// What feeds an input bus according to the engine, which knows the node by its address alone.
    pub(crate) fn track(&self, node: &RawNode, bus: u32) -> Result<Option<(NodeId, u32)>> {
        let mut point = ffi::perbus_point { node: 0, bus: 0 };
        let engine = self.as_ptr();
        // SAFETY: both handles are live and the pointer is to a live local.
        match unsafe { native!(perbus_track_input(engine, node.as_ptr(), bus, &mut point)) } {
            Ok(()) => Ok(Some((NodeId::foreign(point.node), point.bus))),
            Err(Error::NotConnected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn info(node: &RawNode) -> Result<ffi::perbus_node_info> {
    let mut info = ffi::perbus_node_info {
        attached: false,
        inputs: 0,
        outputs: 0,
        kind: ffi::perbus_kind_PERBUS_KIND_OTHER,
    };
    // SAFETY: the handle is live and the pointer is to a live local.
    unsafe { native!(perbus_node_get_info(node.as_ptr(), &mut info)) }?;
    Ok(info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::routing::Endpoint;
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
        };
        assert_eq!(found, expected);
        Ok(())
    }
}
