//! Matrix mixers by ear: rendered samples against the plain matrix product.

mod common;

use std::time::Duration;

use common::*;
use perbus::level::{pan_constant_power, pan_linear};
use perbus::{
    BusConfig, Curve, Engine, Error, Format, Levels, Matrix, Result, Source, MAX_MATRIX_BUSES,
};

/// How far a settled sample may lie from the product that was computed in f64.
const PRODUCT_TOLERANCE: f32 = 1e-5;

/// Every change of a route's gain is over after this many frames.
const RAMP_FRAMES: usize = 480;

/// Numbers that look random and are the same in every run: 0 to 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    fn signed(&mut self) -> f32 {
        self.next() * 2.0 - 1.0
    }
}

/// What input channel `channel` of the matrix gets at `time`: another tone for each.
fn tone(channel: usize, time: i64) -> f32 {
    ((time as f64) * 0.01 * (channel + 1) as f64).sin() as f32 * 0.8
}

/// A source of the tones of the matrix's channels from `first` on.
fn tones(engine: &Engine, channels: u32, first: usize) -> Source {
    let render = move |block: &mut perbus::RenderBlock<'_>| {
        let time = block.sample_time();
        for channel in 0..channels {
            let samples = block.channel_mut(channel);
            for (frame, sample) in (0..).zip(samples) {
                *sample = tone(first + channel as usize, time + frame);
            }
        }
    };
    engine
        .create_source(format(channels), render)
        .expect("a source")
}

/// Inputs stereo, mono, stereo: channels 0-1, 2, 3-4. Outputs stereo, mono: channels 0-1, 2, on
/// buses 0 and 1 of the main mixer, whose mono bus goes to both sides.
struct Patch {
    engine: Engine,
    matrix: Matrix,
}

impl Patch {
    fn new() -> Result<Self> {
        let engine = running(2);
        let matrix = engine.create_matrix(3, 2)?;
        let mut first = 0;
        for (bus, channels) in [(0, 2), (1, 1), (2, 2)] {
            let source = tones(&engine, channels, first);
            engine.connect_with_format(&source, &matrix, 0, bus, format(channels))?;
            first += channels as usize;
        }
        let main = engine.main_mixer()?;
        engine.connect_with_format(&matrix, &main, 0, 0, format(2))?;
        engine.connect_with_format(&matrix, &main, 1, 1, format(1))?;
        Ok(Self { engine, matrix })
    }

    fn random(numbers: &mut Numbers) -> Levels {
        let mut levels = Levels::new(5, 3);
        for (input, output) in (0..5).flat_map(|i| (0..3).map(move |o| (i, o))) {
            levels[(input, output)] = numbers.signed();
        }
        for volume in levels.input_volumes_mut() {
            *volume = numbers.next();
        }
        for volume in levels.output_volumes_mut() {
            *volume = numbers.next();
        }
        levels.master = numbers.next();
        levels
    }
}

/// What an output channel is at a time, by the book.
fn product(levels: &Levels, output: u32, time: i64) -> f32 {
    let sum: f64 = (0..levels.inputs())
        .map(|input| {
            f64::from(tone(input as usize, time))
                * f64::from(levels.input_volumes()[input as usize])
                * f64::from(levels[(input, output)])
        })
        .sum();
    let volume = levels.output_volumes()[output as usize];
    (f64::from(levels.master) * f64::from(volume) * sum) as f32
}

#[track_caller]
fn assert_product(patch: &Patch, levels: &Levels, stereo: bool, mono: bool) {
    render(&patch.engine, RAMP);
    let time = patch.engine.sample_time().expect("the engine can be asked");
    let planar = render(&patch.engine, 700);
    for (output, samples) in (0..).zip(&planar) {
        let expected = |frame: usize| {
            let time = time + frame as i64;
            let own = if stereo {
                product(levels, output, time)
            } else {
                0.0
            };
            own + if mono { product(levels, 2, time) } else { 0.0 }
        };
        assert_samples(samples, expected, PRODUCT_TOLERANCE);
    }
}

