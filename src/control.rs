//! Per-bus control by mixer and bus number, and per-connection control by source and bus.

use crate::engine::Engine;
use crate::error::{native, Error, Result};
use crate::ffi;
use crate::graph::Graph;
use crate::handle::{Kind, RawNode};
use crate::level::{check_pan, check_volume};
use crate::mixer::Mixer;
use crate::node::{sealed::AsNode, Node};
use crate::routing::Endpoint;
use crate::strip::{Connection, Faders, Strip};
use crate::sync::{lock, read};

/// What the by-number calls do on a bus without a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fallback {
    /// Use the mixer's global control, which acts on all buses: [`Control::Mixer`].
    #[default]
    Global,
    /// Refuse: [`Error::NotConnected`].
    Deny,
    /// Set the bus's strip, for the next source on it: [`Control::Held`].
    Hold,
}

/// Which control a by-number call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// The bus's own: that of the tracked connection.
    Connection,
    /// The mixer's global one, because no source is tracked on the bus: it acts on all buses.
    Mixer,
    /// The bus's strip, which the next source on the bus gets: see [`Fallback::Hold`].
    Held,
}

/// Input bus numbers of a mixer run from 0 to `MAX_BUSES - 1`.
pub const MAX_BUSES: u32 = ffi::PERBUS_MAX_BUSES;

pub(crate) fn check_bus(bus: u32) -> Result<()> {
    if bus < MAX_BUSES {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!(
            "bus {bus} is not below {MAX_BUSES}"
        )))
    }
}

