//! What follows when strips are tied to others, or no longer.

use std::collections::BTreeSet;

use crate::desk::driver::Driver;
use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::strip::Ties;
use crate::desk::tied::StripId;
use crate::error::Result;

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
        for strip in self.sends.following(strips) {
            let Some((mixer, bus)) = self.tied.get(strip) else {
                continue;
            };
            #[cfg(test)]
            {
                self.steps += 1;
            }
            let ties = self.ties_of(strip);
            tied = tied.and(mixer.strips.get_or_create(bus).tie(driver, ties));
        }
        tied
    }

    /// The masters of a strip: those of its groups, its own fader while sends share it, and if it
    /// is a post-fader send, what the dry strip has; each once.
    fn ties_of(&self, strip: StripId) -> Ties<Connection<N>> {
        let mut ties = Ties {
            fader: self.sends.fader(strip).cloned(),
            ..Ties::default()
        };
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
