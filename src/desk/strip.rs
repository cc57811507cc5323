//! Channel strips: the faders that belong to a mixer's input buses.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::control::fade::{FadeEnd, Which};
use crate::desk::faders::Faders;
use crate::desk::graph_lock::{RawStripLock, StripGuard};
use crate::desk::routing::Endpoint;
use crate::engine::connection::Connection;
use crate::engine::handle::RawNode;
use crate::engine::EngineInner;
use crate::error::Result;
use crate::sync::lock;

/// What feeds a strip's bus.
#[derive(Clone, Debug, Default)]
pub(crate) enum Feed {
    /// Nothing is connected.
    #[default]
    None,
    /// An effect that nothing feeds: there is no volume and pan to set yet.
    Effect,
    /// The strip's values go to this connection; its source lives as long.
    Source(Connection, Arc<RawNode>),
}

impl Feed {
    pub(crate) fn connection(&self) -> Option<Connection> {
        match self {
            Self::Source(connection, _) => Some(*connection),
            _ => None,
        }
    }
}

/// What a strip's lock guards.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct State {
    /// Follows the routing map: see [`Graph::renew`](crate::engine::graph::Graph::renew).
    pub(crate) feed: Feed,
    pub(crate) faders: Faders,
    /// The strip's bus on its mixer, once that was fed.
    pub(crate) place: Endpoint,
}

/// The strip of one input bus. Its lock is held while a change goes to the engine, so that the
/// strip and the sound agree when two threads move one fader; and with
/// [`GraphLock::hold`](crate::desk::graph_lock::GraphLock::hold) the connection stays while it is held.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Strip {
    state: lock_api::Mutex<RawStripLock, State>,
    made: AtomicBool,
    label: Mutex<String>,
    /// How many strips of the mixer are soloed. Comes from 0 and gets there with all of their locks
    /// held.
    soloed: Arc<AtomicU32>,
}

impl Strip {
    /// soloed: the count of soloed strips that the mixer's strips share.
    pub(crate) fn new(soloed: Arc<AtomicU32>) -> Self {
        Self {
            state: lock_api::Mutex::new(State::default()),
            made: AtomicBool::new(false),
            label: Mutex::default(),
            soloed,
        }
    }

    /// Whether somebody has asked for the strip, or connected to its bus.
    #[inline]
    pub(crate) fn is_made(&self) -> bool {
        self.made.load(Ordering::Relaxed)
    }

    pub(crate) fn set_made(&self) {
        self.made.store(true, Ordering::Relaxed);
    }

    /// Held by somebody, in this moment.
    #[cfg(test)]
    pub(crate) fn is_held(&self) -> bool {
        self.state.is_locked()
    }

