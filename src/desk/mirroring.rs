//! What strips send to the [mirrors](crate::desk::mirrors) of their buses.

use std::sync::Arc;

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::faders::Which;
use crate::desk::graph::Graph;
use crate::desk::mirrors::Mirrored;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::Endpoint;
use crate::desk::strip::{Feed, Strip};
use crate::error::Result;

impl<N: DeskNode> Graph<N> {
    /// What the strip of a bus sets: the source's connection, with the one of the bus's mirror if
    /// that has the same source.
    pub(crate) fn target(&self, source: &Arc<N>, mixer: &N, bus: Endpoint) -> Connection<N> {
        match self.mirrors.of(mixer, bus.bus) {
            Some(mirror) if self.follows(mirror, bus) => {
                N::mirrored(source, mixer, bus.bus, &mirror.own)
            }
            _ => N::connection(source, mixer, bus.bus),
        }
    }

    fn follows(&self, mirror: &Mirrored<N>, bus: Endpoint) -> bool {
        let own = self.link(&mirror.own, 0).ok().flatten();
        own.map(|link| link.source) == self.routing.link(bus).map(|link| link.source)
    }

    /// Whether what feeds a bus has no strip there: it leads to a mirror, or comes from one.
    pub(crate) fn is_beside_strips(&self, input: Endpoint) -> bool {
        !self.mirrors.all.is_empty()
            && self.routing.link(input).is_some_and(|link| {
                link.payload.source.is_hidden != link.payload.destination.is_hidden
            })
    }

    /// The bus's strip sets a mirror, too, which has been given the same source.
    pub(crate) fn start_mirror<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        mirror: &Mirrored<N>,
    ) -> Result<()> {
        let (bus, strip) = (mirror.bus, mirror.mixer.strips.get_or_create(mirror.bus));
        let place = Endpoint {
            node: mirror.mixer.slot()?,
            bus,
        };
        let Some(source) = self.mixing_source(place) else {
            return Ok(());
        };
        let own = N::mirror(source, &mirror.mixer, &mirror.own);
        strip.start_mirror(driver, &own, self.target(source, &mirror.mixer, place))
    }

    /// The bus's strip sets its own connection alone from now on.
    #[cfg_attr(not(feature = "files"), allow(dead_code))]
    pub(crate) fn end_mirror(&mut self, mirror: &Arc<Mirrored<N>>) {
        self.mirrors.all.retain(|it| !Arc::ptr_eq(it, mirror));
        let Ok(node) = mirror.mixer.slot() else {
            return;
        };
        let bus = mirror.bus;
        if let (Some(source), Some(strip)) = (
            self.mixing_source(Endpoint { node, bus }),
            mirror.mixer.strips.get(bus),
        ) {
            strip.lock().feed = Feed::Source(N::connection(source, &mirror.mixer, bus));
        }
    }
}

impl<C> Strip<C> {
    /// Gives a further connection what this strip's has, which stays undisturbed; `both` of them
    /// get all that follows.
    fn start_mirror<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        mirror: &C,
        both: C,
    ) -> Result<()> {
        let mut state = self.lock();
        if let Some(ties) = &state.ties {
            driver.backend.set_masters(mirror, &ties.masters)?;
        }
        let shared = state.fader().is_some();
        let sent = if shared {
            state.faders.sent_apart().0
        } else {
            state.faders.sent()
        };
        driver.apply(mirror, None, sent)?;
        for which in Which::ALL {
            let silenced = which == Which::Volume && (shared || sent.silenced);
            if let (Some(lane), false) = (state.lanes.get(which), silenced) {
                driver.automate_rest(mirror, which, lane)?;
            }
        }
        state.feed = Feed::Source(both);
        Ok(())
    }
}
