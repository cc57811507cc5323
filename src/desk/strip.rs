//! Channel strips: the faders that belong to a mixer's input buses.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Weak};

use crate::desk::automation::Lanes;
use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::faders::{Faders, Which};
use crate::desk::foreign::MadeBy;
use crate::desk::routing::Endpoint;
use crate::error::Result;
use crate::sync::lock;
use crate::sync::spin::{SpinGuard, SpinMutex};

/// What feeds a strip's bus.
#[derive(Debug, Default)]
pub(crate) enum Feed<C> {
    /// Nothing is connected.
    #[default]
    None,
    /// An effect that nothing feeds: there is no volume and pan to set yet.
    Effect,
    /// The strip's values go to this connection.
    Source(C),
}

impl<C> Feed<C> {
    #[inline]
    pub(crate) fn connection(&self) -> Option<&C> {
        match self {
            Self::Source(connection) => Some(connection),
            _ => None,
        }
    }
}

/// The masters of a strip's bus: those of its groups, and the faders that it shares with others.
#[derive(Debug)]
pub(crate) struct Ties<C> {
    /// The strip's own fader, while sends share it: volume and mute go there instead of to the
    /// connection.
    pub(crate) fader: Option<C>,
    /// All of them, the strip's own fader too.
    pub(crate) masters: Vec<C>,
    /// The strips whose faders they are, but for the strip itself.
    pub(crate) over: Vec<WeakStrip<C>>,
    /// The bus may have others: these were not sent while nothing fed it.
    pub(crate) stale: bool,
}

// Not derived: that would require a default connection.
impl<C> Default for Ties<C> {
    fn default() -> Self {
        Self {
            fader: None,
            masters: Vec::new(),
            over: Vec::new(),
            stale: false,
        }
    }
}

/// A strip that may have gone: for other strips, which must not keep it.
pub(crate) struct WeakStrip<C> {
    pub(crate) strips: Weak<[Strip<C>]>,
    pub(crate) column: usize,
}

// Not derived: that would require the same of the connection.
impl<C> Clone for WeakStrip<C> {
    fn clone(&self) -> Self {
        Self {
            strips: Weak::clone(&self.strips),
            column: self.column,
        }
    }
}

impl<C> fmt::Debug for WeakStrip<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("WeakStrip")
            .field(&self.column)
            .finish()
    }
}

/// What a strip's lock guards.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct State<C> {
    /// Follows the routing map: see [`Graph::retarget`](crate::desk::retarget).
    pub(crate) feed: Feed<C>,
    /// `None`: the bus has no masters.
    pub(crate) ties: Option<Box<Ties<C>>>,
    pub(crate) faders: Faders,
    /// The strip's bus on its mixer, once that was fed; a group's fader, see
    /// [`groups`](crate::desk::groups).
    pub(crate) place: Endpoint,
    pub(crate) lanes: Lanes,
}

/// A strip that is locked.
pub(crate) type StripGuard<'a, C> = SpinGuard<'a, State<C>>;

/// The strip of one input bus. Its lock is held while a change goes to the engine, so that strip
/// and sound agree when two threads move one fader; with
/// [`GraphLock::lock_strip`](crate::desk::graph_lock::GraphLock::lock_strip) the connection stays
/// meanwhile, too.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Strip<C> {
    state: SpinMutex<State<C>>,
    made: AtomicBool,
    /// Points have ever waited. Beside the state, where there is room for it.
    pub(crate) automated: AtomicBool,
    /// Of the bus, for [`importing`](crate::desk::importing). Changes with the strip locked.
    pub(crate) fed: AtomicBool,
    label: Mutex<String>,
}

// Not derived: that would require a default connection.
impl<C> Default for Strip<C> {
    fn default() -> Self {
        Self {
            state: SpinMutex::new(State {
                feed: Feed::None,
                ties: None,
                faders: Faders::default(),
                place: Endpoint::default(),
                lanes: Lanes::default(),
            }),
            made: AtomicBool::new(false),
            automated: AtomicBool::new(false),
            fed: AtomicBool::new(false),
            label: Mutex::default(),
        }
    }
}

