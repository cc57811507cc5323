//! What waits for a fade's end.

use std::fmt;

use crate::desk::fade::{Ended, FadeState};
use crate::desk::faders::Which;
use crate::desk::strips::StripRef;

/// A fade that is under way. It holds no handle of the engine, which would keep the engine alive.
pub(crate) struct Pending<C> {
    pub(crate) strip: StripRef<C>,
    pub(crate) which: Which,
    pub(crate) fade: FadeState,
    pub(crate) ended: Ended,
}

impl<C> fmt::Debug for Pending<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pending")
            .field("which", &self.which)
            .field("fade", &self.fade)
            .finish_non_exhaustive()
    }
}
