//! The graph's lock, around the locks of all channel strips.
//!
//! A per-bus call takes its strip's lock only: one atomic exchange, and calls on different buses
//! share no cache line. A graph edit runs alone, and needs no walk over the strips:
//!
//! - To use a strip's connection, a call needs the strip to be marked, which the strip's lock
//!   guards. The first call after an edit sets the mark and lists the strip, with the list's lock
//!   held, unless an edit is under way: then it waits.
//! - An edit takes the list and clears the marks of all strips in it, each with the strip's lock
//!   held: it waits for the holders of marked strips, and later callers find no mark.
//! - A strip is in the list exactly while it is marked: both change with both locks held, or during
//!   an edit, when nothing is added. So the edit finds every mark.
//! - A strip that nothing feeds has no connection to use, and needs no mark, unless sends share its
//!   fader: connections are made by edits, which store them with the strip's lock held.
//! - A batch is an edit that lasts: other threads wait for its end with no lock held, while its own
//!   thread passes. It begins alone, so that nobody inside has to be waited for later.
//!
//! Every step is ordered by one of the two locks: no atomic needs more than acquire and release.

use crate::desk::graph::Graph;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::Endpoint;
use crate::desk::strip::{Strip, StripGuard};
use crate::sync::primitives::{
    this_thread, AtomicUsize, Condvar, Mutex, Ordering, PoisonError, RwLock, RwLockReadGuard,
    RwLockWriteGuard,
};
use crate::sync::{lock, read, write};
use std::ops::{Deref, DerefMut};

/// The strips that the next edit has to wait for.
#[derive(Debug, Default)]
struct Used {
    /// Has room for every strip that the engine has something to set for, so that setting one
    /// allocates nothing.
    strips: Vec<Endpoint>,
    editing: bool,
    /// Batches of one thread that are open.
    batches: u32,
}

/// The graph: many readers, or one edit, during which per-bus calls wait.
#[derive(Debug)]
pub(crate) struct GraphLock<N: DeskNode> {
    graph: RwLock<Graph<N>>,
    used: Mutex<Used>,
    /// The thread that has a batch open, or 0. Changes while no other thread is inside.
    owner: AtomicUsize,
    closed: Condvar,
    /// How many strips were visited without being named by a caller.
    #[cfg(test)]
    pub(crate) visited: std::sync::atomic::AtomicUsize,
}

// Not derived: that would require a default node.
impl<N: DeskNode> Default for GraphLock<N> {
    fn default() -> Self {
        Self {
            graph: RwLock::default(),
            used: Mutex::default(),
            owner: AtomicUsize::new(0),
            closed: Condvar::new(),
            #[cfg(test)]
            visited: std::sync::atomic::AtomicUsize::new(0),
        }
    }
}

