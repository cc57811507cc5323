//! Fan-out: one source on several buses.

use perbus::MAX_BUSES;

use super::world::{expect, on, Handle, World};

impl World {
    /// Whether a source may feed all of these buses. The main mixer is left out.
    pub(crate) fn may_feed(&self, from: usize, to: &[(usize, u32)]) -> bool {
        self.items[from].attached
            && to.iter().all(|&(to, bus)| {
                self.items[to].attached && bus < MAX_BUSES && !self.feeds(to, from)
            })
    }

    pub(crate) fn link(&mut self, from: usize, to: usize, bus: u32) {
        self.links.insert((to, bus), from);
        let inputs = &mut self.items[to].inputs;
        *inputs = (bus + 1).max(*inputs);
    }

    pub(crate) fn connect_many(&mut self, from: usize, to: &[(usize, u32)]) {
        let mixers: Option<Vec<_>> = to
            .iter()
            .map(|(node, bus)| match &self.items[*node].handle {
                Handle::Mixer(mixer) => Some((mixer, *bus)),
                _ => None,
            })
            .collect();
        let Some(mixers) = mixers.filter(|_| from != 0) else {
            return;
        };
        let format = self.engine.format();
        let result = on!(&self.items[from].handle, from => {
            self.engine.connect_many(from, 0, &mixers, format)
        });
        let twice = (1..to.len()).any(|place| to[..place].contains(&to[place]));
        let possible = !to.is_empty() && !twice && self.may_feed(from, to);
        expect(result, possible);
        if possible {
            self.unlink_output(from);
            for (to, bus) in to {
                self.link(from, *to, *bus);
            }
        }
    }

    pub(crate) fn add_destination(&mut self, from: usize, to: usize, bus: u32) {
        let Handle::Mixer(mixer) = &self.items[to].handle else {
            return;
        };
        if from == 0 {
            return;
        }
        let result = on!(&self.items[from].handle, from => {
            self.engine.add_destination(from, mixer, 0, bus)
        });
        let mut all = self.fed_by(from);
        all.retain(|fed| *fed != (to, bus));
        all.push((to, bus));
        let possible = self.may_feed(from, &all);
        expect(result, possible);
        if possible {
            self.link(from, to, bus);
        }
    }

    pub(crate) fn remove_destination(&mut self, from: usize, to: usize, bus: u32) {
        let Handle::Mixer(mixer) = &self.items[to].handle else {
            return;
        };
        if from == 0 {
            return;
        }
        let result = on!(&self.items[from].handle, from => {
            self.engine.remove_destination(from, mixer, 0, bus)
        });
        let possible = self.links.get(&(to, bus)) == Some(&from);
        expect(result, possible);
        if possible {
            self.links.remove(&(to, bus));
        }
    }
}
