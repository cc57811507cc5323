//! A matrix whose buses change their channel counts: levels belong to channel numbers.

use perbus::{Engine, Matrix, Mixer, Result};

use crate::common::{constant, format, running};

/// A matrix from one channel to two, all levels its own, on bus 0 of the main mixer.
fn desk() -> Result<(Engine, Mixer, Matrix)> {
    let engine = running(2);
    let main = engine.main_mixer();
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect_with_format(&constant(&engine, &[1.0]), &matrix, 0, 0, format(1))?;
    engine.connect_with_format(&matrix, &main, 0, 0, format(2))?;
    matrix.set_master(1.0)?;
    matrix.set_input(0, 1.0)?;
    for (output, level) in [(0, 0.5), (1, 0.25)] {
        matrix.set_output(output, 1.0)?;
        matrix.set_crosspoint(0, output, level)?;
    }
    Ok((engine, main, matrix))
}

#[test]
fn a_send_gives_a_matrix_its_levels_again() -> Result<()> {
    let (engine, main, matrix) = desk()?;
    let levels = matrix.levels()?;
    let aux = engine.create_mixer()?;
    engine.connect(&aux, &main, 0, 5)?;
    engine.connect_many(&matrix, 0, &[(&main, 0)], format(1))?;
    assert_eq!(matrix.levels()?.outputs(), 1);
    engine.connect_many(&matrix, 0, &[(&main, 0), (&aux, 0)], format(2))?;
    assert_eq!(matrix.levels()?, levels);
    crate::common::assert_heard(&engine, &[1.0, 0.5]);
    Ok(())
}

/// Channel 1 is absent while all crosspoints change.
#[test]
fn what_is_said_of_all_crosspoints_holds_for_channels_to_come() -> Result<()> {
    type Change = fn(&Matrix) -> Result<()>;
    let changes: [(Change, [f32; 2]); 3] = [
        (Matrix::clear, [0.0, 0.0]),
        (Matrix::invert, [-0.5, -0.25]),
        (Matrix::set_identity, [1.0, 0.0]),
    ];
    for (change, expected) in changes {
        let (engine, main, matrix) = desk()?;
        engine.connect_with_format(&matrix, &main, 0, 0, format(1))?;
        assert_eq!(matrix.dimensions()?, (1, 1));
        change(&matrix)?;
        engine.connect_with_format(&matrix, &main, 0, 0, format(2))?;
        let crosspoints = [matrix.crosspoint(0, 0)?, matrix.crosspoint(0, 1)?];
        assert_eq!(crosspoints, expected);
        crate::common::assert_heard(&engine, &expected);
    }
    Ok(())
}
