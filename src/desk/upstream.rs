//! Which source controls a mixer bus: the nearest one upstream, through effects. Kept in the bus's
//! strip, so that a per-bus call need not look for it.

use std::sync::Arc;

use crate::desk::routing::Endpoint;
use crate::desk::strip::Feed;
use crate::engine::connection::Connection;
use crate::engine::graph::Graph;
use crate::engine::handle::{Kind, RawNode};
use crate::engine::EngineInner;
use crate::error::Result;

impl Kind {
    /// Whether the engine gives such a node a volume and pan per connection.
    pub(crate) fn mixes(self) -> bool {
        matches!(self, Self::Mixer | Self::Player | Self::Source)
    }
}

/// What mixes at the end of the effects in front of each effect, by the effect's slot.
#[derive(Debug, Default)]
pub(crate) struct Upstream {
    sources: Vec<Option<Arc<RawNode>>>,
    /// How many input buses were looked at.
    #[cfg(test)]
    steps: usize,
}

impl Upstream {
    fn get(&self, effect: u32) -> Option<&Arc<RawNode>> {
        self.sources.get(effect as usize)?.as_ref()
    }

    /// Returns what was there before.
    fn set(&mut self, effect: u32, source: Option<Arc<RawNode>>) -> Option<Arc<RawNode>> {
        let effect = effect as usize;
        if effect >= self.sources.len() {
            self.sources.resize(effect + 1, None);
        }
        std::mem::replace(&mut self.sources[effect], source)
    }

    /// The node has left its engine.
    pub(crate) fn forget(&mut self, slot: u32) {
        if let Some(source) = self.sources.get_mut(slot as usize) {
            *source = None;
        }
    }
}

impl Graph {
    /// After what feeds `changed` has changed: finds the sources of all mixer buses that hear of it
    /// anew, and gives the connections their strips' values, which the engine has dropped.
    pub(crate) fn renew(&mut self, engine: &EngineInner, changed: Endpoint) -> Result<()> {
        let mut renewed = Ok(());
        let mut open = vec![changed];
        while let Some(input) = open.pop() {
            #[cfg(test)]
            {
                self.upstream.steps += 1;
            }
            match self.node(input.node).map(|node| node.kind) {
                Some(Kind::Mixer) => renewed = renewed.and(self.renew_strip(engine, input)),
                Some(Kind::Effect) => {
                    let source = self.mixing_source(input).cloned();
                    let some = source.is_some();
                    let before = self.upstream.set(input.node, source);
                    // Without a source before and after there is nothing to hear of further on: a
                    // chain that is built from its end costs a step a link.
                    if some || before.is_some() {
                        open.extend(self.routing.fed_by(input.node));
                    }
                }
                _ => {}
            }
        }
        renewed
    }

    fn renew_strip(&self, engine: &EngineInner, bus: Endpoint) -> Result<()> {
        let Some(mixer) = self.node(bus.node) else {
            return Ok(());
        };
        let feed = match self.mixing_source(bus) {
            Some(source) => {
                Feed::Source(Connection::new(source, mixer, bus.bus), Arc::clone(source))
            }
            None if self.routing.link(bus).is_some() => Feed::Effect,
            None => Feed::None,
        };
        let strip = match feed {
            Feed::None => mixer.strips.get(bus.bus),
            _ => Some(mixer.strips.get_or_make(bus.bus)),
        };
        strip.map_or(Ok(()), |strip| strip.follow(engine, bus, feed))
    }

    /// As [`renew`](Self::renew), for several; the first failure is told when all is done.
    pub(crate) fn renew_all(
        &mut self,
        engine: &EngineInner,
        changed: impl IntoIterator<Item = Endpoint>,
    ) -> Result<()> {
        let mut renewed = Ok(());
        for input in changed {
            renewed = renewed.and(self.renew(engine, input));
        }
        renewed
    }

    /// The mixer buses that an input bus leads to: itself, or those behind an effect.
    pub(crate) fn mixer_buses_from(&self, input: Endpoint) -> Vec<Endpoint> {
        let mut found = Vec::new();
        let mut open = vec![input];
        while let Some(input) = open.pop() {
            match self.node(input.node).map(|node| node.kind) {
                Some(Kind::Mixer) => found.push(input),
                Some(Kind::Effect) => open.extend(self.routing.fed_by(input.node)),
                _ => {}
            }
        }
        found
    }

    /// What mixes into an input bus: what feeds it, or what is in front of the effects that do.
    fn mixing_source(&self, input: Endpoint) -> Option<&Arc<RawNode>> {
        let link = self.routing.link(input)?;
        let source = &link.payload.source;
        match source.kind {
            Kind::Effect => self.upstream.get(link.source.node),
            // A matrix has no faders: the mixer's own parameters take their place.
            Kind::Matrix => Some(source),
            kind => kind.mixes().then_some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Engine, Equalizer, Format, Result};

    const EFFECTS: usize = 500;

    fn chain(engine: &Engine) -> Result<Vec<Equalizer>> {
        (0..EFFECTS).map(|_| engine.create_equalizer(1)).collect()
    }

    fn steps(engine: &Engine, call: impl FnOnce() -> Result<()>) -> Result<usize> {
        let before = engine.inner.graph.read().upstream.steps;
        call()?;
        Ok(engine.inner.graph.read().upstream.steps - before)
    }

    #[test]
    fn a_chain_costs_a_step_a_link_from_either_end() -> Result<()> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
        let (mixer, player) = (engine.main_mixer()?, engine.create_player()?);
        let effects = chain(&engine)?;
        let links = || effects.windows(2);
        let join = |pair: &[Equalizer]| engine.connect(&pair[0], &pair[1], 0, 0);
        let bus = mixer.bus(3)?;
        bus.set_volume(0.5)?;
        let last = &effects[EFFECTS - 1];

        // From the mixer up to the source, and down again from the source on.
        let up = steps(&engine, || {
            engine.connect(last, &mixer, 0, 3)?;
            links().rev().try_for_each(join)?;
            engine.connect(&player, &effects[0], 0, 0)
        })?;
        assert_eq!(engine.connection_volume(&player, &mixer, 3)?, 0.5);
        for effect in &effects {
            engine.disconnect_input(effect, 0)?;
        }
        assert!(engine.connection_volume(&player, &mixer, 3).is_err() && bus.is_connected());
        engine.disconnect_input(&mixer, 3)?;
        let down = steps(&engine, || {
            engine.connect(&player, &effects[0], 0, 0)?;
            links().try_for_each(join)?;
            engine.connect(last, &mixer, 0, 3)
        })?;
        assert_eq!(engine.connection_volume(&player, &mixer, 3)?, 0.5);
        assert!(up <= 3 * EFFECTS && down <= 3 * EFFECTS, "{up}, {down}");
        Ok(())
    }

    /// On an engine that takes destinations one by one.
    #[test]
    fn a_send_costs_a_step_however_many_there_are() -> Result<()> {
        const SENDS: u32 = 200;
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 64)?;
        let (mixer, player) = (engine.main_mixer()?, engine.create_player()?);
        let buses = || 0..SENDS;
        let added = steps(&engine, || {
            buses().try_for_each(|bus| engine.add_destination(&player, &mixer, 0, bus))
        })?;
        assert!(
            cfg!(target_vendor = "apple") || added == SENDS as usize,
            "{added}"
        );
        let removed = steps(&engine, || {
            buses().try_for_each(|bus| engine.remove_destination(&player, &mixer, 0, bus))
        })?;
        assert!(
            cfg!(target_vendor = "apple") || removed == SENDS as usize,
            "{removed}"
        );
        Ok(())
    }
}
