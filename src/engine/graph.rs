//! Attaching, connecting and what is connected.

use std::sync::Arc;

use crate::desk::graph::{Graph, Live};
use crate::desk::node::Kind;
use crate::desk::routing::{Endpoint, Link};
use crate::engine::format::Format;
use crate::engine::node::{Node, NodeId, NodeRef};
use crate::engine::raw_node::RawNode;
use crate::engine::{unit, Engine};
use crate::error::{Error, Result};
use crate::ffi::{self, native};

impl Engine {
    /// Returns a detached node to its engine; no effect on one that is attached.
    ///
    /// Maps to `attachNode:`.
    ///
    /// # Errors
    /// [`Error::WrongEngine`](crate::Error::WrongEngine) for a node that was made for another
    /// engine.
    pub fn attach(&self, node: &(impl Node + ?Sized)) -> Result<()> {
        self.check_owner(node)?;
        self.attach_raw(&node.as_node().raw)
    }

    pub(crate) fn attach_raw(&self, node: &Arc<RawNode>) -> Result<()> {
        let mut graph = self.desk().edit()?;
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_attach(self.as_ptr(), node.as_ptr())) }?;
        if node.slot().is_ok() {
            return Ok(());
        }
        graph.attach(&self.desk().driver, node).map(drop)
    }

    /// Disconnects the node and takes it out of the engine. A player's queue is emptied; a mixer's
    /// channel strips keep their values, and its fades stop where they have got to; the two
    /// neighbours of an effect are connected to each other if the formats on both its sides are the
    /// same.
    ///
    /// Maps to `detachNode:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when it is detached already.
    /// - [`Error::WrongEngine`](crate::Error::WrongEngine).
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for the main mixer, the output and the input.
    pub fn detach(&self, node: &(impl Node + ?Sized)) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let _ends = self.desk().reporting_ends();
        let mut graph = self.desk().edit()?;
        let slot = raw.slot()?;
        let fed: Vec<Endpoint> = graph.routing.fed_by(slot).collect();
        let feeding = graph.link(raw, 0)?.cloned();
        self.with_solo(&mut graph, |engine, graph| {
            // Their taps go while the engine still has the node.
            graph.meters.end_at(&graph.routing, slot);
            // SAFETY: both handles are live, and the graph lock is held.
            let detached = unsafe { native!(perbus_engine_detach(engine, raw.as_ptr())) };
            self.read_back(graph, detached)?;
            let driver = &self.desk().driver;
            self.inner.former.add(raw);
            graph.detach(driver, raw, slot)?;
            if let Some(feeding) = feeding.filter(|_| raw.kind.is_effect()) {
                self.track_rejoined(graph, &feeding, &fed)?;
            }
            graph.reconnected(driver, fed)
        })
    }

    /// Engines may connect the neighbours of a detached effect to each other; asks this one where
    /// it did.
    fn track_rejoined(
        &self,
        graph: &mut Graph<RawNode>,
        feeding: &Link<Live<RawNode>>,
        fed: &[Endpoint],
    ) -> Result<()> {
        for to in fed {
            let Some(destination) = graph.node(to.node).cloned() else {
                continue;
            };
            if self.track(&destination, to.bus)? == Some(endpoint_of(feeding)) {
                let live = Live::new(&feeding.payload.source, &destination);
                graph.join_link(feeding.source, *to, live);
            }
        }
        Ok(())
    }

    /// Connects a source's output bus to an input bus, in the format that the source was last
    /// given, or else in the engine's.
    ///
    /// Earlier connections of either bus end: a source that is connected elsewhere moves. On a
    /// mixer, the bus's channel strip controls the connection from now on; the mixer grows when
    /// `to_bus` is past its last bus. [`Bus::connect`](crate::Bus::connect) and
    /// [`Mixer::connect_next`](crate::Mixer::connect_next) do the same without bare numbers.
    ///
    /// Maps to `connect:to:fromBus:toBus:format:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached),
    ///   [`Error::WrongEngine`](crate::Error::WrongEngine) for either node.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for either bus.
    /// - [`Error::Cycle`](crate::Error::Cycle) when the destination feeds the source, or is the
    ///   source.
    /// - [`Error::Format`](crate::Error::Format) when channels without a layout would be lost: on
    ///   the way into the destination (checked once that is connected onward itself), or from what
    ///   feeds the source.
    /// - [`Error::Exception`](crate::Error::Exception) when the engine refuses: on the portable
    ///   engine, sample rates further apart than 1 to 256, and a change of rate between a source
    ///   with several connections and the mixer where its paths meet.
    pub fn connect(
        &self,
        source: &(impl Node + ?Sized),
        destination: &(impl Node + ?Sized),
        from_bus: u32,
        to_bus: u32,
    ) -> Result<()> {
        let format = self.format_of(source);
        self.connect_with_format(source, destination, from_bus, to_bus, format)
    }

    /// As [`connect`](Self::connect), in a given format: that of the buffers a player will play,
    /// for instance.
    ///
    /// Any rate will do: mixers and the output convert what comes in to their own output's format,
    /// the rate first. What feeds a connection renders at the connection's rate; a mixer, and
    /// everything that feeds it, runs at the rate of the mixer's own connection onward. On the
    /// portable engine a converted sound is late by some 50 frames of the lower rate.
    ///
    /// Any [`ChannelLayout`](crate::ChannelLayout) can be mixed into any other. Apple documents no
    /// law; the portable engine's is that a speaker which both layouts have keeps its channel, and
    /// one that the output lacks goes to its neighbours, with the coefficients of ITU-R BS.775 and
    /// without normalization.
    ///
    /// | | into stereo, 3.0 | into quad, 5.0, 5.1, 7.1 | into mono |
    /// |---|---|---|---|
    /// | mono | L and R, each 1 | L and R, each 1 | 1 |
    /// | L, R | 1 | 1 | 0.5 |
    /// | C, if the output has none | L and R, each 0.7071 | L and R, each 0.7071 | 0.7071 |
    /// | Ls, Lb (Rs, Rb) | L (R), 0.7071 | the surround of that side, 1 | 0.3536 |
    /// | LFE, if the output has none | left out | left out | left out |
    ///
    /// Channels without a layout are matched by number; into mono all of them go, each as 1 /
    /// count. More of them than there is room for are refused, and so is any layout into too few
    /// discrete channels: say what they are with [`Format::with_layout`], or route them by hand
    /// with a [`Matrix`](crate::Matrix).
    ///
    /// ```
    /// # use perbus::{ChannelLayout, Engine, Error, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
    /// let five = Format::new(48_000.0, 5)?;
    /// let source = engine.create_source(five, |block| block.channel_mut(2).fill(1.0))?;
    /// let mixer = engine.main_mixer();
    /// let refused = engine.connect_with_format(&source, &mixer, 0, 0, five);
    /// assert!(matches!(refused, Err(Error::Format(_))));
    /// // As 5.0 they have a centre, which is heard on both sides.
    /// let surround = five.with_layout(ChannelLayout::Surround5_0)?;
    /// engine.connect_with_format(&source, &mixer, 0, 0, surround)?;
    /// engine.start()?;
    /// let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    /// engine.render(&mut [&mut left, &mut right])?;
    /// assert!((left[0] - 0.7071).abs() < 1e-4 && left == right);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// ```
    /// # use perbus::{Buffer, Engine, Format};
    /// let engine = Engine::offline(Format::new(44_100.0, 1)?, 512)?;
    /// let half = Format::new(22_050.0, 1)?;
    /// let player = engine.create_player()?;
    /// engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, half)?;
    /// engine.start()?;
    /// player.schedule(&Buffer::from_fn(half, 1_000, |_, _| 1.0)?)?;
    /// player.play()?;
    /// let mut heard = 0;
    /// engine.render_blocks(4_096, |planar| {
    ///     heard += planar[0].iter().filter(|sample| **sample > 0.5).count();
    ///     Ok(())
    /// })?;
    /// // 1000 frames at half the rate last 2000.
    /// assert!((1_999..=2_001).contains(&heard));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub fn connect_with_format(
        &self,
        source: &(impl Node + ?Sized),
        destination: &(impl Node + ?Sized),
        from_bus: u32,
        to_bus: u32,
        format: Format,
    ) -> Result<()> {
        self.check_owner(source)?;
        self.check_owner(destination)?;
        let (source, destination) = (&source.as_node().raw, &destination.as_node().raw);
        let mut graph = self.desk().edit()?;
        self.connect_raw(
            &mut graph,
            (source, from_bus),
            (destination, to_bus),
            format,
        )
    }

    pub(crate) fn connect_raw(
        &self,
        graph: &mut Graph<RawNode>,
        (source, from_bus): (&Arc<RawNode>, u32),
        (destination, to_bus): (&Arc<RawNode>, u32),
        format: Format,
    ) -> Result<()> {
        let from = Endpoint {
            node: source.slot()?,
            bus: from_bus,
        };
        let to = Endpoint {
            node: destination.slot()?,
            bus: to_bus,
        };
        self.desk().backend().native_batch(|engine| {
            // SAFETY: all handles are live, the format is a live local, and the graph lock is held.
            let connected = unsafe {
                native!(perbus_engine_connect(
                    engine,
                    source.as_ptr(),
                    from_bus,
                    destination.as_ptr(),
                    to_bus,
                    &format.to_ffi(),
                ))
            };
            self.read_back(graph, connected)?;
            source.set_format(format);
            if destination.kind.is_effect() {
                // What comes in goes out: an effect converts nothing.
                destination.set_format(format);
            }
            let driver = &self.desk().driver;
            let applied = graph.connect(driver, from, to, Live::new(source, destination));
            if applied.is_err() {
                // Without its strip's values the connection is undone.
                // SAFETY: both handles are live, and the graph lock is held.
                unsafe {
                    native!(perbus_engine_disconnect_input(
                        engine,
                        destination.as_ptr(),
                        to_bus
                    ))
                }?;
                graph.disconnect_input(driver, to)?;
            }
            reapply_settings([source, destination]);
            applied.and_then(|()| self.follow_mirrors(graph))
        })
    }

    /// Ends the connection of an input bus; no effect when there is none. The bus's channel strip
    /// keeps its values.
    ///
    /// Maps to `disconnectNodeInput:bus:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached),
    ///   [`Error::WrongEngine`](crate::Error::WrongEngine).
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) when `bus` is not below the node's input
    ///   count.
    pub fn disconnect_input(&self, node: &(impl Node + ?Sized), bus: u32) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let mut graph = self.desk().edit()?;
        let slot = raw.slot()?;
        self.with_solo(&mut graph, |engine, graph| {
            // SAFETY: both handles are live, and the graph lock is held.
            let ended =
                unsafe { native!(perbus_engine_disconnect_input(engine, raw.as_ptr(), bus)) };
            self.read_back(graph, ended)?;
            let input = Endpoint { node: slot, bus };
            graph.disconnect_input(&self.desk().driver, input)
        })
    }

    /// Ends every connection of an output bus; no effect when there is none.
    ///
    /// Maps to `disconnectNodeOutput:bus:`.
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached),
    ///   [`Error::WrongEngine`](crate::Error::WrongEngine).
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) when `bus` is not below the node's output
    ///   count.
    pub fn disconnect_output(&self, node: &(impl Node + ?Sized), bus: u32) -> Result<()> {
        self.check_owner(node)?;
        let raw = &node.as_node().raw;
        let mut graph = self.desk().edit()?;
        let slot = raw.slot()?;
        self.with_solo(&mut graph, |engine, graph| {
            // SAFETY: both handles are live, and the graph lock is held.
            let ended =
                unsafe { native!(perbus_engine_disconnect_output(engine, raw.as_ptr(), bus)) };
            self.read_back(graph, ended)?;
            let output = Endpoint { node: slot, bus };
            graph.disconnect_output(&self.desk().driver, output)
        })
    }

    /// Runs an edit, and while anything is soloed or mirrored in a batch: what that makes of the
    /// edit is heard with it.
    pub(crate) fn with_solo<T>(
        &self,
        graph: &mut Graph<RawNode>,
        edit: impl FnOnce(*mut ffi::perbus_engine, &mut Graph<RawNode>) -> Result<T>,
    ) -> Result<T> {
        if graph.solo.is_active() || !graph.mirrors.all.is_empty() {
            let backend = self.desk().backend();
            backend.native_batch(|engine| {
                let edited = edit(engine, graph)?;
                self.follow_mirrors(graph).map(|()| edited)
            })
        } else {
            edit(self.as_ptr(), graph)
        }
    }

    /// What the routing map says feeds an input bus: the source and its output bus.
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached),
    /// [`Error::WrongEngine`](crate::Error::WrongEngine).
    pub fn source_of(
        &self,
        node: &(impl Node + ?Sized),
        bus: u32,
    ) -> Result<Option<(NodeId, u32)>> {
        self.check_owner(node)?;
        let graph = self.desk().read()?;
        let link = graph.link(&node.as_node().raw, bus)?;
        let shown = link.filter(|link| !link.payload.source.is_hidden);
        Ok(shown.map(endpoint_of))
    }

    /// What the routing map says an output bus feeds: nodes and their input buses.
    ///
    /// ```
    /// # use perbus::{Engine, Format, Node};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (player, mixer) = (engine.create_player()?, engine.main_mixer());
    /// engine.connect(&player, &mixer, 0, 3)?;
    /// assert_eq!(engine.destinations_of(&player, 0)?, [(mixer.id(), 3)]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotAttached`](crate::Error::NotAttached),
    /// [`Error::WrongEngine`](crate::Error::WrongEngine).
    pub fn destinations_of(
        &self,
        node: &(impl Node + ?Sized),
        bus: u32,
    ) -> Result<Vec<(NodeId, u32)>> {
        self.check_owner(node)?;
        let graph = self.desk().read()?;
        let node = node.as_node().raw.slot()?;
        let fed = graph.routing.destinations(Endpoint { node, bus }).iter();
        let fed = fed.filter_map(|to| Some((graph.node(to.node)?, to.bus)));
        let known = fed
            .filter(|(node, _)| !node.is_hidden)
            .map(|(node, bus)| (NodeId::of(node), bus));
        Ok(known.collect())
    }

    /// The format in which a source is connected when the caller does not say.
    pub(crate) fn format_of(&self, source: &(impl Node + ?Sized)) -> Format {
        source.as_node().raw.format().unwrap_or(self.format())
    }

    /// Wraps and attaches a node that was just made.
    pub(crate) fn adopt(&self, raw: *mut ffi::perbus_node, kind: Kind) -> Result<NodeRef> {
        let raw = Arc::new(RawNode::new(raw, kind)?);
        self.attach_raw(&raw)?;
        Ok(self.node_ref(&raw))
    }

    /// What an edit has returned. An engine may have carried out part of one that it then throws in:
    /// the map follows what it has made of it.
    fn read_back(&self, graph: &mut Graph<RawNode>, edited: Result<()>) -> Result<()> {
        if let Err(Error::Exception(_)) = &edited {
            // The first failure is the one to report.
            let _ = self.sync_graph(graph);
        }
        edited
    }
}

/// After a connection, which may have replaced a matrix's unit. A unit that accepts no levels yet
/// gets them at the start, which also reports what is wrong with it.
pub(crate) fn reapply_settings<'a>(nodes: impl IntoIterator<Item = &'a Arc<RawNode>>) {
    for node in nodes {
        let _ = unit::reapply(node);
    }
}

pub(crate) fn endpoint_of(link: &Link<Live<RawNode>>) -> (NodeId, u32) {
    (NodeId::of(&link.payload.source), link.source.bus)
}
