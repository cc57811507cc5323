//! Looking after the fades that are under way: their ends, and their steps on engines that do not
//! fade by themselves.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use crate::control::fade::{FadeEnd, Moving, Which};
use crate::desk::fade_list::FadeList;
use crate::desk::strips::StripRef;
use crate::engine::{Engine, EngineInner};
use crate::error::{Error, Result};
use crate::sync::lock;
use crate::sync::panics::caught;

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

/// The fades that an engine has under way. Their lock is taken with a strip held, so that no strip
/// is taken with their lock held.
#[derive(Debug, Default)]
pub(crate) struct Fades {
    list: FadeList<Pending>,
    /// A thread looks after them, because a device plays.
    ticking: bool,
}

impl Engine {
    /// Offline the renderer looks after fades, block by block; while a device plays, a thread does.
    pub(crate) fn tick_fades(&self) {
        if self.max_frames().is_some() {
            return;
        }
        let mut fades = lock(&self.inner.fades);
        if !fades.ticking && !fades.list.is_empty() {
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
        engine.look_after_fades();
        let mut fades = lock(&engine.fades);
        if fades.list.is_empty() {
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
        send: impl Fn(f32) -> Result<()>,
        order: impl Fn(u64) -> Result<()>,
    ) -> Result<()> {
        let now = self.now();
        let left = fade.frames_left(now);
        if left > 0 && self.has_fades() {
            match order(left) {
                Err(Error::Unsupported(_)) => self.without_fades.store(true, Ordering::Relaxed),
                ordered => return ordered,
            }
        }
        send(fade.at(now))
    }

    /// With the fade's strip held, which has it already.
    pub(crate) fn start_fade(&self, pending: Pending) {
        let mut fades = lock(&self.fades);
        fades.list.start(pending.moving, pending);
        self.fading.store(true, Ordering::Release);
    }

    /// A value or a fade has taken its place on its strip, which is held: see
    /// [`ends_told`](Self::ends_told).
    #[cold]
    pub(crate) fn replace_fade(&self, fade: &Moving) {
        self.cut_fade(fade, FadeEnd::Replaced);
    }

    /// The fade is over before its time; its strip is held.
    pub(crate) fn cut_fade(&self, fade: &Moving, end: FadeEnd) {
        lock(&self.fades).list.cut(fade, end);
        self.cut.store(true, Ordering::Release);
    }

    /// Made before any lock is taken: when it goes, and they have gone, the fades that were cut
    /// meanwhile are told.
    #[inline]
    pub(crate) fn ends_told(&self) -> EndsTold<'_> {
        EndsTold(self)
    }

    /// The same for a call that replaces one fade at most. Declared before the strip is held.
    #[inline]
    pub(crate) fn end_told(&self, fade: Option<Moving>) -> Option<EndsTold<'_>> {
        fade.map(|_| self.ends_told())
    }

    #[cold]
    fn tell_cut(&self) {
        let mut fades = lock(&self.fades);
        self.cut.store(false, Ordering::Release);
        let cut = fades.list.take_cut();
        self.fading.store(!fades.list.is_empty(), Ordering::Release);
        drop(fades);
        tell(cut);
    }

    /// The engine does not fade this one by itself.
    #[cold]
    pub(crate) fn drive_in_steps(&self, fade: &Moving) {
        lock(&self.fades).list.drive_in_steps(fade);
    }

    /// Steps what the engine does not fade itself, and ends what is over.
    #[inline]
    pub(crate) fn look_after_fades(&self) {
        if self.fading.load(Ordering::Acquire) {
            self.look_after_running_fades();
        }
    }

    #[cold]
    fn look_after_running_fades(&self) {
        // Who renders does not wait for another thread's batch: later, then.
        if self.graph.is_kept_away() {
            return;
        }
        let ended = self.take_ended();
        let mut next = lock(&self.fades).list.next_in_steps(None).map(step_of);
        while let Some((place, strip, which)) = next {
            self.graph.visit(1);
            strip.step(&self.graph.hold(&strip), self, which);
            next = lock(&self.fades)
                .list
                .next_in_steps(Some(place))
                .map(step_of);
        }
        self.end(ended);
    }

    /// Ends what is over.
    pub(crate) fn end_fades(&self) {
        self.end(self.take_ended());
    }

    fn take_ended(&self) -> Vec<(Pending, FadeEnd)> {
        if !self.fading.load(Ordering::Acquire) {
            return Vec::new();
        }
        let now = self.now();
        let mut fades = lock(&self.fades);
        let ended = fades.list.take_ended(now);
        self.fading.store(!fades.list.is_empty(), Ordering::Release);
        ended
    }

    fn end(&self, ended: Vec<(Pending, FadeEnd)>) {
        for (pending, end) in &ended {
            if *end == FadeEnd::Finished {
                self.settle(pending);
            }
        }
        tell(ended);
    }

    /// The fade has arrived, if nothing has taken its place meanwhile.
    fn settle(&self, pending: &Pending) {
        let Pending { strip, which, .. } = pending;
        self.graph.visit(1);
        let mut state = self.graph.hold(strip);
        if which.of(&state.faders) == Some(pending.moving) {
            strip.step(&state, self, *which);
            which.settle(&mut state.faders);
        }
    }
}

/// See [`EngineInner::ends_told`].
#[must_use]
pub(crate) struct EndsTold<'a>(&'a EngineInner);

impl Drop for EndsTold<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.0.cut.load(Ordering::Acquire) {
            self.0.tell_cut();
        }
    }
}

/// No handle of the engine is left, so that nothing else can end its fades.
impl Drop for EngineInner {
    fn drop(&mut self) {
        let fades = self.fades.get_mut().unwrap_or_else(PoisonError::into_inner);
        tell(fades.list.take_all());
    }
}

/// Without a lock: what runs here may start the next fade.
fn tell(ended: Vec<(Pending, FadeEnd)>) {
    for (pending, end) in ended {
        caught(|| (pending.ended)(end));
    }
}

fn step_of<K>((place, pending): (K, &Pending)) -> (K, StripRef, Which) {
    (place, pending.strip.clone(), pending.which)
}
