//! Attaching, connecting and what is connected.

use std::fmt;
use std::sync::Arc;

use crate::control::MAX_BUSES;
use crate::engine::Engine;
use crate::error::{native, Error, Result};
use crate::ffi;
use crate::format::Format;
use crate::handle::{Kind, RawNode};
use crate::node::{Node, NodeId};
use crate::routing::{Endpoint, Link, Routing};
use crate::strip::{Connection, Strip};
use crate::sync::{lock, read, write};

/// The engine's nodes and the routing map over them. It follows the native graph: it changes only
/// after the native call has succeeded.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Option<Arc<RawNode>>>,
    free: Vec<u32>,
    pub(crate) routing: Routing<Live>,
}

/// What a connection needs for its per-bus calls.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) source: Arc<RawNode>,
    pub(crate) destination: Arc<RawNode>,
    /// The mixer's strip; none where the destination is no mixer.
    pub(crate) strip: Option<Arc<Strip>>,
}

impl Live {
    /// The strip and where its values go.
    pub(crate) fn fader(&self, bus: u32) -> Option<(&Strip, Connection<'_>)> {
        let connection = Connection {
            source: &self.source,
            mixer: &self.destination,
            bus,
        };
        Some((self.strip.as_deref()?, connection))
    }
}

impl Graph {
    pub(crate) fn node_count(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    fn add(&mut self, node: &Arc<RawNode>) -> u32 {
        let slot = self.free.pop().unwrap_or(self.nodes.len() as u32);
        if slot as usize == self.nodes.len() {
            self.nodes.push(None);
        }
        self.nodes[slot as usize] = Some(Arc::clone(node));
        node.set_slot(Some(slot));
        slot
    }

    /// The engine's own nodes, which it has connected itself.
    pub(crate) fn add_ends(&mut self, main: &Arc<RawNode>, output: &Arc<RawNode>) {
        let (from, to) = (self.add(main), self.add(output));
        let live = Live {
            source: Arc::clone(main),
            destination: Arc::clone(output),
            strip: None,
        };
        let (from, to) = (
            Endpoint { node: from, bus: 0 },
            Endpoint { node: to, bus: 0 },
        );
        self.routing.connect(from, to, live);
    }

    fn remove(&mut self, slot: u32) {
        self.routing.remove(slot);
        if let Some(node) = self.nodes[slot as usize].take() {
            node.set_slot(None);
            self.free.push(slot);
        }
    }

    /// What feeds a node's input bus.
    pub(crate) fn link(&self, node: &RawNode, bus: u32) -> Result<Option<&Link<Live>>> {
        Ok(self.routing.link(Endpoint {
            node: node.slot()?,
            bus,
        }))
    }
}

/// What [`Engine::inspect`] tells about a node.
#[derive(Clone, Debug, PartialEq)]
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
            "node {node} bus {bus}: tracked {tracked:?}, the engine has {engine:?}"
        )
    }
}

impl Engine {
    /// Gives a detached node back to its engine; no effect on one that is attached.
    ///
    /// Maps to `attachNode:`.
    ///
    /// # Errors
    /// [`Error::WrongEngine`] for a node that was made for another engine.
    pub fn attach(&self, node: &impl Node) -> Result<()> {
        self.check_owner(node)?;
        self.attach_raw(&node.as_node().raw)
    }

