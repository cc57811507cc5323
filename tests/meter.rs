//! Meters against the samples that they measure. On an engine without meters, taps feed them.

mod common;

use std::time::Duration;

use common::layouts::{shapes, side};
use common::{constant, format};
use perbus::{Buffer, Curve, Engine, Error, Meter, Result};

/// How far a meter may be from the value computed from the samples: it sums squares in single
/// precision.
const TOLERANCE: f32 = 1e-5;

/// As long as the shortest window: windows end with these blocks.
const BLOCK: u32 = 480;

/// A window.
const WINDOW: u64 = 2400;

/// What taps deliver at once: two windows.
const TAPPED: u64 = 4800;

fn running(channels: u32) -> Engine {
    metered(format(channels)).expect("an engine")
}

fn metered(format: perbus::Format) -> Result<Engine> {
    let engine = Engine::offline(format, BLOCK)?;
    engine.set_meter_taps(true)?;
    engine.start()?;
    Ok(engine)
}

fn blocks(engine: &Engine, frames: u64) -> Result<Vec<Vec<f32>>> {
    let mut planar = vec![Vec::new(); engine.format().channels() as usize];
    engine.render_blocks(frames, |block| {
        for (samples, channel) in planar.iter_mut().zip(block) {
            samples.extend_from_slice(channel);
        }
        Ok(())
    })?;
    Ok(planar)
}

fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| sample.abs().max(peak))
}

fn rms(samples: &[f32]) -> f32 {
    let squares: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    (squares / samples.len() as f64).sqrt() as f32
}

#[track_caller]
fn assert_close(value: f32, expected: f32) {
    assert!(
        (value - expected).abs() <= TOLERANCE,
        "{value}, not {expected}"
    );
}

/// The meter is that of the last window.
#[track_caller]
fn assert_reads(meter: Meter, heard: &[Vec<f32>]) {
    for (side, samples) in heard.iter().enumerate() {
        let samples = &samples[samples.len() - WINDOW as usize..];
        assert_close(meter.peak[side], peak(samples));
        assert_close(meter.rms[side], rms(samples));
    }
}

#[test]
fn a_bus_is_metered_after_its_fader() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let player = engine.create_player()?;
    engine.connect(&player, &mixer, 0, 4)?;
    let noise = Buffer::from_fn(format(2), 10_000, |frame, channel| {
        let turned = (frame * 7919 + channel * 104_729) % 20_011;
        turned as f32 / 10_005.5 - 1.0
    })?;
    player.schedule(&noise)?;
    let bus = mixer.bus(4)?;
    bus.set_volume(0.5)?;
    bus.set_pan(0.4)?;
    bus.meter()?;
    player.play()?;
    // Nothing else sounds, so the mix is what the bus adds.
    let heard = blocks(&engine, TAPPED)?;
    let meter = bus.meter()?;
    assert_reads(meter, &heard);
    bus.set_volume(1.0)?;
    let heard = blocks(&engine, TAPPED)?;
    let meter = bus.meter()?;
    assert_reads(meter, &heard);
    assert_eq!(meter.clips, 0);
    Ok(())
}

#[test]
fn a_bus_is_metered_while_its_fader_moves() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(4)?;
    engine.connect(&constant(&engine, &[0.5, -0.25]), bus.mixer(), 0, 4)?;
    bus.meter()?;
    for volume in [0.5, 0.0, 1.0] {
        bus.set_volume(volume)?;
        let heard = blocks(&engine, WINDOW)?;
        assert_reads(bus.meter()?, &heard);
    }
    Ok(())
}

/// A recorder of the bus leaves its meter as it is.
#[cfg(feature = "files")]
#[test]
fn a_bus_that_is_recorded_is_metered() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[0.5]), bus.mixer(), 0, 0)?;
    bus.set_volume(0.5)?;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bus.wav");
    let recorder = bus.record(&file, &perbus::FileSettings::wav(format(1)))?;
    bus.meter()?;
    blocks(&engine, TAPPED)?;
    assert_close(bus.meter()?.peak[0], 0.25);
    recorder.stop()?;
    Ok(())
}

