//! What solo does to strips, and many strips changed at once.

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::fade::{FadeEnd, FadeState};
use crate::desk::faders::{Faders, Over, Which};
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode, Kind};
use crate::desk::routing::{Endpoint, GROUPS, OUTPUT};
use crate::desk::scene::BusConfig;
use crate::desk::strip::{Strip, StripGuard};
use crate::error::Result;

/// A strip at its place, and what is to change there, but for what solo makes of it.
pub(crate) type Target<'a, N> = (Endpoint, &'a Strip<Connection<N>>, Option<&'a BusConfig>);

/// Strips that are locked, each with what is to change.
pub(crate) struct Change<'a, N: DeskNode>(Vec<Changing<'a, N>>);

struct Changing<'a, N: DeskNode> {
    place: Endpoint,
    strip: &'a Strip<Connection<N>>,
    state: StripGuard<'a, Connection<N>>,
    /// As they are to be.
    faders: Faders,
    /// Whether volume and pan are set, or fade.
    sets: [bool; 2],
}

impl<N: DeskNode> Changing<'_, N> {
    fn waits(&self) -> bool {
        let mut all = Which::ALL.into_iter();
        all.any(|which| which.waits(&self.state.faders))
    }

    fn sets(&self, which: Which) -> bool {
        self.sets[usize::from(which == Which::Pan)]
    }

    /// What waits continues after the change, but for what starts at the same frame as a value that
    /// is set.
    fn automate<T>(&self, driver: &Driver<N::Backend, T>, now: i64) -> Result<()> {
        for which in Which::ALL {
            let (target, lane) = (self.state.target(which), self.state.lanes.get(which));
            let (Some((target, was)), Some(lane)) = (target, lane) else {
                continue;
            };
            let silenced = which == Which::Volume && self.state.is_silenced(&self.faders);
            if silenced == was && !self.sets(which) {
                continue;
            }
            let rest = if silenced {
                Vec::new()
            } else if self.sets(which) {
                lane.from(now + 1).collect()
            } else {
                lane.rest(now)
            };
            driver.automate(target, which, now, &rest)?;
        }
        Ok(())
    }
}

impl<'a, N: DeskNode> Change<'a, N> {
    /// Strips in ascending order: no holder of a single strip's lock waits for another strip's.
    /// Those that do not change need not stay locked. `silences`: whether solo silences a strip at
    /// this place that is solo-safe or not. `over`: how volumes and pans get to where they lead.
    pub(crate) fn new(
        strips: impl Iterator<Item = Target<'a, N>>,
        silences: impl Fn(Endpoint, bool) -> bool,
        over: Option<Over>,
    ) -> Self {
        let mut locked = Vec::with_capacity(strips.size_hint().1.unwrap_or(0));
        for (place, strip, config) in strips {
            let state = strip.lock();
            let solo_safe = config.and_then(|config| config.solo_safe);
            let silenced_by_solo = silences(place, solo_safe.unwrap_or(state.faders.solo_safe));
            if config.is_some() || silenced_by_solo != state.faders.silenced_by_solo {
                let mut faders = state.faders;
                if let Some(config) = config {
                    config.write(&mut faders, over);
                }
                faders.silenced_by_solo = silenced_by_solo;
                let sets = [
                    config.is_some_and(|config| config.volume.is_some()),
                    config.is_some_and(|config| config.pan.is_some()),
                ];
                locked.push(Changing {
                    sets,
                    place,
                    strip,
                    state,
                    faders,
                });
            }
        }
        Self(locked)
    }

    /// Sends what changes to the engine in one batch, at its time `now`.
    pub(crate) fn send<T>(&self, driver: &Driver<N::Backend, T>, now: i64) -> Result<()> {
        let mut waiting = self.0.iter().filter(|it| it.waits());
        let Some(first) = waiting.next() else {
            return self.apply(driver);
        };
        driver.backend.batch(|| {
            self.apply(driver)?;
            for it in [first].into_iter().chain(waiting) {
                it.automate(driver, now)?;
            }
            Ok(())
        })
    }

    fn apply<T>(&self, driver: &Driver<N::Backend, T>) -> Result<()> {
        let sent = self.0.iter().flat_map(|it| {
            let (old, new) = (it.state.sent(&it.state.faders), it.state.sent(&it.faders));
            old.zip(new)
                .map(|((connection, old), (_, new))| (connection, old, new))
        });
        driver.apply_many(sent)
    }

    /// After the engine has taken it. `pending`: what a strip's fade, which has begun, waits with
    /// for its end.
    pub(crate) fn commit<T>(
        mut self,
        driver: &Driver<N::Backend, T>,
        now: i64,
        pending: impl Fn(Endpoint, Which, FadeState) -> Option<T>,
    ) {
        for it in &mut self.0 {
            let old = std::mem::replace(&mut it.state.faders, it.faders);
            for which in Which::ALL {
                let fade = which.of(&it.faders);
                if let Some(fade) = fade.filter(|fade| which.of(&old) != Some(*fade)) {
                    if let Some(pending) = pending(it.place, which, fade) {
                        driver.start_fade(fade, pending);
                    }
                }
                if it.sets(which) && which.waits(&old) {
                    let replaced = it.state.change_lane(which, |lane| lane.take_at(now));
                    let ended = replaced.and_then(|it| it.ended);
                    driver.cut_unheard(ended, FadeEnd::Replaced);
                }
            }
            it.strip.changed(&it.state, &old, driver);
        }
    }
}

impl<N: DeskNode> Graph<N> {
    /// Whether solo silences a strip.
    pub(crate) fn solo_silences(&self, strip: Endpoint, solo_safe: bool) -> bool {
        let is_bus = strip.bus != OUTPUT && strip.node != GROUPS;
        !solo_safe && is_bus && self.solo.silences(&self.routing, strip)
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
            .filter_map(|place| Some((*place, graph.strip(*place)?, None)));
        let silences = |place, solo_safe| graph.solo_silences(place, solo_safe);
        let change: Change<'_, N> = Change::new(strips, silences, None);
        let now = driver.now();
        let sent = change.send(driver, now);
        change.commit(driver, now, |_, _, _| None);
        sent
    }
}
