//! Solo over the whole engine: which strips are on a soloed signal's way. A strip counts as soloed
//! if it is itself, or one of its groups. Pure Rust, no ffi.
//!
//! Nothing is searched for. Each node counts what makes it part of a way, and a change follows the
//! connections only as far as counts become positive or 0. There are no circles, so that no count
//! keeps itself up.

use std::collections::BTreeSet;

use crate::desk::routing::{Endpoint, Routing};

/// What makes a node part of the way of a soloed signal.
#[derive(Debug, Default)]
struct Place {
    /// One input that it passes on: what feeds it counts as the source of what it feeds.
    is_effect: bool,
    /// The connections onward that lead into a soloed strip.
    leading: u32,
    /// The connections in that carry what a soloed strip's source sends.
    carried: u32,
    /// By output bus: the connections to soloed strips, directly or through effects.
    sources: Vec<u32>,
    /// The sum of `sources`.
    source: u32,
}

/// A count that changes by 1.
#[derive(Clone, Copy, Debug)]
enum Step {
    Source(Endpoint),
    Leading(u32),
    Carried(u32),
}

/// The strips whose audibility may have changed.
#[derive(Debug, Default)]
pub(crate) struct Affected {
    /// All strips there are.
    pub(crate) all: bool,
    /// All strips of these nodes.
    pub(crate) nodes: Vec<u32>,
    pub(crate) buses: Vec<Endpoint>,
}

/// The soloed strips of the attached mixers, and where their signals go.
#[derive(Debug, Default)]
pub(crate) struct Solo {
    soloed: BTreeSet<Endpoint>,
    /// By slot. All counts are 0 while nothing is soloed.
    places: Vec<Place>,
    affected: Affected,
    /// How many connections were followed.
    #[cfg(test)]
    pub(crate) followed: usize,
}

impl Solo {
    /// Whether any strip is soloed.
    #[inline]
    pub(crate) fn is_active(&self) -> bool {
        !self.soloed.is_empty()
    }

