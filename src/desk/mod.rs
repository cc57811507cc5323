//! The strategy: which source feeds which bus, and what that bus's fader, pan, mute and solo mean
//! for it. Pure Rust: no ffi, no unsafe code. The engine is whatever implements
//! [`backend::Backend`]; the tests have one of their own.

use std::fmt;
use std::sync::{Mutex, RwLockReadGuard};

use crate::desk::driver::Driver;
use crate::desk::fade::{Ended, FadeEnd};
use crate::desk::faders::Which;
use crate::desk::fallback::Fallback;
use crate::desk::graph::Graph;
use crate::desk::graph_lock::{Edit, GraphLock};
use crate::desk::node::{Connection, DeskNode};
use crate::desk::owner::Owner;
use crate::desk::pending::Pending;
use crate::desk::strip::{Feed, Strip, StripGuard};
use crate::error::Result;
use crate::sync::in_render;
use crate::sync::panics::caught;

pub(crate) mod adoption;
mod apply_many;
pub(crate) mod audibility;
pub(crate) mod automation;
pub(crate) mod backend;
mod by_number;
mod configure;
pub mod decibels;
pub(crate) mod deferral;
pub(crate) mod deferred;
pub(crate) mod driver;
pub(crate) mod engine_scene;
#[cfg(feature = "serde")]
mod engine_scene_stored;
pub(crate) mod fade;
pub(crate) mod fade_list;
pub(crate) mod faders;
pub(crate) mod fading;
pub(crate) mod fallback;
pub(crate) mod foreign;
pub(crate) mod graph;
pub(crate) mod graph_lock;
pub(crate) mod group_config;
mod grouping;
pub(crate) mod groups;
mod importing;
mod meters;
mod mirroring;
pub(crate) mod mirrors;
pub(crate) mod node;
pub(crate) mod outputs;
pub(crate) mod owner;
pub(crate) mod pan_law;
mod panning;
pub(crate) mod pending;
pub(crate) mod ranges;
pub(crate) mod recall;
pub(crate) mod retarget;
pub(crate) mod routing;
pub(crate) mod scene;
pub(crate) mod scene_parts;
#[cfg(feature = "serde")]
mod scene_stored;
mod scheduling;
mod sending;
pub(crate) mod sends;
mod snapshots;
#[cfg(any(test, target_vendor = "apple"))]
pub(crate) mod software_masters;
pub(crate) mod solo;
#[cfg(feature = "serde")]
mod stored;
pub(crate) mod strip;
mod strip_automation;
mod strip_fades;
pub(crate) mod strips;
mod structure;
#[cfg(test)]
mod tests;
pub(crate) mod tied;
mod ties;
mod tying;
pub(crate) mod upstream;

/// The desk of one engine. The strips are with the nodes.
pub(crate) struct Desk<N: DeskNode> {
    /// Edits change it; a per-bus call locks its strip only. Dropped before the engine.
    pub(crate) graph: GraphLock<N>,
    pub(crate) fallback: Mutex<Fallback>,
    pub(crate) driver: Driver<N::Backend, Pending<Connection<N>>>,
}

impl<N: DeskNode> Desk<N> {
    pub(crate) fn new(backend: N::Backend) -> Self {
        Self {
            graph: GraphLock::default(),
            fallback: Mutex::default(),
            driver: Driver::new(backend),
        }
    }

    #[inline]
    pub(crate) fn backend(&self) -> &N::Backend {
        &self.driver.backend
    }

    #[inline]
    pub(crate) fn now(&self) -> i64 {
        self.driver.now()
    }