#[test]
fn other_buses_do_not_show() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[0.25]), &mixer, 0, 0)?;
    engine.connect(&constant(&engine, &[0.5]), &mixer, 0, 1)?;
    for bus in [0, 1] {
        mixer.bus(bus)?.meter()?;
    }
    mixer.meter()?;
    mixer.set_output_volume(0.5)?;
    blocks(&engine, TAPPED)?;
    assert_close(mixer.bus(0)?.meter()?.peak[0], 0.25);
    assert_close(mixer.bus(1)?.meter()?.rms[0], 0.5);
    // The mixer's meter reads the sum, after its output volume.
    assert_close(mixer.meter()?.peak[0], 0.375);
    Ok(())
}

#[test]
fn every_bus_of_many_is_metered_to_its_last_frame() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let mut players = Vec::new();
    for number in 0..21 {
        let player = engine.create_player()?;
        engine.connect(&player, &mixer, 0, number)?;
        // Some share the positions of their loops' seams, others do not.
        let level = 0.04 * (number + 1) as f32;
        let sound = common::constant_buffer(&[level, -0.5 * level], 300 + number / 9 * 177);
        player.schedule_as(&sound, common::looping())?;
        player.play()?;
        mixer.bus(number)?.meter()?;
        players.push(player);
    }
    blocks(&engine, TAPPED)?;
    for number in 0..21 {
        let level = 0.04 * (number + 1) as f32;
        let meter = mixer.bus(number)?.meter()?;
        for (side, expected) in [(0, level), (1, 0.5 * level)] {
            assert_close(meter.peak[side], expected);
            assert_close(meter.rms[side], expected);
        }
    }
    Ok(())
}

#[test]
fn a_silent_bus_falls_to_zero() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[0.5]), bus.mixer(), 0, 0)?;
    bus.meter()?;
    blocks(&engine, TAPPED)?;
    assert_close(bus.meter()?.peak[0], 0.5);
    bus.set_muted(true)?;
    blocks(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.peak, [0.0; 2]);
    assert_eq!(bus.meter()?.rms, [0.0; 2]);
    Ok(())
}

#[test]
fn clipped_samples_are_counted_once_each() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    let player = engine.create_player()?;
    engine.connect(&player, bus.mixer(), 0, 0)?;
    // Ten of 3000 frames exceed full scale.
    let loud = Buffer::from_fn(
        format(1),
        3000,
        |frame, _| if frame % 300 == 7 { -1.5 } else { 0.5 },
    )?;
    player.schedule(&loud)?;
    bus.meter()?;
    player.play()?;
    blocks(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.clips, 10);
    blocks(&engine, TAPPED)?;
    assert_eq!(bus.meter()?.clips, 10);
    Ok(())
}

#[test]
fn stereo_into_a_mono_mixer_is_metered_as_its_sum() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    let source = constant(&engine, &[1.0, -0.5]);
    engine.connect_with_format(&source, bus.mixer(), 0, 0, format(2))?;
    bus.meter()?;
    let heard = blocks(&engine, WINDOW)?;
    assert_close(bus.meter()?.peak[0], 0.25);
    assert_close(peak(&heard[0]), 0.25);
    Ok(())
}

#[test]
fn a_bus_without_a_source_has_no_meter() -> Result<()> {
    let engine = running(1);
    let error = engine.main_mixer().bus(3)?.meter().unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)), "{error:?}");
    assert!(error.to_string().contains('3'), "{error}");
    Ok(())
}

#[test]
fn what_is_no_number_counts_for_nothing() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    let mut frame = 0;
    let source = engine.create_source(format(1), move |block| {
        for sample in block.channel_mut(0) {
            *sample = if frame == 700 { f32::NAN } else { 0.5 };
            frame += 1;
        }
    })?;
    engine.connect(&source, &mixer, 0, 0)?;
    let bus = mixer.bus(0)?;
    bus.meter()?;
    blocks(&engine, WINDOW)?;
    let meter = bus.meter()?;
    assert_close(meter.peak[0], 0.5);
    // The block with the bad sample is missing from the sum.
    assert_close(meter.rms[0], 0.5 * (4.0_f32 / 5.0).sqrt());
    Ok(())
}

