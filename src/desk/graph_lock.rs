//! The lock of one channel strip, and the graph's lock around all of them.
//!
//! A per-bus call takes its strip's lock only: one atomic exchange, and calls on different buses
//! share no cache line. A graph edit is alone, and costs no walk over the strips:
//!
//! - Whoever uses a strip's connection needs a mark on the strip, which the strip's lock guards. The
//!   first call after an edit sets it and lists the strip, with the list's lock held, unless an edit
//!   is under way: then it waits.
//! - An edit takes the list, and the marks of all strips in it, each with the strip's lock: whoever
//!   holds a strip with its mark is waited for, and whoever comes later finds no mark.
//! - A strip is in the list exactly while it has its mark: both change with both locks held, or with
//!   an edit under way, which nobody adds to. So the edit finds every mark.
//! - A strip that nothing feeds has no connection to use, and needs no mark: a connection comes with
//!   an edit, which stores it with the strip's lock held.
//!
//! - A batch is an edit that lasts: other threads wait for its end, with no lock held, and its own one
//!   passes. It begins alone, so that nobody who is in here has to be waited for later.
//!
//! Every step is ordered by one of the two locks: no atomic needs more than acquire and release.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::desk::routing::Endpoint;
use crate::desk::strip::{State, Strip};
use crate::engine::graph::Graph;
use crate::sync::{lock, read, write};

/// Taken for a few nanoseconds at a time, so that who waits spins, and gives way to others.
#[derive(Debug)]
pub(crate) struct RawStripLock {
    held: AtomicBool,
    /// The strip's mark: its connection may be used. Changes while the strip is held.
    pub(crate) listed: AtomicBool,
}

/// How often a waiting thread looks before it gives way.
const SPINS: u32 = 64;

fn wait_while(mut held: impl FnMut() -> bool) {
    let mut spins = 0;
    while held() {
        if spins < SPINS {
            spins += 1;
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

// SAFETY: `lock` and a successful `try_lock` turn the flag from false to true in one step, which
// one thread at a time can; only `unlock`, called by the holder, turns it back. The exchange
// acquires what the store before it released.
unsafe impl lock_api::RawMutex for RawStripLock {
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: Self = Self {
        held: AtomicBool::new(false),
        listed: AtomicBool::new(false),
    };
    type GuardMarker = lock_api::GuardSend;

    #[inline]
    fn lock(&self) {
        while !self.try_lock() {
            wait_while(|| self.held.load(Ordering::Relaxed));
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        !self.held.swap(true, Ordering::Acquire)
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.held.store(false, Ordering::Release);
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }
}

pub(crate) type StripGuard<'a> = lock_api::MutexGuard<'a, RawStripLock, State>;

/// A number that no other thread has, and not 0.
fn this_thread() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}

/// The strips that the next edit has to wait for.
#[derive(Debug, Default)]
struct Used {
    /// There is room for all that something feeds, so that a per-bus call allocates nothing.
    strips: Vec<Endpoint>,
    editing: bool,
    /// Batches of one thread that are open.
    batches: u32,
}

/// The graph: many readers, or one edit, which per-bus calls keep out of the way of.
#[derive(Debug, Default)]
pub(crate) struct GraphLock {
    graph: RwLock<Graph>,
    used: Mutex<Used>,
    /// The thread that has a batch open, or 0. Changes while no other thread is in here.
    owner: AtomicUsize,
    closed: Condvar,
    /// How many strips were looked at that no caller named.
    #[cfg(test)]
    pub(crate) visited: std::sync::atomic::AtomicUsize,
}

impl GraphLock {
    /// Keeps edits away.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Graph> {
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
        // The edit's end leaves the strips to this thread: it is the owner by then.
        let edit = self.write();
        lock(&self.used).batches += 1;
        self.owner.store(this_thread(), Ordering::Release);
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

    /// For an edit: alone, and nobody else uses a connection.
    pub(crate) fn write(&self) -> Edit<'_> {
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

    /// Counts strips for the tests of what a call costs.
    pub(crate) fn visit(&self, _strips: usize) {
        #[cfg(test)]
        self.visited.fetch_add(_strips, Ordering::Relaxed);
    }

    /// Takes a strip's lock, and keeps edits away from its connection. Not while holding another
    /// strip's.
    #[inline]
    pub(crate) fn hold<'a>(&self, strip: &'a Strip) -> StripGuard<'a> {
        loop {
            let held = strip.lock();
            if strip.is_listed(&held) {
                return held;
            }
            if let Some(held) = self.hold_unlisted(strip, held) {
                return held;
            }
        }
    }

    /// The first call since an edit; none while there is one.
    #[cold]
    fn hold_unlisted<'a>(&self, strip: &Strip, held: StripGuard<'a>) -> Option<StripGuard<'a>> {
        if held.feed.connection().is_none() {
            return Some(held);
        }
        let mut used = lock(&self.used);
        if used.batches > 0 && !self.is_kept_away() {
            return Some(held);
        }
        if !used.editing {
            used.strips.push(held.place);
            strip.set_listed(&held, true);
            return Some(held);
        }
        drop(used);
        drop(held);
        drop(self.read());
        None
    }
}

