//! Carrying out what strips decide: values and fades on their way to the engine, and the fades
//! under way.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::desk::automation::{Lane, Point};
use crate::desk::backend::Backend;
use crate::desk::deferred::Deferred;
use crate::desk::fade::{value_at, Ended, FadeEnd, FadeState, Position};
use crate::desk::fade_list::{FadeList, Key};
use crate::desk::faders::{Sent, Which};
use crate::error::{Error, Result};
use crate::sync::lock;

/// The engine, and the fades that it has under way, each with what its owner wants back at its end.
#[derive(Debug)]
pub(crate) struct Driver<B, T> {
    /// Taken with a strip locked; no strip is locked while this is.
    fades: Mutex<Fades<T>>,
    /// Whether any fade is under way; changes with the lock of `fades` held.
    fading: AtomicBool,
    /// Whether fades were cut whose ends nobody has taken yet; changes likewise.
    cut: AtomicBool,
    /// Anything has ever faded, or was to.
    moved: AtomicBool,
    /// The engine has turned out to have no fades of its own.
    without_fades: AtomicBool,
    /// Likewise, no automation.
    without_automation: AtomicBool,
    pub(crate) deferred: Deferred,
    pub(crate) backend: B,
}

struct Fades<T> {
    list: FadeList<T>,
    /// A thread polls them, because a device plays.
    ticking: bool,
    /// Where points wait, by the frame of each control's first one.
    wakes: BTreeMap<Key, T>,
    /// Points that were removed before they started.
    unheard: Vec<(Ended, FadeEnd)>,
}

impl<T> fmt::Debug for Fades<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fades")
            .field("ticking", &self.ticking)
            .finish_non_exhaustive()
    }
}

impl<T> Fades<T> {
    fn is_empty(&self) -> bool {
        self.list.is_empty() && self.wakes.is_empty() && self.unheard.is_empty()
    }
}

impl<B: Backend, T> Driver<B, T> {
    pub(crate) fn new(backend: B) -> Self {
        Self {
            fades: Mutex::new(Fades {
                list: FadeList::default(),
                ticking: false,
                wakes: BTreeMap::new(),
                unheard: Vec::new(),
            }),
            fading: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            moved: AtomicBool::new(false),
            without_fades: AtomicBool::new(false),
            without_automation: AtomicBool::new(false),
            deferred: Deferred::default(),
            backend,
        }
    }

    #[inline]
    pub(crate) fn now(&self) -> i64 {
        self.backend.now()
    }

    #[inline(always)]
    pub(crate) fn set_volume(&self, connection: &B::Connection, volume: f32) -> Result<()> {
        self.tolerate(connection, self.backend.set_volume(connection, volume))
    }

    #[inline(always)]
    pub(crate) fn set_pan(&self, connection: &B::Connection, pan: f32) -> Result<()> {
        self.tolerate(connection, self.backend.set_pan(connection, pan))
    }

    /// Whether the engine fades the connection by itself; true until it says that it does not.
    pub(crate) fn has_fades(&self, connection: &B::Connection) -> bool {
        !self.without_fades.load(Ordering::Relaxed) && B::can_fade(connection)
    }

    #[cfg(test)]
    pub(crate) fn lose_fades(&self) {
        self.without_fades.store(true, Ordering::Relaxed);
    }

    /// Sends a connection what differs from `before`, or everything. Its strip must be locked.
    pub(crate) fn apply(
        &self,
        connection: &B::Connection,
        before: Option<Sent>,
        now: Sent,
    ) -> Result<()> {
        let backend = &self.backend;
        let volume = (now.volume, now.volume_fade);
        if before.is_none_or(|before| (before.volume, before.volume_fade) != volume) {
            // A new connection has no position yet, and one that was silenced has left its fade:
            // the rest of the fade starts from where it has got to.
            let joins = before.is_none_or(|before| before.silenced);
            if let Some(fade) = now.volume_fade.filter(|_| joins) {
                self.set_volume(connection, fade.at(self.now()))?;
            }
            self.send(
                connection,
                volume,
                |volume| self.set_volume(connection, volume),
                |fade, frames| backend.fade_volume(connection, fade.to, frames, fade.curve),
            )?;
        }
        let pan = (now.pan, now.pan_fade);
        if before.is_none_or(|before| (before.pan, before.pan_fade) != pan) {
            if let (None, Some(fade)) = (before, now.pan_fade) {
                self.set_pan(connection, fade.at(self.now()))?;
            }
            self.send(
                connection,
                pan,
                |pan| self.set_pan(connection, pan),
                |fade, frames| backend.fade_pan(connection, fade.to, frames),
            )?;
        }
        Ok(())
    }