/// A mono bus on a wider mixer sounds on two channels; the others do not count.
#[test]
fn a_fade_onto_a_wider_mixer_is_metered_as_a_settled_fader() -> Result<()> {
    let engine = running(6);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect_with_format(&constant(&engine, &[0.5]), bus.mixer(), 0, 0, format(1))?;
    bus.meter()?;
    blocks(&engine, TAPPED)?;
    assert_close(bus.meter()?.rms[0], 0.5);
    // Hours, so that the volume hardly moves while the test runs.
    bus.fade_to(0.0, Duration::from_secs(80_000), Curve::Linear)?;
    blocks(&engine, TAPPED)?;
    let meter = bus.meter()?;
    for side in 0..2 {
        assert_close(meter.peak[side], 0.5);
        assert_close(meter.rms[side], 0.5);
    }
    Ok(())
}

/// Silence lowers the mean, however many channels count as a side.
#[test]
fn the_silent_part_of_a_window_counts_for_every_channel() -> Result<()> {
    for channels in 2..=9 {
        let engine = running(channels);
        let mixer = engine.main_mixer();
        let player = engine.create_player()?;
        engine.connect(&player, &mixer, 0, 0)?;
        let bus = mixer.bus(0)?;
        bus.meter()?;
        let levels = vec![0.5; channels as usize];
        // Only the second window of a tap's block is read.
        blocks(&engine, WINDOW)?;
        player.schedule(&common::constant_buffer(&levels, WINDOW as u32 / 4))?;
        player.play()?;
        blocks(&engine, WINDOW)?;
        for side in bus.meter()?.rms {
            assert_close(side, 0.25);
        }
    }
    Ok(())
}

/// Of every shape into every shape: a meter shows what its bus adds, side by side.
#[test]
fn folded_and_surround_buses_are_metered_as_they_are_heard() -> Result<()> {
    for output in shapes() {
        for input in shapes() {
            let engine = metered(output)?;
            let bus = engine.main_mixer().bus(0)?;
            let player = engine.create_player()?;
            if engine
                .connect_with_format(&player, bus.mixer(), 0, 0, input)
                .is_err()
            {
                continue;
            }
            let noise = Buffer::from_fn(input, 10_000, |frame, channel| {
                let turned = (frame * 7919 + channel * 104_729) % 20_011;
                (turned as f32 / 10_005.5 - 1.0) * 0.7
            })?;
            player.schedule(&noise)?;
            bus.meter()?;
            bus.mixer().meter()?;
            player.play()?;
            let fade = Duration::from_millis(40);
            let changes: [&dyn Fn() -> Result<()>; 3] =
                [&|| bus.set_volume(0.5), &|| bus.set_pan(0.4), &|| {
                    bus.fade_pan_to(-0.3, fade).map(drop)
                }];
            let mut clipped = false;
            for change in changes {
                let heard = blocks(&engine, WINDOW)?;
                let meter = bus.meter()?;
                for (number, other) in [(0, 1), (1, -1)] {
                    // Channels that no sound reaches do not count: a mono bus has two channels.
                    let channels: Vec<f32> = (0..heard.len())
                        .filter(|c| side(output, *c) != other)
                        .filter(|c| output.channels() > 1 || number == *c)
                        .filter(|c| heard[*c].iter().any(|sample| *sample != 0.0))
                        .flat_map(|c| heard[c].iter().copied())
                        .collect();
                    let expected = [peak(&channels), rms(&channels)];
                    let nothing = channels.is_empty();
                    let [peak, rms] = if nothing { [0.0; 2] } else { expected };
                    assert_close(meter.peak[number], peak);
                    assert_close(meter.rms[number], rms);
                    assert_close(bus.mixer().meter()?.peak[number], peak);
                }
                clipped |= peak(&heard.concat()) > 1.0;
                assert_eq!(meter.clips > 0, clipped);
                change()?;
            }
        }
    }
    Ok(())
}
