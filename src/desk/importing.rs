//! Strips that take over what other code has set on their connections.

use std::sync::atomic::Ordering;

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::foreign::{unless_pending, Foreign};
use crate::desk::ranges::MAX_VOLUME;
use crate::desk::strip::{State, Strip};
use crate::error::{Error, Result};

/// A value of the engine's as a strip can have it.
fn in_range(value: f32, least: f32, most: f32, otherwise: f32) -> f32 {
    if value.is_nan() {
        otherwise
    } else {
        value.clamp(least, most)
    }
}

impl<C> State<C> {
    /// Gives the strip values of the engine's.
    fn take(&mut self, found: Foreign) {
        if let Some(volume) = found.volume {
            let volume = in_range(volume, 0.0, MAX_VOLUME, self.faders.volume);
            self.faders.set_volume(volume);
        }
        if let Some(pan) = found.pan {
            let pan = in_range(pan, -1.0, 1.0, self.faders.pan);
            self.faders.set_pan(pan);
        }
    }

    /// What the engine has for the connection that the desk has not sent; nothing for one that is
    /// pending.
    fn foreign<B: Backend<Connection = C>, T>(&self, driver: &Driver<B, T>) -> Result<Foreign> {
        let mut found = Foreign::default();
        // The connection comes first, if there is one.
        let sent = self.sent(&self.faders).next();
        let Some((connection, sent)) = sent.filter(|_| self.feed.connection().is_some()) else {
            return Ok(found);
        };
        let mut read = || {
            if !self.faders.volume_moves() {
                let volume = driver.backend.volume(connection)?;
                found.volume = (volume != sent.volume).then_some(volume);
            }
            if !self.faders.pan_moves() {
                let pan = driver.backend.pan(connection)?;
                found.pan = (pan != sent.pan).then_some(pan);
            }
            Ok(())
        };
        unless_pending(read())?;
        Ok(found)
    }
}

impl<C> Strip<C> {
    pub(crate) fn is_automated(&self) -> bool {
        self.automated.load(Ordering::Relaxed)
    }

    /// Whether its bus was ever fed, for callers that have the strip locked.
    pub(crate) fn was_fed(&self) -> bool {
        self.fed.load(Ordering::Relaxed)
    }

    /// The bus has had a connection, which has the strip's values or waits for them.
    pub(crate) fn set_fed(&self) {
        self.fed.store(true, Ordering::Relaxed);
    }

    /// What something else has set on the strip's connection since the desk last sent its values.
    pub(crate) fn foreign<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
    ) -> Result<Foreign> {
        let state = self.lock();
        if state.is_deferred(driver) || self.is_automated() {
            return Ok(Foreign::default());
        }
        state.foreign(driver)
    }

    /// Takes it over. What the engine has is then what the strip makes of it.
    pub(crate) fn import<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        let mut state = self.lock();
        if state.is_deferred(driver) {
            return self.see(&mut state, driver);
        }
        if self.is_automated() {
            return Ok(());
        }
        let found = state.foreign(driver)?;
        if !found.any() {
            return Ok(());
        }
        state.take(found);
        unless_pending(state.send_connection(driver))
    }

    /// The strip of a bus that something else has connected, or of a connection that lacks its values.
    pub(crate) fn see<B: Backend<Connection = C>, T>(
        &self,
        state: &mut State<C>,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        let Some(connection) = state.feed.connection() else {
            return self.send(state, driver);
        };
        let values = driver.backend.volume(connection);
        let values = values.and_then(|volume| Ok((volume, driver.backend.pan(connection)?)));
        let (volume, pan) = match values {
            Err(Error::NotConnected(_) | Error::Pending(_)) => {
                driver.defer(connection);
                return Ok(());
            }
            values => values?,
        };
        if !self.was_fed() && state.faders.is_untouched() {
            state.take(Foreign {
                volume: Some(volume),
                pan: Some(pan),
            });
        }
        self.set_fed();
        let masters = state.send_masters(driver);
        masters.and(self.send(state, driver))
    }
}