    /// Sets a value; requests the rest of a fade, or sets where it has got to on an engine that has
    /// no fades.
    fn send(
        &self,
        connection: &B::Connection,
        (value, fade): (f32, Option<FadeState>),
        set: impl Fn(f32) -> Result<()>,
        request: impl Fn(&FadeState, u64) -> Result<()>,
    ) -> Result<()> {
        let Some(fade) = fade else {
            return set(value);
        };
        let now = self.now();
        let left = fade.frames_left(now);
        if left > 0 && self.has_fades(connection) {
            match request(&fade, left) {
                Err(Error::Unsupported(_)) => self.without_fades.store(true, Ordering::Relaxed),
                requested => return self.tolerate(connection, requested),
            }
        }
        set(fade.at(now))
    }

    /// Whether the engine does automation by itself; true until it says that it does not.
    pub(crate) fn has_automation(&self) -> bool {
        !self.without_automation.load(Ordering::Relaxed)
    }

    /// Schedules these points from a frame on, and no others, if the engine does that by itself.
    pub(crate) fn automate(
        &self,
        connection: &B::Connection,
        which: Which,
        from: i64,
        points: &[Point],
    ) -> Result<()> {
        if !self.has_automation() {
            return Ok(());
        }
        match self.backend.automate(connection, which, from, points) {
            Err(Error::Unsupported(_)) => {
                self.without_automation.store(true, Ordering::Relaxed);
                Ok(())
            }
            scheduled => self.tolerate(connection, scheduled),
        }
    }

    /// Schedules all of a lane that is still to come.
    pub(crate) fn automate_rest(
        &self,
        connection: &B::Connection,
        which: Which,
        lane: &Lane,
    ) -> Result<()> {
        let mut tries = 0;
        loop {
            let now = self.now();
            let sent = self.automate(connection, which, now, &lane.rest(now));
            tries += 1;
            // A device may have gone past the first start meanwhile.
            if !matches!(sent, Err(Error::OutOfRange(_))) || tries == 3 || self.now() == now {
                return sent;
            }
        }
    }

    /// Sets a connection to where a control is, and on to where its fade leads.
    pub(crate) fn join(
        &self,
        connection: &B::Connection,
        which: Which,
        position: Position,
    ) -> Result<()> {
        let backend = &self.backend;
        let value = value_at(position, self.now());
        match which {
            Which::Volume => {
                self.set_volume(connection, value)?;
                self.send(
                    connection,
                    position,
                    |volume| self.set_volume(connection, volume),
                    |fade, frames| backend.fade_volume(connection, fade.to, frames, fade.curve),
                )
            }
            Which::Pan => {
                self.set_pan(connection, value)?;
                self.send(
                    connection,
                    position,
                    |pan| self.set_pan(connection, pan),
                    |fade, frames| backend.fade_pan(connection, fade.to, frames),
                )
            }
        }
    }

    /// Of a control whose strip is locked: its first point starts at another frame from now on.
    pub(crate) fn change_wake(&self, before: Option<Key>, now: Option<(Key, T)>) {
        let mut fades = lock(&self.fades);
        if let Some(before) = before {
            fades.wakes.remove(&before);
        }
        if let Some((key, wake)) = now {
            fades.wakes.insert(key, wake);
            self.moved.store(true, Ordering::Relaxed);
            self.fading.store(true, Ordering::Release);
        }
    }

    /// A control whose first point starts no later than now; with automation of its own the engine
    /// may still replace one that starts now.
    pub(crate) fn take_wake(&self, now: i64) -> Option<T> {
        let mut fades = lock(&self.fades);
        let first = fades.wakes.first_entry()?;
        let start = first.key().0;
        let due = start < now || (start == now && !self.has_automation());
        due.then(|| first.remove())
    }

