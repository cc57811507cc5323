//! Channel strips: the faders that belong to a mixer's input buses.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::error::{native, Error, Result};
use crate::handle::{Kind, RawNode};
use crate::sync::lock;

/// One bus's fader positions. What the engine gets is [`Faders::effective_volume`] and the pan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Faders {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
}

impl Default for Faders {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
        }
    }
}

impl Faders {
    pub(crate) fn effective_volume(&self) -> f32 {
        if self.muted {
            0.0
        } else {
            self.volume
        }
    }
}

/// The strip of one input bus. Its lock is held while a change goes to the engine, so that the
/// strip and the sound agree when two threads move one fader.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    faders: Mutex<Faders>,
}

/// The source, mixer and bus that a strip's values go to while something is connected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection<'a> {
    pub(crate) source: &'a RawNode,
    pub(crate) mixer: &'a RawNode,
    pub(crate) bus: u32,
}

impl Strip {
    pub(crate) fn faders(&self) -> Faders {
        *self.lock()
    }

    /// Changes the strip, and the connection if there is one; a change that the engine refuses is
    /// taken back.
    pub(crate) fn change(
        &self,
        connection: Option<Connection<'_>>,
        change: impl FnOnce(&mut Faders),
    ) -> Result<()> {
        let mut faders = self.lock();
        let before = *faders;
        change(&mut faders);
        let Some(connection) = connection else {
            return Ok(());
        };
        let applied = connection.apply(Some(&before), &faders);
        if applied.is_err() {
            *faders = before;
        }
        applied
    }

    /// Gives a new connection the strip's values: the engine starts it at the source's own.
    pub(crate) fn apply(&self, connection: Connection<'_>) -> Result<()> {
        let faders = self.lock();
        if Self::is_moot(connection.source, &faders) {
            return Ok(());
        }
        connection.apply(None, &faders)
    }

    /// Whether a source can be connected here: one without faders of its own only at unity.
    pub(crate) fn check(&self, source: &RawNode) -> Result<()> {
        let faders = self.lock();
        if source.kind != Kind::Matrix || Self::is_moot(source, &faders) {
            return Ok(());
        }
        let (volume, pan) = (faders.effective_volume(), faders.pan);
        Err(Error::NotMixing(format!(
            "a matrix has no fader on the mixer's bus, whose strip is at volume {volume} and pan \
             {pan}: only 1 and 0 can be kept"
        )))
    }

    /// A matrix has no volume and pan per connection, and at unity needs none.
    fn is_moot(source: &RawNode, faders: &Faders) -> bool {
        source.kind == Kind::Matrix && faders.effective_volume() == 1.0 && faders.pan == 0.0
    }

    fn lock(&self) -> MutexGuard<'_, Faders> {
        lock(&self.faders)
    }
}

impl Connection<'_> {
    /// Sends what differs from `before`, or everything.
    fn apply(&self, before: Option<&Faders>, faders: &Faders) -> Result<()> {
        let (source, mixer) = (self.source.as_ptr(), self.mixer.as_ptr());
        let volume = faders.effective_volume();
        if before.is_none_or(|before| before.effective_volume() != volume) {
            // SAFETY: both handles are live; the graph lock keeps graph calls away.
            unsafe {
                native!(perbus_connection_set_volume(
                    source, mixer, self.bus, volume
                ))
            }?;
        }
        if before.is_none_or(|before| before.pan != faders.pan) {
            // SAFETY: as above.
            unsafe {
                native!(perbus_connection_set_pan(
                    source, mixer, self.bus, faders.pan
                ))
            }?;
        }
        Ok(())
    }
}

/// A mixer's strips by bus; one is made when it is first asked for or connected to.
#[derive(Debug, Default)]
pub(crate) struct Strips(Vec<Option<Arc<Strip>>>);

impl Strips {
    pub(crate) fn get_or_make(&mut self, bus: u32) -> Arc<Strip> {
        let bus = bus as usize;
        if bus >= self.0.len() {
            self.0.resize_with(bus + 1, || None);
        }
        Arc::clone(self.0[bus].get_or_insert_with(Arc::default))
    }
}
