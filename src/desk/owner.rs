//! What a strip belongs to.

use std::sync::Arc;

use crate::desk::node::DeskNode;
use crate::error::{Error, Result};

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

/// A group's fader, which is asked only when nothing is left for it to control: it was removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupOwner;

impl Owner for GroupOwner {
    fn check(&self) -> Result<()> {
        Err(Error::NotAttached(
            "the group was removed from its engine".to_owned(),
        ))
    }
}
