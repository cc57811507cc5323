//! The graph is edited and gains are changed, each by a thread, while a third one renders. Now and
//! then they rest, and every sample is what a model says.
//!
//! `PERBUS_SOAK_EDITS` is the number of edits; there are ten times as many changes of gains.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use perbus::{Engine, Equalizer, Fallback, Mixer, Player, Result, Schedule, SendTap, Source};

use super::common::process::length;
use super::common::*;
use super::faders::Faders;
use super::memory::Watch;
use super::LABEL;

/// Edits between two rests.
const PHASE: u64 = 1_000;
const GAINS_PER_EDIT: u64 = 10;

/// Phases until the memory is what it will be.
const WARM_UP: u64 = 8;

pub(crate) const GROUPS: u32 = 4;
pub(crate) const BUSES: u32 = 16;
const SOURCES: usize = 48;

/// More than all sources together, at their loudest.
const LOUDEST: f32 = 4.0;

/// A sum of 48 terms, each rounded.
const NEAR: f32 = 4e-6;

pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }

    pub(crate) fn index(&mut self, limit: usize) -> usize {
        self.below(limit as u64) as usize
    }

    pub(crate) fn level(&mut self) -> f32 {
        self.below(101) as f32 / 100.0
    }
}

pub(crate) fn level_of(source: usize) -> f32 {
    (source + 1) as f32 / 1024.0
}

/// What the edits move, and where it is.
pub(crate) struct Graph {
    pub(crate) engine: Engine,
    pub(crate) groups: Vec<Mixer>,
    sources: Vec<Source>,
    /// The place of each source: a group and a bus.
    places: Vec<Option<(usize, u32)>>,
    pub(crate) main: Mixer,
    equalizer: Equalizer,
    player: Player,
    scheduled: u64,
    ended: Arc<AtomicU64>,
    edits: u64,
}

impl Graph {
    fn new() -> Result<Self> {
        let engine = running(2);
        engine.set_fallback(Fallback::Hold);
        let main = engine.main_mixer();
        let groups = (0..GROUPS).map(|bus| {
            let group = engine.create_mixer()?;
            engine.connect(&group, &main, 0, bus)?;
            Ok(group)
        });
        let groups = groups.collect::<Result<Vec<_>>>()?;
        let sources = (0..SOURCES).map(|it| constant(&engine, &[level_of(it); 2]));
        let (equalizer, player) = (engine.create_equalizer(2)?, engine.create_player()?);
        engine.connect(&player, &main, 0, GROUPS)?;
        player.play()?;
        Ok(Self {
            sources: sources.collect(),
            places: vec![None; SOURCES],
            groups,
            main,
            equalizer,
            player,
            scheduled: 0,
            ended: Arc::default(),
            edits: 0,
            engine,
        })
    }

    fn take_off(&mut self, place: (usize, u32)) {
        let found = self.places.iter_mut().find(|it| **it == Some(place));
        if let Some(found) = found {
            *found = None;
        }
    }

    fn edit(&mut self, numbers: &mut Numbers) -> Result<()> {
        let engine = self.engine.clone();
        let source = numbers.index(SOURCES);
        let (group, bus) = (
            numbers.index(GROUPS as usize),
            numbers.below(BUSES.into()) as u32,
        );
        let kind = numbers.below(16);
        self.edits += match kind {
            0..=8 => {
                engine.connect(&self.sources[source], &self.groups[group], 0, bus)?;
                self.take_off((group, bus));
                self.places[source] = Some((group, bus));
                1
            }
            9 => {
                if self.places.contains(&Some((group, bus))) {
                    engine.disconnect_input(&self.groups[group], bus)?;
                    self.take_off((group, bus));
                    1
                } else {
                    0
                }
            }
            10 => {
                if self.places[source].take().is_some() {
                    engine.disconnect_output(&self.sources[source], 0)?;
                    1
                } else {
                    0
                }
            }
            11 => {
                engine.detach(&self.sources[source])?;
                self.places[source] = None;
                engine.attach(&self.sources[source])?;
                2
            }
            12 => {
                engine.detach(&self.sources[source])?;
                self.places[source] = None;
                self.sources[source] = constant(&engine, &[level_of(source); 2]);
                2
            }
            13 => self.pass_through(numbers)?,
            14 => {
                self.schedule(numbers)?;
                1
            }
            _ => {
                // The group, its strips and what it plays stay.
                engine.disconnect_input(&self.main, group as u32)?;
                engine.connect(&self.groups[group], &self.main, 0, group as u32)?;
                2
            }
        };
        Ok(())
    }

