//! The values of the fake engine's connections.

use std::collections::BTreeMap;

use crate::desk::automation::Point;
use crate::desk::fade::FadeState;
use crate::desk::faders::Which;

/// A value, with the fade that leads away from it and what is to start later.
#[derive(Clone, Debug)]
pub(super) struct Control {
    pub(super) value: f32,
    pub(super) fade: Option<FadeState>,
    pub(super) points: BTreeMap<i64, Point>,
}

impl Control {
    pub(super) fn new(value: f32) -> Self {
        Self {
            value,
            fade: None,
            points: BTreeMap::new(),
        }
    }

    pub(super) fn at(&self, now: i64) -> f32 {
        let mut control = self.clone();
        control.start_up_to(now);
        control.running_at(now)
    }

    pub(super) fn running_at(&self, now: i64) -> f32 {
        self.fade.map_or(self.value, |fade| fade.at(now))
    }

    /// What a block that begins at `now` still finds to start is not heard before.
    pub(super) fn start_up_to(&mut self, last: i64) {
        while let Some(first) = self.points.first_entry() {
            if *first.key() > last {
                return;
            }
            let Point {
                start,
                to,
                frames,
                curve,
            } = first.remove();
            let from = self.running_at(start);
            (self.value, self.fade) = (to, Some(FadeState::new(curve, from, to, start, frames)));
        }
    }
}

/// One connection's volume and pan.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub(super) volume: Control,
    pub(super) pan: Control,
}

impl Values {
    pub(super) fn new((volume, pan): (f32, f32)) -> Self {
        Self {
            volume: Control::new(volume),
            pan: Control::new(pan),
        }
    }

    pub(super) fn control(&mut self, which: Which) -> &mut Control {
        match which {
            Which::Volume => &mut self.volume,
            Which::Pan => &mut self.pan,
        }
    }
}