impl<C> Strip<C> {
    /// Whether anybody has asked for the strip, or connected to its bus.
    #[inline]
    pub(crate) fn is_made(&self) -> bool {
        self.made.load(Ordering::Relaxed)
    }

    pub(crate) fn set_made(&self) {
        self.made.store(true, Ordering::Relaxed);
    }

    /// Points are going to wait.
    pub(crate) fn set_automated(&self) {
        self.automated.store(true, Ordering::Relaxed);
    }

    /// Whether the strip is locked at this moment.
    #[cfg(test)]
    pub(crate) fn is_locked(&self) -> bool {
        self.state.is_locked()
    }

    /// For callers that hold the graph's lock, or use the faders alone.
    #[inline]
    pub(crate) fn lock(&self) -> StripGuard<'_, C> {
        self.state.lock()
    }

    /// Whether the next edit waits for the strip, which must be locked.
    #[inline]
    pub(crate) fn is_listed(&self, locked: &StripGuard<'_, C>) -> bool {
        self.state.is_marked(locked)
    }

    pub(crate) fn set_listed(&self, locked: &StripGuard<'_, C>, listed: bool) {
        self.state.set_mark(locked, listed);
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<StripGuard<'_, C>> {
        self.state.try_lock()
    }

    pub(crate) fn faders(&self) -> Faders {
        self.lock().faders
    }

    /// Of a group's fader, which no connection feeds.
    pub(crate) fn set_feed(&self, place: Endpoint, feed: Feed<C>) {
        let mut state = self.lock();
        (state.place, state.feed) = (place, feed);
    }

    /// The mixer has been attached or detached.
    pub(crate) fn set_place(&self, place: Endpoint) {
        self.lock().place = place;
    }

    /// Where the volume is; the engine's time is asked only while it fades.
    ///
    /// The strip is not locked meanwhile: a device's engine answers under its own lock, which an
    /// edit may have while it waits for the strip.
    #[inline]
    pub(crate) fn volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let state = self.lock();
        if !state.faders.volume_moves() {
            return state.faders.volume;
        }
        drop(state);
        let now = now();
        self.lock().value_at(Which::Volume, now)
    }

    /// Where the pan is.
    #[inline]
    pub(crate) fn pan(&self, now: impl FnOnce() -> i64) -> f32 {
        let state = self.lock();
        if !state.faders.pan_moves() {
            return state.faders.pan;
        }
        drop(state);
        let now = now();
        self.lock().value_at(Which::Pan, now)
    }

    pub(crate) fn effective_volume(&self, now: impl FnOnce() -> i64) -> f32 {
        let volume = self.volume(now);
        if self.lock().faders.silenced() {
            0.0
        } else {
            volume
        }
    }

    pub(crate) fn label(&self) -> String {
        lock(&self.label).clone()
    }

    pub(crate) fn set_label(&self, label: &str) {
        label.clone_into(&mut lock(&self.label));
    }

    /// Moves the fader of a locked strip, the engine's first: a value that it refuses changes
    /// nothing. Whatever moves it goes on: see [`set_moving`](Self::set_moving).
    #[inline(always)]
    pub(crate) fn set_volume<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        volume: f32,
    ) -> Result<()> {
        if let Some((target, false)) = state.volume_target() {
            driver.set_volume(target, volume)?;
        }
        state.faders.volume = volume;
        self.retry(state, driver)
    }

    /// Turns the pan of a locked strip, likewise.
    #[inline(always)]
    pub(crate) fn set_pan<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        pan: f32,
    ) -> Result<()> {
        if let Feed::Source(connection) = &state.feed {
            driver.set_pan(connection, pan)?;
        }
        state.faders.pan = pan;
        self.retry(state, driver)
    }

    /// Mutes a locked strip, or lets it sound, likewise.
    pub(crate) fn set_muted<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        muted: bool,
    ) -> Result<()> {
        if state.faders.volume_moves() {
            return self.change(state, driver, |faders| faders.muted = muted);
        }
        if let Some((target, was)) = state.volume_target() {
            let by_solo = state.faders.silenced_by_solo && state.fader().is_none();
            let silenced = muted || by_solo;
            if was != silenced {
                let volume = if silenced { 0.0 } else { state.faders.volume };
                driver.set_volume(target, volume)?;
            }
        }
        state.faders.muted = muted;
        self.retry(state, driver)
    }

    /// Changes a locked strip in any way, and the connection if there is one; a change that the
    /// engine refuses is taken back. Not for solo, which concerns the whole engine.
    pub(crate) fn change<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        change: impl FnOnce(&mut Faders),
    ) -> Result<()> {
        let before = state.faders;
        let was = state.volume_target().map(|target| target.1);
        change(&mut state.faders);
        let sent = state.send_changes(driver, &before).and_then(|()| {
            let turned = was != state.volume_target().map(|target| target.1);
            state.automate(driver, Which::Volume, turned)
        });
        if sent.is_err() {
            state.faders = before;
            return sent;
        }
        self.changed(state, &before, driver);
        Ok(())
    }

    /// After a change of a locked strip: ends the fades that it has replaced, and drives in steps
    /// those that the engine does not do by itself.
    pub(crate) fn changed<B: Backend<Connection = C>, T>(
        &self,
        state: &State<C>,
        before: &Faders,
        driver: &Driver<B, T>,
    ) {
        for fade in state.faders.replaced(*before) {
            driver.replace_fade(&fade);
        }
        self.drive_fades(state, driver);
    }

    /// Follows the routing map, and gives a new connection the strip's values: the engine starts it
    /// at the source's own.
    pub(crate) fn retarget<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        place: Endpoint,
        feed: Feed<C>,
        silenced_by_solo: bool,
        made_by: MadeBy,
    ) -> Result<()> {
        let mut state = self.lock();
        state.forget_deferral(driver);
        (state.place, state.feed) = (place, feed);
        state.faders.silenced_by_solo = silenced_by_solo;
        if made_by == MadeBy::Others {
            return self.see(&mut state, driver);
        }
        let masters = state.send_masters(driver);
        masters.and(self.send(&state, driver))?;
        if state.feed.connection().is_some() {
            self.set_fed();
        }
        Ok(())
    }

    /// Gives the connection the strip's values again.
    pub(crate) fn reapply<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        self.send(&self.lock(), driver)
    }

    /// The same, after the engine may have rendered nothing of it for a while.
    pub(crate) fn renew<B: Backend<Connection = C>, T>(&self, driver: &Driver<B, T>) -> Result<()> {
        let state = self.lock();
        let dropped = if self.automated.load(Ordering::Relaxed) {
            state.drop_late(driver)
        } else {
            Ok(())
        };
        dropped.and(self.send(&state, driver))
    }

    pub(crate) fn send<B: Backend<Connection = C>, T>(
        &self,
        state: &State<C>,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        state.forget_deferral(driver);
        let mut sent = state.send_connection(driver);
        for which in Which::ALL {
            // A shared fader has its points already.
            let shared = which == Which::Volume && state.fader().is_some();
            let waits = which.waits(&state.faders) && !shared;
            sent = sent.and(state.automate(driver, which, waits));
        }
        self.drive_fades(state, driver);
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::fade::{Curve, FadeState};
    use crate::desk::faders::Which;

    #[test]
    fn the_time_is_asked_without_the_lock() {
        let strip = Strip::<()>::default();
        let fade = FadeState::new(Curve::Linear, 0.0, 1.0, 0, 100);
        for which in Which::ALL {
            which.start(&mut strip.lock().faders, fade);
        }
        let half_way = || {
            assert!(!strip.is_locked());
            50
        };
        assert_eq!(strip.volume(half_way), 0.5);
        assert_eq!(strip.pan(half_way), 0.5);
        assert_eq!(strip.effective_volume(half_way), 0.5);
    }
}