    pub(crate) fn soloed(&self) -> impl Iterator<Item = Endpoint> + '_ {
        self.soloed.iter().copied()
    }

    #[inline]
    pub(crate) fn is_soloed(&self, strip: Endpoint) -> bool {
        self.soloed.contains(&strip)
    }

    /// The soloed strips of one mixer.
    pub(crate) fn soloed_of(&self, node: u32) -> Vec<Endpoint> {
        let all = Endpoint { node, bus: 0 }..=Endpoint {
            node,
            bus: u32::MAX,
        };
        self.soloed.range(all).copied().collect()
    }

    /// Whether solo silences a mixer's strips of which nothing else is known: new ones.
    pub(crate) fn silences_new(&self, node: u32) -> bool {
        self.is_active() && self.place(node).is_none_or(|place| place.leading == 0)
    }

    /// Whether solo silences a strip that is not solo-safe.
    pub(crate) fn silences<T>(&self, routing: &Routing<T>, strip: Endpoint) -> bool {
        self.silences_new(strip.node)
            && !self.soloed.contains(&strip)
            && routing
                .link(strip)
                .is_none_or(|link| self.carries(link.source) == 0)
    }

    /// What has changed since the last call.
    pub(crate) fn take_affected(&mut self) -> Affected {
        std::mem::take(&mut self.affected)
    }

    /// A node has been attached.
    pub(crate) fn add(&mut self, node: u32, is_effect: bool) {
        *self.place_mut(node) = Place {
            is_effect,
            ..Place::default()
        };
        if self.is_active() {
            self.affected.nodes.push(node);
        }
    }

    /// Solos a strip, or ends its solo.
    pub(crate) fn set<T>(&mut self, routing: &Routing<T>, strip: Endpoint, soloed: bool) {
        let was_active = self.is_active();
        let changed = if soloed {
            self.soloed.insert(strip)
        } else {
            self.soloed.remove(&strip)
        };
        if !changed {
            return;
        }
        self.affected.all |= self.is_active() != was_active;
        self.affected.buses.push(strip);
        if let Some(link) = routing.link(strip) {
            let steps = vec![Step::Source(link.source), Step::Leading(link.source.node)];
            self.follow(routing, steps, soloed);
        }
    }

    /// An input bus has been connected, as the routing map says already.
    pub(crate) fn connected<T>(&mut self, routing: &Routing<T>, to: Endpoint) {
        let Some(link) = routing.link(to).filter(|_| self.is_active()) else {
            return;
        };
        self.affected.buses.push(to);
        let mut steps = vec![Step::Carried(to.node); self.carries(link.source)];
        steps.extend(self.upward(link.source, to));
        self.follow(routing, steps, true);
    }

    /// An input bus is about to be disconnected, of which the routing map does not know yet.
    pub(crate) fn disconnecting<T>(&mut self, routing: &Routing<T>, to: Endpoint) {
        let Some(link) = routing.link(to).filter(|_| self.is_active()) else {
            return;
        };
        self.affected.buses.push(to);
        self.follow(routing, self.upward(link.source, to), false);
        let steps = vec![Step::Carried(to.node); self.carries(link.source)];
        self.follow(routing, steps, false);
    }

    /// A node that is connected to nothing, and of which nothing is soloed, is about to go.
    pub(crate) fn remove(&mut self, node: u32) {
        if let Some(place) = self.places.get_mut(node as usize) {
            debug_assert_eq!((place.leading, place.carried, place.source), (0, 0, 0));
            *place = Place::default();
        }
    }

    fn place(&self, node: u32) -> Option<&Place> {
        self.places.get(node as usize)
    }

    fn place_mut(&mut self, node: u32) -> &mut Place {
        let node = node as usize;
        if node >= self.places.len() {
            self.places.resize_with(node + 1, Place::default);
        }
        &mut self.places[node]
    }

    /// For how many reasons an output bus carries what a soloed strip's source sends.
    fn carries(&self, from: Endpoint) -> usize {
        self.place(from.node).map_or(0, |place| {
            let sources = place.sources.get(from.bus as usize);
            usize::from(sources.is_some_and(|sources| *sources > 0))
                + usize::from(place.carried > 0)
        })
    }

    /// What a connection means for its source.
    fn upward(&self, from: Endpoint, to: Endpoint) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.soloed.contains(&to) {
            steps.extend([Step::Source(from), Step::Leading(from.node)]);
        }
        if let Some(place) = self.place(to.node) {
            if place.leading > 0 {
                steps.push(Step::Leading(from.node));
            }
            if place.is_effect && place.source > 0 {
                steps.push(Step::Source(from));
            }
        }
        steps
    }

    /// Changes counts, and those that follow from them.
    fn follow<T>(&mut self, routing: &Routing<T>, mut open: Vec<Step>, raise: bool) {
        // Whether the count has become positive, or 0.
        let turns = |count: &mut u32| {
            let before = *count;
            *count = if raise { before + 1 } else { before - 1 };
            before.min(*count) == 0
        };
        while let Some(step) = open.pop() {
            #[cfg(test)]
            {
                self.followed += 1;
            }
            match step {
                Step::Source(from) => {
                    let place = self.place_mut(from.node);
                    let bus = from.bus as usize;
                    if bus >= place.sources.len() {
                        place.sources.resize(bus + 1, 0);
                    }
                    let bus_turns = turns(&mut place.sources[bus]);
                    let node_turns = turns(&mut place.source) && place.is_effect;
                    if bus_turns {
                        let fed = routing.destinations(from);
                        open.extend(fed.iter().map(|to| Step::Carried(to.node)));
                        self.affected.buses.extend(fed);
                    }
                    if node_turns {
                        open.extend(routing.feeding(from.node).map(Step::Source));
                    }
                }
                Step::Leading(node) => {
                    if turns(&mut self.place_mut(node).leading) {
                        let feeding = routing.feeding(node);
                        open.extend(feeding.map(|from| Step::Leading(from.node)));
                        self.affected.nodes.push(node);
                    }
                }
                Step::Carried(node) => {
                    if turns(&mut self.place_mut(node).carried) {
                        open.extend(routing.fed_by(node).map(|to| Step::Carried(to.node)));
                        self.affected.buses.extend(routing.fed_by(node));
                    }
                }
            }
        }
    }
}
