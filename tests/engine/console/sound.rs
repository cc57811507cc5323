//! What is heard, sample by sample.

use perbus::{AutomationPoint, Error};
use proptest::prelude::*;

use super::model::{At, Model, MIXERS, SOURCES};
use super::world::{Tested, World};
use crate::course::{Path, RAMP_FRAMES};

/// A bus as it stays for a block.
struct Heard<'a> {
    at: At,
    source: usize,
    faders: Vec<&'a Path>,
    pan: &'a Path,
}

/// The buses that may be heard in a block.
fn heard(model: &Model) -> Vec<Heard<'_>> {
    let audible = model.fed.iter().filter(|(at, _)| !model.is_silenced(**at));
    let buses = audible.map(|(at, source)| Heard {
        at: *at,
        source: *source,
        faders: model.faders(*at),
        pan: &model.strips[at].pan,
    });
    buses.collect()
}

/// A node's output at a frame.
fn level(model: &Model, buses: &[Heard<'_>], node: usize, now: i64) -> [f64; 2] {
    if node >= MIXERS {
        let levels = SOURCES[node - MIXERS];
        return [levels[0], levels[levels.len() - 1]].map(f64::from);
    }
    let mut sum = [0.0; 2];
    for bus in buses.iter().filter(|it| it.at.0 == node) {
        let volume: f64 = bus.faders.iter().map(|it| it.at(now)).product();
        let panned = model.panned(bus.at, bus.pan.at(now));
        let level = level(model, buses, bus.source, now);
        for side in 0..2 {
            sum[side] += level[side] * panned[side] * volume.min(4.0);
        }
    }
    sum.map(|side| side * model.outputs[node].at(now))
}

impl World {
    pub(crate) fn render(&mut self, blocks: &[u32]) -> Tested<()> {
        for frames in blocks {
            let mut planar = vec![vec![0.0f32; *frames as usize]; 2];
            let mut slices: Vec<_> = planar.iter_mut().map(Vec::as_mut_slice).collect();
            let rendered = self.engine.render(&mut slices);
            if !self.runs {
                prop_assert!(matches!(rendered, Err(Error::NotRunning(_))));
                return Ok(());
            }
            rendered?;
            self.compare(&planar)?;
        }
        Ok(())
    }

    fn compare(&mut self, planar: &[Vec<f32>]) -> Tested<()> {
        let (start, now) = (self.now, self.now + planar[0].len() as i64);
        // Where values jump, and where something begins that may begin a ramp again.
        let mut events = Vec::new();
        for path in self.model.paths_mut() {
            path.settle(start);
            let starts = path.later.range(..now).map(|(start, leg)| (*start, leg));
            events.extend(starts.map(|(at, leg)| (at, leg.frames == 0)));
        }
        events.sort_unstable();
        let mut events = events.into_iter().peekable();
        let buses = heard(&self.model);
        let outputs = &self.model.outputs;
        let moving = |path: &&Path| path.moves(start, now);
        let steady = !buses.iter().any(|bus| {
            let mut paths = bus.faders.iter().copied().chain([bus.pan]);
            paths.any(|it| moving(&it))
        }) && !outputs.iter().any(|it| moving(&it));
        let first = level(&self.model, &buses, 0, start + 1);
        let mut ramps_until = self.ramps_until;
        for frame in start..now {
            while let Some((_, jumps)) = events.next_if(|it| it.0 <= frame) {
                if jumps || frame < ramps_until {
                    ramps_until = frame + RAMP_FRAMES;
                }
            }
            if frame < ramps_until {
                continue;
            }
            let expected = if steady {
                first
            } else {
                level(&self.model, &buses, 0, frame + 1)
            };
            for side in 0..2 {
                let sample = f64::from(planar[side][(frame - start) as usize]);
                let wrong = (sample - expected[side]).abs();
                let most = 1e-5 * expected[side].abs().max(1.0);
                prop_assert!(
                    wrong <= most,
                    "side {side} of frame {frame}: {sample}, not {}",
                    expected[side]
                );
            }
        }
        (self.ramps_until, self.now) = (ramps_until, now);
        Ok(())
    }

    /// What is listed as still to come.
    pub(crate) fn check_list(&self, path: &Path, list: &[AutomationPoint]) -> Tested<()> {
        let listed: Vec<_> = list.iter().map(|it| it.frame + self.past).collect();
        let waiting: Vec<_> = path.later.range(self.now..).map(|(at, _)| *at).collect();
        prop_assert_eq!(listed, waiting);
        Ok(())
    }
}
