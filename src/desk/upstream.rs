//! The source at the far end of the effects in front of each effect, so that no call has to walk
//! there.

use std::sync::Arc;

/// By the effect's slot.
#[derive(Debug)]
pub(crate) struct Upstream<N> {
    sources: Vec<Option<Arc<N>>>,
}

// Not derived: that would require a default node.
impl<N> Default for Upstream<N> {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
        }
    }
}

impl<N> Upstream<N> {
    pub(crate) fn get(&self, effect: u32) -> Option<&Arc<N>> {
        self.sources.get(effect as usize)?.as_ref()
    }

    /// Returns what was there before.
    pub(crate) fn set(&mut self, effect: u32, source: Option<Arc<N>>) -> Option<Arc<N>> {
        let effect = effect as usize;
        if effect >= self.sources.len() {
            self.sources.resize_with(effect + 1, || None);
        }
        std::mem::replace(&mut self.sources[effect], source)
    }

    /// The node has left its engine.
    pub(crate) fn forget(&mut self, slot: u32) {
        if let Some(source) = self.sources.get_mut(slot as usize) {
            *source = None;
        }
    }
}