    /// Silent nodes that come and go, with an equalizer, a send and a mixer.
    fn pass_through(&mut self, numbers: &mut Numbers) -> Result<u64> {
        let engine = &self.engine;
        let silent = constant(engine, &[0.0; 2]);
        let mixer = engine.create_mixer()?;
        let bus = GROUPS + 1 + numbers.below(4) as u32;
        engine.connect(&silent, &self.equalizer, 0, 0)?;
        engine.connect(&self.equalizer, &mixer, 0, 3)?;
        engine.connect(&mixer, &self.main, 0, bus)?;
        let send = self
            .main
            .bus(bus)?
            .send_to(&self.groups[0], SendTap::PostFader)?;
        send.end_send()?;
        engine.detach(&mixer)?;
        engine.detach(&silent)?;
        Ok(9)
    }

    fn schedule(&mut self, numbers: &mut Numbers) -> Result<()> {
        let buffer = constant_buffer(&[0.0; 2], 1 + numbers.below(4_000) as u32);
        let ended = Arc::clone(&self.ended);
        self.player
            .schedule_with(&buffer, Schedule::default(), move |_| {
                ended.fetch_add(1, Ordering::Relaxed);
            })?;
        self.scheduled += 1;
        if numbers.below(4) == 0 {
            self.player.stop()?;
        }
        self.player.play()
    }
}

/// Renders blocks of any length until `over` is set; how many frames.
fn render_until(engine: &Engine, over: &AtomicBool, numbers: &mut Numbers) -> Result<i64> {
    let (mut left, mut right) = (vec![0.0; 512], vec![0.0; 512]);
    let mut rendered = 0;
    while !over.load(Ordering::Acquire) {
        let frames = 1 + numbers.index(512);
        engine.render(&mut [&mut left[..frames], &mut right[..frames]])?;
        let mut samples = left[..frames].iter().chain(&right[..frames]);
        // Not "any above": NaN must fail.
        assert!(samples.all(|it| (0.0..=LOUDEST).contains(it)));
        rendered += frames as i64;
    }
    Ok(rendered)
}

fn assert_all_ended(started: u64, ended: &AtomicU64) {
    let begin = Instant::now();
    while ended.load(Ordering::Relaxed) < started && begin.elapsed() < PATIENCE {
        thread::yield_now();
    }
    assert_eq!(ended.load(Ordering::Relaxed), started);
}

#[test]
#[ignore = "a_graph_that_is_edited_again_and_again_sounds_as_its_model runs it in a process of its own"]
fn last() -> Result<()> {
    let edits: u64 = length("PERBUS_SOAK_EDITS", 60_000);
    let mut graph = Graph::new()?;
    let mut faders = Faders::new(&graph)?;
    let engine = graph.engine.clone();
    let mut seeds = [Numbers(1), Numbers(2), Numbers(3)];
    let (mut memory, mut rendered) = (Watch::new(WARM_UP), 0);
    let begin = Instant::now();
    while graph.edits < edits || faders.changes < GAINS_PER_EDIT * edits {
        faders.keep_scenes();
        let over = AtomicBool::new(false);
        let [edit, gain, render] = &mut seeds;
        rendered += thread::scope(|scope| {
            let renderer = scope.spawn(|| render_until(&engine, &over, render));
            let _over = Flag(&over);
            let changes = scope.spawn(|| {
                let goal = faders.changes + PHASE * GAINS_PER_EDIT;
                while faders.changes < goal {
                    faders.change(gain).expect("a change");
                }
            });
            let goal = graph.edits + PHASE;
            while graph.edits < goal {
                graph.edit(edit).expect("an edit");
            }
            changes.join().expect("the changes");
            over.store(true, Ordering::Release);
            renderer.join().expect("the renderer")
        })?;
        // All fades and ramps arrive.
        rendered += render_in(&engine, 2 * RAMP, 512)[0].len() as i64;
        let (heard, sum) = (
            super::common::render(&engine, 64),
            faders.sum(&graph.places),
        );
        rendered += 64;
        for (side, sum) in heard.iter().zip(sum) {
            assert_samples(side, |_| sum, NEAR);
        }
        assert_all_ended(faders.fades, &faders.ended);
        assert_eq!(engine.sample_time()?, rendered);
        memory.step();
    }
    graph.player.stop()?;
    assert_all_ended(graph.scheduled, &graph.ended);
    assert_audited(&engine);
    println!(
        "{LABEL}: {} edits, {} changes of gains, {} fades, {} buffers; {rendered} frames in {:.0} s",
        graph.edits,
        faders.changes,
        faders.fades,
        graph.scheduled,
        begin.elapsed().as_secs_f64()
    );
    memory.end();
    Ok(())
}
