//! What a matrix refuses: the message names the value and its limit, and nothing has changed.

use perbus::{Error, Format, Levels, Result, MAX_MATRIX_BUSES};

use crate::common::*;
use crate::patch::*;

/// The call is refused with a message that names the value and the limit.
#[track_caller]
fn assert_out_of_range(refused: Result<()>, parts: &[&str]) {
    let Err(Error::OutOfRange(message)) = refused else {
        panic!("{refused:?}");
    };
    for part in parts {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn bad_input_is_an_error_and_changes_nothing() -> Result<()> {
    let patch = Patch::new()?;
    let Patch { engine, matrix } = &patch;
    let levels = Patch::random(&mut Numbers(7));
    matrix.set_levels(&levels)?;

    for (count, text) in [(0, "0"), (MAX_MATRIX_BUSES + 1, "65")] {
        for made in [
            engine.create_matrix(count, 1),
            engine.create_matrix(1, count),
        ] {
            assert_out_of_range(made.map(drop), &[text, "64"]);
        }
    }
    assert_out_of_range(matrix.set_crosspoint(5, 0, 1.0), &["input channel 5", "5"]);
    assert_out_of_range(matrix.set_crosspoint(0, 3, 1.0), &["output channel 3"]);
    assert_out_of_range(matrix.crosspoint(5, 0).map(drop), &["input channel 5"]);
    assert_out_of_range(matrix.set_crosspoint(0xFFFF, 0xFFFF, 0.0), &["65535", "5"]);
    assert_out_of_range(matrix.set_crosspoint(u32::MAX, 0, 0.0), &["4294967295"]);
    assert_out_of_range(matrix.set_input(5, 1.0), &["input channel 5"]);
    assert_out_of_range(matrix.input(9).map(drop), &["input channel 9"]);
    assert_out_of_range(matrix.set_output(3, 1.0), &["output channel 3"]);
    assert_out_of_range(matrix.output(3).map(drop), &["output channel 3"]);
    assert_out_of_range(matrix.enable_input(3, false), &["input bus 3", "3"]);
    assert_out_of_range(matrix.enable_output(2, false), &["output bus 2", "2"]);
    for bad in [-1.5, 1.001, f32::NAN, f32::INFINITY] {
        assert_out_of_range(matrix.set_crosspoint(0, 0, bad), &["-1 to 1"]);
    }
    for bad in [-0.5, 4.01, f32::NAN, f32::NEG_INFINITY] {
        assert_out_of_range(matrix.set_input(0, bad), &["0 to 4"]);
        assert_out_of_range(matrix.set_output(0, bad), &["0 to 4"]);
        assert_out_of_range(matrix.set_master(bad), &["0 to 4"]);
    }

    // The whole matrix: all or nothing, whichever value is invalid.
    let other = Levels::identity(5, 3);
    let mut bad = [other.clone(), other.clone(), other.clone(), other];
    bad[0][(4, 2)] = -1.5;
    bad[1].input_volumes_mut()[4] = -0.5;
    bad[2].output_volumes_mut()[2] = f32::NAN;
    bad[3].master = 4.01;
    for (bad, place) in bad.iter().zip(["row 4", "row 4", "row 5", "column 3"]) {
        assert_out_of_range(matrix.set_levels(bad), &[place]);
    }
    for (inputs, outputs) in [(4, 3), (5, 2), (0, 0), (3, 5)] {
        let refused = matrix.set_levels(&Levels::identity(inputs, outputs));
        assert!(matches!(refused, Err(Error::InvalidArgument(_))));
    }

    // Buses that do not exist, other rates, loops.
    let (source, main) = (tones(engine, 1, 0), engine.main_mixer());
    assert_out_of_range(engine.connect(&source, matrix, 0, 3), &["3"]);
    assert_out_of_range(engine.connect(matrix, &main, 2, 3), &["2"]);
    assert_out_of_range(engine.disconnect_input(matrix, 3), &["3"]);
    let slower = Format::new(44_100.0, 2)?;
    let refused = engine.connect_with_format(&source, matrix, 0, 0, slower);
    let Err(Error::Exception(message)) = refused else {
        panic!("{refused:?}");
    };
    assert!(message.contains("44100"), "{message}");
    let looped = engine.connect(matrix, matrix, 0, 0);
    assert!(matches!(looped, Err(Error::Cycle(_))), "{looped:?}");
    let elsewhere = running(2);
    assert!(matches!(
        elsewhere.detach(matrix),
        Err(Error::WrongEngine(_))
    ));

    assert_eq!(matrix.levels()?, levels);
    assert_audited(engine);
    assert_product(&patch, &levels, true, true);
    Ok(())
}

#[test]
fn more_channels_than_a_matrix_takes_are_refused() -> Result<()> {
    let engine = running(2);
    let matrix = engine.create_matrix(9, 1)?;
    for bus in 0..7 {
        engine.connect_with_format(&engine.create_mixer()?, &matrix, 0, bus, format(64))?;
    }
    assert_eq!(matrix.dimensions()?, (7 * 64 + 2 * 2, 2));
    let refused = engine.connect_with_format(&engine.create_mixer()?, &matrix, 0, 7, format(64));
    let Err(Error::Exception(message)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        message.contains("514") && message.contains("512"),
        "{message}"
    );
    assert_eq!(matrix.dimensions()?, (7 * 64 + 2 * 2, 2));
    assert_audited(&engine);
    Ok(())
}