/// The graph while it is edited.
pub(crate) struct Edit<'a> {
    graph: RwLockWriteGuard<'a, Graph>,
    used: &'a Mutex<Used>,
    strips: Vec<Endpoint>,
}

impl Deref for Edit<'_> {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        &self.graph
    }
}

impl DerefMut for Edit<'_> {
    fn deref_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }
}

impl Drop for Edit<'_> {
    fn drop(&mut self) {
        let mut strips = std::mem::take(&mut self.strips);
        strips.clear();
        strips.reserve(self.graph.routing.link_count());
        let mut used = lock(self.used);
        used.strips = strips;
        used.editing = used.batches > 0;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;
    use crate::control::strip_costs::desk;
    use crate::Result;

    #[test]
    fn the_list_of_used_strips_never_grows_in_a_call() -> Result<()> {
        let (engine, mixer, _players) = desk(100)?;
        let capacity = || lock(&engine.inner.graph.used).strips.capacity();
        let before = capacity();
        for bus in 0..100 {
            mixer.bus(bus)?.set_volume(0.5)?;
        }
        assert_eq!(lock(&engine.inner.graph.used).strips.len(), 100);
        assert_eq!(capacity(), before);
        Ok(())
    }

    #[test]
    fn nobody_holds_a_strip_while_the_graph_is_edited() -> Result<()> {
        const STRIPS: u32 = 3;
        const EDITS: usize = 2000;
        let (engine, mixer, _players) = desk(STRIPS)?;
        let graph = &engine.inner.graph;
        let (inside, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for thread in 0..4 {
                let (inside, calls, over, mixer) = (&inside, &calls, &over, &mixer);
                scope.spawn(move || {
                    let mut turn = thread;
                    while !over.load(Ordering::Relaxed) {
                        turn = (turn * 5 + 1) % 97;
                        let strip = &mixer.bus(turn % STRIPS).expect("a bus").strip;
                        let state = graph.hold(strip);
                        inside.fetch_add(1, Ordering::Relaxed);
                        if calls.fetch_add(1, Ordering::Relaxed) % 61 == 0 {
                            thread::yield_now();
                        }
                        inside.fetch_sub(1, Ordering::Relaxed);
                        drop(state);
                    }
                });
            }
            let mut seen = 0;
            for edit in 0..EDITS {
                // At least one call between two edits, so that there is something to wait for.
                wait_while(|| calls.load(Ordering::Relaxed) == seen);
                let held = graph.write();
                for look in 0..edit % 50 {
                    if inside.load(Ordering::Relaxed) != 0 {
                        over.store(true, Ordering::Relaxed);
                        panic!("a strip is held in edit {edit}");
                    }
                    if look % 16 == 15 {
                        thread::yield_now();
                    }
                }
                seen = calls.load(Ordering::Relaxed);
                drop(held);
            }
            over.store(true, Ordering::Relaxed);
        });
        Ok(())
    }
}
