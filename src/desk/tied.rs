//! The strips that others are tied to, wherever they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use crate::desk::node::DeskNode;
use crate::desk::routing::Endpoint;
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
    pub(crate) fn place(&self, strip: StripId) -> Option<Endpoint> {
        let (mixer, bus) = self.get(strip)?;
        let node = mixer.slot().ok()?;
        Some(Endpoint { node, bus })
    }
}
