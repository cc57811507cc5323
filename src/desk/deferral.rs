//! Connections that the engine does not let the desk set yet.
//!
//! An engine may refuse to set what a mixer feeds for as long as nothing feeds the mixer. That is no
//! failure: the strip keeps its values, and the connection gets all of them when its mixer's inputs
//! change, when the engine starts, or when the strip is set again.

use std::collections::BTreeSet;

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::graph::Graph;
use crate::desk::node::DeskNode;
use crate::desk::routing::Endpoint;
use crate::desk::strip::{State, Strip};
use crate::error::{Error, Result};

impl<B: Backend, T> Driver<B, T> {
    /// Whether any connection lacks its values.
    #[inline]
    pub(crate) fn defers(&self) -> bool {
        self.deferred.any()
    }

    /// What a call on a connection has returned; one that has to wait is no failure.
    #[inline(always)]
    pub(crate) fn tolerate(&self, connection: &B::Connection, set: Result<()>) -> Result<()> {
        match set {
            Ok(()) => Ok(()),
            Err(error) => self.tolerate_failure(connection, error),
        }
    }

    #[cold]
    fn tolerate_failure(&self, connection: &B::Connection, error: Error) -> Result<()> {
        if !matches!(error, Error::Pending(_)) {
            return Err(error);
        }
        self.defer(connection);
        Ok(())
    }

    /// The connection lacks its values from now on.
    pub(crate) fn defer(&self, connection: &B::Connection) {
        if let Some(bus) = B::bus_of(connection) {
            self.deferred.add(bus);
        }
    }

    /// Whether a connection lacks its values.
    #[cold]
    pub(crate) fn is_deferred(&self, connection: &B::Connection) -> bool {
        B::bus_of(connection).is_some_and(|bus| self.deferred.contains(bus))
    }
}

impl<C> State<C> {
    /// Whether the strip's connection lacks its values.
    #[inline]
    pub(crate) fn is_deferred<B: Backend<Connection = C>, T>(&self, driver: &Driver<B, T>) -> bool {
        driver.defers()
            && self
                .feed
                .connection()
                .is_some_and(|it| driver.is_deferred(it))
    }

    /// The strip's connection is about to get all of its values, or has ended.
    pub(crate) fn forget_deferral<B: Backend<Connection = C>, T>(&self, driver: &Driver<B, T>) {
        if let (true, Some(connection)) = (driver.defers(), self.feed.connection()) {
            if let Some(bus) = B::bus_of(connection) {
                driver.deferred.remove(bus);
            }
        }
    }
}

impl<C> Strip<C> {
    /// The strip has been set: if its connection lacked values, it lacks the others, too.
    #[inline]
    pub(crate) fn retry<B: Backend<Connection = C>, T>(
        &self,
        state: &State<C>,
        driver: &Driver<B, T>,
    ) -> Result<()> {
        if state.is_deferred(driver) {
            return self.send(state, driver);
        }
        Ok(())
    }
}

impl<N: DeskNode> Graph<N> {
    /// What feeds an input has changed: whatever mixer it leads into, the connections from there on
    /// that lack their strips' values may get them now.
    pub(crate) fn retry_from<T>(
        &self,
        driver: &Driver<N::Backend, T>,
        changed: Endpoint,
    ) -> Result<()> {
        let mut applied = Ok(());
        if !driver.defers() {
            return applied;
        }
        let mut done = BTreeSet::new();
        let mut open = self.mixer_buses_from(changed);
        while let Some(input) = open.pop() {
            if !driver.defers() {
                break;
            }
            if !done.insert(input.node) {
                continue;
            }
            for fed in self.routing.fed_by(input.node) {
                for bus in self.mixer_buses_from(fed) {
                    let Some(strip) = self.strip(bus) else {
                        continue;
                    };
                    let mut state = strip.lock();
                    if state.is_deferred(driver) {
                        applied = applied.and(strip.see(&mut state, driver));
                        if !state.is_deferred(driver) {
                            open.push(bus);
                        }
                    }
                }
            }
        }
        applied
    }
}
