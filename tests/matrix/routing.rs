//! Matrices among other nodes: levels stay while connections come and go, anything may feed a
//! matrix, and a bus fed by one has a strip like any other.

use std::time::Duration;

use perbus::{BusConfig, Curve, Error, Levels, Result};

use crate::common::*;
use crate::patch::*;

#[test]
fn levels_stay_over_stop_detach_and_reconnection() -> Result<()> {
    let patch = Patch::new()?;
    let Patch { engine, matrix } = &patch;
    let levels = Patch::random(&mut Numbers(5));
    matrix.set_levels(&levels)?;
    engine.stop()?;
    engine.start()?;
    assert_product(&patch, &levels, true, true);

    engine.disconnect_input(matrix, 1)?;
    assert_eq!(matrix.dimensions()?, (5, 3));
    assert_eq!(matrix.levels()?, levels);
    engine.connect_with_format(&tones(engine, 1, 2), matrix, 0, 1, format(1))?;
    assert_product(&patch, &levels, true, true);

    engine.detach(matrix)?;
    assert_heard(engine, &[0.0, 0.0]);
    assert!(matches!(engine.detach(matrix), Err(Error::NotAttached(_))));
    engine.attach(matrix)?;
    assert!(engine.inspect(matrix)?.attached);
    patch.connect()?;
    assert_product(&patch, &levels, true, true);
    assert_audited(engine);
    Ok(())
}

#[test]
fn levels_keep_their_channel_numbers_when_the_shape_changes() -> Result<()> {
    let patch = Patch::new()?;
    let Patch { engine, matrix } = &patch;
    let levels = Patch::random(&mut Numbers(6));
    matrix.set_levels(&levels)?;
    // Stereo, mono, mono: channel 4 is gone.
    engine.connect_with_format(&tones(engine, 1, 3), matrix, 0, 2, format(1))?;
    assert_eq!(matrix.dimensions()?, (4, 3));
    let mut fewer = levels.clone();
    fewer.input_volumes_mut()[4] = 0.0;
    assert_product(&patch, &fewer, true, true);
    // And returns with its old value.
    engine.connect_with_format(&tones(engine, 2, 3), matrix, 0, 2, format(2))?;
    assert_eq!(matrix.levels()?, levels);
    assert_product(&patch, &levels, true, true);
    Ok(())
}

#[test]
fn players_mixers_and_matrices_feed_a_matrix() -> Result<()> {
    let engine = running(2);
    let (first, second) = (engine.create_matrix(2, 1)?, engine.create_matrix(1, 2)?);
    let (player, group) = (engine.create_player()?, engine.create_mixer()?);
    engine.connect_with_format(&player, &first, 0, 0, format(1))?;
    engine.connect(&constant(&engine, &[0.25, 0.125]), &group, 0, 0)?;
    engine.connect(&group, &first, 0, 1)?;
    engine.connect_with_format(&first, &second, 0, 0, format(3))?;
    for bus in 0..2 {
        engine.connect_with_format(&second, &engine.main_mixer(), bus, bus, format(1))?;
    }
    play_constant(&player, &[0.5])?;
    group.bus(0)?.set_volume(0.5)?;
    first.set_levels(&Levels::identity(3, 3))?;
    // Each of the mono outputs goes to both sides.
    let mut levels = Levels::identity(3, 2);
    levels[(1, 0)] = 0.5;
    levels[(2, 1)] = -1.0;
    levels[(1, 1)] = 0.0;
    second.set_levels(&levels)?;
    let sum = 0.5 + 0.5 * 0.125 - 0.0625;
    assert_heard(&engine, &[sum, sum]);
    // Connecting the same player to a mixer as well would move it: a node has one destination.
    engine.connect_with_format(&player, &engine.main_mixer(), 0, 2, format(1))?;
    let sum = 0.5 + 0.5 * 0.125 - 0.0625;
    assert_heard(&engine, &[sum, sum]);
    assert_eq!(engine.source_of(&first, 0)?, None);
    Ok(())
}

#[test]
fn the_bus_of_a_matrix_is_set_by_the_mixers_parameters() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let matrix = constant_through_matrix(&engine, &[0.5, 0.25])?;
    matrix.set_levels(&Levels::identity(2, 2))?;
    assert_heard(&engine, &[0.5, 0.25]);
    let bus = main.bus(0)?;
    bus.set_volume(0.5)?;
    assert_heard(&engine, &[0.25, 0.125]);
    bus.set_pan(-1.0)?;
    assert_heard(&engine, &[0.25, 0.0]);
    assert_eq!(engine.connection_volume(&matrix, &main, 0)?, 0.5);
    bus.set_muted(true)?;
    assert_heard(&engine, &[0.0, 0.0]);
    main.configure(&[BusConfig {
        muted: Some(false),
        pan: Some(0.0),
        ..BusConfig::new(0)
    }])?;
    assert_heard(&engine, &[0.25, 0.125]);
    let refused = bus.meter();
    assert!(matches!(refused, Err(Error::NotMixing(_))), "{refused:?}");

    // The strip keeps its values across a stop, a move and a new matrix.
    engine.stop()?;
    engine.start()?;
    main.bus(1)?.set_volume(0.2)?;
    engine.connect(&matrix, &main, 0, 1)?;
    assert_heard(&engine, &[0.1, 0.05]);
    engine.connect(&matrix, &main, 0, 0)?;
    assert_heard(&engine, &[0.25, 0.125]);
    assert_audited(&engine);
    Ok(())
}

/// Of a strip that came back into a fade of its volume, too.
#[test]
fn the_pan_of_a_matrix_fades_whatever_its_volume_has_done() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let matrix = constant_through_matrix(&engine, &[0.5, 0.25])?;
    matrix.set_levels(&Levels::identity(2, 2))?;
    let bus = main.bus(0)?;
    let fade = Duration::from_millis(20);
    bus.fade_to(0.5, fade, Curve::Linear)?;
    bus.set_muted(true)?;
    render(&engine, 100);
    bus.set_muted(false)?;
    bus.fade_pan_to(-1.0, fade)?;
    render(&engine, 2000);
    assert_eq!((bus.volume(), bus.pan()), (0.5, -1.0));
    assert_eq!(engine.connection_pan(&matrix, &main, 0)?, -1.0);
    assert_heard(&engine, &[0.25, 0.0]);
    Ok(())
}

/// The mixer's own parameter fades like a source's volume.
#[test]
fn the_bus_of_a_matrix_fades_to_the_frame() -> Result<()> {
    for block in [512, 1, 100] {
        let engine = running(2);
        let matrix = constant_through_matrix(&engine, &[1.0, 1.0])?;
        matrix.set_levels(&Levels::identity(2, 2))?;
        let bus = engine.main_mixer().bus(0)?;
        render(&engine, RAMP);
        bus.fade_to(0.0, Duration::from_millis(20), Curve::Linear)?;
        bus.fade_pan_to(1.0, Duration::from_millis(20))?;
        let heard = render_in(&engine, 1000, block);
        let volume = |frame: usize| 1.0 - ((frame + 1) as f32 / 960.0).min(1.0);
        assert_samples(&heard[0], |frame| volume(frame) * volume(frame), TOLERANCE);
        assert_samples(&heard[1], volume, TOLERANCE);
    }
    Ok(())
}
