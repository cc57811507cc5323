//! Which source controls a mixer bus: the nearest one upstream, through effects. Kept in the bus's
//! strip, so that a per-bus call need not look for it.

use std::sync::Arc;

use crate::connection::Connection;
use crate::engine::EngineInner;
use crate::error::Result;
use crate::graph::Graph;
use crate::handle::{Kind, RawNode};
use crate::routing::Endpoint;
use crate::strip::Feed;

impl Kind {
    /// Whether the engine gives such a node a volume and pan per connection.
    pub(crate) fn mixes(self) -> bool {
        matches!(self, Self::Mixer | Self::Player | Self::Source)
    }
}

impl Graph {
    /// After what feeds `changed` has changed: finds the sources of all mixer buses that hear of it
    /// anew, and gives the connections their strips' values, which the engine has dropped.
    pub(crate) fn renew(&self, engine: &EngineInner, changed: Endpoint) -> Result<()> {
        let mut renewed = Ok(());
        for bus in self.mixer_buses_from(changed) {
            let Some(mixer) = self.node(bus.node) else {
                continue;
            };
            let feed = self.feed_of(mixer, bus);
            let strip = match feed {
                Feed::None => mixer.strips.get(bus.bus),
                _ => Some(mixer.strips.get_or_make(bus.bus)),
            };
            if let Some(strip) = strip {
                renewed = renewed.and(strip.follow(engine, bus, feed));
            }
        }
        renewed
    }

    fn feed_of(&self, mixer: &RawNode, bus: Endpoint) -> Feed {
        match self.mixing_source(bus) {
            Some(source) => Feed::Source(Connection::new(&source, mixer, bus.bus), source),
            None if self.routing.link(bus).is_some() => Feed::Effect,
            None => Feed::None,
        }
    }

    /// As [`renew`](Self::renew), for several; the first failure is told when all is done.
    pub(crate) fn renew_all(
        &self,
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

    fn mixing_source(&self, bus: Endpoint) -> Option<Arc<RawNode>> {
        let mut link = self.routing.link(bus)?;
        loop {
            let source = &link.payload.source;
            match source.kind {
                Kind::Effect => {}
                // A matrix has no faders: the mixer's own parameters take their place.
                Kind::Matrix => return Some(Arc::clone(source)),
                kind => return kind.mixes().then(|| Arc::clone(source)),
            }
            link = self.routing.link(Endpoint {
                node: link.source.node,
                bus: 0,
            })?;
        }
    }
}
