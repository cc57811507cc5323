//! Handles: what they keep alive, how they outlive their nodes, and what they print.

use std::sync::Arc;

use perbus::{Error, Result};

use crate::common::*;

#[test]
fn a_handle_keeps_its_engine_alive() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    play_constant(&player, &[0.5, 0.25])?;
    let (clone, strip) = (player.clone(), engine.main_mixer().bus(0)?);
    drop((engine, player));
    strip.set_volume(0.5)?;
    assert_heard(strip.mixer().engine(), &[0.25, 0.125]);
    drop(strip);
    assert!(clone.is_playing()?);
    assert_heard(clone.engine(), &[0.25, 0.125]);
    Ok(())
}

#[test]
fn the_engine_keeps_nodes_whose_handles_are_gone() -> Result<()> {
    let engine = running(2);
    let token = Arc::new(());
    let source = holding_source(&engine, &token)?;
    let id = source.id();
    engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    drop(source);
    assert_eq!(engine.source_of(&engine.main_mixer(), 0)?, Some((id, 0)));
    assert_eq!(Arc::strong_count(&token), 2);
    assert_heard(&engine, &[1.0, 1.0]);
    assert_audited(&engine);
    drop(engine);
    assert_dropped(&token);
    Ok(())
}

#[test]
fn a_handle_of_a_detached_node_stays_valid() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    play_constant(&player, &[1.0, 1.0])?;
    engine.detach(&player)?;
    let refused = player
        .schedule(&constant_buffer(&[1.0, 1.0], 10))
        .unwrap_err();
    assert!(matches!(refused, Error::NotAttached(_)), "{refused:?}");
    assert!(!player.is_playing()?);
    player.stop()?;
    assert_heard(&engine, &[0.0, 0.0]);
    Ok(())
}

/// Each mixer feeds the next one over two buses: twenty of them have a million paths.
#[test]
fn a_handle_prints_itself_and_not_the_graph() -> Result<()> {
    let engine = running(2);
    let mut last = engine.create_mixer()?;
    for _ in 0..20 {
        let next = engine.create_mixer()?;
        engine.connect_many(&last, 0, &[(&next, 0), (&next, 1)], format(2))?;
        last = next;
    }
    let bus = last.bus(1)?;
    bus.set_label("right");
    for text in [format!("{last:?}"), format!("{bus:?}")] {
        assert!(text.contains("Mixer") && text.len() < 1000, "{text}");
    }
    assert!(format!("{bus:?}").contains("right"));
    Ok(())
}
