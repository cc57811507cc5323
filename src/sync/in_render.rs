//! Whether this thread is inside a source's closure. Whatever might wait is refused there: the
//! holder of a lock may itself be waiting for the block that the closure makes.

use std::cell::Cell;

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
