//! The strips that others are tied to, wherever they are, and what follows when ties change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use crate::desk::driver::Driver;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::Endpoint;
use crate::desk::strips::WeakStrip;
use crate::desk::ties::Ties;
use crate::error::{Error, Result};

/// A mixer and one of its buses.
pub(crate) type Mixer<N> = (Arc<N>, u32);

/// A strip for good, whether its mixer is attached or not: the mixer's number, and the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StripId {
    mixer: u32,
    bus: u32,
}

impl StripId {
    /// `None` for a mixer that was never attached.
    pub(crate) fn of<N: DeskNode>(mixer: &N, bus: u32) -> Option<Self> {
        mixer.number().map(|mixer| Self { mixer, bus })
    }

    pub(crate) fn bus(self) -> u32 {
        self.bus
    }
}

/// The mixers with such strips. It does not keep them.
#[derive(Debug)]
pub(crate) struct Tied<N> {
    mixers: BTreeMap<u32, Weak<N>>,
}

// Not derived: that would require a default node.
impl<N> Default for Tied<N> {
    fn default() -> Self {
        Self {
            mixers: BTreeMap::new(),
        }
    }
}

impl<N: DeskNode> Tied<N> {
    pub(crate) fn register(&mut self, (mixer, bus): &Mixer<N>) -> Result<StripId> {
        let strip = StripId::of(&**mixer, *bus);
        let strip = strip.ok_or_else(|| {
            Error::NotAttached("the mixer was never attached to an engine".to_owned())
        })?;
        mixer.strips.get_or_create(*bus);
        if !self.mixers.contains_key(&strip.mixer) {
            if self.mixers.len().is_power_of_two() {
                self.mixers.retain(|_, mixer| mixer.strong_count() > 0);
            }
            self.mixers.insert(strip.mixer, Arc::downgrade(mixer));
        }
        Ok(strip)
    }

    pub(crate) fn get(&self, strip: StripId) -> Option<Mixer<N>> {
        let mixer = self.mixers.get(&strip.mixer)?.upgrade()?;
        Some((mixer, strip.bus))
    }

    /// Where the strip is, while its mixer is attached.
    fn place(&self, strip: StripId) -> Option<Endpoint> {
        let (mixer, bus) = self.get(strip)?;
        let node = mixer.slot().ok()?;
        Some(Endpoint { node, bus })
    }
}

impl<N: DeskNode> Graph<N> {
    /// Whether a strip counts as soloed: it is, or one of its groups.
    pub(crate) fn is_soloed(&self, mixer: &N, bus: u32) -> bool {
        let strip = mixer.strips.get(bus);
        strip.is_some_and(|it| it.faders().soloed) || self.is_soloed_by_group(mixer, bus)
    }

    pub(crate) fn is_soloed_by_group(&self, mixer: &N, bus: u32) -> bool {
        let strip = StripId::of(mixer, bus);
        self.groups.count() > 0 && strip.is_some_and(|it| self.groups.solos(it))
    }

    /// Brings the solos of these strips up to date.
    pub(crate) fn refresh_solo(&mut self, strips: &BTreeSet<StripId>) {
        for strip in strips {
            let (Some((mixer, bus)), Some(place)) =
                (self.tied.get(*strip), self.tied.place(*strip))
            else {
                continue;
            };
            let soloed = self.is_soloed(&mixer, bus);
            self.solo.set(&self.routing, place, soloed);
        }
    }

    /// Gives these strips, and the sends that follow them, the masters that they have now.
    pub(crate) fn retie<T>(
        &mut self,
        driver: &Driver<N::Backend, T>,
        strips: &BTreeSet<StripId>,
    ) -> Result<()> {
        let mut tied = Ok(());
        let mut fading = BTreeSet::new();
        for strip in self.sends.following(strips) {
            let Some((mixer, bus)) = self.tied.get(strip) else {
                continue;
            };
            #[cfg(test)]
            {
                self.steps += 1;
            }
            let ties = self.ties_of(strip);
            for over in ties.over.iter().filter_map(WeakStrip::upgrade) {
                let state = over.lock();
                let fade = state.faders.volume_fade();
                if fade.is_some_and(|fade| fading.insert(fade.number())) {
                    state.catch_up(driver);
                }
            }
            tied = tied.and(mixer.strips.get_or_create(bus).tie(driver, ties));
        }
        tied
    }

    /// The masters of a strip: those of its groups, its own fader while sends share it, and if it
    /// is a post-fader send, what the dry strip has; each once.
    fn ties_of(&self, strip: StripId) -> Ties<Connection<N>> {
        let mut ties = Ties::default();
        ties.fader = self.sends.fader(strip).cloned();
        let mut groups = BTreeSet::new();
        let mut next = Some(strip);
        while let Some(one) = next {
            groups.extend(self.groups.over(one));
            if let Some(fader) = self.sends.fader(one) {
                ties.masters.push(fader.clone());
                let shared = self.tied.get(one).filter(|_| one != strip);
                let shared = shared.and_then(|(mixer, bus)| mixer.strips.get_ref(bus));
                ties.over.extend(shared.map(|it| it.downgrade()));
            }
            next = self.sends.followed(one);
        }
        for number in groups {
            if let Some((master, fader)) = self.groups.master(number) {
                ties.masters.push(master.clone());
                ties.over.push(fader.downgrade());
            }
        }
        ties
    }
}