impl<N: DeskNode> GraphLock<N> {
    /// Keeps edits away.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Graph<N>> {
        loop {
            let graph = read(&self.graph);
            if !self.is_kept_away() {
                return graph;
            }
            drop(graph);
            self.wait_for_batch();
        }
    }

    /// Whether another thread has a batch open.
    pub(crate) fn is_kept_away(&self) -> bool {
        let owner = self.owner.load(Ordering::Acquire);
        owner != 0 && owner != this_thread()
    }

    /// Whether this thread has one open.
    pub(crate) fn has_batch(&self) -> bool {
        self.owner.load(Ordering::Acquire) == this_thread()
    }

    pub(crate) fn wait_for_batch(&self) {
        let mut used = lock(&self.used);
        while self.is_kept_away() {
            used = self
                .closed
                .wait(used)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Keeps all other threads away, until as many batches are closed.
    pub(crate) fn open_batch(&self) {
        // By the edit's end this thread is the owner: the strips are left to it.
        let edit = self.write();
        let mut used = lock(&self.used);
        // First the owner: whoever sees a batch without one takes it for its own.
        self.owner.store(this_thread(), Ordering::Release);
        used.batches += 1;
        drop(used);
        drop(edit);
    }

    pub(crate) fn close_batch(&self) {
        let mut used = lock(&self.used);
        used.batches -= 1;
        if used.batches == 0 {
            used.editing = false;
            self.owner.store(0, Ordering::Release);
            self.closed.notify_all();
        }
    }

    /// For an edit: nobody else uses the graph or a connection meanwhile.
    pub(crate) fn write(&self) -> Edit<'_, N> {
        let graph = loop {
            let graph = write(&self.graph);
            if !self.is_kept_away() {
                break graph;
            }
            drop(graph);
            self.wait_for_batch();
        };
        let mut used = lock(&self.used);
        used.editing = true;
        let strips = std::mem::take(&mut used.strips);
        drop(used);
        let edit = Edit {
            graph,
            used: &self.used,
            strips,
        };
        for strip in edit.strips.iter().filter_map(|place| edit.strip(*place)) {
            strip.set_listed(&strip.lock(), false);
        }
        self.visit(edit.strips.len());
        edit
    }

    /// How many strips are listed, and how many there is room for.
    #[cfg(test)]
    pub(crate) fn used_strips(&self) -> (usize, usize) {
        let used = lock(&self.used);
        (used.strips.len(), used.strips.capacity())
    }

    /// Counts strips for the tests of what a call costs.
    pub(crate) fn visit(&self, _strips: usize) {
        #[cfg(test)]
        self.visited.fetch_add(_strips, Ordering::Relaxed);
    }

    /// Takes a strip's lock, and keeps edits away from its connection. Not while holding another
    /// strip's.
    #[inline(always)]
    pub(crate) fn lock_strip<'a>(
        &self,
        strip: &'a Strip<Connection<N>>,
    ) -> StripGuard<'a, Connection<N>> {
        loop {
            let locked = strip.lock();
            if strip.is_listed(&locked) {
                return locked;
            }
            if let Some(locked) = self.lock_unlisted(strip, locked) {
                return locked;
            }
        }
    }

    /// For the first call since an edit; `None` during one.
    #[cold]
    fn lock_unlisted<'a>(
        &self,
        strip: &Strip<Connection<N>>,
        locked: StripGuard<'a, Connection<N>>,
    ) -> Option<StripGuard<'a, Connection<N>>> {
        if !locked.uses_engine() {
            return Some(locked);
        }
        let mut used = lock(&self.used);
        if used.batches > 0 && !self.is_kept_away() {
            return Some(locked);
        }
        if !used.editing {
            used.strips.push(locked.place);
            strip.set_listed(&locked, true);
            return Some(locked);
        }
        drop(used);
        drop(locked);
        drop(self.read());
        None
    }

    /// As [`lock_strip`](Self::lock_strip), but `None` where that might have to wait.
    #[inline]
    pub(crate) fn try_lock_strip<'a>(
        &self,
        strip: &'a Strip<Connection<N>>,
    ) -> Option<StripGuard<'a, Connection<N>>> {
        let locked = strip.try_lock()?;
        (strip.is_listed(&locked) || !locked.uses_engine()).then_some(locked)
    }
}

/// The graph while it is edited.
pub(crate) struct Edit<'a, N: DeskNode> {
    graph: RwLockWriteGuard<'a, Graph<N>>,
    used: &'a Mutex<Used>,
    strips: Vec<Endpoint>,
}

impl<N: DeskNode> Deref for Edit<'_, N> {
    type Target = Graph<N>;

    fn deref(&self) -> &Graph<N> {
        &self.graph
    }
}

impl<N: DeskNode> DerefMut for Edit<'_, N> {
    fn deref_mut(&mut self) -> &mut Graph<N> {
        &mut self.graph
    }
}

impl<N: DeskNode> Drop for Edit<'_, N> {
    fn drop(&mut self) {
        let mut strips = std::mem::take(&mut self.strips);
        strips.clear();
        strips.reserve(self.graph.used_strips());
        let mut used = lock(self.used);
        used.strips = strips;
        used.editing = used.batches > 0;
    }
}
