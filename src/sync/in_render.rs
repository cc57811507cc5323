//! Whether this thread is inside a source's closure. What might wait there is refused: whoever has
//! the lock may be waiting for the very block that the closure makes.

use std::cell::Cell;
use std::sync::RwLockReadGuard;

use crate::desk::graph_lock::{Edit, StripGuard};
use crate::desk::strip::Strip;
use crate::engine::graph::Graph;
use crate::engine::EngineInner;
use crate::error::{Error, Result};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// For calls that cannot fail: they must not wait either.
#[inline]
pub(crate) fn inside() -> bool {
    INSIDE.get()
}

/// [`Error::InRender`] inside of a source's closure.
#[inline]
pub(crate) fn refuse() -> Result<()> {
    if inside() {
        refused()
    } else {
        Ok(())
    }
}

#[cold]
fn refused() -> Result<()> {
    Err(Error::InRender(
        "the call was made from a source's closure, where nothing may wait".to_owned(),
    ))
}

/// The thread is inside for as long as this lives.
pub(crate) struct Inside {
    outside: bool,
}

impl Inside {
    pub(crate) fn enter() -> Self {
        Self {
            outside: INSIDE.replace(true),
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.outside);
    }
}

/// The graph's lock, unless this thread must not wait for it.
impl EngineInner {
    /// Keeps edits away.
    pub(crate) fn read(&self) -> Result<RwLockReadGuard<'_, Graph>> {
        refuse()?;
        Ok(self.graph.read())
    }

    /// For an edit: alone.
    pub(crate) fn edit(&self) -> Result<Edit<'_>> {
        refuse()?;
        Ok(self.graph.write())
    }

    /// Takes a strip's lock, which keeps edits away as well. Not while holding another strip's.
    #[inline]
    pub(crate) fn hold<'a>(&self, strip: &'a Strip) -> Result<StripGuard<'a>> {
        refuse()?;
        Ok(self.graph.hold(strip))
    }
}
