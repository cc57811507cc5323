//! Channel strips: the faders that belong to a mixer's input buses.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::error::{native, Result};
use crate::handle::RawNode;
use crate::sync::lock;

/// One bus's fader positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Faders {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
    pub(crate) soloed: bool,
}

impl Default for Faders {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
            soloed: false,
        }
    }
}

impl Faders {
    /// The volume that the engine gets: solo-in-place silences the strips that are not soloed.
    pub(crate) fn effective_volume(&self, any_soloed: bool) -> f32 {
        if self.muted || (any_soloed && !self.soloed) {
            0.0
        } else {
            self.volume
        }
    }
}

/// The strip of one input bus. Its lock is held while a change goes to the engine, so that the
/// strip and the sound agree when two threads move one fader.
#[derive(Debug)]
pub(crate) struct Strip {
    faders: Mutex<Faders>,
    label: Mutex<String>,
    /// How many strips of the mixer are soloed. Changes with all of their locks held.
    soloed: Arc<AtomicU32>,
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

    pub(crate) fn effective_volume(&self) -> f32 {
        self.lock().effective_volume(self.any_soloed())
    }

    pub(crate) fn label(&self) -> String {
        lock(&self.label).clone()
    }

    pub(crate) fn set_label(&self, label: &str) {
        label.clone_into(&mut lock(&self.label));
    }

    /// Changes the strip, and the connection if there is one; a change that the engine refuses is
    /// taken back. Not for solo, which is the whole mixer's business.
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
        let applied = connection.apply(Some(&before), &faders, self.any_soloed());
        if applied.is_err() {
            *faders = before;
        }
        applied
    }

    /// Gives a new connection the strip's values: the engine starts it at the source's own.
    pub(crate) fn apply(&self, connection: Connection<'_>) -> Result<()> {
        connection.apply(None, &self.lock(), self.any_soloed())
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Faders> {
        lock(&self.faders)
    }

    fn any_soloed(&self) -> bool {
        self.soloed.load(Ordering::Relaxed) > 0
    }
}

impl Connection<'_> {
    /// Sends what differs from `before`, or everything.
    fn apply(&self, before: Option<&Faders>, faders: &Faders, any_soloed: bool) -> Result<()> {
        let (source, mixer) = (self.source.as_ptr(), self.mixer.as_ptr());
        let volume = faders.effective_volume(any_soloed);
        if before.is_none_or(|before| before.effective_volume(any_soloed) != volume) {
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
pub(crate) struct Strips {
    by_bus: Vec<Option<Arc<Strip>>>,
    soloed: Arc<AtomicU32>,
}

impl Strips {
    pub(crate) fn get_or_make(&mut self, bus: u32) -> Arc<Strip> {
        let bus = bus as usize;
        if bus >= self.by_bus.len() {
            self.by_bus.resize_with(bus + 1, || None);
        }
        let soloed = &self.soloed;
        let strip = self.by_bus[bus].get_or_insert_with(|| {
            Arc::new(Strip {
                faders: Mutex::default(),
                label: Mutex::default(),
                soloed: Arc::clone(soloed),
            })
        });
        Arc::clone(strip)
    }

    /// The strips there are, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Arc<Strip>)> {
        (0..)
            .zip(&self.by_bus)
            .filter_map(|(bus, strip)| Some((bus, strip.as_ref()?)))
    }

    /// For a caller that holds the locks of all strips.
    pub(crate) fn set_soloed(&self, count: u32) {
        self.soloed.store(count, Ordering::Relaxed);
    }
}
