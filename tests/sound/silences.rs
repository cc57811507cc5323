//! Changes that land while a bus is silent: what sounds next has the new values from its first
//! frame.

use perbus::{Engine, Player, Result};

use crate::common::*;

/// A player on bus 0 that plays 300 frames of 1.0 and has fallen silent at volume 0.25.
fn spent() -> Result<(Engine, Player)> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    engine.main_mixer()?.bus(0)?.set_volume(0.25)?;
    player.schedule(&constant_buffer(&[1.0, 1.0], 300))?;
    player.play()?;
    render_in(&engine, 320, 64);
    Ok((engine, player))
}

fn click(player: &Player) -> Result<()> {
    player.schedule(&constant_buffer(&[1.0, 1.0], 100))
}

#[track_caller]
fn assert_click(engine: &Engine, expected: [f32; 2]) {
    let heard = render(engine, 100);
    assert_constant(&heard[0], expected[0]);
    assert_constant(&heard[1], expected[1]);
}

#[test]
fn volume_up_then_play_has_its_full_peak() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let bus = engine.main_mixer()?.bus(0)?;
    bus.set_volume(0.0)?;
    render(&engine, 48_000);
    bus.set_volume(1.0)?;
    click(&player)?;
    player.play()?;
    assert_click(&engine, [1.0, 1.0]);
    Ok(())
}

#[test]
fn volume_pan_and_mute_hold_at_once_after_the_end_of_a_buffer() -> Result<()> {
    let (engine, player) = spent()?;
    let bus = engine.main_mixer()?.bus(0)?;
    bus.set_volume(0.5)?;
    bus.set_pan(1.0)?;
    click(&player)?;
    assert_click(&engine, [0.0, 0.5]);
    bus.set_muted(true)?;
    click(&player)?;
    assert_click(&engine, [0.0, 0.0]);
    bus.set_muted(false)?;
    bus.set_pan(-1.0)?;
    click(&player)?;
    assert_click(&engine, [0.5, 0.0]);
    Ok(())
}
