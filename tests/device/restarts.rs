//! Engines that start again by themselves, and what is reported meanwhile.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{channel, Receiver};
use std::time::{Duration, Instant};

use perbus::{Buffer, Engine, EngineEvent, Player, Result};

use super::common::constant;
use super::fake::{self, play, play_left, GONE, PATIENT};

/// A loss or a restart has to be noticed by then.
const NOTICED: Duration = Duration::from_secs(2);

/// An engine that restarts, with 1.0 on bus 0 and a player of 0.5 on bus 1 that has played 10 blocks.
/// Its device falls silent then.
fn desk() -> Result<(Engine, Player, Receiver<EngineEvent>)> {
    PATIENT.store(false, Ordering::Relaxed);
    let engine = Engine::builder().restarts(true).build()?;
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0, 1.0]), &mixer, 0, 0)?;
    let player = engine.create_player()?;
    engine.connect(&player, &mixer, 0, 1)?;
    let (sender, receiver) = channel();
    engine.on_event(move |_, event| sender.send(event).expect("the test waits"))?;
    engine.start()?;
    player.schedule(&Buffer::from_fn(engine.format(), 48_000, |_, _| 0.5)?)?;
    player.play()?;
    assert_eq!(play(10), 1.5);
    Ok((engine, player, receiver))
}

/// The engine notices, and finds no other device.
fn lose(events: &Receiver<EngineEvent>) {
    GONE.store(true, Ordering::Relaxed);
    for event in [EngineEvent::DeviceLost, EngineEvent::ConfigurationChanged] {
        assert_eq!(events.recv_timeout(NOTICED), Ok(event));
    }
}

/// The left channel of a file.
#[cfg(feature = "files")]
fn left(path: &std::path::Path) -> Result<Vec<f32>> {
    let mut file = perbus::File::open(path)?;
    let frames = file.frames() as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    assert_eq!(file.read(&mut [&mut left, &mut right])?, frames);
    Ok(left)
}

/// There is a device again; `patient`: for good.
fn come_back(patient: bool) {
    PATIENT.store(patient, Ordering::Relaxed);
    GONE.store(false, Ordering::Relaxed);
}

/// Strips keep what they were set to meanwhile, and players go on where they stopped.
#[test]
fn an_engine_starts_again() -> Result<()> {
    let _alone = fake::alone();
    let (engine, player, events) = lost_desk()?;
    for times in 1..=2 {
        let before = player.position()?.player_frame;
        assert!(!engine.is_running()? && !player.is_playing()?);
        engine.main_mixer().bus(0)?.set_volume(0.25)?;
        come_back(times == 2);
        assert_eq!(events.recv_timeout(NOTICED), Ok(EngineEvent::Restarted));
        assert!(engine.is_running()? && player.is_playing()?);
        assert_eq!(play(10), 0.75);
        assert_eq!(player.position()?.player_frame, before + 2560);
        if times == 1 {
            lose(&events);
        }
    }
    assert!(events.try_recv().is_err());
    Ok(())
}

fn lost_desk() -> Result<(Engine, Player, Receiver<EngineEvent>)> {
    let desk = desk()?;
    lose(&desk.2);
    Ok(desk)
}

#[test]
fn a_stop_ends_the_attempts() -> Result<()> {
    let _alone = fake::alone();
    let (engine, player, events) = lost_desk()?;
    engine.stop()?;
    come_back(true);
    assert!(events.recv_timeout(Duration::from_millis(700)).is_err());
    assert!(!engine.is_running()?);
    engine.start()?;
    assert!(!player.is_playing()?);
    assert_eq!(play(10), 1.0);
    Ok(())
}

/// Their files have what was rendered before the loss, and then what is rendered from the restart on.
#[test]
#[cfg(feature = "files")]
fn recordings_go_on_after_a_restart() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _player, events) = desk()?;
    let folder = tempfile::tempdir().expect("a folder");
    let (mix, one) = (folder.path().join("mix.wav"), folder.path().join("bus.wav"));
    let (mixer, settings) = (
        engine.main_mixer(),
        perbus::FileSettings::wav(engine.format()),
    );
    let recorders = [
        mixer.record(&mix, &settings)?,
        mixer.bus(1)?.record(&one, &settings)?,
    ];
    // No multiple of the blocks that taps hand over.
    let mut played = play_left(43);
    for times in 1..=2 {
        lose(&events);
        for recorder in &recorders {
            assert!(matches!(
                recorder.status().state,
                perbus::RecorderState::Waiting | perbus::RecorderState::Recording
            ));
        }
        come_back(times == 2);
        assert_eq!(events.recv_timeout(NOTICED), Ok(EngineEvent::Restarted));
        mixer.bus(0)?.set_volume(0.5)?;
        played.extend(play_left(21));
    }
    for recorder in recorders {
        let recording = recorder.stop()?;
        assert_eq!(recording.frames, 85 * 256);
        assert_eq!((recording.dropped, recording.silence), (0, 0));
        assert_eq!(recording.interrupted, None);
    }
    assert_eq!(played.last(), Some(&1.0));
    assert_eq!(left(&mix)?, played);
    assert_eq!(left(&one)?, [0.5; 85 * 256]);
    Ok(())
}

