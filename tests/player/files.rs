//! Players that play files: what is heard is what the file has.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{
    Buffer, BufferEnd, Engine, Error, File, FileSettings, Format, Player, Result, Schedule,
};

use crate::common::*;

const RATE: f64 = 48_000.0;
const FRAMES: usize = 100_000;

/// A frame of a file has its number in it.
fn sample(frame: usize) -> f32 {
    frame as f32 / FRAMES as f32
}

fn ramp(folder: &Path) -> PathBuf {
    let path = folder.join("ramp.wav");
    let samples: Vec<f32> = (0..FRAMES).map(sample).collect();
    let mut writer = File::create(&path, FileSettings::wav(Format::new(RATE, 1).unwrap())).unwrap();
    writer.write(&[&samples]).unwrap();
    writer.finish().unwrap();
    path
}

/// A player for the file, which plays on an engine of the same rate.
fn deck(file: &File) -> Result<(Engine, Player)> {
    let engine = Engine::offline(Format::new(RATE, 1)?, 4096)?;
    let player = engine.create_player_for_file(file)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    engine.start()?;
    player.play()?;
    Ok((engine, player))
}

fn hear(engine: &Engine, frames: usize) -> Vec<f32> {
    render(engine, frames).remove(0)
}

#[track_caller]
fn assert_heard(heard: &[f32], from: usize) {
    for (place, &found) in heard.iter().enumerate() {
        let expected = sample(from + place);
        assert!(found == expected, "frame {place}: {found}, not {expected}");
    }
}

#[test]
fn a_file_is_heard_to_its_end_and_outlives_its_handle() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(ramp(folder.path()))?;
    let (engine, player) = deck(&file)?;
    let (told, ended) = channel();
    player.schedule_file_with(&file, Schedule::default(), move |end| {
        told.send(end).unwrap();
    })?;
    drop(file);
    let position = player.position()?;
    assert_eq!(position.file_frame, Some(0));
    assert_eq!(position.file_frames, Some(FRAMES as u64));
    let heard = hear(&engine, FRAMES + 1000);
    assert_heard(&heard[..FRAMES], 0);
    assert!(heard[FRAMES..].iter().all(|&sample| sample == 0.0));
    let end = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(end, BufferEnd::Played);
    let position = player.position()?;
    assert_eq!((position.file_frame, position.file_frames), (None, None));
    assert_eq!(position.player_frame, FRAMES as i64 + 1000);
    assert_eq!(position.late_frames, 0);
    Ok(())
}

#[test]
fn files_segments_and_buffers_follow_each_other_without_a_gap() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(ramp(folder.path()))?;
    let (engine, player) = deck(&file)?;
    player.schedule_segment(&file, 500..7_000, Schedule::default())?;
    player.schedule(&Buffer::from_fn(file.format(), 33, |_, _| 0.25)?)?;
    player.schedule_segment(&file, 90_000..90_001, Schedule::default())?;
    player.schedule_file(&file, Schedule::default())?;
    let heard = hear(&engine, 6_500 + 33 + 1 + 5_000);
    assert_heard(&heard[..6_500], 500);
    assert!(heard[6_500..6_533].iter().all(|&sample| sample == 0.25));
    assert_heard(&heard[6_533..6_534], 90_000);
    assert_heard(&heard[6_534..], 0);
    assert_eq!(player.position()?.file_frame, Some(5_000));
    Ok(())
}

#[test]
fn a_part_loops_without_a_seam_until_it_is_interrupted() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(ramp(folder.path()))?;
    let (engine, player) = deck(&file)?;
    let (told, ended) = channel();
    player.schedule_segment_with(&file, 10_000..30_000, Schedule::looping(), move |end| {
        told.send(end).unwrap();
    })?;
    let heard = hear(&engine, 45_000);
    for pass in heard.chunks(20_000) {
        assert_heard(pass, 10_000);
    }
    player.schedule_file(&file, Schedule::default().interrupting_at_loop())?;
    let heard = hear(&engine, 20_000);
    assert_heard(&heard[..15_000], 15_000);
    assert_heard(&heard[15_000..], 0);
    let end = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(end, BufferEnd::Interrupted);
    Ok(())
}