    pub(crate) fn attach_raw(&self, node: &Arc<RawNode>) -> Result<()> {
        let mut graph = write(&self.inner.graph);
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_attach(self.inner.raw.as_ptr(), node.as_ptr())) }?;
        if node.slot().is_err() {
            graph.add(node);
        }
        Ok(())
    }

    /// Disconnects the node and takes it out of the engine. A player's queue is emptied; a mixer's
    /// channel strips keep their values.
    ///
    /// Maps to `detachNode:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`] when it is detached already.
    /// - [`Error::WrongEngine`].
    /// - [`Error::WrongKind`] for the main mixer and the output.
    pub fn detach(&self, node: &impl Node) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let mut graph = write(&self.inner.graph);
        let slot = raw.slot()?;
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_detach(self.inner.raw.as_ptr(), raw.as_ptr())) }?;
        graph.remove(slot);
        Ok(())
    }

    /// Connects a source's output bus to an input bus, in the format that the source was given
    /// last, else in the engine's.
    ///
    /// Earlier connections of either bus end: a source that is connected elsewhere moves. On a
    /// mixer, the bus's channel strip takes hold of the connection; the mixer grows when `to_bus`
    /// is past its last one.
    ///
    /// Maps to `connect:to:fromBus:toBus:format:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for either node.
    /// - [`Error::OutOfRange`] for either bus.
    /// - [`Error::Cycle`] when the destination feeds the source, or is the source.
    /// - [`Error::NotMixing`] for a matrix on a mixer's bus whose strip is not at unity.
    /// - [`Error::Exception`] when the engine refuses: a sample rate other than the engine's, on
    ///   the portable engine.
    pub fn connect(
        &self,
        source: &impl Node,
        destination: &impl Node,
        from_bus: u32,
        to_bus: u32,
    ) -> Result<()> {
        let format = source.as_node().raw.format().unwrap_or(self.format());
        self.connect_with_format(source, destination, from_bus, to_bus, format)
    }

    /// As [`connect`](Self::connect), in a given format: that of the buffers a player will play,
    /// say.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_with_format(
        &self,
        source: &impl Node,
        destination: &impl Node,
        from_bus: u32,
        to_bus: u32,
        format: Format,
    ) -> Result<()> {
        self.check_owner(source)?;
        self.check_owner(destination)?;
        let (source, destination) = (&source.as_node().raw, &destination.as_node().raw);
        let mut graph = write(&self.inner.graph);
        let from = Endpoint {
            node: source.slot()?,
            bus: from_bus,
        };
        let to = Endpoint {
            node: destination.slot()?,
            bus: to_bus,
        };
        let strip = (destination.kind == Kind::Mixer && to_bus < MAX_BUSES)
            .then(|| lock(&destination.strips).get_or_make(to_bus));
        if let Some(strip) = &strip {
            strip.check(source)?;
        }
        let engine = self.inner.raw.as_ptr();
        // SAFETY: all handles are live, the format is a live local, and the graph lock is held.
        unsafe {
            native!(perbus_engine_connect(
                engine,
                source.as_ptr(),
                from_bus,
                destination.as_ptr(),
                to_bus,
                &format.to_ffi(),
            ))
        }?;
        source.set_format(format);
        let live = Live {
            source: Arc::clone(source),
            destination: Arc::clone(destination),
            strip,
        };
        graph.routing.connect(from, to, live.clone());
        let applied = match live.fader(to_bus) {
            Some((strip, connection)) => strip.apply(connection),
            None => Ok(()),
        };
        if applied.is_err() {
            // A connection that its strip cannot take hold of is none of ours.
            // SAFETY: both handles are live, and the graph lock is held.
            unsafe {
                native!(perbus_engine_disconnect_input(
                    engine,
                    destination.as_ptr(),
                    to_bus
                ))
            }?;
            graph.routing.disconnect_input(to);
        }
        for node in [source, destination] {
            // A matrix may have been made anew. One that takes no levels yet gets them with the
            // start, which also reports what is wrong with it.
            let _ = lock(&node.settings).apply(node);
        }
        applied
    }

    /// Ends the connection of an input bus; no effect when there is none. The bus's channel strip
    /// keeps its values.
    ///
    /// Maps to `disconnectNodeInput:bus:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`], [`Error::WrongEngine`].
    /// - [`Error::OutOfRange`] when `bus` is not below the node's input count.
    pub fn disconnect_input(&self, node: &impl Node, bus: u32) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let mut graph = write(&self.inner.graph);
        let slot = raw.slot()?;
        let engine = self.inner.raw.as_ptr();
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_disconnect_input(engine, raw.as_ptr(), bus)) }?;
        graph.routing.disconnect_input(Endpoint { node: slot, bus });
        Ok(())
    }

    /// Ends every connection of an output bus; no effect when there is none.
    ///
    /// Maps to `disconnectNodeOutput:bus:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`], [`Error::WrongEngine`].
    /// - [`Error::OutOfRange`] when `bus` is not below the node's output count.
    pub fn disconnect_output(&self, node: &impl Node, bus: u32) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let mut graph = write(&self.inner.graph);
        let slot = raw.slot()?;
        let engine = self.inner.raw.as_ptr();
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_disconnect_output(engine, raw.as_ptr(), bus)) }?;
        graph
            .routing
            .disconnect_output(Endpoint { node: slot, bus });
        Ok(())
    }

    /// What the routing map says feeds an input bus: the source and its output bus.
    ///
    /// # Errors
    /// [`Error::NotAttached`], [`Error::WrongEngine`].
    pub fn source_of(&self, node: &impl Node, bus: u32) -> Result<Option<(NodeId, u32)>> {
        self.check_owner(node)?;
        let graph = read(&self.inner.graph);
        Ok(graph.link(&node.as_node().raw, bus)?.map(endpoint_of))
    }

    /// Every input bus on which the routing map and the engine disagree, the engine being asked
    /// bus by bus. Empty unless something outside this crate has rewired the engine.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let player = engine.create_player()?;
    /// engine.connect(&player, &engine.main_mixer()?, 0, 5)?;
    /// assert!(engine.audit()?.is_empty());
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exception`] when the engine cannot be asked.
    pub fn audit(&self) -> Result<Vec<Discrepancy>> {
        // For writing: the engine's answers and the map must be of one moment.
        let graph = write(&self.inner.graph);
        let mut found = Vec::new();
        for node in graph.nodes.iter().flatten() {
            let buses = info(node)?
                .inputs
                .max(graph.routing.input_count(node.slot()?));
            for bus in 0..buses {
                let tracked = graph.link(node, bus)?.map(endpoint_of);
                let engine = self.track(node, bus)?;
                if tracked != engine {
                    found.push(Discrepancy {
                        node: NodeId(node.id()),
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
    pub fn inspect(&self, node: &impl Node) -> Result<NodeInfo> {
        self.check_owner(node)?;
        let _graph = read(&self.inner.graph);
        let raw = &node.as_node().raw;
        let info = info(raw)?;
        let mut format = ffi::perbus_format {
            sample_rate: 0.0,
            channels: 0,
        };
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

    pub(crate) fn check_owner(&self, node: &impl Node) -> Result<()> {
        if Arc::ptr_eq(&node.engine().inner, &self.inner) {
            Ok(())
        } else {
            Err(Error::WrongEngine(
                "the node belongs to another engine".to_owned(),
            ))
        }
    }

    /// Gives every connection its strip's values again: a start may have dropped them.
    pub(crate) fn reapply_strips(&self) -> Result<()> {
        let graph = read(&self.inner.graph);
        for (destination, link) in graph.routing.links() {
            if let Some((strip, connection)) = link.payload.fader(destination.bus) {
                strip.apply(connection)?;
            }
        }
        Ok(())
    }

    /// Gives every matrix its levels again, for the same reason.
    pub(crate) fn reapply_settings(&self) -> Result<()> {
        let graph = read(&self.inner.graph);
        for node in graph.nodes.iter().flatten() {
            lock(&node.settings).apply(node)?;
        }
        Ok(())
    }

    /// What the engine says feeds an input bus.
    fn track(&self, node: &RawNode, bus: u32) -> Result<Option<(NodeId, u32)>> {
        let mut point = ffi::perbus_point { node: 0, bus: 0 };
        let engine = self.inner.raw.as_ptr();
        // SAFETY: both handles are live and the pointer is to a live local.
        match unsafe { native!(perbus_track_input(engine, node.as_ptr(), bus, &mut point)) } {
            Ok(()) => Ok(Some((NodeId(point.node), point.bus))),
            Err(Error::NotConnected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn endpoint_of(link: &Link<Live>) -> (NodeId, u32) {
    (NodeId(link.payload.source.id()), link.source.bus)
}

fn info(node: &RawNode) -> Result<ffi::perbus_node_info> {
    let mut info = ffi::perbus_node_info {
        attached: false,
        inputs: 0,
        outputs: 0,
    };
    // SAFETY: the handle is live and the pointer is to a live local.
    unsafe { native!(perbus_node_get_info(node.as_ptr(), &mut info)) }?;
    Ok(info)
}