    /// The graph, with edits kept away. Refused where the thread must not wait.
    pub(crate) fn read(&self) -> Result<RwLockReadGuard<'_, Graph<N>>> {
        in_render::refuse()?;
        Ok(self.graph.read())
    }

    /// The graph for an edit, exclusively. Refused likewise.
    pub(crate) fn edit(&self) -> Result<Edit<'_, N>> {
        in_render::refuse()?;
        if self.driver.any_fading() {
            self.catch_up()?;
        }
        Ok(self.graph.write())
    }

    /// Locks a strip, which keeps edits away as well. Refused likewise. Not while another strip is
    /// locked.
    #[inline]
    pub(crate) fn lock_strip<'a>(
        &self,
        strip: &'a Strip<Connection<N>>,
    ) -> Result<StripGuard<'a, Connection<N>>> {
        in_render::refuse()?;
        Ok(self.graph.lock_strip(strip))
    }

    /// The same for a strip whose owner the engine must have. It has one whose strip is fed.
    #[inline(always)]
    pub(crate) fn lock_attached<'a>(
        &self,
        owner: &impl Owner,
        strip: &'a Strip<Connection<N>>,
    ) -> Result<StripGuard<'a, Connection<N>>> {
        let state = self.lock_strip(strip)?;
        if matches!(state.feed, Feed::None) {
            owner.check()?;
        }
        Ok(state)
    }

    #[inline]
    pub(crate) fn set_volume(
        &self,
        owner: &impl Owner,
        strip: &Strip<Connection<N>>,
        volume: f32,
    ) -> Result<()> {
        let mut state = self.lock_attached(owner, strip)?;
        if state.faders.volume_moves() {
            drop(state);
            return self.set_moving(owner, strip, Which::Volume, volume);
        }
        strip.set_volume(&mut state, &self.driver, volume)
    }

    #[inline]
    pub(crate) fn set_pan(&self, mixer: &N, strip: &Strip<Connection<N>>, pan: f32) -> Result<()> {
        let mut state = self.lock_attached(mixer, strip)?;
        if state.faders.pan_moves() {
            drop(state);
            return self.set_moving(mixer, strip, Which::Pan, pan);
        }
        strip.set_pan(&mut state, &self.driver, pan)
    }

    /// Sets a value that moves, or is going to.
    #[cold]
    pub(crate) fn set_moving(
        &self,
        owner: &impl Owner,
        strip: &Strip<Connection<N>>,
        which: Which,
        value: f32,
    ) -> Result<()> {
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let mut state = self.lock_attached(owner, strip)?;
        strip.set_moving(&mut state, &self.driver, which, value, now)
    }

    pub(crate) fn set_muted(
        &self,
        owner: &impl Owner,
        strip: &Strip<Connection<N>>,
        muted: bool,
    ) -> Result<()> {
        let _ends = self.reporting_ends();
        if self.driver.any_fading() {
            self.catch_up()?;
        }
        let mut state = self.lock_attached(owner, strip)?;
        strip.set_muted(&mut state, &self.driver, muted)
    }

    /// Made before any lock is taken: when it is dropped, after all of them, it reports the ends of
    /// the fades that were cut meanwhile.
    #[inline]
    pub(crate) fn reporting_ends(&self) -> EndsReported<'_, N> {
        EndsReported(self)
    }

    /// Gives every connection its strip's values again: a start may have dropped them.
    pub(crate) fn reapply_strips(&self) -> Result<()> {
        let graph = self.read()?;
        for node in graph.nodes() {
            for (_, strip) in node.strips.iter() {
                strip.reapply(&self.driver)?;
            }
            if let Some(strip) = node.output.get() {
                strip.reapply(&self.driver)?;
            }
        }
        Ok(())
    }
}

impl<N: DeskNode> fmt::Debug for Desk<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// No handle of the engine is left, so that nothing else can end its fades.
impl<N: DeskNode> Drop for Desk<N> {
    fn drop(&mut self) {
        report(self.driver.take_all());
        for wake in self.driver.take_wakes() {
            wake.strip.stop_fades(&self.driver);
        }
        report_unheard(self.driver.take_unheard());
    }
}

/// See [`Desk::reporting_ends`].
#[must_use]
pub(crate) struct EndsReported<'a, N: DeskNode>(&'a Desk<N>);

impl<N: DeskNode> Drop for EndsReported<'_, N> {
    #[inline]
    fn drop(&mut self) {
        if self.0.driver.any_cut() {
            report(self.0.driver.take_cut());
            report_unheard(self.0.driver.take_unheard());
        }
    }
}

/// The same for points that never started.
pub(crate) fn report_unheard(ended: Vec<(Ended, FadeEnd)>) {
    for (ended, end) in ended {
        caught(|| ended(end));
    }
}

/// Runs the closures, with no lock held: they may start the next fade.
pub(crate) fn report<C>(ended: Vec<(Pending<C>, FadeEnd)>) {
    for (pending, end) in ended {
        caught(|| (pending.ended)(end));
    }
}