#[test]
fn what_is_heard_is_the_matrix_product() -> Result<()> {
    let patch = Patch::new()?;
    assert_eq!(patch.matrix.dimensions()?, (5, 3));
    let mut numbers = Numbers(1);
    for _ in 0..5 {
        let levels = Patch::random(&mut numbers);
        patch.matrix.set_levels(&levels)?;
        assert_product(&patch, &levels, true, true);
        // Each output bus by itself.
        patch.matrix.enable_output(1, false)?;
        assert_product(&patch, &levels, true, false);
        patch.matrix.enable_output(0, false)?;
        patch.matrix.enable_output(1, true)?;
        assert_product(&patch, &levels, false, true);
        patch.matrix.enable_output(0, true)?;
    }
    Ok(())
}

#[test]
fn an_input_bus_that_is_off_leaves_the_others() -> Result<()> {
    let patch = Patch::new()?;
    let mut levels = Patch::random(&mut Numbers(2));
    patch.matrix.set_levels(&levels)?;
    patch.matrix.enable_input(1, false)?;
    let volume = std::mem::replace(&mut levels.input_volumes_mut()[2], 0.0);
    assert_product(&patch, &levels, true, true);
    assert_eq!(patch.matrix.input(2)?, volume);
    Ok(())
}

#[test]
fn a_new_matrix_is_silent_and_each_level_at_0_silences() -> Result<()> {
    let engine = running(1);
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&constant(&engine, &[0.5]), &matrix, 0, 0)?;
    engine.connect(&matrix, &engine.main_mixer()?, 0, 0)?;
    assert_eq!(matrix.levels()?, Levels::new(1, 1));
    assert_heard_at_once(&engine, &[0.0]);
    matrix.set_levels(&Levels::identity(1, 1))?;
    assert_heard(&engine, &[0.5]);
    type Set = fn(&Matrix, f32) -> Result<()>;
    let levels: [Set; 4] = [
        |matrix, level| matrix.set_crosspoint(0, 0, level),
        |matrix, level| matrix.set_input(0, level),
        |matrix, level| matrix.set_output(0, level),
        |matrix, level| matrix.set_master(level),
    ];
    for set in levels {
        set(&matrix, 0.0)?;
        assert_heard(&engine, &[0.0]);
        set(&matrix, 0.25)?;
        assert_heard(&engine, &[0.125]);
        set(&matrix, 1.0)?;
        assert_heard(&engine, &[0.5]);
    }
    Ok(())
}

#[test]
fn a_level_set_before_the_first_block_is_there_from_its_first_sample() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &matrix, 0, 0)?;
    engine.connect(&matrix, &engine.main_mixer()?, 0, 0)?;
    matrix.set_levels(&Levels::identity(2, 2))?;
    engine.start()?;
    assert_heard_at_once(&engine, &[0.5, 0.25]);
    Ok(())
}

/// Ramps up, is turned back in mid-ramp, and settles, in blocks of one length.
fn turns(block: usize) -> Result<Vec<f32>> {
    let engine = running(1);
    let matrix = engine.create_matrix(2, 1)?;
    for bus in 0..2 {
        let source = constant(&engine, &[0.5]);
        engine.connect(&source, &matrix, 0, bus)?;
    }
    engine.connect(&matrix, &engine.main_mixer()?, 0, 0)?;
    matrix.set_levels(&Levels::identity(2, 1))?;
    let mut samples = render_in(&engine, 240, block).remove(0);
    matrix.set_crosspoint(1, 0, 1.0)?;
    samples.extend(render_in(&engine, 240, block).remove(0));
    matrix.set_crosspoint(0, 0, -1.0)?;
    matrix.set_crosspoint(1, 0, 0.25)?;
    samples.extend(render_in(&engine, 960, block).remove(0));
    Ok(samples)
}

