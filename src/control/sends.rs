//! Fan-out: one source on several buses, each connection with a strip of its own.

use std::sync::Arc;

use crate::desk::graph::{Graph, Live};
use crate::desk::routing::Endpoint;
use crate::engine::format::Format;
use crate::engine::graph::reapply_settings;
use crate::engine::node::{sealed::AsNode, Node, NodeId};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::nodes::mixer::Mixer;

/// Apple's engine takes all destinations of a source or none, and may remake the connections that
/// exist already.
const ALL_AT_ONCE: bool = cfg!(target_vendor = "apple");

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
    /// let (main, reverb) = (engine.main_mixer(), engine.create_mixer()?);
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
        let mut graph = self.desk().edit()?;
        self.feed(&mut graph, &source.as_node().raw, from_bus, &nodes, format)
    }

    /// Adds one mixer bus to those that a source's output bus feeds. What is heard there follows no
    /// other bus's fader: see [`Bus::send_to`](crate::Bus::send_to) for sends that do. On the portable engine
    /// the others continue undisturbed, and the call costs the same however many there are; Apple's
    /// engine remakes their connections, and their strips are applied again.
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
        let mut graph = self.desk().edit()?;
        self.add_fed(&mut graph, (source, from_bus), (mixer, to_bus))
    }

    /// The source's bus feeds this input bus, too.
    pub(crate) fn add_fed(
        &self,
        graph: &mut Graph<RawNode>,
        (source, from_bus): (&Arc<RawNode>, u32),
        (mixer, to_bus): (&Arc<RawNode>, u32),
    ) -> Result<()> {
        let from = output(source, from_bus)?;
        let to = Endpoint {
            node: mixer.slot()?,
            bus: to_bus,
        };
        let present = graph.routing.destinations(from);
        if present.is_empty() {
            let format = source.format().unwrap_or(self.format());
            let nodes = [(Arc::clone(mixer), to_bus)];
            return self.feed(graph, source, from_bus, &nodes, format);
        }
        if graph
            .routing
            .link(to)
            .is_some_and(|link| link.source == from)
        {
            return Ok(());
        }
        let renewed = if ALL_AT_ONCE {
            present.to_vec()
        } else {
            Vec::new()
        };
        self.desk().backend().native_batch(|engine| {
            let point = ffi::perbus_destination {
                node: mixer.as_ptr(),
                bus: to_bus,
            };
            // SAFETY: all handles are live, the pointer is to a live local, and the graph lock is
            // held.
            unsafe {
                native!(perbus_engine_add_destinations(
                    engine,
                    source.as_ptr(),
                    from_bus,
                    &point,
                    1,
                ))
            }?;
            let live = Live::new(source, mixer);
            let applied = graph.join(&self.desk().driver, from, to, live, renewed);
            reapply_settings([source]);
            applied.and_then(|()| self.follow_mirrors(graph))
        })
    }

    /// Ends the connection to one of several buses that a source feeds. The others continue as with
    /// [`add_destination`](Self::add_destination).
    ///
    /// ```
    /// # use perbus::{Engine, Format, Node};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (voice, main) = (engine.create_player()?, engine.main_mixer());
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
        let mut graph = self.desk().edit()?;
        self.remove_fed(&mut graph, (source, from_bus), (mixer, to_bus))
    }

    /// The source's bus feeds this input bus no more.
    pub(crate) fn remove_fed(
        &self,
        graph: &mut Graph<RawNode>,
        (source, from_bus): (&Arc<RawNode>, u32),
        (mixer, to_bus): (&Arc<RawNode>, u32),
    ) -> Result<()> {
        let from = output(source, from_bus)?;
        let to = Endpoint {
            node: mixer.slot()?,
            bus: to_bus,
        };
        if graph
            .routing
            .link(to)
            .is_none_or(|link| link.source != from)
        {
            return Err(Error::NotConnected(format!(
                "{} does not feed input bus {to_bus} of {}",
                NodeId::of(source),
                NodeId::of(mixer)
            )));
        }
        let present = graph.routing.destinations(from);
        if ALL_AT_ONCE && present.len() > 1 {
            let left = present.iter().filter(|fed| **fed != to);
            let nodes = left.filter_map(|fed| {
                let link = graph.routing.link(*fed)?;
                Some((Arc::clone(&link.payload.destination), fed.bus))
            });
            let nodes: Vec<_> = nodes.collect();
            let format = source.format().unwrap_or(self.format());
            return self.feed(graph, source, from_bus, &nodes, format);
        }
        self.with_solo(graph, |engine, graph| {
            // SAFETY: both handles are live, and the graph lock is held.
            unsafe {
                native!(perbus_engine_disconnect_input(
                    engine,
                    mixer.as_ptr(),
                    to_bus
                ))
            }?;
            graph.disconnect_input(&self.desk().driver, to)
        })
    }

    /// Makes the source's bus feed exactly these input buses, each with its strip's values.
    fn feed(
        &self,
        graph: &mut Graph<RawNode>,
        source: &Arc<RawNode>,
        from_bus: u32,
        destinations: &[(Arc<RawNode>, u32)],
        format: Format,
    ) -> Result<()> {
        let from = output(source, from_bus)?;
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
        self.desk().backend().native_batch(|engine| {
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
            let applied = graph.feed(&self.desk().driver, from, source, destinations);
            reapply_settings(destinations.iter().map(|(node, _)| node).chain([source]));
            applied.and_then(|()| self.follow_mirrors(graph))
        })
    }
}

/// A node's output bus, in the routing map's numbers.
fn output(node: &RawNode, bus: u32) -> Result<Endpoint> {
    Ok(Endpoint {
        node: node.slot()?,
        bus,
    })
}
