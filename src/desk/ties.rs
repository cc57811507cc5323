//! Strips that are tied to others: values on their way to connections and masters.

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::faders::{Faders, Sent, Which};
use crate::desk::ranges::MAX_VOLUME;
use crate::desk::routing::Endpoint;
use crate::desk::strip::{State, Strip, Ties, WeakStrip};
use crate::error::Result;

impl<C> State<C> {
    #[inline]
    pub(crate) fn fader(&self) -> Option<&C> {
        self.ties.as_ref()?.fader.as_ref()
    }

    /// Whether there is anything of the engine's that calls on the strip set.
    #[inline]
    pub(crate) fn uses_engine(&self) -> bool {
        self.feed.connection().is_some()
            || (self.fader().is_some() && self.place != Endpoint::NOWHERE)
    }

    /// Where the volume goes, and whether the strip is silenced there.
    #[inline]
    pub(crate) fn volume_target(&self) -> Option<(&C, bool)> {
        match self.fader() {
            Some(fader) => Some((fader, self.faders.muted)),
            None => Some((self.feed.connection()?, self.faders.silenced())),
        }
    }

    /// What the engine gets for such faders: the connection's part, and the master's.
    pub(crate) fn sent(&self, faders: &Faders) -> impl Iterator<Item = (&C, Sent)> + Clone {
        let connection = self.feed.connection();
        let [connection, fader] = match self.fader() {
            Some(fader) => {
                let (sent, shared) = faders.sent_apart();
                [connection.map(|it| (it, sent)), Some((fader, shared))]
            }
            None => [connection.map(|it| (it, faders.sent())), None],
        };
        connection.into_iter().chain(fader)
    }

    /// Gives a new connection everything. A shared fader has its values already.
    pub(crate) fn send_connection<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        let Some(connection) = self.feed.connection() else {
            return Ok(());
        };
        let sent = match self.fader() {
            Some(_) => self.faders.sent_apart().0,
            None => self.faders.sent(),
        };
        driver.apply(connection, None, sent)
    }

    /// Sends what differs from `before`.
    pub(crate) fn send_changes<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        before: &Faders,
    ) -> Result<()> {
        let mut both = self.sent(before).zip(self.sent(&self.faders));
        both.try_for_each(|((connection, old), (_, new))| driver.apply(connection, Some(old), new))
    }

    /// Gives the bus of a new connection its masters.
    pub(crate) fn send_masters<B: Backend<Connection = C>, T>(
        &mut self,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        if let (Some(connection), Some(ties)) = (self.feed.connection(), &mut self.ties) {
            if ties.stale || !ties.masters.is_empty() {
                driver.backend.set_masters(connection, &ties.masters)?;
                ties.stale = false;
            }
        }
        Ok(())
    }
}

impl<C: Clone> Strip<C> {
    /// Gives the strip other masters. What is heard stays as it is, but for what they make of it: a
    /// fade continues on the other side of a fader that is shared from now on, or no longer.
    pub(crate) fn tie<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        ties: Ties<C>,
    ) -> Result<()> {
        let mut state = self.lock();
        let before = state.ties.take().map_or_else(Ties::default, |it| *it);
        let shared = (before.fader.is_some(), ties.fader.is_some());
        let stale = before.stale || !before.masters.is_empty();
        if stale || ties.fader.is_some() || !ties.masters.is_empty() {
            state.ties = Some(Box::new(Ties {
                stale: true,
                ..ties
            }));
        }
        let sent = state
            .move_fader(driver, shared)
            .and_then(|()| state.send_masters(driver));
        if sent.is_err() {
            state.ties = Some(Box::new(Ties {
                stale: true,
                ..before
            }));
            // As it was, as far as the engine agrees.
            let _ = state.send_masters(driver);
            let _ = state.move_fader(driver, (shared.1, shared.0));
        }
        self.drive_fades(&state, driver);
        sent
    }

    /// The volume, as the engine gets it, times those of the masters.
    pub(crate) fn heard_volume(&self, now: impl Fn() -> i64) -> f32 {
        let own = self.effective_volume(&now);
        let over = self.lock().ties.as_ref().map(|ties| ties.over.clone());
        let Some(over) = over else {
            return own;
        };
        let others = over.iter().filter_map(WeakStrip::upgrade);
        let others: f64 = others.map(|it| f64::from(it.shared_volume(&now))).product();
        (f64::from(own) * others).min(f64::from(MAX_VOLUME)) as f32
    }

    /// What others share: the fader and the mute.
    fn shared_volume(&self, now: impl Fn() -> i64) -> f32 {
        if self.faders().muted {
            return 0.0;
        }
        self.volume(now)
    }
}

impl<C> State<C> {
    /// Moves the volume between the connection and the strip's master; no frame is heard in
    /// between, if the caller has opened a batch.
    fn move_fader<B: Backend<Connection = C>, T>(
        &self,
        driver: &Driver<B, T>,
        (was, is): (bool, bool),
    ) -> Result<()> {
        if was == is {
            return Ok(());
        }
        for (connection, sent) in self.sent(&self.faders) {
            // Whatever it had, it gets the volume that it has now; the pan stays.
            let before = Sent {
                volume: f32::NAN,
                volume_fade: None,
                silenced: true,
                ..sent
            };
            driver.apply(connection, Some(before), sent)?;
        }
        if Which::Volume.waits(&self.faders) {
            if let (Some(connection), false) = (self.feed.connection(), was) {
                driver.automate(connection, Which::Volume, driver.now(), &[])?;
            }
        }
        self.automate(driver, Which::Volume, true)
    }
}