#[test]
fn changes_are_ramps_without_a_click_whatever_the_block_size() -> Result<()> {
    let whole = turns(480)?;
    assert_constant(&whole[..240], 0.5);
    // Half of the way to 0.5 more, and from there to -0.5 + 0.125.
    assert!((whole[479] - 0.75).abs() < 1e-6, "{}", whole[479]);
    assert_constant(&whole[480 + RAMP_FRAMES..], -0.375);
    // The steepest ramp is the one from 0.75 to -0.375.
    let step = largest_step(0.5, &whole);
    let limit = 1.125 / RAMP_FRAMES as f32 * 1.01;
    assert!(step <= limit, "a step of {step}, the ramp's are {limit}");
    for block in [1, 7, 64, 97, 240] {
        let parts = turns(block)?;
        assert_samples(&parts, |frame| whole[frame], TOLERANCE);
    }
    Ok(())
}

#[test]
fn the_whole_matrix_goes_round() -> Result<()> {
    let patch = Patch::new()?;
    let levels = Patch::random(&mut Numbers(3));
    patch.matrix.set_levels(&levels)?;
    assert_eq!(patch.matrix.levels()?, levels);
    for (input, output) in (0..5).flat_map(|i| (0..3).map(move |o| (i, o))) {
        let gain = patch.matrix.crosspoint(input, output)?;
        assert_eq!(gain, levels[(input, output)]);
    }
    for input in 0..5 {
        let volume = patch.matrix.input(input)?;
        assert_eq!(volume, levels.input_volumes()[input as usize]);
    }
    for output in 0..3 {
        let volume = patch.matrix.output(output)?;
        assert_eq!(volume, levels.output_volumes()[output as usize]);
    }
    assert_eq!(patch.matrix.master()?, levels.master);
    Ok(())
}

#[test]
fn identity_clear_and_invert_leave_the_volumes() -> Result<()> {
    let patch = Patch::new()?;
    let mut levels = Patch::random(&mut Numbers(4));
    patch.matrix.set_levels(&levels)?;
    patch.matrix.invert()?;
    for (input, output) in (0..5).flat_map(|i| (0..3).map(move |o| (i, o))) {
        levels[(input, output)] = -levels[(input, output)];
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_product(&patch, &levels, true, true);
    patch.matrix.set_identity()?;
    for (input, output) in (0..5).flat_map(|i| (0..3).map(move |o| (i, o))) {
        levels[(input, output)] = if input == output { 1.0 } else { 0.0 };
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_product(&patch, &levels, true, true);
    patch.matrix.clear()?;
    for (input, output) in (0..5).flat_map(|i| (0..3).map(move |o| (i, o))) {
        levels[(input, output)] = 0.0;
    }
    assert_eq!(patch.matrix.levels()?, levels);
    assert_heard(&patch.engine, &[0.0, 0.0]);
    Ok(())
}

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
    let mut first = 0;
    for (bus, channels) in [(0, 2), (1, 1), (2, 2)] {
        let source = tones(engine, channels, first);
        engine.connect_with_format(&source, matrix, 0, bus, format(channels))?;
        first += channels as usize;
    }
    let main = engine.main_mixer()?;
    engine.connect_with_format(matrix, &main, 0, 0, format(2))?;
    engine.connect_with_format(matrix, &main, 1, 1, format(1))?;
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
    // And comes back with what it was set to.
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
        engine.connect_with_format(&second, &engine.main_mixer()?, bus, bus, format(1))?;
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
    // The same player straight into a mixer as well would move it: a node has one destination.
    engine.connect_with_format(&player, &engine.main_mixer()?, 0, 2, format(1))?;
    let sum = 0.5 + 0.5 * 0.125 - 0.0625;
    assert_heard(&engine, &[sum, sum]);
    assert_eq!(engine.source_of(&first, 0)?, None);
    Ok(())
}

#[test]
fn the_bus_of_a_matrix_is_set_by_the_mixers_parameters() -> Result<()> {
    let engine = running(2);
    let matrix = engine.create_matrix(1, 1)?;
    let main = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &matrix, 0, 0)?;
    engine.connect(&matrix, &main, 0, 0)?;
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

    // The strip keeps its values over a stop, a move and a new matrix.
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

/// Of a strip that came back into a fade of its volume, too, which goes on in steps.
#[test]
fn the_pan_of_a_matrix_fades_whatever_its_volume_has_done() -> Result<()> {
    let engine = running(2);
    let matrix = engine.create_matrix(1, 1)?;
    let main = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[0.5, 0.25]), &matrix, 0, 0)?;
    engine.connect(&matrix, &main, 0, 0)?;
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