/// One that is dropped meanwhile does not come back.
#[test]
fn a_dropped_engine_stays_away() -> Result<()> {
    let _alone = fake::alone();
    let (engine, player, _events) = lost_desk()?;
    drop((engine, player));
    let opened = fake::opened();
    come_back(true);
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(fake::opened(), opened);
    Ok(())
}

/// Without a callback, after its panic, and while it takes a second.
#[test]
fn a_restart_does_not_depend_on_the_callback() -> Result<()> {
    let _alone = fake::alone();
    let returns = |engine: &Engine| -> Result<()> {
        let begin = Instant::now();
        while engine.is_running()? && begin.elapsed() < NOTICED {
            std::thread::sleep(Duration::from_millis(1));
        }
        come_back(true);
        while !engine.is_running()? && begin.elapsed() < 2 * NOTICED {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(engine.is_running()?);
        assert_eq!(play(10), 1.0);
        Ok(())
    };
    for kind in 0..3 {
        let engine = Engine::builder().restarts(true).build()?;
        engine.connect(&constant(&engine, &[1.0, 1.0]), &engine.main_mixer(), 0, 0)?;
        let (sender, blocked) = channel();
        match kind {
            0 => {}
            1 => engine.on_event(|_, _| panic!("a callback's own fault"))?,
            _ => engine.on_event(move |_, _| {
                std::thread::sleep(Duration::from_secs(1));
                let _ = sender.send(Instant::now());
            })?,
        }
        PATIENT.store(false, Ordering::Relaxed);
        engine.start()?;
        GONE.store(true, Ordering::Relaxed);
        assert_eq!(play(10), 1.0);
        returns(&engine)?;
        if kind == 2 {
            let end = blocked.recv_timeout(NOTICED).expect("it has been called");
            assert!(Instant::now() <= end + Duration::from_secs(1));
        }
    }
    Ok(())
}

/// The callback of the restart has the last handle, and drops it.
#[test]
fn the_callback_of_a_restart_may_drop_the_engine() -> Result<()> {
    let _alone = fake::alone();
    let (engine, player, events) = lost_desk()?;
    let (sender, dropped) = channel();
    let mut last = Some(engine.clone());
    engine.on_event(move |_, event| {
        if event == EngineEvent::Restarted {
            drop(last.take());
            sender.send(()).expect("the test waits");
        }
    })?;
    drop((engine, player, events));
    come_back(true);
    assert_eq!(dropped.recv_timeout(NOTICED), Ok(()));
    // It goes along with its engine, whose handle it got.
    assert!(dropped.recv_timeout(NOTICED).is_err());
    Ok(())
}

/// The device asks for more than can be decoded.
#[cfg(feature = "files")]
#[test]
fn a_late_decoder_is_reported() -> Result<()> {
    use perbus::{File, FileSettings, Format, Schedule};

    let _alone = fake::alone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("song.wav");
    let mut file = File::create(&path, FileSettings::wav(Format::new(48_000.0, 2)?))?;
    let second = vec![0.5; 48_000];
    for _ in 0..60 {
        file.write(&[&second, &second])?;
    }
    file.finish()?;
    let engine = Engine::new()?;
    let song = File::open(&path)?;
    let player = engine.create_player_for_file(&song)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    let (sender, events) = channel();
    engine.on_event(move |_, event| sender.send(event).expect("the test waits"))?;
    engine.start()?;
    player.schedule_file(&song, Schedule::looping())?;
    player.play()?;
    play(4);
    assert_eq!(player.position()?.late_frames, 0);
    let begin = Instant::now();
    while player.position()?.late_frames == 0 && begin.elapsed() < NOTICED {
        play(1000);
    }
    assert_eq!(events.recv_timeout(NOTICED), Ok(EngineEvent::DecoderLate));
    assert!(player.position()?.late_frames > 0);
    Ok(())
}