#[test]
fn a_seek_is_heard_in_the_next_block_and_keeps_the_queue() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(ramp(folder.path()))?;
    let (engine, player) = deck(&file)?;
    player.schedule_segment(&file, 1_000..50_000, Schedule::default())?;
    player.schedule_segment(&file, 0..100, Schedule::default())?;
    assert_heard(&hear(&engine, 3_000), 1_000);
    player.seek(40_000)?;
    assert_eq!(player.position()?.file_frame, Some(40_000));
    assert_heard(&hear(&engine, 3_000), 40_000);
    player.seek(2_000)?;
    player.seek(49_990)?;
    let heard = hear(&engine, 110);
    assert_heard(&heard[..10], 49_990);
    assert_heard(&heard[10..], 0);
    Ok(())
}

#[test]
fn another_rate_is_converted_from_the_first_frame_on() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let wave =
        |frame: usize, rate: f64| (std::f64::consts::TAU * 441.0 * frame as f64 / rate).sin();
    let samples: Vec<f32> = (0..44_100).map(|i| wave(i, 44_100.0) as f32).collect();
    let mut writer = File::create(&path, FileSettings::wav(Format::new(44_100.0, 1)?))?;
    writer.write(&[&samples])?;
    writer.finish()?;
    let file = File::open(&path)?;
    // In two parts, which sound like one.
    let (engine, player) = deck(&file)?;
    player.schedule_segment(&file, 0..12_345, Schedule::default())?;
    player.schedule_segment(&file, 12_345..44_100, Schedule::default())?;
    let heard = hear(&engine, 48_100);
    for (frame, &found) in heard.iter().enumerate().take(47_900).skip(100) {
        let apart = (f64::from(found) - wave(frame, RATE)).abs();
        assert!(apart < 1e-3, "frame {frame} is {apart} off");
    }
    assert!(heard[48_000..].iter().all(|&sample| sample == 0.0));
    Ok(())
}

#[test]
fn a_file_that_is_cut_short_or_gone_fails_and_the_next_follows() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = ramp(folder.path());
    let bytes = fs::read(&path).unwrap();
    let (cut, gone) = (
        folder.path().join("cut.wav"),
        folder.path().join("gone.wav"),
    );
    let header = bytes.len() - FRAMES * 4;
    fs::write(&cut, &bytes[..header + 4_000 * 4]).unwrap();
    fs::write(&gone, &bytes).unwrap();
    let (whole, cut, lost) = (File::open(&path)?, File::open(&cut)?, File::open(&gone)?);
    fs::remove_file(&gone).unwrap();
    let (engine, player) = deck(&whole)?;
    let (told, ended) = channel();
    for file in [&cut, &lost, &whole] {
        let told = told.clone();
        player.schedule_file_with(file, Schedule::default(), move |end| {
            let _ = told.send(end);
        })?;
    }
    let heard = hear(&engine, 4_000 + FRAMES + 10);
    assert_heard(&heard[..4_000], 0);
    assert_heard(&heard[4_000..4_000 + FRAMES], 0);
    for expected in [BufferEnd::Failed, BufferEnd::Failed, BufferEnd::Played] {
        assert_eq!(
            ended.recv_timeout(Duration::from_secs(20)).unwrap(),
            expected
        );
    }
    Ok(())
}

#[test]
fn refusals_name_the_value_and_the_limit_and_change_nothing() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(ramp(folder.path()))?;
    let (engine, player) = deck(&file)?;
    let refused = |frames| player.schedule_segment(&file, frames, Schedule::default());
    for (frames, limit) in [
        (100_000..100_001, "start_frame 100000 is not in 0 to 99999"),
        (
            99_990..100_001,
            "11 frames from frame 99990 on are not in 1 to 10",
        ),
        (5..5, "0 frames from frame 5 on are not in 1 to 99995"),
    ] {
        let Err(Error::OutOfRange(reason)) = refused(frames) else {
            panic!("{limit}");
        };
        assert!(reason.contains(limit), "{reason}");
    }
    assert!(matches!(
        refused(u64::MAX - 1..u64::MAX),
        Err(Error::OutOfRange(_))
    ));
    assert!(matches!(player.seek(0), Err(Error::InvalidArgument(_))));
    player.schedule_segment(&file, 10..20, Schedule::default())?;
    let Err(Error::OutOfRange(reason)) = player.seek(20) else {
        panic!("it is past the segment");
    };
    assert!(
        reason.contains("file_frame 20 is not in 10 to 19"),
        "{reason}"
    );
    let stereo = engine.create_player_with(Format::new(RATE, 2)?)?;
    engine.connect(&stereo, &engine.main_mixer(), 0, 1)?;
    let refused = stereo.schedule_file(&file, Schedule::default());
    assert!(matches!(refused, Err(Error::Format(_))));
    assert_eq!(stereo.position()?.file_frame, None);
    Ok(())
}
