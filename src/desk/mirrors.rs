//! Mirrors: a bus that is heard a second time, alone on a hidden mixer of its own, with the gains that
//! its strip has. What a strip sends goes to both connections.

use std::sync::Arc;

use crate::desk::node::DeskNode;

/// The mirror of a mixer's bus.
#[derive(Debug)]
pub(crate) struct Mirrored<N> {
    pub(crate) mixer: Arc<N>,
    pub(crate) bus: u32,
    /// Whose bus 0 has what the mirrored bus has.
    pub(crate) own: Arc<N>,
    /// The muted way from there to a further bus of the mirrored mixer, so that it is rendered.
    pub(crate) way: Arc<N>,
}

/// The mirrors of an engine.
#[derive(Debug)]
pub(crate) struct Mirrors<N> {
    pub(crate) all: Vec<Arc<Mirrored<N>>>,
    /// They are being brought up to date: edits that this takes are not followed in turn.
    pub(crate) following: bool,
}

// Not derived: that would require a default node.
impl<N> Default for Mirrors<N> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            following: false,
        }
    }
}

impl<N: DeskNode> Mirrors<N> {
    /// That of a mixer's bus.
    pub(crate) fn of(&self, mixer: &N, bus: u32) -> Option<&Arc<Mirrored<N>>> {
        let mut all = self.all.iter();
        all.find(|it| std::ptr::eq(&*it.mixer, mixer) && it.bus == bus)
    }
}
