//! What a strip belongs to.

use std::sync::Arc;

use crate::desk::node::DeskNode;
use crate::error::Result;

pub(crate) trait Owner {
    /// Fails when the engine does not have it, or no longer.
    fn check(&self) -> Result<()>;
}

/// A mixer, of its input buses and its output volume.
impl<N: DeskNode> Owner for N {
    #[inline]
    fn check(&self) -> Result<()> {
        self.slot().map(drop)
    }
}

impl<T: Owner> Owner for Arc<T> {
    #[inline]
    fn check(&self) -> Result<()> {
        (**self).check()
    }
}
