//! Scheduling points of automation, and starting them when their frames have come.

use crate::desk::automation::{Point, Waiting};
use crate::desk::fade::{next_number, Ended, FadeEnd, FadeState};
use crate::desk::faders::Which;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::owner::Owner;
use crate::desk::pending::Pending;
use crate::desk::strip::StripGuard;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::error::Result;
use crate::sync::in_render;

impl<N: DeskNode> Desk<N> {
    /// Adds points, in the order of their starts, to what a value of a strip is going to do. Each
    /// takes the place of one that starts at the same frame. Returns the numbers of their fades.
    /// The caller sees to it that fades are polled.
    pub(crate) fn schedule(
        &self,
        owner: &impl Owner,
        strip: &StripRef<Connection<N>>,
        which: Which,
        points: Vec<(Point, Option<Ended>)>,
    ) -> Result<Vec<u32>> {
        let waiting = points.into_iter().map(|(point, ended)| Waiting {
            point,
            number: next_number(),
            ended,
        });
        let waiting: Vec<_> = waiting.collect();
        let Some(from) = waiting.first().map(|first| first.point.start) else {
            return Ok(Vec::new());
        };
        let numbers = waiting.iter().map(|it| it.number).collect();
        let _ends = self.reporting_ends();
        self.catch_up()?;
        let mut state = self.lock_attached(owner, strip)?;
        if let Some((target, silenced)) = state.target(which) {
            if self.driver.has_automation() && !silenced {
                let points = match state.lanes.get(which) {
                    Some(lane) => lane.with(&waiting),
                    None => waiting.iter().map(|it| it.point).collect(),
                };
                self.driver.automate(target, which, from, &points)?;
            }
        }
        strip.set_automated();
        for it in state.change_lane(which, |lane| lane.add(waiting)) {
            self.driver.cut_unheard(it.ended, FadeEnd::Replaced);
        }
        self.wake(strip, &mut state, which);
        drop(state);
        self.catch_up()?;
        Ok(numbers)
    }

    /// Removes what starts at a frame or later; what starts earlier continues. The frame is not over
    /// yet.
    pub(crate) fn cancel_from(
        &self,
        owner: &impl Owner,
        strip: &StripRef<Connection<N>>,
        which: Which,
        frame: i64,
    ) -> Result<()> {
        let _ends = self.reporting_ends();
        self.catch_up()?;
        let mut state = self.lock_attached(owner, strip)?;
        if let (Some((target, _)), Some(_)) = (state.target(which), state.lanes.get(which)) {
            self.driver.automate(target, which, frame, &[])?;
        }
        let removed = state.change_lane(which, |lane| lane.take_from(frame));
        for it in removed {
            self.driver.cut_unheard(it.ended, FadeEnd::Replaced);
        }
        self.wake(strip, &mut state, which);
        drop(state);
        self.catch_up()?;
        Ok(())
    }

    /// Removes the point whose fade has a number, if it waits.
    pub(crate) fn cancel_waiting(
        &self,
        strip: &StripRef<Connection<N>>,
        state: &mut StripGuard<'_, Connection<N>>,
        which: Which,
        number: u32,
    ) -> Result<()> {
        let found = state.lanes.get(which).and_then(|lane| lane.find(number));
        let Some(start) = found.map(|point| point.start) else {
            return Ok(());
        };
        let target = state.target(which);
        if let (Some((target, false)), Some(lane)) = (target, state.lanes.get(which)) {
            let rest: Vec<_> = lane.from(start).skip(1).collect();
            self.driver.automate(target, which, start, &rest)?;
        }
        if let Some(removed) = state.change_lane(which, |lane| lane.take_at(start)) {
            self.driver.cut_unheard(removed.ended, FadeEnd::Replaced);
        }
        self.wake(strip, state, which);
        Ok(())
    }

    /// What a value of a strip is going to do.
    pub(crate) fn scheduled(&self, strip: &StripRef<Connection<N>>, which: Which) -> Vec<Point> {
        if self.catch_up().is_err() {
            return Vec::new();
        }
        let state = strip.lock();
        let lane = state.lanes.get(which);
        lane.map_or_else(Vec::new, |lane| lane.from(i64::MIN).collect())
    }

    /// Schedules again all that waits, after the engine's clock has been set to another time.
    pub(crate) fn reschedule(&self) -> Result<()> {
        let graph = self.read()?;
        let of_nodes = graph.nodes().flat_map(|node| {
            let output = node.output.get().map(|strip| &**strip);
            node.strips.iter().map(|(_, strip)| strip).chain(output)
        });
        let of_groups = graph.groups.all.values().map(|group| &*group.fader);
        for strip in of_nodes.chain(of_groups) {
            let state = strip.lock();
            for which in Which::ALL {
                let waits = which.waits(&state.faders);
                state.automate(&self.driver, which, waits)?;
            }
        }
        Ok(())
    }

    /// Starts the points whose frames are over, on whichever strip; returns the engine's time. Not
    /// while a strip or the graph is locked.
    pub(crate) fn catch_up(&self) -> Result<i64> {
        in_render::refuse()?;
        let now = self.now();
        if self.driver.any_fading() {
            while let Some(wake) = self.driver.take_wake(now) {
                let (strip, which) = (&wake.strip, wake.which);
                self.graph.visit(1);
                self.start_due(strip, &mut self.graph.lock_strip(strip), which, now);
            }
        }
        Ok(now)
    }

    fn start_due(
        &self,
        strip: &StripRef<Connection<N>>,
        state: &mut StripGuard<'_, Connection<N>>,
        which: Which,
        now: i64,
    ) {
        let driver = &self.driver;
        // With automation of its own the engine starts a point at its frame, and it may still be
        // replaced before.
        let last = if driver.has_automation() {
            now - 1
        } else {
            now
        };
        let mut started = false;
        while let Some(due) = state.change_lane(which, |lane| {
            lane.wake = None;
            lane.take_due(last)
        }) {
            started = true;
            let start = due.point.start;
            let fade = due.fade(which.at(&state.faders, start));
            if let Some(before) = which.of(&state.faders).filter(|it| it.end() > start) {
                driver.replace_fade(&before);
            }
            which.start(&mut state.faders, fade);
            let pending = Pending {
                strip: strip.clone(),
                which,
                fade,
                ended: due.ended.unwrap_or_else(|| Box::new(|_| {})),
            };
            driver.start_fade(fade, pending);
        }
        if started && !driver.has_automation() {
            if let Some((target, false)) = state.target(which) {
                // A value that the engine refuses is tried again with the next change.
                let _ = driver.join(target, which, which.position(&state.faders));
            }
        }
        if started {
            strip.drive_fades(state, driver);
        }
        self.wake(strip, state, which);
    }

    /// Has the driver know when a lane's first point starts.
    fn wake(
        &self,
        strip: &StripRef<Connection<N>>,
        state: &mut StripGuard<'_, Connection<N>>,
        which: Which,
    ) {
        let Some(lane) = state.lanes.get(which) else {
            return;
        };
        let (before, now) = (lane.wake, lane.next_wake());
        if before == now {
            return;
        }
        let pending = now.map(|key| {
            let pending = Pending {
                strip: strip.clone(),
                which,
                fade: FadeState::NONE,
                ended: Box::new(|_| {}),
            };
            (key, pending)
        });
        self.driver.change_wake(before, pending);
        state.change_lane(which, |lane| lane.wake = now);
    }
}