    /// For who holds the graph's lock, or asks for the faders alone.
    #[inline]
    pub(crate) fn lock(&self) -> StripGuard<'_> {
        self.state.lock()
    }

    /// Whether the next edit waits for the strip, which is held.
    #[inline]
    pub(crate) fn is_listed(&self, _held: &StripGuard<'_>) -> bool {
        // SAFETY: the lock is not unlocked, only looked at.
        unsafe { self.state.raw() }.listed.load(Ordering::Relaxed)
    }

    pub(crate) fn set_listed(&self, _held: &StripGuard<'_>, listed: bool) {
        // SAFETY: as above; the lock itself guards the mark.
        let raw = unsafe { self.state.raw() };
        raw.listed.store(listed, Ordering::Relaxed);
    }

    pub(crate) fn faders(&self) -> Faders {
        self.lock().faders
    }

    /// Where the volume is; the engine's time is asked only while it fades.
    ///
    /// The strip is not held meanwhile: a device's engine answers with its own lock, which an edit
    /// may have while it waits for the strip.
    #[inline]
    pub(crate) fn volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let state = self.lock();
        let Some(fade) = state.faders.volume_fade else {
            return state.faders.volume;
        };
        drop(state);
        fade.at(now())
    }

    /// Where the pan is.
    #[inline]
    pub(crate) fn pan(&self, now: impl FnOnce() -> i64) -> f32 {
        let state = self.lock();
        let Some(fade) = state.faders.pan_fade else {
            return state.faders.pan;
        };
        drop(state);
        fade.at(now())
    }

    pub(crate) fn effective_volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let state = self.lock();
        let effective = state.faders.effective(self.any_soloed());
        drop(state);
        match effective {
            (_, Some(fade)) => fade.at(now()),
            (volume, None) => volume,
        }
    }

    pub(crate) fn label(&self) -> String {
        lock(&self.label).clone()
    }

    pub(crate) fn set_label(&self, label: &str) {
        label.clone_into(&mut lock(&self.label));
    }

    /// Moves the fader of a held strip, the engine first: what it refuses changes nothing.
    #[inline]
    pub(crate) fn set_volume(
        &self,
        state: &mut State,
        engine: &EngineInner,
        volume: f32,
    ) -> Result<()> {
        if let Feed::Source(connection, _) = &state.feed {
            if !state.faders.silenced(self.any_soloed()) {
                connection.set_volume(engine, volume)?;
            }
        }
        if let Some(fade) = state.faders.volume_fade {
            engine.replace_fade(&fade);
        }
        state.faders.set_volume(volume);
        Ok(())
    }

    /// Turns the pan of a held strip, likewise.
    #[inline]
    pub(crate) fn set_pan(&self, state: &mut State, engine: &EngineInner, pan: f32) -> Result<()> {
        if let Feed::Source(connection, _) = &state.feed {
            connection.set_pan(engine, pan)?;
        }
        if let Some(fade) = state.faders.pan_fade {
            engine.replace_fade(&fade);
        }
        state.faders.set_pan(pan);
        Ok(())
    }

    /// Mutes a held strip, or lets it sound, likewise.
    pub(crate) fn set_muted(
        &self,
        state: &mut State,
        engine: &EngineInner,
        muted: bool,
    ) -> Result<()> {
        if state.faders.volume_fade.is_some() {
            return self.change(state, engine, |faders| faders.muted = muted);
        }
        if let Feed::Source(connection, _) = &state.feed {
            let any_soloed = self.any_soloed();
            let (was, volume) = (state.faders.silenced(any_soloed), state.faders.volume);
            let silenced = muted || (any_soloed && !state.faders.soloed);
            if was != silenced {
                connection.set_volume(engine, if silenced { 0.0 } else { volume })?;
            }
        }
        state.faders.muted = muted;
        Ok(())
    }

    /// Changes a held strip in any way, and the connection if there is one; a change that the
    /// engine refuses is taken back. Not for solo, which is the whole mixer's business.
    pub(crate) fn change(
        &self,
        state: &mut State,
        engine: &EngineInner,
        change: impl FnOnce(&mut Faders),
    ) -> Result<()> {
        let before = state.faders;
        change(&mut state.faders);
        if let Some(connection) = state.feed.connection() {
            let any_soloed = self.any_soloed();
            let sent = Some(before.sent(any_soloed));
            let applied = connection.apply(sent, state.faders.sent(any_soloed), engine);
            if applied.is_err() {
                state.faders = before;
                return applied;
            }
        }
        state.faders.end_replaced(&before, engine);
        self.drive_fades(state, engine);
        Ok(())
    }

    /// Ends the fades where they have got to: nothing turns them any more.
    pub(crate) fn stop_fades(&self, engine: &EngineInner) {
        let mut state = self.lock();
        for which in Which::ALL {
            let Some(fade) = which.of(&state.faders) else {
                continue;
            };
            let now = engine.now();
            let arrived = fade.frames_left(now) == 0;
            which.set(&mut state.faders, fade.at(now));
            let end = if arrived {
                FadeEnd::Finished
            } else {
                FadeEnd::Stopped
            };
            engine.cut_fade(&fade, end);
        }
    }

    /// Follows the routing map, and gives a new connection the strip's values: the engine starts it
    /// at the source's own.
    pub(crate) fn follow(&self, engine: &EngineInner, place: Endpoint, feed: Feed) -> Result<()> {
        let mut state = self.lock();
        (state.place, state.feed) = (place, feed);
        self.send(&state, engine)
    }

    /// Gives the connection the strip's values again.
    pub(crate) fn reapply(&self, engine: &EngineInner) -> Result<()> {
        self.send(&self.lock(), engine)
    }

    fn send(&self, state: &State, engine: &EngineInner) -> Result<()> {
        match state.feed.connection() {
            Some(connection) => {
                let sent = state.faders.sent(self.any_soloed());
                let applied = connection.apply(None, sent, engine);
                self.drive_fades(state, engine);
                applied
            }
            None => Ok(()),
        }
    }

    /// Sets where a fade has got to, if the engine does not fade the value by itself.
    pub(crate) fn step(&self, state: &State, engine: &EngineInner, which: Which) {
        let faders = &state.faders;
        let Some(connection) = state.feed.connection() else {
            return;
        };
        if engine.has_fades() {
            return;
        }
        let now = engine.now();
        // A value that the engine refuses is tried again with the next step.
        let _ = match which {
            Which::Volume if faders.silenced(self.any_soloed()) => Ok(()),
            Which::Volume => connection.set_volume(engine, faders.volume_at(now)),
            Which::Pan => connection.set_pan(engine, faders.pan_at(now)),
        };
    }

    /// After a change of a held strip: fades that the engine does not do by itself go in steps.
    pub(crate) fn drive_fades(&self, state: &State, engine: &EngineInner) {
        if state.feed.connection().is_none() || engine.has_fades() {
            return;
        }
        for which in Which::ALL {
            if let Some(fade) = which.of(&state.faders) {
                engine.drive_in_steps(&fade);
            }
        }
    }

    #[inline]
    fn any_soloed(&self) -> bool {
        self.soloed.load(Ordering::Relaxed) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::fade::{Curve, Moving};

    #[test]
    fn the_time_is_asked_without_the_lock() {
        let strip = Strip::new(Arc::default());
        let fade = Some(Moving::new(Curve::Linear, 0.0, 1.0, 0, 100));
        strip.lock().faders.volume_fade = fade;
        strip.lock().faders.pan_fade = fade;
        let half_way = || {
            assert!(!strip.is_held());
            50
        };
        assert_eq!(strip.volume(half_way), 0.5);
        assert_eq!(strip.pan(half_way), 0.5);
        assert_eq!(strip.effective_volume(half_way), 0.5);
    }
}
