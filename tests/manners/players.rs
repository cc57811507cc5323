//! Players whose engine says neither how something ended nor when, and plays no loops of files.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{channel, Sender};
use std::time::Duration;

use perbus::{BufferEnd, Engine, File, Player, Result, Schedule};

use crate::common::*;
use crate::manners;

const FRAMES: usize = 24_000;

/// A frame of the file has its number in it.
fn sample(frame: usize) -> f32 {
    frame as f32 / FRAMES as f32
}

fn ramp(folder: &Path) -> Result<PathBuf> {
    let (path, engine) = (folder.join("ramp.wav"), running(1));
    let source = engine.create_source(format(1), |block| {
        let time = block.sample_time() as usize;
        for (frame, value) in (time..).zip(block.channel_mut(0)) {
            *value = sample(frame);
        }
    })?;
    engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    engine.render_to_wav(&path, Duration::from_millis(500))?;
    Ok(path)
}

/// As long as it is held, no handler runs.
struct Held(#[allow(dead_code)] Sender<()>);

fn hold_handlers(engine: &Engine) -> Result<Held> {
    let player = engine.create_player()?;
    engine.connect(&player, &engine.main_mixer(), 0, 7)?;
    let (entered, is_inside) = channel();
    let (held, go) = channel::<()>();
    player.schedule_with(
        &constant_buffer(&[0.0], 8),
        Schedule::default(),
        move |_| {
            entered.send(()).expect("the test waits");
            let _ = go.recv();
        },
    )?;
    player.play()?;
    render_mono(engine, 8);
    is_inside
        .recv_timeout(Duration::from_secs(20))
        .expect("a handler");
    Ok(Held(held))
}

fn deck(file: &File) -> Result<(Engine, Player)> {
    let engine = running(1);
    let player = engine.create_player_for_file(file)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    player.play()?;
    Ok((engine, player))
}

/// Passes of 10 ms: the handlers of a device's would come too late for each next one.
#[test]
fn a_short_part_of_a_file_loops_without_a_gap() -> Result<()> {
    let _manners = manners("early-completions");
    let folder = tempfile::tempdir().expect("a folder");
    let file = File::open(ramp(folder.path())?)?;
    let (engine, player) = deck(&file)?;
    let _held = hold_handlers(&engine)?;
    player.schedule_segment(&file, 1000..1480, Schedule::looping())?;
    let heard = render_mono(&engine, 24_000);
    assert_samples(&heard, |frame| sample(1000 + frame % 480), 0.0);
    Ok(())
}

/// Neither its place in the file nor the time of what follows is that of what was stopped.
#[test]
fn what_was_stopped_does_not_stand_before_what_follows() -> Result<()> {
    let _manners = manners("early-completions");
    let folder = tempfile::tempdir().expect("a folder");
    let file = File::open(ramp(folder.path())?)?;
    let (engine, player) = deck(&file)?;
    let held = hold_handlers(&engine)?;
    player.schedule_file(&file, Schedule::default())?;
    render_mono(&engine, 5000);
    player.stop()?;
    player.schedule_segment(&file, 2000..4000, Schedule::default())?;
    player.play()?;
    assert_eq!(player.position()?.file_frame, Some(2000));
    assert_samples(
        &render_mono(&engine, 100),
        |frame| sample(2000 + frame),
        0.0,
    );
    assert_eq!(player.position()?.file_frame, Some(2100));
    player.seek(3000)?;
    assert_samples(
        &render_mono(&engine, 100),
        |frame| sample(3000 + frame),
        0.0,
    );
    drop(held);
    Ok(())
}

/// What follows an interruption begins with it, and not with the end of what it has cut off.
#[test]
fn what_was_cut_off_does_not_stand_before_what_follows() -> Result<()> {
    let _manners = manners("early-completions");
    let folder = tempfile::tempdir().expect("a folder");
    let file = File::open(ramp(folder.path())?)?;
    let (engine, player) = deck(&file)?;
    let held = hold_handlers(&engine)?;
    let (sender, ends) = channel();
    for (number, frames, how) in [
        (0, 100, Schedule::default()),
        (1, 10_000, Schedule::default()),
        (2, 100, Schedule::default().interrupting()),
    ] {
        let sender = sender.clone();
        player.schedule_with(&constant_buffer(&[0.5], frames), how, move |end| {
            let _ = sender.send((number, end));
        })?;
        if number == 1 {
            render_mono(&engine, 150);
        }
    }
    player.schedule_segment(&file, 2000..4000, Schedule::default())?;
    render_mono(&engine, 200);
    assert_eq!(player.position()?.file_frame, Some(2100));
    drop(held);
    for expected in [BufferEnd::Played, BufferEnd::Interrupted, BufferEnd::Played]
        .into_iter()
        .enumerate()
    {
        let got = ends.recv_timeout(Duration::from_secs(20));
        assert_eq!(got, Ok(expected));
    }
    Ok(())
}

/// Offline, however late the handlers are.
#[test]
fn an_offline_engine_gets_all_of_a_loop() -> Result<()> {
    let _manners = manners("early-completions");
    let folder = tempfile::tempdir().expect("a folder");
    let file = File::open(ramp(folder.path())?)?;
    let (engine, player) = deck(&file)?;
    let _held = hold_handlers(&engine)?;
    player.schedule_segment(&file, 1000..5800, Schedule::looping())?;
    let heard = render_mono(&engine, 240_000);
    assert_samples(&heard, |frame| sample(1000 + frame % 4800), 0.0);
    Ok(())
}
