//! Looking after the fades that are under way: their ends, and their steps on engines that do not
//! fade by themselves.

use std::fmt;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::engine::{Engine, EngineInner};
use crate::error::{Error, Result};
use crate::fade::{FadeEnd, Moving, Which};
use crate::strips::StripRef;
use crate::sync::lock;

/// How often running fades are looked after while a device plays.
const TICK: Duration = Duration::from_millis(5);

/// What waits for a fade's end. It names no engine: that would keep the engine alive.
pub(crate) struct Pending {
    pub(crate) strip: StripRef,
    pub(crate) bus: u32,
    pub(crate) which: Which,
    pub(crate) moving: Moving,
    pub(crate) ended: Box<dyn FnOnce(FadeEnd) + Send>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pending")
            .field("bus", &self.bus)
            .field("moving", &self.moving)
            .finish_non_exhaustive()
    }
}

/// The fades that an engine has under way.
#[derive(Debug, Default)]
pub(crate) struct Fades {
    pending: Vec<Pending>,
    /// A thread looks after them, because a device plays.
    ticking: bool,
}

impl Engine {
    pub(crate) fn wait_for(&self, pending: Pending) {
        let mut fades = lock(&self.inner.fades);
        fades.pending.push(pending);
        self.inner.fading.store(true, Ordering::Release);
        // Offline the renderer looks after them, block by block.
        if self.max_frames().is_none() && !fades.ticking {
            let engine = Arc::downgrade(&self.inner);
            fades.ticking = std::thread::Builder::new()
                .name("perbus fades".to_owned())
                .spawn(move || tick(&engine))
                .is_ok();
        }
    }
}

fn tick(engine: &Weak<EngineInner>) {
    loop {
        std::thread::sleep(TICK);
        let Some(engine) = engine.upgrade() else {
            return;
        };
        // The panic hook has reported it; the other fades need this thread.
        let _ = catch_unwind(AssertUnwindSafe(|| engine.look_after_fades()));
        let mut fades = lock(&engine.fades);
        if fades.pending.is_empty() {
            fades.ticking = false;
            return;
        }
    }
}

impl EngineInner {
    /// Whether the engine fades by itself; true until it says that it does not.
    pub(crate) fn has_fades(&self) -> bool {
        !self.without_fades.load(Ordering::Relaxed)
    }

    /// Orders the rest of a fade, or sets where it has got to on an engine without fades.
    pub(crate) fn fade_or_step(
        &self,
        fade: Moving,
        by_parameter: bool,
        send: impl Fn(f32) -> Result<()>,
        order: impl Fn(u64) -> Result<()>,
    ) -> Result<()> {
        let now = self.now();
        let left = fade.frames_left(now);
        if left > 0 && self.has_fades() && !by_parameter {
            match order(left) {
                Err(Error::Unsupported(_)) => self.without_fades.store(true, Ordering::Relaxed),
                ordered => return ordered,
            }
        }
        send(fade.at(now))
    }

    /// Ends what is over, and steps what the engine does not fade itself.
    pub(crate) fn look_after_fades(&self) {
        if !self.fading.load(Ordering::Acquire) {
            return;
        }
        let mut fades = lock(&self.fades);
        let now = self.now();
        let mut over = Vec::new();
        let mut index = 0;
        while index < fades.pending.len() {
            let pending = &fades.pending[index];
            let current = pending.which.of(&pending.strip.faders()) == Some(pending.moving);
            if current && pending.moving.frames_left(now) > 0 {
                self.step(pending);
                index += 1;
            } else {
                over.push((fades.pending.swap_remove(index), current));
            }
        }
        self.fading
            .store(!fades.pending.is_empty(), Ordering::Release);
        drop(fades);
        // Without a lock: what runs here may start the next fade.
        let mut panicked = None;
        for (pending, current) in over {
            if current {
                self.step(&pending);
                pending
                    .strip
                    .settle(pending.which == Which::Volume, pending.moving);
            }
            let end = if current {
                FadeEnd::Finished
            } else {
                FadeEnd::Replaced
            };
            let ended = catch_unwind(AssertUnwindSafe(|| (pending.ended)(end)));
            panicked = panicked.or(ended.err());
        }
        if let Some(panic) = panicked {
            resume_unwind(panic);
        }
    }

    fn step(&self, pending: &Pending) {
        let strip = &pending.strip;
        strip.step(&self.graph.hold(strip), self, pending.which);
    }
}
