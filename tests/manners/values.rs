//! Values that the engine forgets.

use perbus::{Error, Result};

use crate::common::*;
use crate::manners;

#[test]
fn an_output_volume_outlives_connections_and_starts() -> Result<()> {
    let _manners = manners("loses-output");
    let engine = running(1);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    main.set_output_volume(0.5)?;
    sub.set_output_volume(0.5)?;
    engine.connect(&constant(&engine, &[1.0]), &sub, 0, 0)?;
    engine.connect(&sub, &main, 0, 0)?;
    let mut samples = [0.0; RAMP + 1];
    engine.render(&mut [&mut samples[..RAMP]])?;
    engine.render(&mut [&mut samples[RAMP..]])?;
    assert_eq!(samples[RAMP], 0.25);
    engine.stop()?;
    engine.start()?;
    engine.render(&mut [&mut samples[..1]])?;
    assert_eq!(samples[0], 0.25);
    Ok(())
}

#[test]
fn an_engine_goes_after_its_nodes() -> Result<()> {
    let _manners = manners("strict-teardown");
    let engine = running(1);
    let main = engine.main_mixer();
    let player = engine.create_player()?;
    engine.connect(&player, &main, 0, 0)?;
    play_constant(&player, &[1.0])?;
    let source = constant(&engine, &[1.0]);
    engine.connect(&source, &main, 0, 1)?;
    let mut samples = [0.0; 64];
    engine.render(&mut [&mut samples])?;
    // The program would end here: the engine is dropped while its nodes are held and play.
    drop((engine, main, player));
    drop(source);
    Ok(())
}

#[test]
fn the_map_follows_an_edit_that_is_broken_off() -> Result<()> {
    let _manners = manners("breaks-connects");
    let engine = running(1);
    let main = engine.main_mixer();
    let (one, two) = (constant(&engine, &[0.5]), constant(&engine, &[0.8]));
    engine.connect(&one, &main, 0, 0)?;
    main.bus(0)?.set_volume(0.5)?;
    let refused = engine.connect(&two, &main, 0, 0);
    assert!(matches!(refused, Err(Error::Exception(_))), "{refused:?}");
    assert_eq!(engine.source_of(&main, 0)?, None);
    assert!(engine.audit()?.is_empty());
    let mut samples = [1.0; 64];
    engine.render(&mut [&mut samples])?;
    assert_eq!(samples, [0.0; 64]);
    engine.connect(&two, &main, 0, 0)?;
    engine.render(&mut [&mut samples])?;
    assert_eq!(samples, [0.4; 64]);
    assert!(engine.audit()?.is_empty());
    Ok(())
}
