//! Channel strips: the faders that belong to a mixer's input buses.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::engine::EngineInner;
use crate::error::{native, Result};
use crate::fade::{Moving, Which};
use crate::handle::{Kind, RawNode};
use crate::sync::lock;

/// One bus's fader positions. While one fades, its value is where the fade leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Faders {
    pub(crate) volume: f32,
    pub(crate) volume_fade: Option<Moving>,
    /// The fade's volume is set step by step: the engine can only fade from what is heard, and the
    /// strip was silent when it came back into the fade.
    pub(crate) stepped: bool,
    pub(crate) pan: f32,
    pub(crate) pan_fade: Option<Moving>,
    pub(crate) muted: bool,
    pub(crate) soloed: bool,
}

impl Default for Faders {
    fn default() -> Self {
        Self {
            volume: 1.0,
            volume_fade: None,
            stepped: false,
            pan: 0.0,
            pan_fade: None,
            muted: false,
            soloed: false,
        }
    }
}

impl Faders {
    pub(crate) fn set_volume(&mut self, volume: f32) {
        (self.volume, self.volume_fade, self.stepped) = (volume, None, false);
    }

    pub(crate) fn set_pan(&mut self, pan: f32) {
        (self.pan, self.pan_fade) = (pan, None);
    }

    /// Where the volume is at the engine's time `now`.
    pub(crate) fn volume_at(&self, now: i64) -> f32 {
        self.volume_fade.map_or(self.volume, |fade| fade.at(now))
    }

    /// Where the pan is at the engine's time `now`.
    pub(crate) fn pan_at(&self, now: i64) -> f32 {
        self.pan_fade.map_or(self.pan, |fade| fade.at(now))
    }

    /// Solo-in-place silences the strips that are not soloed.
    pub(crate) fn silenced(&self, any_soloed: bool) -> bool {
        self.muted || (any_soloed && !self.soloed)
    }

    /// After a change: a strip that sounds again in the midst of a fade.
    pub(crate) fn note_return(&mut self, was_silenced: bool, any_soloed: bool) {
        if was_silenced && !self.silenced(any_soloed) && self.volume_fade.is_some() {
            self.stepped = true;
        }
    }

    /// The volume that the engine gets, and the fade that leads there.
    pub(crate) fn effective(&self, any_soloed: bool) -> (f32, Option<Moving>) {
        if self.silenced(any_soloed) {
            (0.0, None)
        } else {
            (self.volume, self.volume_fade)
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

    /// Where the volume is; the engine's time is asked only while it fades.
    pub(crate) fn volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let faders = self.faders();
        faders
            .volume_fade
            .map_or(faders.volume, |fade| fade.at(now()))
    }

    /// Where the pan is.
    pub(crate) fn pan(&self, now: impl FnOnce() -> i64) -> f32 {
        let faders = self.faders();
        faders.pan_fade.map_or(faders.pan, |fade| fade.at(now()))
    }

    pub(crate) fn effective_volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let faders = self.lock();
        match faders.effective(self.any_soloed()) {
            (_, Some(fade)) => fade.at(now()),
            (volume, None) => volume,
        }
    }

    /// Forgets a fade that has arrived.
    pub(crate) fn settle(&self, volume: bool, arrived: Moving) {
        let mut faders = self.lock();
        let fade = if volume {
            &mut faders.volume_fade
        } else {
            &mut faders.pan_fade
        };
        if *fade == Some(arrived) {
            *fade = None;
        }
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
        engine: &EngineInner,
        change: impl FnOnce(&mut Faders),
    ) -> Result<()> {
        let mut faders = self.lock();
        let before = *faders;
        change(&mut faders);
        faders.note_return(before.silenced(self.any_soloed()), self.any_soloed());
        let Some(connection) = connection else {
            return Ok(());
        };
        let now = || engine.now();
        let applied = connection.apply(Some(&before), &faders, self.any_soloed(), engine, &now);
        if applied.is_err() {
            *faders = before;
        }
        applied
    }

    /// Gives a new connection the strip's values: the engine starts it at the source's own.
    pub(crate) fn apply(
        &self,
        connection: Connection<'_>,
        engine: &EngineInner,
        now: impl Fn() -> i64,
    ) -> Result<()> {
        connection.apply(None, &self.lock(), self.any_soloed(), engine, &now)
    }

