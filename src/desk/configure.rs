//! Many strips at once, and solo, which concerns the whole engine.

use std::sync::Arc;

use crate::desk::audibility::{Change, Target};
use crate::desk::faders::Over;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::pending::Pending;
use crate::desk::routing::Endpoint;
use crate::desk::scene::BusConfig;
use crate::desk::strip::Strip;
use crate::desk::Desk;
use crate::error::Result;

/// A strip of some bus, and what is to change there.
pub(crate) type Wanted<'a, N> = (Endpoint, &'a Strip<Connection<N>>, &'a BusConfig);

impl<N: DeskNode> Desk<N> {
    /// Ends all solos, of groups too.
    pub(crate) fn clear_solo(&self) -> Result<()> {
        let mut graph = self.edit()?;
        let groups = graph.groups.soloed();
        let set_groups = |soloed| {
            for fader in &groups {
                fader.lock().faders.soloed = soloed;
            }
        };
        set_groups(false);
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
        let now = self.now();
        self.change_solo(&mut graph, &wanted, None, now)
            .inspect_err(|_| set_groups(true))
    }

    /// Changes strips, given in ascending order, and whatever their solos change elsewhere: passed
    /// to the engine in one batch, and all taken back when it refuses.
    pub(crate) fn change_solo(
        &self,
        graph: &mut Graph<N>,
        wanted: &[Wanted<'_, N>],
        over: Option<Over>,
        now: i64,
    ) -> Result<()> {
        let mut turned = Vec::new();
        for (place, _, config) in wanted {
            let Some(own) = config.soloed else {
                continue;
            };
            let was = graph.solo.is_soloed(*place);
            let mixer = graph.node(place.node);
            let by_group = mixer.is_some_and(|it| graph.is_soloed_by_group(it, place.bus));
            if (own || by_group) != was {
                graph.solo.set(&graph.routing, *place, !was);
                turned.push((*place, was));
            }
        }
        let affected = graph.affected_strips();
        let changed = self.change_affected(graph, wanted, &affected, over, now);
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

    pub(crate) fn change_affected(
        &self,
        graph: &Graph<N>,
        wanted: &[Wanted<'_, N>],
        affected: &[Endpoint],
        over: Option<Over>,
        now: i64,
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
        self.change(graph, all.into_iter(), over, now)
    }

    /// Changes strips, given in ascending order.
    pub(crate) fn change<'a>(
        &self,
        graph: &'a Graph<N>,
        strips: impl ExactSizeIterator<Item = Target<'a, N>>,
        over: Option<Over>,
        now: i64,
    ) -> Result<()> {
        self.graph.visit(strips.len());
        let silences = |place, solo_safe| graph.solo_silences(place, solo_safe);
        let change: Change<'_, N> = Change::new(strips, silences, over);
        change.send(&self.driver, now)?;
        change.commit(&self.driver, now, |place, which, fade| {
            Some(Pending {
                strip: graph.strip_ref(place)?,
                which,
                fade,
                ended: Box::new(|_| {}),
            })
        });
        Ok(())
    }
}