impl Engine {
    /// What the by-number calls do on a bus without a source; [`Fallback::Global`] at first.
    ///
    /// ```
    /// use perbus::{Control, Engine, Fallback, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let mixer = engine.main_mixer()?;
    /// engine.set_fallback(Fallback::Deny);
    /// assert!(engine.set_mixer_volume_for_bus(&mixer, 0.5, 0).is_err());
    /// engine.set_fallback(Fallback::Hold);
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.5, 0)?, Control::Held);
    /// assert_eq!((mixer.bus(0)?.volume(), mixer.output_volume()?), (0.5, 1.0));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn set_fallback(&self, fallback: Fallback) {
        *lock(&self.inner.fallback) = fallback;
    }

    /// What [`set_fallback`](Self::set_fallback) has set.
    #[must_use]
    pub fn fallback(&self) -> Fallback {
        *lock(&self.inner.fallback)
    }

    /// Sets the volume, 0 to 1, of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own fader, the same as
    /// [`Bus::set_volume`](crate::Bus::set_volume), and the answer is [`Control::Connection`].
    /// Without one it is the mixer's [`output volume`](Mixer::set_output_volume), which all buses
    /// share: the answer is [`Control::Mixer`], and the bus's strip stays as it was;
    /// [`set_fallback`](Self::set_fallback) chooses otherwise.
    ///
    /// Maps to `destinationForMixer:bus:` and `setVolume:`, or to `outputVolume`.
    ///
    /// ```
    /// use perbus::{Control, Engine, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (mixer, player) = (engine.main_mixer()?, engine.create_player()?);
    /// engine.connect(&player, &mixer, 0, 0)?;
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.8, 0)?, Control::Connection);
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.9, 1)?, Control::Mixer);
    /// assert_eq!(engine.mixer_volume_for_bus(&mixer, 0)?, (0.8, Control::Connection));
    /// assert_eq!(engine.mixer_volume_for_bus(&mixer, 1)?, (0.9, Control::Mixer));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume, or a bus not below [`MAX_BUSES`].
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    pub fn set_mixer_volume_for_bus(
        &self,
        mixer: &Mixer,
        volume: f32,
        bus: u32,
    ) -> Result<Control> {
        check_volume(volume)?;
        let graph = self.check_mixer(mixer, bus)?;
        let raw = &mixer.as_node().raw;
        if let Some((strip, connection)) = fader(&graph, raw, bus)? {
            strip.change(connection, &self.inner, |faders| faders.set_volume(volume))?;
            return Ok(Control::Connection);
        }
        match self.fallback() {
            Fallback::Global => mixer.set_output_volume(volume).map(|()| Control::Mixer),
            Fallback::Deny => Err(denied(bus)),
            Fallback::Hold => hold(mixer, bus, |faders| faders.set_volume(volume)),
        }
    }

    /// What [`set_mixer_volume_for_bus`](Self::set_mixer_volume_for_bus) sets, and which control it
    /// is.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for a bus not below [`MAX_BUSES`].
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    #[doc(alias = "get_mixer_volume_for_bus")]
    pub fn mixer_volume_for_bus(&self, mixer: &Mixer, bus: u32) -> Result<(f32, Control)> {
        let graph = self.check_mixer(mixer, bus)?;
        if let Some((strip, _)) = fader(&graph, &mixer.as_node().raw, bus)? {
            return Ok((strip.volume(|| self.now()), Control::Connection));
        }
        match self.fallback() {
            Fallback::Global => Ok((mixer.output_volume()?, Control::Mixer)),
            Fallback::Deny => Err(denied(bus)),
            Fallback::Hold => Ok((mixer.bus(bus)?.volume(), Control::Held)),
        }
    }

    /// Sets the pan, -1 (left) to 1 (right), of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own pan, the same as
    /// [`Bus::set_pan`](crate::Bus::set_pan). Without one it is the pan of the whole mixer on the
    /// mixers that it feeds in turn: `AVAudioMixerNode` has no pan for its own sum.
    ///
    /// Maps to `destinationForMixer:bus:` and `setPan:`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the pan, or a bus not below [`MAX_BUSES`].
    /// - [`Error::NoPanControl`] when the bus has no source and the mixer feeds no other mixer.
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    pub fn set_mixer_pan_for_bus(&self, mixer: &Mixer, pan: f32, bus: u32) -> Result<Control> {
        check_pan(pan)?;
        let graph = self.check_mixer(mixer, bus)?;
        let raw = &mixer.as_node().raw;
        if let Some((strip, connection)) = fader(&graph, raw, bus)? {
            strip.change(connection, &self.inner, |faders| faders.set_pan(pan))?;
            return Ok(Control::Connection);
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => return hold(mixer, bus, |faders| faders.set_pan(pan)),
        }
        let downstream = downstream_buses(&graph, raw.slot()?);
        if downstream.is_empty() {
            return Err(no_pan(bus));
        }
        for (strip, connection) in downstream.iter().filter_map(|bus| fader_at(&graph, *bus)) {
            strip.change(connection, &self.inner, |faders| faders.set_pan(pan))?;
        }
        Ok(Control::Mixer)
    }

    /// What [`set_mixer_pan_for_bus`](Self::set_mixer_pan_for_bus) sets, and which control it is.
    ///
    /// # Errors
    /// As the setter, but for the pan's range.
    #[doc(alias = "get_mixer_pan_for_bus")]
    pub fn mixer_pan_for_bus(&self, mixer: &Mixer, bus: u32) -> Result<(f32, Control)> {
        let graph = self.check_mixer(mixer, bus)?;
        let raw = &mixer.as_node().raw;
        if let Some((strip, _)) = fader(&graph, raw, bus)? {
            return Ok((strip.pan(|| self.now()), Control::Connection));
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => return Ok((mixer.bus(bus)?.pan(), Control::Held)),
        }
        let (strip, _) = downstream_buses(&graph, raw.slot()?)
            .first()
            .and_then(|bus| fader_at(&graph, *bus))
            .ok_or_else(|| no_pan(bus))?;
        Ok((strip.pan(|| self.now()), Control::Mixer))
    }

    /// Sets the volume, 0 to 1, of one connection. It is the fader of the bus that the source
    /// feeds: [`Bus::set_volume`](crate::Bus::set_volume) with the source checked.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume.
    /// - [`Error::NotConnected`] when the source does not feed that bus, directly or through effects.
    /// - [`Error::NotMixing`] for an effect.
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for either node.
    pub fn set_connection_volume(
        &self,
        source: &impl Node,
        mixer: &Mixer,
        bus: u32,
        volume: f32,
    ) -> Result<()> {
        check_volume(volume)?;
        self.with_connection(source, mixer, bus, |strip, connection| {
            strip.change(Some(connection), &self.inner, |faders| {
                faders.set_volume(volume)
            })
        })
    }

    /// The volume that the engine applies to one connection, asked of the engine: 0 while the bus
    /// is muted.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_volume")]
    pub fn connection_volume(&self, source: &impl Node, mixer: &Mixer, bus: u32) -> Result<f32> {
        self.with_connection(source, mixer, bus, |_, connection| {
            let (source, mixer) = (connection.source.as_ptr(), connection.mixer.as_ptr());
            let mut volume = 0.0;
            if connection.by_parameter() {
                let engine = self.inner.raw.as_ptr();
                // SAFETY: both handles are live, the pointer is to a live local, and the graph
                // lock keeps graph calls away.
                unsafe { native!(perbus_bus_get_volume(engine, mixer, bus, &mut volume)) }?;
                return Ok(volume);
            }
            // SAFETY: as above.
            unsafe {
                native!(perbus_connection_get_volume(
                    source,
                    mixer,
                    bus,
                    &mut volume
                ))
            }?;
            Ok(volume)
        })
    }

    /// Sets the pan, -1 (left) to 1 (right), of one connection.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume).
    pub fn set_connection_pan(
        &self,
        source: &impl Node,
        mixer: &Mixer,
        bus: u32,
        pan: f32,
    ) -> Result<()> {
        check_pan(pan)?;
        self.with_connection(source, mixer, bus, |strip, connection| {
            strip.change(Some(connection), &self.inner, |faders| faders.set_pan(pan))
        })
    }

    /// The pan that the engine applies to one connection, asked of the engine.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_pan")]
    pub fn connection_pan(&self, source: &impl Node, mixer: &Mixer, bus: u32) -> Result<f32> {
        self.with_connection(source, mixer, bus, |_, connection| {
            let (source, mixer) = (connection.source.as_ptr(), connection.mixer.as_ptr());
            let mut pan = 0.0;
            if connection.by_parameter() {
                let engine = self.inner.raw.as_ptr();
                // SAFETY: as in connection_volume.
                unsafe { native!(perbus_bus_get_pan(engine, mixer, bus, &mut pan)) }?;
                return Ok(pan);
            }
            // SAFETY: as in connection_volume.
            unsafe { native!(perbus_connection_get_pan(source, mixer, bus, &mut pan)) }?;
            Ok(pan)
        })
    }

    fn check_mixer(
        &self,
        mixer: &Mixer,
        bus: u32,
    ) -> Result<std::sync::RwLockReadGuard<'_, Graph>> {
        self.check_owner(mixer)?;
        check_bus(bus)?;
        Ok(read(&self.inner.graph))
    }

    fn with_connection<T>(
        &self,
        source: &impl Node,
        mixer: &Mixer,
        bus: u32,
        call: impl FnOnce(&Strip, Connection<'_>) -> Result<T>,
    ) -> Result<T> {
        self.check_owner(source)?;
        let graph = self.check_mixer(mixer, bus)?;
        let raw = &source.as_node().raw;
        raw.slot()?;
        if raw.kind == Kind::Effect {
            return Err(Error::NotMixing(
                "an effect has no volume and pan: name the source that feeds it".to_owned(),
            ));
        }
        match fader(&graph, &mixer.as_node().raw, bus)? {
            Some((strip, Some(connection))) if std::ptr::eq(connection.source, &**raw) => {
                call(strip, connection)
            }
            _ => Err(Error::NotConnected(format!(
                "the source is not connected to input bus {bus} of this mixer"
            ))),
        }
    }
}

