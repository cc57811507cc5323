//! Fan-out: one source on several buses, each connection with a strip of its own.

use std::sync::Arc;

use crate::engine::Engine;
use crate::error::{native, Error, Result};
use crate::ffi;
use crate::format::Format;
use crate::graph::{settle, Graph, Live};
use crate::handle::RawNode;
use crate::mixer::Mixer;
use crate::node::{sealed::AsNode, Node};
use crate::routing::Endpoint;

impl Engine {
    /// Connects a source's output bus to several mixer buses: it feeds exactly these afterwards,
    /// each through the bus's own strip.
    ///
    /// A mixer gets the buses that it lacks, also while the engine runs.
    ///
    /// Maps to `-[AUAudioUnitBusArray setBusCount:error:]` and
    /// `connect:toConnectionPoints:fromBus:format:`.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let (main, reverb) = (engine.main_mixer()?, engine.create_mixer()?);
    /// engine.connect(&reverb, &main, 0, 7)?;
    /// let voice = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect_many(&voice, 0, &[(&main, 0), (&reverb, 0)], mono)?;
    /// main.bus(0)?.set_volume(0.5)?;
    /// reverb.bus(0)?.set_volume(0.25)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [0.75; 64]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Engine::connect), for any destination, and [`Error::InvalidArgument`] for no
    /// destination, or one that is listed twice.
    pub fn connect_many(
        &self,
        source: &(impl Node + ?Sized),
        from_bus: u32,
        destinations: &[(&Mixer, u32)],
        format: Format,
    ) -> Result<()> {
        self.check_owner(source)?;
        for (mixer, _) in destinations {
            self.check_owner(*mixer)?;
        }
        let nodes: Vec<_> = destinations
            .iter()
            .map(|(mixer, bus)| (Arc::clone(&mixer.as_node().raw), *bus))
            .collect();
        let mut graph = self.inner.edit()?;
        self.feed(&mut graph, &source.as_node().raw, from_bus, &nodes, format)
    }

    /// Adds one mixer bus to those that a source's output bus feeds: a send. The others go on
    /// undisturbed on the portable engine; Apple's makes them anew, and their strips take hold
    /// again.
    ///
    /// # Errors
    /// As [`connect`](Engine::connect).
    pub fn add_destination(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        from_bus: u32,
        to_bus: u32,
    ) -> Result<()> {
        self.check_owner(source)?;
        self.check_owner(mixer)?;
        let (source, mixer) = (&source.as_node().raw, &mixer.as_node().raw);
        let mut graph = self.inner.edit()?;
        let (mut nodes, _) = fed_besides(&graph, source, from_bus, mixer, to_bus)?;
        nodes.push((Arc::clone(mixer), to_bus));
        let format = source.format().unwrap_or(self.format());
        self.feed(&mut graph, source, from_bus, &nodes, format)
    }

    /// Ends the connection to one of several buses that a source feeds. The others go on as for
    /// [`add_destination`](Self::add_destination).
    ///
    /// ```
    /// # use perbus::{Engine, Format, Node};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (voice, main) = (engine.create_player()?, engine.main_mixer()?);
    /// let reverb = engine.create_mixer()?;
    /// engine.connect(&voice, &main, 0, 0)?;
    /// engine.add_destination(&voice, &reverb, 0, 0)?;
    /// engine.remove_destination(&voice, &main, 0, 0)?;
    /// assert_eq!(engine.source_of(&reverb, 0)?, Some((voice.id(), 0)));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::NotConnected`] when the source does not feed that bus.
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for either node.
    pub fn remove_destination(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        from_bus: u32,
        to_bus: u32,
    ) -> Result<()> {
        self.check_owner(source)?;
        self.check_owner(mixer)?;
        let (source, mixer) = (&source.as_node().raw, &mixer.as_node().raw);
        let mut graph = self.inner.edit()?;
        let (nodes, found) = fed_besides(&graph, source, from_bus, mixer, to_bus)?;
        if !found {
            return Err(Error::NotConnected(format!(
                "the source does not feed input bus {to_bus} of this mixer"
            )));
        }
        if nodes.is_empty() {
            let (engine, slot) = (self.inner.raw.as_ptr(), source.slot()?);
            // SAFETY: both handles are live, and the graph lock is held.
            unsafe {
                native!(perbus_engine_disconnect_output(
                    engine,
                    source.as_ptr(),
                    from_bus
                ))
            }?;
            graph.routing.disconnect_output(Endpoint {
                node: slot,
                bus: from_bus,
            });
            let to = Endpoint {
                node: mixer.slot()?,
                bus: to_bus,
            };
            return graph.renew(&self.inner, to);
        }
        let format = source.format().unwrap_or(self.format());
        self.feed(&mut graph, source, from_bus, &nodes, format)
    }

    /// Makes the source's bus feed exactly these input buses, each with its strip's values.
    fn feed(
        &self,
        graph: &mut Graph,
        source: &Arc<RawNode>,
        from_bus: u32,
        destinations: &[(Arc<RawNode>, u32)],
        format: Format,
    ) -> Result<()> {
        let from = Endpoint {
            node: source.slot()?,
            bus: from_bus,
        };
        let points = destinations
            .iter()
            .map(|(node, bus)| {
                node.slot()?;
                Ok(ffi::perbus_destination {
                    node: node.as_ptr(),
                    bus: *bus,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.bracket(|engine| {
            // SAFETY: all handles are live, the pointers are to live locals, and the graph lock is
            // held.
            unsafe {
                native!(perbus_engine_connect_many(
                    engine,
                    source.as_ptr(),
                    from_bus,
                    points.as_ptr(),
                    points.len(),
                    &format.to_ffi(),
                ))
            }?;
            source.set_format(format);
            let left = graph.routing.destinations(from).to_vec();
            graph.routing.disconnect_output(from);
            // Each once, whether it was there before or is new.
            let mut inputs = left;
            for (node, bus) in destinations {
                let to = Endpoint {
                    node: node.slot()?,
                    bus: *bus,
                };
                graph.routing.join(from, to, Live::new(source, node));
                inputs.push(to);
            }
            inputs.sort_unstable();
            inputs.dedup();
            let applied = graph.renew_all(&self.inner, inputs);
            settle(destinations.iter().map(|(node, _)| node).chain([source]));
            applied
        })
    }
}

/// Input buses of nodes.
type Inputs = Vec<(Arc<RawNode>, u32)>;

/// The input buses that an output bus feeds.
fn fed_by(graph: &Graph, source: &RawNode, bus: u32) -> Result<Inputs> {
    let from = Endpoint {
        node: source.slot()?,
        bus,
    };
    Ok(graph
        .routing
        .destinations(from)
        .iter()
        .filter_map(|to| {
            let link = graph.routing.link(*to)?;
            Some((Arc::clone(&link.payload.destination), to.bus))
        })
        .collect())
}

/// The input buses that an output bus feeds besides one of a mixer's, and whether it feeds that.
fn fed_besides(
    graph: &Graph,
    source: &RawNode,
    from_bus: u32,
    mixer: &Arc<RawNode>,
    to_bus: u32,
) -> Result<(Inputs, bool)> {
    let mut nodes = fed_by(graph, source, from_bus)?;
    mixer.slot()?; // a detached one is told apart from one that is not fed
    let before = nodes.len();
    nodes.retain(|(node, bus)| !(Arc::ptr_eq(node, mixer) && *bus == to_bus));
    let found = nodes.len() < before;
    Ok((nodes, found))
}
