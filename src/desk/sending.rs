//! Sends as the desk's callers change them, and as edits of the graph end them.

use std::collections::BTreeSet;

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::graph::Graph;
use crate::desk::node::DeskNode;
use crate::desk::routing::Endpoint;
use crate::desk::sends::{Output, Send, SendTap};
use crate::desk::tied::{Mixer, StripId};
use crate::desk::Desk;
use crate::error::{Error, Result};

impl<N: DeskNode> Graph<N> {
    /// What feeds a strip's bus.
    fn output_into(&self, strip: StripId) -> Option<Output> {
        let (mixer, bus) = self.tied.get(strip)?;
        let link = self.link(&mixer, bus).ok()??;
        Some((link.payload.source.number()?, link.source.bus))
    }

    /// Makes a strip a send of another one, changes its tap, or makes it an ordinary strip; `None`
    /// before and after is no change. All of it is heard from one block on if a batch is open.
    pub(crate) fn set_send<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        strip: StripId,
        send: Option<Send>,
    ) -> Result<()> {
        let before = self.sends.take(strip);
        if let Some(send) = send {
            self.sends.insert(strip, send);
        }
        let dry = [before, send].into_iter().flatten().map(|it| it.dry);
        let touched: BTreeSet<_> = dry.chain([strip]).collect();
        let tied = self.share_faders(driver, &touched);
        if tied.is_err() {
            self.sends.take(strip);
            if let Some(before) = before {
                self.sends.insert(strip, before);
            }
            // As far as the engine agrees.
            let _ = self.share_faders(driver, &touched);
        }
        tied
    }

    /// Those of these strips that have post-fader sends share their faders, the others do not.
    fn share_faders<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        strips: &BTreeSet<StripId>,
    ) -> Result<()> {
        for strip in strips {
            match (self.sends.is_shared(*strip), self.sends.fader(*strip)) {
                (true, None) => {
                    let master = driver.backend.create_master()?;
                    self.sends.faders.insert(*strip, master);
                }
                (false, Some(_)) => {
                    self.sends.faders.remove(strip);
                }
                _ => {}
            }
        }
        self.retie(driver, strips)
    }

    /// After what feeds an input bus has changed: a send goes on while what feeds it and its dry
    /// strip, or one of the two, is the same output bus.
    pub(crate) fn check_sends<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        changed: Endpoint,
    ) -> Result<()> {
        if self.sends.all.is_empty() {
            return Ok(());
        }
        let strip = self.node(changed.node);
        let Some(strip) = strip.and_then(|mixer| StripId::of(&**mixer, changed.bus)) else {
            return Ok(());
        };
        let mut ended = Ok(());
        for place in self.sends.around(strip) {
            let Some(send) = self.sends.all.get(&place).copied() else {
                continue;
            };
            let source = match (self.output_into(send.dry), self.output_into(place)) {
                (Some(dry), Some(wet)) => (dry == wet).then_some(dry),
                (Some(one), None) | (None, Some(one)) => (one == send.source).then_some(one),
                (None, None) => Some(send.source),
            };
            match source {
                Some(source) => self.sends.insert(place, Send { source, ..send }),
                None => ended = ended.and(self.set_send(driver, place, None)),
            }
        }
        ended
    }
}

impl<N: DeskNode> Desk<N> {
    /// Makes the strip of a connected bus a send of another's, with the graph locked for an edit:
    /// both are fed by the same output bus.
    pub(crate) fn join_send(
        &self,
        graph: &mut Graph<N>,
        dry: &Mixer<N>,
        wet: &Mixer<N>,
        tap: SendTap,
    ) -> Result<()> {
        let (dry, wet) = (graph.tied.register(dry)?, graph.tied.register(wet)?);
        let Some(source) = graph.output_into(dry) else {
            return Err(Error::NotConnected(
                "the bus has no source to send".to_owned(),
            ));
        };
        let send = Send { dry, tap, source };
        self.backend()
            .batch(|| graph.set_send(&self.driver, wet, Some(send)))
    }

    /// Refuses a send that would be its own, directly or through others.
    pub(crate) fn check_send(graph: &Graph<N>, dry: &Mixer<N>, wet: &Mixer<N>) -> Result<()> {
        let strips = |(mixer, bus): &Mixer<N>| StripId::of(&**mixer, *bus);
        let (Some(dry), Some(wet)) = (strips(dry), strips(wet)) else {
            return Ok(());
        };
        if dry == wet {
            return Err(Error::InvalidArgument(format!(
                "bus {} cannot be sent to itself",
                dry.bus()
            )));
        }
        let mut next = Some(dry);
        while let Some(strip) = next {
            if strip == wet {
                return Err(Error::Cycle(format!(
                    "bus {} cannot be sent to bus {}, of which it is a send",
                    dry.bus(),
                    wet.bus()
                )));
            }
            next = graph.sends.all.get(&strip).map(|it| it.dry);
        }
        Ok(())
    }

    pub(crate) fn set_send_tap(&self, mixer: &N, bus: u32, tap: SendTap) -> Result<()> {
        let mut graph = self.edit()?;
        let (strip, send) = sent(&graph, mixer, bus)?;
        if send.tap == tap {
            return Ok(());
        }
        let send = Some(Send { tap, ..send });
        self.backend()
            .batch(|| graph.set_send(&self.driver, strip, send))
    }

    /// Makes a send an ordinary strip, with the graph locked for an edit.
    pub(crate) fn end_send(&self, graph: &mut Graph<N>, mixer: &N, bus: u32) -> Result<()> {
        let (strip, _) = sent(graph, mixer, bus)?;
        self.backend()
            .batch(|| graph.set_send(&self.driver, strip, None))
    }

    /// The tap of a send, and the strip that it is a send of.
    pub(crate) fn send(&self, mixer: &N, bus: u32) -> Result<Option<(SendTap, Option<Mixer<N>>)>> {
        let graph = self.read()?;
        let strip = StripId::of(mixer, bus);
        let send = strip.and_then(|it| graph.sends.all.get(&it));
        Ok(send.map(|it| (it.tap, graph.tied.get(it.dry))))
    }

    /// The sends of a strip.
    pub(crate) fn sends_of(&self, mixer: &N, bus: u32) -> Result<Vec<Mixer<N>>> {
        let graph = self.read()?;
        let strip = StripId::of(mixer, bus);
        let sends = strip.and_then(|it| graph.sends.of.get(&it));
        let sends = sends.into_iter().flatten();
        Ok(sends.filter_map(|it| graph.tied.get(*it)).collect())
    }
}

fn sent<N: DeskNode>(graph: &Graph<N>, mixer: &N, bus: u32) -> Result<(StripId, Send)> {
    let strip = StripId::of(mixer, bus);
    let send = strip.and_then(|it| Some((it, *graph.sends.all.get(&it)?)));
    send.ok_or_else(|| Error::WrongKind(format!("bus {bus} is not a send")))
}