/// The strip of a bus that something feeds, and where its values go: nowhere yet behind an effect
/// that nothing feeds.
pub(crate) fn fader<'a>(
    graph: &'a Graph,
    mixer: &RawNode,
    bus: u32,
) -> Result<Option<(&'a Strip, Option<Connection<'a>>)>> {
    Ok(graph
        .link(mixer, bus)?
        .and_then(|link| link.payload.fader(bus)))
}

/// The input buses of mixers that a mixer feeds, through effects too.
fn downstream_buses(graph: &Graph, slot: u32) -> Vec<Endpoint> {
    graph
        .routing
        .fed_by(slot)
        .flat_map(|fed| graph.mixer_buses_from(fed))
        .collect()
}

fn fader_at(graph: &Graph, bus: Endpoint) -> Option<(&Strip, Option<Connection<'_>>)> {
    graph.routing.link(bus)?.payload.fader(bus.bus)
}

/// Sets the strip of a bus without a source.
fn hold(mixer: &Mixer, bus: u32, change: impl FnOnce(&mut Faders)) -> Result<Control> {
    mixer
        .bus(bus)?
        .strip
        .change(None, &mixer.engine().inner, change)?;
    Ok(Control::Held)
}

fn denied(bus: u32) -> Error {
    Error::NotConnected(format!(
        "bus {bus} has no source, and the fallback is to deny"
    ))
}

fn no_pan(bus: u32) -> Error {
    Error::NoPanControl(format!(
        "bus {bus} has no source, and its mixer feeds no other mixer on which to pan it"
    ))
}
