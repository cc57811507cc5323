//! Edits of the routing map, and the strips that follow it: which source controls a mixer bus is
//! the nearest one upstream, through effects. The bus's strip keeps it, so that a per-bus call need
//! not search.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::desk::driver::Driver;
use crate::desk::foreign::{unless_pending, MadeBy};
use crate::desk::graph::{Graph, Live};
use crate::desk::node::{DeskNode, Kind};
use crate::desk::routing::Endpoint;
use crate::desk::strip::Feed;
use crate::error::Result;

/// After the engine has changed its own graph. Each edit gives the connections that it has made
/// their strips' values, of which the engine knows nothing.
impl<N: DeskNode> Graph<N> {
    /// The source's bus feeds this input bus alone.
    pub(crate) fn connect<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        from: Endpoint,
        to: Endpoint,
        live: Live<N>,
    ) -> Result<()> {
        let left = self.routing.destinations(from).to_vec();
        self.end_links_from(from);
        self.join_link(from, to, live);
        let left = left.into_iter().filter(|bus| *bus != to);
        let applied = self.reapply_output(driver, from.node);
        applied.and(self.reconnected(driver, left.chain([to])))
    }

    /// The source's bus feeds this input bus, too. `renewed`: those of its destinations whose
    /// connections the engine has remade.
    pub(crate) fn join<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        from: Endpoint,
        to: Endpoint,
        live: Live<N>,
        renewed: Vec<Endpoint>,
    ) -> Result<()> {
        let is_mirror = live.destination.is_hidden;
        self.join_link(from, to, live);
        if is_mirror && renewed.is_empty() {
            let applied = self.restore_output(driver, from.node);
            return applied.and(self.retry_from(driver, to));
        }
        let applied = self.reapply_output(driver, from.node);
        applied.and(self.reconnected(driver, [to].into_iter().chain(renewed)))
    }

    /// The source's bus feeds exactly these input buses. All of their connections are new.
    pub(crate) fn feed<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        from: Endpoint,
        source: &Arc<N>,
        destinations: &[(Arc<N>, u32)],
    ) -> Result<()> {
        // Each once, whether it was fed before or not.
        let mut inputs = self.routing.destinations(from).to_vec();
        self.end_links_from(from);
        for (node, bus) in destinations {
            let to = Endpoint {
                node: node.slot()?,
                bus: *bus,
            };
            self.join_link(from, to, Live::new(source, node));
            inputs.push(to);
        }
        inputs.sort_unstable();
        inputs.dedup();
        let applied = self.reapply_output(driver, from.node);
        applied.and(self.reconnected(driver, inputs))
    }

    /// Nothing feeds this input bus any more.
    pub(crate) fn disconnect_input<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        input: Endpoint,
    ) -> Result<()> {
        self.end_link(input);
        self.reconnected(driver, [input])
    }

    /// This output bus feeds nothing any more.
    pub(crate) fn disconnect_output<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        output: Endpoint,
    ) -> Result<()> {
        let fed = self.routing.destinations(output).to_vec();
        self.end_links_from(output);
        self.reconnected(driver, fed)
    }

    /// The node has left the engine: its strips keep their values, and its fades stop where they
    /// have got to. What it fed is retargeted later, by [`reconnected`](Self::reconnected).
    pub(crate) fn detach<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        node: &N,
        slot: u32,
    ) -> Result<()> {
        self.remove(slot);
        node.strips.set_solo_silences_new(false);
        for (_, strip) in node.strips.iter() {
            strip.stop_fades(driver);
            strip.retarget(driver, Endpoint::NOWHERE, Feed::None, false, MadeBy::Desk)?;
        }
        self.detach_output(driver, node, slot)
    }

    /// After what feeds `changed` has changed: finds the sources of all mixer buses that this
    /// affects, and gives the connections their strips' values, which the engine has dropped.
    fn retarget<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        changed: Endpoint,
        made_by: MadeBy,
    ) -> Result<()> {
        if self.is_beside_strips(changed) {
            return Ok(());
        }
        let mut applied = Ok(());
        if driver.has_moved() {
            applied = self.renew_upstream(driver, changed);
            if made_by == MadeBy::Others {
                applied = unless_pending(applied);
            }
        }
        let mut open = vec![changed];
        while let Some(input) = open.pop() {
            #[cfg(test)]
            {
                self.steps += 1;
            }
            match self.node(input.node).map(|node| node.kind) {
                Some(Kind::Mixer) if self.is_beside_strips(input) => {}
                Some(Kind::Mixer) => {
                    applied = applied.and(self.retarget_strip(driver, input, made_by));
                }
                Some(kind) if kind.is_effect() => {
                    let source = self.mixing_source(input).cloned();
                    let some = source.is_some();
                    let before = self.upstream.set(input.node, source);
                    // Without a source before and after, nothing changes further on: a chain that
                    // is built from its end costs a step a link.
                    if some || before.is_some() {
                        open.extend(self.routing.fed_by(input.node));
                    }
                }
                _ => {}
            }
        }
        applied
    }

    /// A mixer feeds this input from now on: gives its strips' values again, and those of all mixers
    /// before it. The engine may have rendered nothing of them so far, so that its fades stood still.
    fn renew_upstream<T>(&self, driver: &Driver<N::Backend, T>, input: Endpoint) -> Result<()> {
        let mut applied = Ok(());
        let mut open = vec![input];
        let mut done = BTreeSet::new();
        while let Some(input) = open.pop() {
            let link = self.routing.link(input);
            let Some(source) = link.map(|link| link.source.node) else {
                continue;
            };
            let node = self.node(source);
            let node = node.filter(|node| node.kind == Kind::Mixer || node.kind.is_effect());
            let Some(node) = node.filter(|_| done.insert(source)) else {
                continue;
            };
            applied = applied.and(self.reapply_output(driver, source));
            for (_, strip) in node.strips.iter() {
                applied = applied.and(strip.renew(driver));
            }
            let inputs = 0..self.routing.input_count(source);
            open.extend(inputs.map(|bus| Endpoint { node: source, bus }));
        }
        applied
    }

    fn retarget_strip<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        bus: Endpoint,
        made_by: MadeBy,
    ) -> Result<()> {
        let Some(mixer) = self.node(bus.node) else {
            return Ok(());
        };
        let feed = match self.mixing_source(bus) {
            Some(source) => Feed::Source(self.target(source, mixer, bus)),
            None if self.routing.link(bus).is_some() => Feed::Effect,
            None => Feed::None,
        };
        let strip = match feed {
            Feed::None => mixer.strips.get(bus.bus),
            _ => Some(mixer.strips.get_or_create(bus.bus)),
        };
        let Some(strip) = strip else {
            return Ok(());
        };
        // The mixer's own rule for new strips lags behind until solo has been sent.
        let silenced = self.solo.silences(&self.routing, bus) && !strip.faders().solo_safe;
        strip.retarget(driver, bus, feed, silenced, made_by)
    }

    /// After what feeds these input buses has changed: their strips' values, and whatever solo makes
    /// of it elsewhere. The first failure is returned when all is done.
    pub(crate) fn reconnected<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        changed: impl IntoIterator<Item = Endpoint>,
    ) -> Result<()> {
        self.reconnected_by(driver, changed, MadeBy::Desk)
    }

    pub(crate) fn reconnected_by<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        changed: impl IntoIterator<Item = Endpoint>,
        made_by: MadeBy,
    ) -> Result<()> {
        let mut applied = Ok(());
        for input in changed {
            applied = applied.and(self.retarget(driver, input, made_by));
            applied = applied.and(self.retry_from(driver, input));
            applied = applied.and(self.check_sends(driver, input));
        }
        applied.and(self.send_solo(driver))
    }
}