#[test]
fn pan_laws() -> Result<()> {
    for step in -100..=100 {
        let position = step as f32 / 100.0;
        let angle = (f64::from(position) + 1.0) * std::f64::consts::FRAC_PI_4;
        let (left, right) = pan_constant_power(position)?;
        assert!((f64::from(left) - angle.cos()).abs() < 1e-6);
        assert!((f64::from(right) - angle.sin()).abs() < 1e-6);
        let power = left * left + right * right;
        assert!((power - 1.0).abs() < 1e-6, "{position}: {power}");
        let (left, right) = pan_linear(position)?;
        assert!((left - (1.0 - position) / 2.0).abs() < 1e-6);
        assert!((left + right - 1.0).abs() < 1e-6);
    }
    for law in [pan_constant_power, pan_linear] {
        assert_eq!((law(-1.0)?, law(1.0)?), ((1.0, 0.0), (0.0, 1.0)));
        for position in [-1.001, 1.5, f32::NAN, f32::INFINITY] {
            assert!(matches!(law(position), Err(Error::OutOfRange(_))));
        }
    }
    Ok(())
}

/// The call is refused with a message that has the value and the limit.
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
    for bad in [-0.5, 1.001, f32::NAN, f32::NEG_INFINITY] {
        assert_out_of_range(matrix.set_input(0, bad), &["0 to 1"]);
        assert_out_of_range(matrix.set_output(0, bad), &["0 to 1"]);
        assert_out_of_range(matrix.set_master(bad), &["0 to 1"]);
    }

    // The whole matrix: all or nothing, whichever value is bad.
    let other = Levels::identity(5, 3);
    let mut bad = [other.clone(), other.clone(), other.clone(), other];
    bad[0][(4, 2)] = -1.5;
    bad[1].input_volumes_mut()[4] = -0.5;
    bad[2].output_volumes_mut()[2] = f32::NAN;
    bad[3].master = 2.0;
    for (bad, place) in bad.iter().zip(["row 4", "row 4", "row 5", "column 3"]) {
        assert_out_of_range(matrix.set_levels(bad), &[place]);
    }
    for (inputs, outputs) in [(4, 3), (5, 2), (0, 0), (3, 5)] {
        let refused = matrix.set_levels(&Levels::identity(inputs, outputs));
        assert!(matches!(refused, Err(Error::InvalidArgument(_))));
    }

    // Buses that are not there, other rates, loops.
    let (source, main) = (tones(engine, 1, 0), engine.main_mixer()?);
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

#[test]
fn levels_may_be_set_while_another_thread_renders_and_rewires() -> Result<()> {
    let patch = Patch::new()?;
    let levels = Patch::random(&mut Numbers(8));
    std::thread::scope(|scope| {
        let setter = scope.spawn(|| -> Result<()> {
            for step in 0..2000 {
                let gain = (step % 21) as f32 / 10.0 - 1.0;
                patch.matrix.set_crosspoint(step % 5, step % 3, gain)?;
                patch.matrix.set_master(gain.abs())?;
            }
            Ok(())
        });
        for _ in 0..50 {
            render(&patch.engine, 200);
            let source = tones(&patch.engine, 2, 3);
            patch
                .engine
                .connect_with_format(&source, &patch.matrix, 0, 2, format(2))?;
        }
        setter.join().expect("no panic")
    })?;
    patch.matrix.set_levels(&levels)?;
    assert_product(&patch, &levels, true, true);
    Ok(())
}