    /// A point was removed before it started.
    pub(crate) fn cut_unheard(&self, ended: Option<Ended>, end: FadeEnd) {
        let Some(ended) = ended else {
            return;
        };
        lock(&self.fades).unheard.push((ended, end));
        self.cut.store(true, Ordering::Release);
    }

    /// Everything that waits, as the engine is about to be dropped.
    pub(crate) fn take_wakes(&mut self) -> Vec<T> {
        let fades = self.fades.get_mut();
        let fades = fades.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut fades.wakes).into_values().collect()
    }

    /// Adds a fade, which its strip has already; the strip must be locked.
    pub(crate) fn start_fade(&self, fade: FadeState, kept: T) {
        let mut fades = lock(&self.fades);
        fades.list.start(fade, kept);
        self.moved.store(true, Ordering::Relaxed);
        self.fading.store(true, Ordering::Release);
    }

    /// A value or another fade has taken a fade's place on its strip, which must be locked.
    #[cold]
    pub(crate) fn replace_fade(&self, fade: &FadeState) {
        self.cut_fade(fade, FadeEnd::Replaced);
    }

    /// Ends a fade before its time; its strip must be locked.
    pub(crate) fn cut_fade(&self, fade: &FadeState, end: FadeEnd) {
        lock(&self.fades).list.cut(fade, end);
        self.cut.store(true, Ordering::Release);
    }

    /// The engine does not fade this one by itself.
    #[cold]
    pub(crate) fn drive_in_steps(&self, fade: &FadeState) {
        lock(&self.fades).list.drive_in_steps(fade);
    }

    /// Whether anything has ever faded, or was to.
    pub(crate) fn has_moved(&self) -> bool {
        self.moved.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn any_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    /// The fades that were cut.
    #[cold]
    pub(crate) fn take_cut(&self) -> Vec<(T, FadeEnd)> {
        let mut fades = lock(&self.fades);
        self.cut.store(false, Ordering::Release);
        let cut = fades.list.take_cut();
        self.fading.store(!fades.is_empty(), Ordering::Release);
        cut
    }

    /// The points that were removed before they started.
    #[cold]
    pub(crate) fn take_unheard(&self) -> Vec<(Ended, FadeEnd)> {
        std::mem::take(&mut lock(&self.fades).unheard)
    }

    /// The fades that are over.
    pub(crate) fn take_ended(&self) -> Vec<(T, FadeEnd)> {
        if !self.any_fading() {
            return Vec::new();
        }
        let now = self.now();
        let mut fades = lock(&self.fades);
        let ended = fades.list.take_ended(now);
        self.fading.store(!fades.is_empty(), Ordering::Release);
        ended
    }

    /// All fades, as the engine is about to be dropped.
    pub(crate) fn take_all(&mut self) -> Vec<(T, FadeEnd)> {
        let fades = self.fades.get_mut();
        fades
            .unwrap_or_else(PoisonError::into_inner)
            .list
            .take_all()
    }

    #[inline]
    pub(crate) fn any_fading(&self) -> bool {
        self.fading.load(Ordering::Acquire)
    }

    /// Of the first fade that is driven in steps, or of the one after another.
    pub(crate) fn next_in_steps<R>(
        &self,
        after: Option<Key>,
        of: impl FnOnce(&T) -> R,
    ) -> Option<(Key, R)> {
        let fades = lock(&self.fades);
        let (key, kept) = fades.list.next_in_steps(after)?;
        Some((key, of(kept)))
    }

    /// Lets `spawn` start a thread that polls the fades, unless there is one or nothing fades;
    /// whether it has is what it returns.
    pub(crate) fn keep_ticking(&self, spawn: impl FnOnce() -> bool) {
        let mut fades = lock(&self.fades);
        if !fades.ticking && !fades.is_empty() {
            fades.ticking = spawn();
        }
    }

    /// Whether that thread must go on; it ends when nothing fades any more.
    pub(crate) fn goes_on_ticking(&self) -> bool {
        let mut fades = lock(&self.fades);
        fades.ticking = !fades.is_empty();
        fades.ticking
    }
}
