//! What solo does to strips, and many strips changed at once.

use crate::desk::driver::Driver;
use crate::desk::faders::Faders;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode, Kind};
use crate::desk::routing::Endpoint;
use crate::desk::strip::{Strip, StripGuard};
use crate::error::Result;

/// A strip with its place.
pub(crate) type Placed<'a, N> = (Endpoint, &'a Strip<Connection<N>>);

/// Strips that are locked, each with the faders that it is to have.
pub(crate) struct Change<'a, N: DeskNode>(Vec<Changing<'a, N>>);

type Changing<'a, N> = (
    &'a Strip<Connection<N>>,
    StripGuard<'a, Connection<N>>,
    Faders,
);

impl<'a, N: DeskNode> Change<'a, N> {
    /// Strips in ascending order: no holder of a single strip's lock waits for another strip's.
    /// Those that do not change need not stay locked.
    pub(crate) fn new<I>(
        strips: impl Iterator<Item = (&'a Strip<Connection<N>>, I)>,
        mut update: impl FnMut(I, &mut Faders) -> bool,
    ) -> Self {
        let locked = strips.filter_map(|(strip, of)| {
            let state = strip.lock();
            let mut new = state.faders;
            update(of, &mut new).then_some((strip, state, new))
        });
        Self(locked.collect())
    }

    /// Sends what changes to the engine in one batch.
    pub(crate) fn send<T>(&self, driver: &Driver<N::Backend, T>) -> Result<()> {
        let connected = self.0.iter().filter_map(|(_, state, new)| {
            let connection = state.feed.connection()?;
            Some((connection, state.faders.sent(), new.sent()))
        });
        driver.apply_many(connected)
    }

    pub(crate) fn commit<T>(mut self, driver: &Driver<N::Backend, T>) {
        for (strip, state, new) in &mut self.0 {
            let old = std::mem::replace(&mut state.faders, *new);
            strip.changed(state, &old, driver);
        }
    }
}

impl<N: DeskNode> Graph<N> {
    /// Whether solo silences a strip.
    pub(crate) fn solo_silences(&self, strip: Endpoint, solo_safe: bool) -> bool {
        !solo_safe && self.solo.silences(&self.routing, strip)
    }

    /// The strips that solo may concern differently since the last call, in ascending order. From
    /// now on new strips are made accordingly.
    pub(crate) fn affected_strips(&mut self) -> Vec<Endpoint> {
        let affected = self.solo.take_affected();
        let mut strips = affected.buses;
        let mut nodes = affected.nodes;
        if affected.all {
            strips.clear();
            nodes = self.nodes().filter_map(|node| node.slot().ok()).collect();
        }
        nodes.sort_unstable();
        nodes.dedup();
        for slot in nodes {
            let Some(node) = self.node(slot).filter(|node| node.kind == Kind::Mixer) else {
                continue;
            };
            let silences = self.solo.silences_new(slot);
            node.strips.set_solo_silences_new(silences);
            let all = node.strips.iter();
            strips.extend(all.map(|(bus, _)| Endpoint { node: slot, bus }));
        }
        strips.sort_unstable();
        strips.dedup();
        strips
    }

    /// After an edit: silences the strips that have left the soloed signals' way, and lets those
    /// sound that are on it now. A strip that the engine refuses has its new state all the same, and
    /// is sent again at the next start.
    pub(crate) fn send_solo<T>(&mut self, driver: &Driver<N::Backend, T>) -> Result<()> {
        let places = self.affected_strips();
        if places.is_empty() {
            return Ok(());
        }
        #[cfg(test)]
        {
            self.solo.followed += places.len();
        }
        let graph = &*self;
        let strips = places
            .iter()
            .filter_map(|place| Some((graph.strip(*place)?, *place)));
        let change: Change<'_, N> = Change::new(strips, |place, faders| {
            let silenced = graph.solo_silences(place, faders.solo_safe);
            std::mem::replace(&mut faders.silenced_by_solo, silenced) != silenced
        });
        let sent = change.send(driver);
        change.commit(driver);
        sent
    }
}
