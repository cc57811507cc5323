//! Nodes, matrices and engines that come and go leak no memory.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;

use std::sync::{Mutex, MutexGuard, PoisonError};

use common::process::resident;
use common::*;
use perbus::{Result, Schedule};

/// The tests measure the memory of the whole process, so they run one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn assert_level(rounds: u32, mut round: impl FnMut() -> Result<()>) -> Result<()> {
    for _ in 0..1000 {
        round()?;
    }
    let before = resident();
    for _ in 0..rounds {
        round()?;
    }
    let growth = resident().saturating_sub(before);
    assert!(growth < 2 << 20, "{rounds} rounds took {growth} bytes");
    Ok(())
}

#[test]
fn nodes_that_come_and_go_leave_no_memory_behind() -> Result<()> {
    let _alone = alone();
    let engine = running(2);
    let main = engine.main_mixer();
    let buffer = constant_buffer(&[0.5, 0.5], 300);
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    assert_level(10_000, || {
        let (player, group) = (engine.create_player()?, engine.create_mixer()?);
        let source = engine.create_source(format(2), |block| block.channel_mut(0).fill(1.0))?;
        engine.connect(&player, &group, 0, 0)?;
        engine.connect(&source, &group, 0, 1)?;
        engine.connect(&group, &main, 0, 0)?;
        group.bus(1)?.set_volume(0.5)?;
        player.schedule_as(&buffer, Schedule::default())?;
        player.play()?;
        engine.render(&mut [&mut left, &mut right])?;
        engine.disconnect_output(&source, 0)?;
        engine.detach(&player)?;
        engine.detach(&source)?;
        engine.detach(&group)
    })?;
    assert_audited(&engine);
    Ok(())
}

#[test]
fn matrices_that_come_and_go_leave_no_memory_behind() -> Result<()> {
    let _alone = alone();
    let engine = running(2);
    let main = engine.main_mixer();
    let source = constant(&engine, &[0.5, 0.25]);
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    // Each has 20 KB of levels and ramps: 500 of them would be 10 MB.
    assert_level(500, || {
        let matrix = engine.create_matrix(16, 16)?;
        engine.connect(&source, &matrix, 0, 15)?;
        engine.connect(&matrix, &main, 15, 0)?;
        matrix.set_identity()?;
        engine.render(&mut [&mut left, &mut right])?;
        engine.detach(&matrix)
    })?;
    assert_audited(&engine);
    Ok(())
}

#[test]
fn engines_that_come_and_go_leave_no_memory_behind() -> Result<()> {
    let _alone = alone();
    assert_level(1000, || {
        let engine = running(2);
        let player = connected_player(&engine)?;
        let source = constant(&engine, &[0.5, 0.5]);
        engine.connect(&source, &engine.main_mixer(), 0, 1)?;
        player.schedule_as(&constant_buffer(&[0.5, 0.5], 300), looping())?;
        player.play()?;
        assert_eq!(render(&engine, 64)[0][63], 1.0);
        Ok(())
    })
}
