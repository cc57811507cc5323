//! Starting fades and polling them: their ends, and their steps on engines that do not fade by
//! themselves.

use crate::desk::fade::{Curve, Ended, FadeEnd, FadeState};
use crate::desk::fade_list::Key;
use crate::desk::faders::{Faders, Which};
use crate::desk::node::{Connection, DeskNode};
use crate::desk::owner::Owner;
use crate::desk::pending::Pending;
use crate::desk::strips::StripRef;
use crate::desk::{report, report_unheard, Desk};
use crate::error::Result;

/// Where a fade leads, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FadeRequest {
    pub(crate) which: Which,
    pub(crate) to: f32,
    pub(crate) frames: u64,
    pub(crate) curve: Curve,
}

/// A strip, and which of its values is driven in steps.
type Stepped<N> = (StripRef<Connection<N>>, Which);

impl<N: DeskNode> Desk<N> {
    /// Starts a fade of a strip whose owner the engine has, from where the value is. The caller sees to it
    /// that fades are polled.
    pub(crate) fn fade(
        &self,
        owner: &impl Owner,
        strip: &StripRef<Connection<N>>,
        request: FadeRequest,
        ended: Ended,
    ) -> Result<FadeState> {
        let FadeRequest {
            which,
            to,
            frames,
            curve,
        } = request;
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let mut fade = FadeState::new(curve, to, to, now, frames);
        let mut state = self.lock_attached(owner, strip)?;
        strip.change(&mut state, &self.driver, |faders| {
            fade.from = which.at(faders, now);
            which.start(faders, fade);
        })?;
        strip.replace_start(&mut state, &self.driver, which, now)?;
        let pending = Pending {
            strip: strip.clone(),
            which,
            fade,
            ended,
        };
        self.driver.start_fade(fade, pending);
        strip.drive_fades(&state, &self.driver);
        Ok(fade)
    }

    /// Stops a fade where it is, or keeps it from starting; no effect when it is over or was
    /// replaced.
    pub(crate) fn cancel_fade(
        &self,
        owner: &impl Owner,
        strip: &StripRef<Connection<N>>,
        which: Which,
        number: u32,
    ) -> Result<()> {
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let mut state = self.lock_attached(owner, strip)?;
        match which.of(&state.faders) {
            Some(fade) if fade.number() == number => {
                let stop = |faders: &mut Faders| which.set(faders, fade.at(now));
                strip.change(&mut state, &self.driver, stop)
            }
            _ => self.cancel_waiting(strip, &mut state, which, number),
        }
    }

    /// Steps the fades that the engine does not do itself, and ends those that are over.
    #[inline]
    pub(crate) fn poll_fades(&self) {
        if self.driver.any_fading() {
            self.poll_running_fades();
        }
    }

    #[cold]
    fn poll_running_fades(&self) {
        // A renderer does not wait for another thread's batch: the next poll catches up.
        if self.graph.is_kept_away() {
            return;
        }
        if self.catch_up().is_err() {
            return;
        }
        let ended = self.driver.take_ended();
        let mut next = self.next_in_steps(None);
        while let Some((key, (strip, which))) = next {
            self.graph.visit(1);
            strip.step(&self.graph.lock_strip(&strip), &self.driver, which);
            next = self.next_in_steps(Some(key));
        }
        self.end(ended);
    }

    /// The engine has halted, and its clock with it: fades that it does not do by itself end where they
    /// have got to, or nothing would ever end them.
    pub(crate) fn stop_stepped_fades(&self) {
        let over = self.driver.take_ended();
        let mut next = self.next_in_steps(None);
        while let Some((key, (strip, which))) = next {
            self.graph.visit(1);
            let mut state = self.graph.lock_strip(&strip);
            if let Some(fade) = which.of(&state.faders) {
                self.driver.cut_fade(&fade, FadeEnd::Stopped);
                let value = fade.at(self.driver.now());
                // A value that the engine refuses is set with all the others at the next start.
                let _ = strip.change(&mut state, &self.driver, |faders| which.set(faders, value));
            }
            drop(state);
            next = self.next_in_steps(Some(key));
        }
        self.end(over);
        report(self.driver.take_cut());
    }

    /// Ends the fades that are over.
    pub(crate) fn end_fades(&self) {
        self.end(self.driver.take_ended());
    }

    fn next_in_steps(&self, after: Option<Key>) -> Option<(Key, Stepped<N>)> {
        let of = |pending: &Pending<_>| (pending.strip.clone(), pending.which);
        self.driver.next_in_steps(after, of)
    }

    fn end(&self, ended: Vec<(Pending<Connection<N>>, FadeEnd)>) {
        for (pending, end) in &ended {
            if *end == FadeEnd::Finished {
                self.arrive(pending);
            }
        }
        report(ended);
        report_unheard(self.driver.take_unheard());
    }

    /// The fade has arrived, if nothing has taken its place meanwhile.
    fn arrive(&self, pending: &Pending<Connection<N>>) {
        let Pending { strip, which, .. } = pending;
        self.graph.visit(1);
        let mut state = self.graph.lock_strip(strip);
        if which.of(&state.faders) == Some(pending.fade) {
            strip.step(&state, &self.driver, *which);
            which.arrive(&mut state.faders);
        }
    }
}
