//! Per-bus control by mixer and bus number: the bus's own control while something feeds it, else
//! what the fallback says.

use crate::desk::backend::Backend;
use crate::desk::faders::Which;
use crate::desk::fallback::{Control, Fallback};
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::ranges::check_bus;
use crate::desk::strip::{Feed, State, Strip, StripGuard};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::{in_render, lock};

/// A strip, locked.
type Locked<'a, N> = (&'a Strip<Connection<N>>, StripGuard<'a, Connection<N>>);

impl<N: DeskNode> Desk<N> {
    pub(crate) fn fallback(&self) -> Fallback {
        *lock(&self.fallback)
    }

    /// The strip of a bus that something feeds, locked.
    #[inline(always)]
    pub(crate) fn fader<'a>(&'a self, mixer: &'a N, bus: u32) -> Result<Option<Locked<'a, N>>> {
        check_bus(bus, N::Backend::MAX_BUSES)?;
        in_render::refuse()?;
        if let Some(strip) = mixer.strips.get(bus) {
            let state = self.graph.lock_strip(strip);
            if !matches!(state.feed, Feed::None) {
                return Ok(Some((strip, state)));
            }
        }
        mixer.slot().map(|_| None)
    }

    /// Of a bus that something feeds.
    #[inline]
    fn control_of(&self, state: &State<Connection<N>>) -> Control {
        if state.is_deferred(&self.driver) {
            Control::Held
        } else {
            Control::Connection
        }
    }

    #[inline]
    pub(crate) fn set_volume_for_bus(&self, mixer: &N, volume: f32, bus: u32) -> Result<Control> {
        if let Some((strip, mut state)) = self.fader(mixer, bus)? {
            if state.faders.volume_moves() {
                drop(state);
                self.set_moving(mixer, strip, Which::Volume, volume)?;
                return Ok(self.control_of(&strip.lock()));
            }
            strip.set_volume(&mut state, &self.driver, volume)?;
            return Ok(self.control_of(&state));
        }
        match self.fallback() {
            Fallback::Global => {
                self.set_output_volume(mixer, volume)?;
                Ok(Control::Mixer)
            }
            Fallback::Deny => Err(denied(bus)),
            Fallback::Hold => {
                let strip = mixer.strips.get_or_create(bus);
                self.set_volume(mixer, strip, volume)?;
                Ok(Control::Held)
            }
        }
    }

    pub(crate) fn volume_for_bus(&self, mixer: &N, bus: u32) -> Result<(f32, Control)> {
        if let Some((strip, state)) = self.fader(mixer, bus)? {
            let control = self.control_of(&state);
            drop(state);
            return Ok((strip.volume(|| self.now()), control));
        }
        match self.fallback() {
            Fallback::Global => Ok((self.output_volume(mixer)?, Control::Mixer)),
            Fallback::Deny => Err(denied(bus)),
            Fallback::Hold => {
                let strip = mixer.strips.get_or_create(bus);
                Ok((strip.volume(|| self.now()), Control::Held))
            }
        }
    }

    #[inline]
    pub(crate) fn set_pan_for_bus(&self, mixer: &N, pan: f32, bus: u32) -> Result<Control> {
        if let Some((strip, mut state)) = self.fader(mixer, bus)? {
            if state.faders.pan_moves() {
                drop(state);
                self.set_moving(mixer, strip, Which::Pan, pan)?;
                return Ok(self.control_of(&strip.lock()));
            }
            strip.set_pan(&mut state, &self.driver, pan)?;
            return Ok(self.control_of(&state));
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => {
                let strip = mixer.strips.get_or_create(bus);
                self.set_pan(mixer, strip, pan)?;
                return Ok(Control::Held);
            }
        }
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let graph = self.read()?;
        let downstream = downstream_strips(&graph, mixer.slot()?);
        if downstream.is_empty() {
            return Err(no_pan(bus));
        }
        for strip in downstream {
            let mut state = strip.lock();
            strip.set_moving(&mut state, &self.driver, Which::Pan, pan, now)?;
        }
        Ok(Control::Mixer)
    }

    pub(crate) fn pan_for_bus(&self, mixer: &N, bus: u32) -> Result<(f32, Control)> {
        if let Some((strip, state)) = self.fader(mixer, bus)? {
            let control = self.control_of(&state);
            drop(state);
            return Ok((strip.pan(|| self.now()), control));
        }
        match self.fallback() {
            Fallback::Global => (),
            Fallback::Deny => return Err(denied(bus)),
            Fallback::Hold => {
                let strip = mixer.strips.get_or_create(bus);
                return Ok((strip.pan(|| self.now()), Control::Held));
            }
        }
        let graph = self.read()?;
        let downstream = downstream_strips(&graph, mixer.slot()?);
        let strip = downstream.first().ok_or_else(|| no_pan(bus))?;
        Ok((strip.pan(|| self.now()), Control::Mixer))
    }
}

/// The strips of the buses that a mixer feeds, through effects too.
fn downstream_strips<N: DeskNode>(graph: &Graph<N>, slot: u32) -> Vec<&Strip<Connection<N>>> {
    let buses = graph
        .routing
        .fed_by(slot)
        .flat_map(|fed| graph.mixer_buses_from(fed));
    buses.filter_map(|bus| graph.strip(bus)).collect()
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