    /// Sets where a fade has got to, if the engine does not fade the value by itself.
    pub(crate) fn step(&self, connection: Connection<'_>, engine: &EngineInner, which: Which) {
        let faders = self.lock();
        if engine.has_fades() && !connection.by_parameter() && !faders.stepped {
            return;
        }
        let now = engine.now();
        // A value that the engine refuses is tried again with the next step.
        let _ = match which {
            Which::Volume if faders.silenced(self.any_soloed()) => Ok(()),
            Which::Volume => connection.send_volume((faders.volume_at(now), None), engine, &|| now),
            Which::Pan if faders.stepped && engine.has_fades() => Ok(()),
            Which::Pan => connection.send_pan((faders.pan_at(now), None), engine, &|| now),
        };
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Faders> {
        lock(&self.faders)
    }

    fn any_soloed(&self) -> bool {
        self.soloed.load(Ordering::Relaxed) > 0
    }
}

impl Connection<'_> {
    /// Whether the bus is set by the mixer's own parameters, because what feeds it has no faders.
    pub(crate) fn by_parameter(&self) -> bool {
        self.source.kind == Kind::Matrix
    }

    /// Sends what differs from `before`, or everything.
    fn apply(
        &self,
        before: Option<&Faders>,
        faders: &Faders,
        any_soloed: bool,
        engine: &EngineInner,
        now: &dyn Fn() -> i64,
    ) -> Result<()> {
        let volume = faders.effective(any_soloed);
        if before.is_none_or(|before| before.effective(any_soloed) != volume) {
            if let (None, Some(fade)) = (before, volume.1) {
                // A new connection has not been anywhere: the fade starts from what it is given.
                self.send_volume((fade.at(now()), None), engine, now)?;
            }
            match volume.1.filter(|_| faders.stepped) {
                Some(fade) => self.send_volume((fade.at(now()), None), engine, now)?,
                None => self.send_volume(volume, engine, now)?,
            }
        }
        let pan = (faders.pan, faders.pan_fade);
        if before.is_none_or(|before| (before.pan, before.pan_fade) != pan) {
            if let (None, Some(fade)) = (before, pan.1) {
                self.send_pan((fade.at(now()), None), engine, now)?;
            }
            self.send_pan(pan, engine, now)?;
        }
        Ok(())
    }

    pub(crate) fn send_volume(
        &self,
        (volume, fade): (f32, Option<Moving>),
        engine: &EngineInner,
        now: &dyn Fn() -> i64,
    ) -> Result<()> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        let send = |volume| {
            let raw = engine.raw.as_ptr();
            if self.by_parameter() {
                // SAFETY: all handles are live; the graph lock keeps graph calls away.
                return unsafe { native!(perbus_bus_set_volume(raw, mixer, bus, volume)) };
            }
            // SAFETY: as above.
            unsafe { native!(perbus_connection_set_volume(source, mixer, bus, volume)) }
        };
        let Some(fade) = fade else {
            return send(volume);
        };
        engine.fade_or_step(fade, self.by_parameter(), now, send, |frames| {
            let curve = fade.curve.to_ffi();
            // SAFETY: as above.
            unsafe {
                native!(perbus_connection_fade_volume(
                    source, mixer, bus, volume, frames, curve
                ))
            }
        })
    }

    pub(crate) fn send_pan(
        &self,
        (pan, fade): (f32, Option<Moving>),
        engine: &EngineInner,
        now: &dyn Fn() -> i64,
    ) -> Result<()> {
        let (source, mixer, bus) = (self.source.as_ptr(), self.mixer.as_ptr(), self.bus);
        let send = |pan| {
            let raw = engine.raw.as_ptr();
            if self.by_parameter() {
                // SAFETY: all handles are live; the graph lock keeps graph calls away.
                return unsafe { native!(perbus_bus_set_pan(raw, mixer, bus, pan)) };
            }
            // SAFETY: as above.
            unsafe { native!(perbus_connection_set_pan(source, mixer, bus, pan)) }
        };
        let Some(fade) = fade else { return send(pan) };
        engine.fade_or_step(fade, self.by_parameter(), now, send, |frames| {
            // SAFETY: as above.
            unsafe { native!(perbus_connection_fade_pan(source, mixer, bus, pan, frames)) }
        })
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
