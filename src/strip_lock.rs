//! The lock of one channel strip, and the graph's lock around all of them.
//!
//! A per-bus call takes its strip's lock only: one atomic exchange, and calls on different buses
//! share no cache line. A graph edit announces itself and waits until no strip is held; from then
//! on whoever takes a strip's lock sees the announcement, and waits for the edit to end.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::graph::Graph;
use crate::handle::Kind;
use crate::strip::{State, Strip};
use crate::sync::{read, write};

/// Taken for a few nanoseconds at a time, so that who waits spins, and gives way to others.
#[derive(Debug)]
pub(crate) struct RawStripLock(AtomicBool);

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
    const INIT: Self = Self(AtomicBool::new(false));
    type GuardMarker = lock_api::GuardSend;

    #[inline]
    fn lock(&self) {
        while !self.try_lock() {
            wait_while(|| self.0.load(Ordering::Relaxed));
        }
    }

    // Sequentially consistent: an edit that does not see it held is seen by its holder.
    #[inline]
    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }

    #[inline]
    fn is_locked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) type StripGuard<'a> = lock_api::MutexGuard<'a, RawStripLock, State>;

/// The graph: many readers, or one edit, which per-bus calls keep out of the way of.
#[derive(Debug, Default)]
pub(crate) struct GraphLock {
    graph: RwLock<Graph>,
    editing: AtomicBool,
}

impl GraphLock {
    /// Keeps edits away.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Graph> {
        read(&self.graph)
    }

    /// For an edit: alone, and no strip is held by anybody else.
    pub(crate) fn write(&self) -> Edit<'_> {
        let graph = write(&self.graph);
        let edit = Edit {
            graph,
            editing: &self.editing,
        };
        edit.editing.store(true, Ordering::SeqCst);
        for mixer in edit.nodes().filter(|node| node.kind == Kind::Mixer) {
            for (_, strip) in mixer.strips.iter() {
                wait_while(|| strip.is_held());
            }
        }
        edit
    }

    /// Takes a strip's lock, which keeps edits away as well. Not while holding another strip's.
    #[inline]
    pub(crate) fn hold<'a>(&self, strip: &'a Strip) -> StripGuard<'a> {
        loop {
            let held = strip.lock();
            if !self.editing.load(Ordering::SeqCst) {
                return held;
            }
            drop(held);
            drop(self.read());
        }
    }
}

/// The graph while it is edited.
pub(crate) struct Edit<'a> {
    graph: RwLockWriteGuard<'a, Graph>,
    editing: &'a AtomicBool,
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
        self.editing.store(false, Ordering::Release);
    }
}
