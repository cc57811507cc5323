//! Per-bus control by mixer and bus number, and per-connection control by source and bus.

use std::sync::Arc;

use crate::desk::graph_lock::StripGuard;
use crate::desk::level::{check_pan, check_volume};
use crate::desk::strip::{Feed, Strip};
use crate::engine::connection::Connection;
use crate::engine::graph::Graph;
use crate::engine::handle::Kind;
use crate::engine::node::{sealed::AsNode, Node};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi;
use crate::nodes::mixer::Mixer;
use crate::sync::in_render;
use crate::sync::lock;

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
        let _ends;
        if let Some((strip, mut state)) = self.fader(mixer, bus)? {
            _ends = self.inner.end_told(state.faders.volume_fade);
            strip.set_volume(&mut state, &self.inner, volume)?;
            return Ok(Control::Connection);
        }
        match self.fallback() {
            Fallback::Global => mixer.set_output_volume(volume).map(|()| Control::Mixer),
            Fallback::Deny => Err(denied(bus)),
            Fallback::Hold => mixer.bus(bus)?.set_volume(volume).map(|()| Control::Held),
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
        if let Some((_, state)) = self.fader(mixer, bus)? {
            let volume = state.faders.volume_now(|| self.now());
            return Ok((volume, Control::Connection));
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
        let _ends;
        if let Some((strip, mut state)) = self.fader(mixer, bus)? {
            _ends = self.inner.end_told(state.faders.pan_fade);
            strip.set_pan(&mut state, &self.inner, pan)?;
            return Ok(Control::Connection);
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => return mixer.bus(bus)?.set_pan(pan).map(|()| Control::Held),
        }
        let graph = self.inner.read()?;
        let downstream = downstream_strips(&graph, mixer.as_node().raw.slot()?);
        if downstream.is_empty() {
            return Err(no_pan(bus));
        }
        for strip in downstream {
            strip.set_pan(&mut strip.lock(), &self.inner, pan)?;
        }
        Ok(Control::Mixer)
    }

    /// What [`set_mixer_pan_for_bus`](Self::set_mixer_pan_for_bus) sets, and which control it is.
    ///
    /// # Errors
    /// As the setter, but for the pan's range.
    #[doc(alias = "get_mixer_pan_for_bus")]
    pub fn mixer_pan_for_bus(&self, mixer: &Mixer, bus: u32) -> Result<(f32, Control)> {
        if let Some((_, state)) = self.fader(mixer, bus)? {
            let pan = state.faders.pan_now(|| self.now());
            return Ok((pan, Control::Connection));
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => return Ok((mixer.bus(bus)?.pan(), Control::Held)),
        }
        let graph = self.inner.read()?;
        let downstream = downstream_strips(&graph, mixer.as_node().raw.slot()?);
        let strip = downstream.first().ok_or_else(|| no_pan(bus))?;
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
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
        volume: f32,
    ) -> Result<()> {
        check_volume(volume)?;
        let _ends;
        let (strip, mut state, _) = self.connection(source, mixer, bus)?;
        _ends = self.inner.end_told(state.faders.volume_fade);
        strip.set_volume(&mut state, &self.inner, volume)
    }

    /// The volume that the engine applies to one connection, asked of the engine: 0 while the bus
    /// is muted.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_volume")]
    pub fn connection_volume(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
    ) -> Result<f32> {
        let (_, _held, connection) = self.connection(source, mixer, bus)?;
        connection.volume(&self.inner)
    }

    /// Sets the pan, -1 (left) to 1 (right), of one connection.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume).
    pub fn set_connection_pan(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
        pan: f32,
    ) -> Result<()> {
        check_pan(pan)?;
        let _ends;
        let (strip, mut state, _) = self.connection(source, mixer, bus)?;
        _ends = self.inner.end_told(state.faders.pan_fade);
        strip.set_pan(&mut state, &self.inner, pan)
    }

    /// The pan that the engine applies to one connection, asked of the engine.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_pan")]
    pub fn connection_pan(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
    ) -> Result<f32> {
        let (_, _held, connection) = self.connection(source, mixer, bus)?;
        connection.pan(&self.inner)
    }

    /// The strip of a bus that something feeds, held.
    #[inline(always)]
    fn fader<'a>(
        &'a self,
        mixer: &'a Mixer,
        bus: u32,
    ) -> Result<Option<(&'a Strip, StripGuard<'a>)>> {
        self.check_owner(mixer)?;
        check_bus(bus)?;
        in_render::refuse()?;
        let raw = &mixer.as_node().raw;
        if let Some(strip) = raw.strips.get(bus) {
            let state = self.inner.graph.hold(strip);
            if !matches!(state.feed, Feed::None) {
                return Ok(Some((strip, state)));
            }
        }
        raw.slot().map(|_| None)
    }

    /// The strip of the bus that the source feeds, held, and where its values go.
    fn connection<'a>(
        &'a self,
        source: &(impl Node + ?Sized),
        mixer: &'a Mixer,
        bus: u32,
    ) -> Result<(&'a Strip, StripGuard<'a>, Connection)> {
        self.check_owner(source)?;
        let raw = &source.as_node().raw;
        let fader = self.fader(mixer, bus)?;
        raw.slot()?;
        if raw.kind == Kind::Effect {
            return Err(Error::NotMixing(
                "an effect has no volume and pan: name the source that feeds it".to_owned(),
            ));
        }
        if let Some((strip, state)) = fader {
            match state.feed {
                Feed::Source(connection, ref feeding) if Arc::ptr_eq(feeding, raw) => {
                    return Ok((strip, state, connection));
                }
                _ => {}
            }
        }
        Err(Error::NotConnected(format!(
            "the source is not connected to input bus {bus} of this mixer"
        )))
    }
}

/// The strips of the buses that a mixer feeds, through effects too.
fn downstream_strips(graph: &Graph, slot: u32) -> Vec<&Strip> {
    let buses = graph
        .routing
        .fed_by(slot)
        .flat_map(|fed| graph.mixer_buses_from(fed));
    buses
        .filter_map(|bus| graph.node(bus.node)?.strips.get(bus.bus))
        .collect()
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
