//! Meters for engines that have none: when they come, and what the program's own taps mean for them.

use std::sync::atomic::Ordering;
use std::sync::Arc;

use crate::desk::graph::Graph;
use crate::desk::routing::Endpoint;
use crate::desk::strips::StripRef;
use crate::engine::raw_node::RawNode;
use crate::engine::tap_meter::{Fed, MetersTap, TapMeter};
use crate::engine::target::Target;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi;

/// The bus's strip, and the place of its mixer.
pub(crate) struct MeteredBus<'a> {
    pub(crate) mixer: &'a Arc<RawNode>,
    pub(crate) bus: u32,
    pub(crate) strip: &'a StripRef<Target>,
}

impl Engine {
    /// Has taps feed the meters of buses and mixers, where the engine has no meters of its own:
    /// Apple's. There, [`Bus::meter`](crate::Bus::meter), [`Mixer::meter`](crate::Mixer::meter) and
    /// [`Group::meter`](crate::Group::meter) are otherwise [`Error::Unsupported`]. Initially off. On an
    /// engine that has meters it changes nothing, and no tap is made.
    ///
    /// The first reading of a bus or mixer makes its tap, which is the only one that AVFAudio allows of
    /// that output bus:
    ///
    /// - A mixer's meter taps the mixer, after its output volume. That of a bus taps the node that is
    ///   connected to the bus, a source or its last effect; one tap serves all buses that it feeds.
    /// - A [tap](crate::Node::tap) of the program's, or a [recorder](crate::Mixer::record), has
    ///   precedence: it takes the place of the meters' tap, and until it ends their readings are
    ///   [`Error::InvalidArgument`]. The same happens if it was there first. Taps that the program makes
    ///   by calls of its own on an [adopted](Self::from_native) engine are refused by AVFAudio while
    ///   the meters have theirs.
    /// - It goes with the connection or the node, with the engine, and when this is switched off.
    ///
    /// What a bus's meter reads is the tapped signal times the gains of the strip: fader, groups, pan,
    /// mute and solo, as they are when a block of the tap is measured. So it is an approximation while
    /// they move, and differs from what is heard by what the mixer does between the tap and the fader:
    /// conversions of the rate, and of channels other than mono. Windows are 2400 frames of the tapped
    /// signal. Blocks are 0.1 s or longer, so that readings are late by that much, and of the
    /// windows that end in one block only the last is seen; clipped samples are counted in all.
    ///
    /// Offline, where the engine queues blocks while it renders, a reading waits for those that are
    /// queued, as [`Tap::wait`](crate::Tap::wait) does, but in a [batch](Self::batch): hold no lock that
    /// a closure of a tap takes. Apple's engine does not say what is queued.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 4800)?;
    /// engine.set_meter_taps(true)?;
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(0.5))?;
    /// let bus = engine.main_mixer().connect_next(&source)?;
    /// bus.meter()?;
    /// engine.start()?;
    /// engine.render(&mut [&mut [0.0; 4800]])?;
    /// # if !cfg!(target_vendor = "apple") {
    /// assert_eq!(bus.meter()?.peak[0], 0.5);
    /// # }
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InRender`] in a source's closure.
    pub fn set_meter_taps(&self, on: bool) -> Result<()> {
        let mut graph = self.desk().edit()?;
        self.inner.meter_taps.store(on, Ordering::Relaxed);
        if !on {
            graph.meters.clear();
        }
        Ok(())
    }

    /// Whether taps feed the meters where the engine has none: see
    /// [`set_meter_taps`](Self::set_meter_taps).
    #[must_use]
    pub fn meter_taps(&self) -> bool {
        self.inner.meter_taps.load(Ordering::Relaxed)
    }

    /// What the engine's own meter says, or a tap's where it has none.
    pub(crate) fn meter_or(
        &self,
        own: Result<ffi::perbus_meter>,
        tapped: impl FnOnce() -> Result<ffi::perbus_meter>,
    ) -> Result<ffi::perbus_meter> {
        match own {
            Err(Error::Unsupported(_)) if self.meter_taps() => tapped(),
            own => own,
        }
    }

    pub(crate) fn tapped_bus(&self, of: &MeteredBus<'_>) -> Result<ffi::perbus_meter> {
        let place = || {
            let node = of.mixer.slot()?;
            Ok(Endpoint { node, bus: of.bus })
        };
        let make = |graph: &Graph<RawNode>| {
            let place = place()?;
            let Some(link) = graph.routing.link(place) else {
                return Err(Error::NotConnected(format!("bus {} has no source", of.bus)));
            };
            let fed = Fed {
                strip: of.strip.clone(),
                mixer: Arc::clone(of.mixer.handle()),
            };
            self.new_meter(graph, (&link.payload.source, link.source.bus), Some(fed))
        };
        self.tapped(of.mixer, place, make)
    }

    pub(crate) fn tapped_output(&self, mixer: &Arc<RawNode>) -> Result<ffi::perbus_meter> {
        let place = || mixer.slot().map(Endpoint::output_of);
        self.tapped(mixer, place, |graph| {
            self.new_meter(graph, (mixer, 0), None)
        })
    }

    fn tapped(
        &self,
        mixer: &RawNode,
        place: impl Fn() -> Result<Endpoint>,
        make: impl FnOnce(&Graph<RawNode>) -> Result<TapMeter>,
    ) -> Result<ffi::perbus_meter> {
        let known = {
            let graph = self.desk().read()?;
            let meter = graph.meters.get(place()?).map(TapMeter::reader);
            if let Some(meter) = &meter {
                meter.prepare(mixer.pan_law.get())?;
            }
            meter
        };
        let meter = match known {
            Some(meter) => meter,
            None => {
                let mut graph = self.desk().edit()?;
                let made = make(&graph)?;
                let reader = made.reader();
                reader.prepare(mixer.pan_law.get())?;
                // Another thread may have switched them off meanwhile.
                if self.meter_taps() {
                    graph.meters.insert(place()?, made);
                }
                reader
            }
        };
        if self.max_frames().is_some() && !self.desk().graph.has_batch() {
            meter.wait();
        }
        if self.desk().driver.any_fading() {
            // The taps' callbacks see where the fades are.
            self.now();
        }
        Ok(meter.reading())
    }

    fn new_meter(
        &self,
        graph: &Graph<RawNode>,
        (node, bus): (&Arc<RawNode>, u32),
        fed: Option<Fed>,
    ) -> Result<TapMeter> {
        let output = Endpoint {
            node: node.slot()?,
            bus,
        };
        let tap = match graph.meters.of_output(&graph.routing, output) {
            Some(meter) => meter.tap(),
            None => MetersTap::new(node.handle(), bus, self.desk().backend().latest()),
        };
        TapMeter::new(tap, fed)
    }

    /// Takes their tap of an output bus from the meters, and makes one of the program's. `None` if they
    /// had none.
    pub(super) fn displace_meters<T>(
        &self,
        graph: &Graph<RawNode>,
        (node, bus): (&RawNode, u32),
        make: impl FnOnce() -> T,
    ) -> Option<T> {
        let output = Endpoint {
            node: node.slot().ok()?,
            bus,
        };
        let meter = graph.meters.of_output(&graph.routing, output)?;
        meter.give_way(make)
    }
}
