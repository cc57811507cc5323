//! Many strips of a mixer at once, and solo, which concerns the whole engine.

use std::sync::Arc;

use crate::desk::audibility::{Change, Target};
use crate::desk::backend::Backend;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::Endpoint;
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::strip::Strip;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// A strip of some bus, and what is to change there.
type Wanted<'a, N> = (Endpoint, &'a Strip<Connection<N>>, &'a BusConfig);

impl<N: DeskNode> Desk<N> {
    /// Changes strips of an attached mixer: all of them, or none when anything is refused.
    pub(crate) fn configure(&self, mixer: &N, buses: &[BusConfig]) -> Result<()> {
        let mut numbers = Vec::with_capacity(buses.len());
        for config in buses {
            config.check(N::Backend::MAX_BUSES)?;
            numbers.push(config.bus);
        }
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            let reason = format!("bus {} is listed twice", twice[0]);
            return Err(Error::InvalidArgument(reason));
        }
        let solo = buses
            .iter()
            .any(|it| it.soloed.is_some() || it.solo_safe.is_some());
        let wanted = |slot| {
            let mut wanted: Vec<Wanted<'_, N>> = Vec::with_capacity(buses.len());
            for config in buses {
                let place = Endpoint {
                    node: slot,
                    bus: config.bus,
                };
                let strip = mixer.strips.get_or_create(config.bus);
                wanted.push((place, strip, config));
            }
            wanted.sort_unstable_by_key(|(place, ..)| *place);
            wanted
        };
        let _ends = self.reporting_ends();
        if solo {
            let mut graph = self.edit()?;
            let wanted = wanted(mixer.slot()?);
            self.change_solo(&mut graph, &wanted)?;
            set_labels(&wanted);
        } else {
            let graph = self.read()?;
            let wanted = wanted(mixer.slot()?);
            let strips = wanted
                .iter()
                .map(|(place, strip, config)| (*place, *strip, Some(*config)));
            let silences = |place, solo_safe| graph.solo_silences(place, solo_safe);
            let change: Change<'_, N> = Change::new(strips, silences);
            self.graph.visit(wanted.len());
            change.send(&self.driver)?;
            change.commit(&self.driver);
            set_labels(&wanted);
        }
        Ok(())
    }

    /// Ends all solos.
    pub(crate) fn clear_solo(&self) -> Result<()> {
        let mut graph = self.edit()?;
        let places: Vec<_> = graph.solo.soloed().collect();
        let known = places
            .iter()
            .filter_map(|place| Some((*place, Arc::clone(graph.node(place.node)?))));
        let mixers: Vec<_> = known.collect();
        let none = BusConfig {
            soloed: Some(false),
            ..BusConfig::default()
        };
        let wanted: Vec<_> = mixers
            .iter()
            .filter_map(|(place, mixer)| Some((*place, mixer.strips.get(place.bus)?, &none)))
            .collect();
        self.change_solo(&mut graph, &wanted)
    }

    /// The mixer's strips at this moment; none where the thread must not wait. Without their solos
    /// unless `with_solo`.
    pub(crate) fn snapshot(&self, mixer: &N, with_solo: bool) -> Scene {
        if in_render::inside() {
            return Scene::default();
        }
        let now = self.now();
        let strips = mixer.strips.all();
        let locked: Vec<_> = strips
            .iter()
            .map(|(bus, strip)| (bus, strip, strip.lock()))
            .collect();
        let buses = locked
            .iter()
            .map(|(bus, strip, state)| BusConfig {
                bus: *bus,
                volume: Some(state.faders.volume_at(now)),
                pan: Some(state.faders.pan_at(now)),
                muted: Some(state.faders.muted),
                soloed: with_solo.then_some(state.faders.soloed),
                solo_safe: Some(state.faders.solo_safe),
                label: Some(strip.label()),
            })
            .collect();
        Scene::new(buses)
    }

    /// Changes strips, given in ascending order, and whatever their solos change elsewhere: passed
    /// to the engine in one batch, and all taken back when it refuses.
    fn change_solo(&self, graph: &mut Graph<N>, wanted: &[Wanted<'_, N>]) -> Result<()> {
        let mut turned = Vec::new();
        for (place, strip, config) in wanted {
            let soloed = strip.faders().soloed;
            if config.soloed.is_some_and(|it| it != soloed) {
                graph.solo.set(&graph.routing, *place, !soloed);
                turned.push((*place, soloed));
            }
        }
        let affected = graph.affected_strips();
        let changed = self.change_affected(graph, wanted, &affected);
        if changed.is_err() {
            for (place, soloed) in turned {
                graph.solo.set(&graph.routing, place, soloed);
            }
            // Strips that were made meanwhile.
            let sent = graph.send_solo(&self.driver);
            debug_assert!(sent.is_ok(), "nothing is heard differently");
        }
        changed
    }

    fn change_affected(
        &self,
        graph: &Graph<N>,
        wanted: &[Wanted<'_, N>],
        affected: &[Endpoint],
    ) -> Result<()> {
        let mut all: Vec<Target<'_, N>> = Vec::with_capacity(wanted.len() + affected.len());
        let mut named = wanted
            .iter()
            .map(|(place, strip, config)| (*place, *strip, Some(*config)))
            .peekable();
        for place in affected {
            while let Some(named) = named.next_if(|named| named.0 <= *place) {
                all.push(named);
            }
            if all.last().is_none_or(|last| last.0 != *place) {
                all.extend(graph.strip(*place).map(|strip| (*place, strip, None)));
            }
        }
        all.extend(named);
        self.graph.visit(all.len());
        let silences = |place, solo_safe| graph.solo_silences(place, solo_safe);
        let change: Change<'_, N> = Change::new(all.into_iter(), silences);
        change.send(&self.driver)?;
        change.commit(&self.driver);
        Ok(())
    }
}

fn set_labels<C>(wanted: &[(Endpoint, &Strip<C>, &BusConfig)]) {
    for (_, strip, config) in wanted {
        if let Some(label) = &config.label {
            strip.set_label(label);
        }
    }
}
