//! What waits on a strip for its frame.

use crate::desk::automation::Lane;
use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::fade::{value_at, FadeEnd, Position};
use crate::desk::faders::{Faders, Which};
use crate::desk::strip::{State, Strip};
use crate::error::Result;

impl<C> State<C> {
    /// Where a value is at the engine's time `now`.
    pub(crate) fn value_at(&self, which: Which, now: i64) -> f32 {
        value_at(self.position_at(which, now), now)
    }

    /// The same, with the fade that moves it there.
    pub(crate) fn position_at(&self, which: Which, now: i64) -> Position {
        let position = which.position(&self.faders);
        match self.lanes.get(which) {
            Some(lane) => lane.position(position, now),
            None => position,
        }
    }

    /// Changes what waits.
    pub(crate) fn change_lane<R>(
        &mut self,
        which: Which,
        change: impl FnOnce(&mut Lane) -> R,
    ) -> R {
        let lane = self.lanes.slot(which).get_or_insert_default();
        let result = change(lane);
        let waits = !lane.is_empty();
        if !waits && lane.wake.is_none() {
            *self.lanes.slot(which) = None;
        }
        which.set_waits(&mut self.faders, waits);
        result
    }

    /// Where a value goes, and whether the strip is silenced there.
    pub(crate) fn target(&self, which: Which) -> Option<(&C, bool)> {
        match which {
            Which::Volume => self.volume_target(),
            Which::Pan => Some((self.feed.connection()?, false)),
        }
    }

    /// Whether such faders are silenced where the volume goes.
    pub(crate) fn is_silenced(&self, faders: &Faders) -> bool {
        match self.fader() {
            Some(_) => faders.muted,
            None => faders.silenced(),
        }
    }

    /// Schedules what waits again, if `needed` and there is anything: a silenced volume stays at 0.
    pub(crate) fn automate<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        which: Which,
        needed: bool,
    ) -> Result<()> {
        match (self.target(which), self.lanes.get(which)) {
            (Some((target, true)), Some(_)) if needed => {
                driver.automate(target, which, driver.now(), &[])
            }
            (Some((target, false)), Some(lane)) if needed => {
                driver.automate_rest(target, which, lane)
            }
            _ => Ok(()),
        }
    }

    /// The engine may have rendered nothing of the strip for a while: what should have started
    /// meanwhile is part of the values that it gets again, and must not start late.
    pub(crate) fn drop_late<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        let mut dropped = Ok(());
        for which in Which::ALL {
            let shared = which == Which::Volume && self.fader().is_some();
            if let (Some((target, _)), false) = (self.target(which), shared) {
                dropped = dropped.and(driver.automate(target, which, i64::MIN, &[]));
            }
        }
        dropped
    }
}

impl<C> Strip<C> {
    /// Sets a value of a locked strip that moves, or is going to. It takes the place of what starts
    /// at the same frame; later points stay.
    #[cold]
    pub(crate) fn set_moving<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        which: Which,
        value: f32,
        now: i64,
    ) -> Result<()> {
        let fade = which.of(&state.faders);
        match which {
            Which::Volume => self.set_volume(state, driver, value)?,
            Which::Pan => self.set_pan(state, driver, value)?,
        }
        if let Some(fade) = fade {
            driver.replace_fade(&fade);
        }
        which.set(&mut state.faders, value);
        self.replace_start(state, driver, which, now)
    }

    /// Removes a point that starts now, because something else does.
    pub(crate) fn replace_start<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
        which: Which,
        now: i64,
    ) -> Result<()> {
        if !which.waits(&state.faders) {
            return Ok(());
        }
        let Some(replaced) = state.change_lane(which, |lane| lane.take_at(now)) else {
            return Ok(());
        };
        driver.cut_unheard(replaced.ended, FadeEnd::Replaced);
        match state.target(which) {
            Some((target, false)) => {
                let rest = state.lanes.get(which).map(|lane| lane.rest(now));
                driver.automate(target, which, now, &rest.unwrap_or_default())
            }
            _ => Ok(()),
        }
    }
}
