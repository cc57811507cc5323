//! Mirrors of buses, as the engine has them: see [`mirrors`](crate::desk::mirrors).

use std::fmt;
use std::sync::Arc;

use crate::desk::backend::Backend;
use crate::desk::graph::Graph;
use crate::desk::mirrors::Mirrored;
use crate::desk::node::{DeskNode, Kind};
use crate::desk::ranges::check_bus;
use crate::desk::routing::Endpoint;
use crate::engine::connection::MAX_BUSES;
use crate::engine::format::Format;
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::native;

/// A bus that is heard a second time, on a mixer of its own, until this is dropped.
pub(crate) struct Mirror {
    engine: Engine,
    mirrored: Arc<Mirrored<RawNode>>,
}

impl Mirror {
    /// Mirrors a mixer's bus. `format` is the mixer's own.
    pub(crate) fn of(
        engine: &Engine,
        mixer: &Arc<RawNode>,
        bus: u32,
        format: Format,
    ) -> Result<Self> {
        check_bus(bus, MAX_BUSES)?;
        let mut graph = engine.desk().edit()?;
        mixer.slot()?;
        if graph.mirrors.of(mixer, bus).is_some() {
            return Err(Error::InvalidArgument(format!(
                "bus {bus} of {} is recorded already",
                mixer.name()
            )));
        }
        let mirror = Self {
            engine: engine.clone(),
            mirrored: Arc::new(Mirrored {
                mixer: Arc::clone(mixer),
                bus,
                own: Arc::new(hidden_mixer()?),
                way: Arc::new(hidden_mixer()?),
            }),
        };
        let made = mirror.make(&mut graph, format);
        // Dropping it takes the lock.
        drop(graph);
        made.map(|()| mirror)
    }

    /// The mixer whose sum is what the bus sounds.
    pub(crate) fn node(&self) -> &Arc<RawNode> {
        &self.mirrored.own
    }

    fn make(&self, graph: &mut Graph<RawNode>, format: Format) -> Result<()> {
        let (engine, mirrored) = (&self.engine, &self.mirrored);
        let (own, way) = (&mirrored.own, &mirrored.way);
        let desk = engine.desk();
        way.strips.get_or_create(0).lock().faders.muted = true;
        way.set_format(format);
        desk.backend().native_batch(|raw| {
            for node in [own, way] {
                // SAFETY: both handles are live, and the graph lock is held.
                unsafe { native!(perbus_engine_attach(raw, node.as_ptr())) }?;
                graph.attach(&desk.driver, node)?;
            }
            let law = mirrored.mixer.pan_law.get();
            desk.backend().set_pan_law(&RawNode::output(own), law)?;
            own.pan_law.set(law);
            engine.connect_raw(graph, (own, 0), (way, 0), format)?;
            graph.mirrors.all.push(Arc::clone(mirrored));
            engine.follow_mirrors(graph)
        })
    }

    fn end(&self) -> Result<()> {
        let (engine, mirrored) = (&self.engine, &self.mirrored);
        let desk = engine.desk();
        let mut graph = desk.edit()?;
        desk.backend().native_batch(|raw| {
            graph.end_mirror(mirrored);
            let fed = graph.link(&mirrored.own, 0).ok().flatten().cloned();
            if let Some(link) = fed {
                let source = (&link.payload.source, link.source.bus);
                engine.remove_fed(&mut graph, source, (&mirrored.own, 0))?;
            }
            for node in [&mirrored.own, &mirrored.way] {
                let Ok(slot) = node.slot() else {
                    continue;
                };
                let fed: Vec<Endpoint> = graph.routing.fed_by(slot).collect();
                // SAFETY: both handles are live, and the graph lock is held.
                unsafe { native!(perbus_engine_detach(raw, node.as_ptr())) }?;
                graph.detach(&desk.driver, node, slot)?;
                graph.reconnected(&desk.driver, fed)?;
            }
            Ok(())
        })
    }
}

fn hidden_mixer() -> Result<RawNode> {
    let mut raw = std::ptr::null_mut();
    // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
    unsafe { native!(perbus_mixer_create(&mut raw)) }?;
    RawNode::hidden(raw, Kind::Mixer)
}

impl Drop for Mirror {
    fn drop(&mut self) {
        // What the engine does not give up stays muted.
        let _ = self.end();
    }
}

impl fmt::Debug for Mirror {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Mirror")
            .field("bus", &self.mirrored.bus)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// After an edit, in the same batch: mirrors have the sources that their buses have.
    pub(crate) fn follow_mirrors(&self, graph: &mut Graph<RawNode>) -> Result<()> {
        if graph.mirrors.all.is_empty() || graph.mirrors.following {
            return Ok(());
        }
        graph.mirrors.following = true;
        let mut followed = Ok(());
        for mirror in graph.mirrors.all.clone() {
            followed = followed.and(self.follow(graph, &mirror));
        }
        graph.mirrors.following = false;
        followed
    }

    fn follow(&self, graph: &mut Graph<RawNode>, mirror: &Mirrored<RawNode>) -> Result<()> {
        let Ok(node) = mirror.mixer.slot() else {
            return Ok(());
        };
        let (Ok(way), Ok(_)) = (mirror.way.slot(), mirror.own.slot()) else {
            // Something else has detached them: nothing is recorded any more.
            return Ok(());
        };
        if graph.routing.fed_by(way).next().is_none() {
            let mut bus = 0;
            let mixer = mirror.mixer.as_ptr();
            // SAFETY: the handle is live, the pointer is to a live local, and the graph lock is held.
            unsafe { native!(perbus_mixer_get_next_bus(mixer, &mut bus)) }?;
            // Not one that is recorded: it would be recorded itself.
            let free = |bus: &u32| {
                let input = Endpoint { node, bus: *bus };
                graph.routing.link(input).is_none()
                    && graph.mirrors.of(&mirror.mixer, *bus).is_none()
            };
            let bus = (bus..MAX_BUSES).find(free).unwrap_or(bus);
            let format = mirror.way.format().unwrap_or(self.format());
            self.connect_raw(graph, (&mirror.way, 0), (&mirror.mixer, bus), format)?;
        }
        let bus = mirror.bus;
        let wanted = graph.routing.link(Endpoint { node, bus }).cloned();
        // Another recorder may have had the bus before.
        let wanted = wanted.filter(|link| !link.payload.source.is_hidden);
        let present = graph.link(&mirror.own, 0)?.cloned();
        if wanted.as_ref().map(|link| link.source) == present.as_ref().map(|link| link.source) {
            return Ok(());
        }
        if let Some(link) = present {
            let source = (&link.payload.source, link.source.bus);
            self.remove_fed(graph, source, (&mirror.own, 0))?;
        }
        if let Some(link) = wanted {
            let source = (&link.payload.source, link.source.bus);
            self.add_fed(graph, source, (&mirror.own, 0))?;
            graph.start_mirror(&self.desk().driver, mirror)?;
        }
        Ok(())
    }
}
