//! Edits of large graphs: their cost grows no faster than the graph, and each is heard.
//!
//! The cost is the thread's CPU time, so that other load on the machine does not matter.

#[path = "../common/mod.rs"]
mod common;

use std::time::Duration;

use common::*;
use cpu_time::ThreadTime;
use perbus::{Engine, Mixer, Result, Source};

/// A running mono engine with a silent source on each of `buses` buses of a sub-mixer.
struct Desk {
    engine: Engine,
    group: Mixer,
    sources: Vec<Source>,
}

impl Desk {
    fn new(buses: u32) -> Result<Self> {
        let engine = running(1);
        let group = engine.create_mixer()?;
        engine.connect(&group, &engine.main_mixer(), 0, 0)?;
        let sources: Vec<Source> = (0..buses).map(|_| constant(&engine, &[0.0])).collect();
        for (bus, source) in (0..).zip(&sources) {
            engine.connect(source, &group, 0, bus)?;
        }
        Ok(Self {
            engine,
            group,
            sources,
        })
    }

    /// The shortest of many times that it takes to end a connection and make it again, each of them
    /// heard.
    fn best_edit(&self) -> Result<Duration> {
        let mut best = Duration::MAX;
        for round in 0..40 {
            let bus = round * 7 % self.sources.len() as u32;
            let start = ThreadTime::now();
            self.engine.disconnect_input(&self.group, bus)?;
            self.engine.render(&mut [&mut [0.0]])?;
            let source = &self.sources[bus as usize];
            self.engine.connect(source, &self.group, 0, bus)?;
            self.engine.render(&mut [&mut [0.0]])?;
            best = best.min(start.elapsed());
        }
        Ok(best)
    }
}

#[test]
fn the_cost_of_an_edit_grows_no_faster_than_the_graph() -> Result<()> {
    let small = Desk::new(128)?.best_edit()?;
    let large = Desk::new(128 * 64)?.best_edit()?;
    // 64 times as many buses; a cost that grew with their square would be 4096 times as high.
    assert!(large < small * 256, "{small:?} became {large:?}");
    Ok(())
}

#[test]
fn a_split_source_in_a_large_graph_is_edited_as_quickly() -> Result<()> {
    let time = |buses| -> Result<Duration> {
        let desk = Desk::new(buses)?;
        let main = desk.engine.main_mixer();
        main.reserve(1 + buses)?;
        // All of them feed two mixers, so that every edit looks for clocks that differ.
        for (bus, source) in (1..).zip(&desk.sources) {
            desk.engine.add_destination(source, &main, 0, bus)?;
        }
        let mut best = Duration::MAX;
        for round in 0..20 {
            let start = ThreadTime::now();
            desk.engine
                .remove_destination(&desk.sources[round], &main, 0, 1 + round as u32)?;
            desk.engine.render(&mut [&mut [0.0]])?;
            best = best.min(start.elapsed());
            desk.engine
                .add_destination(&desk.sources[round], &main, 0, 1 + round as u32)?;
        }
        Ok(best)
    };
    let (small, large) = (time(64)?, time(64 * 32)?);
    assert!(large < small * 128, "{small:?} became {large:?}");
    Ok(())
}

#[test]
fn detaching_a_mixer_ends_all_its_connections() -> Result<()> {
    let desk = Desk::new(100)?;
    let main = desk.engine.main_mixer();
    let beside = constant(&desk.engine, &[0.25]);
    desk.engine.connect(&beside, &main, 0, 1)?;
    let extra = constant(&desk.engine, &[0.5]);
    desk.engine.connect(&extra, &desk.group, 0, 100)?;
    assert_constant(&render_mono(&desk.engine, 64), 0.75);
    desk.engine.detach(&desk.group)?;
    assert_constant(&render_mono(&desk.engine, 64), 0.25);
    desk.engine.connect(&extra, &main, 0, 0)?;
    assert_constant(&render_mono(&desk.engine, 64), 0.75);
    assert_audited(&desk.engine);
    Ok(())
}
