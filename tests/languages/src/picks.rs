//! What random steps pick: nodes, buses and values, most of them good.

use crate::script::{Desk, Script};
use crate::values::text;

impl Script {
    pub(crate) fn players(&self) -> Vec<String> {
        let players = self.desks[0].players.iter();
        players.map(|(name, _)| name.clone()).collect()
    }

    /// One of the nodes, seldom one of the other engine's.
    fn of(&mut self, own: fn(&Desk) -> Vec<String>) -> String {
        let desk = usize::from(self.random.percent(4));
        let mut found = own(&self.desks[desk]);
        if found.is_empty() {
            found = own(&self.desks[0]);
        }
        let main = self.desks[0].main.clone();
        found
            .get(self.random.below(found.len().max(1)))
            .cloned()
            .unwrap_or(main)
    }

    pub(crate) fn engine(&mut self) -> String {
        let other = self.random.percent(3);
        self.desks[usize::from(other)].name.clone()
    }

    pub(crate) fn own_mixer(&mut self) -> String {
        self.random.pick(&self.desks[0].mixers).clone()
    }

    pub(crate) fn mixer(&mut self) -> String {
        self.of(|desk| desk.mixers.clone())
    }

    pub(crate) fn player(&mut self) -> String {
        self.of(|desk| desk.players.iter().map(|(name, _)| name.clone()).collect())
    }

    /// What can be connected to a mixer.
    pub(crate) fn feeder(&mut self) -> String {
        self.of(|desk| {
            let mut nodes: Vec<_> = desk.players.iter().map(|(name, _)| name.clone()).collect();
            nodes.extend(desk.players.iter().map(|(name, _)| name.clone()));
            nodes.extend(desk.sources.iter().cloned());
            nodes.extend(desk.sources.iter().cloned());
            nodes.extend(desk.equalizers.iter().cloned());
            nodes.extend(desk.matrices.iter().cloned());
            nodes.extend(desk.mixers.iter().skip(1).cloned());
            nodes
        })
    }

    pub(crate) fn node(&mut self) -> String {
        if self.random.percent(8) {
            let desk = &self.desks[0];
            return [&desk.main, &desk.output][self.random.below(2)].clone();
        }
        if self.random.percent(15) {
            return self.mixer();
        }
        self.feeder()
    }

    pub(crate) fn bus(&mut self) -> usize {
        self.random.below(6)
    }

    /// A bus of a mixer; some have no strip yet, and some are none.
    pub(crate) fn any_bus(&mut self) -> u32 {
        match self.random.below(100) {
            0..=1 => *self.random.pick(&[65_536, 4_294_967_295]),
            2..=7 => self.random.between(6, 20) as u32,
            _ => self.bus() as u32,
        }
    }

    /// A value from `low` to 1, or a volume up to 4 if `low` is 0; one in twelve is outside.
    pub(crate) fn value(&mut self, low: f32) -> String {
        let high = if low < 0.0 { 1.0 } else { 4.0 };
        let value = match self.random.below(24) {
            0 => *self.random.pick(&[4.5, -1.001, f32::NAN, f32::INFINITY]),
            1 => *self
                .random
                .pick(&[4.000_001, -0.1, -2.0, f32::NEG_INFINITY]),
            2..=3 => 1.0,
            4..=5 => high,
            6 => *self.random.pick(&[0.0, -0.0, low]),
            7..=10 => low + (high - low) * (self.random.below(1 << 24) as f32 / (1 << 24) as f32),
            _ => low + (1.0 - low) * (self.random.below(1 << 24) as f32 / (1 << 24) as f32),
        };
        text(value)
    }

    /// A gain in decibels; one in ten is above the range.
    pub(crate) fn decibels(&mut self) -> String {
        let value = match self.random.below(20) {
            0 => *self.random.pick(&[f32::NAN, f32::INFINITY]),
            1 => *self.random.pick(&[12.1, 60.0]),
            2..=3 => *self.random.pick(&[0.0, 12.0, f32::NEG_INFINITY]),
            _ => 6.0 - 60.0 * (self.random.below(1 << 24) as f32 / (1 << 24) as f32),
        };
        text(value)
    }

    /// A duration in whole milliseconds; seldom one of more than a day.
    pub(crate) fn milliseconds(&mut self) -> u64 {
        match self.random.below(30) {
            0 => 86_400_001,
            1..=2 => 0,
            _ => self.random.between(1, 40) as u64,
        }
    }
}
