//! What other code than the desk has done to its engine.

use crate::error::{Error, Result};

/// Who has made a connection that is new in the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MadeBy {
    Desk,
    Others,
}

/// Values that something else has set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Foreign {
    pub(crate) volume: Option<f32>,
    pub(crate) pan: Option<f32>,
}

impl Foreign {
    pub(crate) fn any(self) -> bool {
        self.volume.is_some() || self.pan.is_some()
    }
}

/// The engine does not answer for a connection yet.
pub(crate) fn unless_pending(result: Result<()>) -> Result<()> {
    match result {
        Err(Error::NotConnected(_) | Error::Pending(_)) => Ok(()),
        other => other,
    }
}
