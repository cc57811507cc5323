//! Calls from a source's closure: everything that might wait is refused, and nothing hangs.

mod calls;

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use perbus::{Buffer, BusConfig, Curve, Engine, Error, Fade, Mixer, Player, Result, Source, Tap};

use calls::*;

use crate::common::*;

fn refused<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::InRender(reason)) if reason.contains("source's"))
}

/// Renders one block of a source that runs `call` once, and returns its result.
fn in_a_closure<T: Send + 'static>(
    engine: &Engine,
    call: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (told, answer): (_, Receiver<T>) = mpsc::channel();
    let mut call = Some(call);
    let main = engine.main_mixer();
    let source = engine.create_source(engine.format(), move |_| {
        if let Some(call) = call.take() {
            let _ = told.send(call());
        }
    });
    let source = source.unwrap();
    engine.connect(&source, &main, 0, 7).unwrap();
    render(engine, 64);
    let answer = answer.try_recv().expect("the closure has run to its end");
    engine.detach(&source).unwrap();
    answer
}

struct Desk {
    engine: Engine,
    main: Mixer,
    player: Player,
    source: Source,
    fade: Fade,
    buffer: Buffer,
    tap: Tap,
}

fn desk() -> Result<Desk> {
    let engine = running(1);
    let main = engine.main_mixer();
    let player = engine.create_player()?;
    let source = constant(&engine, &[0.5]);
    engine.connect(&player, &main, 0, 0)?;
    engine.connect(&source, &main, 0, 1)?;
    let fade = main
        .bus(1)?
        .fade_to(0.25, Duration::from_secs(9), Curve::Linear)?;
    let tap = main.tap(4800, |_| {})?;
    Ok(Desk {
        engine,
        main,
        player,
        source,
        fade,
        buffer: constant_buffer(&[0.5], 9),
        tap,
    })
}

#[track_caller]
fn assert_answers(answers: &Answers) {
    let wrong: Vec<_> = answers.iter().filter(|(_, right)| !right).collect();
    assert!(!answers.is_empty() && wrong.is_empty(), "{wrong:?}");
}

#[test]
fn everything_that_might_wait_is_refused() -> Result<()> {
    let desk = desk()?;
    let engine = desk.engine.clone();
    let before = engine.to_dot();
    let bus = desk.main.bus(1)?;
    let (equalizer, matrix) = (engine.create_equalizer(1)?, engine.create_matrix(1, 1)?);
    let group = engine.create_group("voices")?;
    let answers = in_a_closure(&engine, move || {
        let mut answers = Answers::new();
        engine_calls(&desk, &mut answers).unwrap();
        group_calls(&desk.engine, &group, &bus, &mut answers);
        strip_calls(&desk, &bus, &mut answers);
        calls_that_cannot_fail(&desk, &bus, &mut answers);
        node_calls(&desk, &mut answers).unwrap();
        effect_calls(&equalizer, &matrix, &mut answers).unwrap();
        answers
    });
    assert_answers(&answers);
    // Only the label has changed, and the thread that renders may make calls again.
    let bus = engine.main_mixer().bus(1)?;
    assert_eq!(bus.label(), "voice");
    assert!(bus.volume() > 0.9 && !bus.is_muted() && bus.is_connected());
    assert_eq!(engine.main_mixer().bus(0)?.volume(), 1.0);
    assert!(before.contains("player"));
    Ok(())
}

#[cfg(feature = "files")]
#[test]
fn files_are_neither_read_nor_written_from_a_closure() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let desk = desk()?;
    let engine = desk.engine.clone();
    engine.render_to_wav(&path, Duration::from_millis(10))?;
    let mut file = perbus::File::open(&path)?;
    let settings = perbus::FileSettings::wav(file.format());
    let made = perbus::File::create(folder.path().join("made.wav"), settings)?;
    let answers = in_a_closure(&engine, move || {
        let mut answers = Answers::new();
        player_file_calls(&desk, &file, &mut answers);
        file_calls(&mut file, made, &mut answers);
        // Closed later, by a call from outside.
        drop(file);
        answers
    });
    assert_answers(&answers);
    perbus::File::open(&path)?;
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "only what was there before");
    Ok(())
}

#[test]
fn closures_on_added_threads_are_refused_too() -> Result<()> {
    const VOICES: u32 = 40;
    let engine = running(1);
    let main = engine.main_mixer();
    engine.set_render_threads(2)?;
    let (told, answers) = mpsc::channel();
    for group in 0..2 {
        let mixer = engine.create_mixer()?;
        engine.connect(&mixer, &main, 0, group)?;
        for bus in 0..VOICES / 2 {
            let (told, main) = (told.clone(), main.clone());
            let source = engine.create_source(format(1), move |block| {
                block.channel_mut(0).fill(0.25);
                let strip = main.set_output_volume(0.0);
                let _ = told.send(refused(strip) && refused(main.reserve(99)));
            })?;
            engine.connect(&source, &mixer, 0, bus)?;
        }
    }
    let heard = render(&engine, 2048);
    assert_eq!(heard[0][2047], VOICES as f32 * 0.25);
    drop(told);
    let answers: Vec<bool> = answers.try_iter().collect();
    assert!(answers.len() >= 4 * VOICES as usize && answers.iter().all(|right| *right));
    Ok(())
}

/// Rendering another engine is a call, too, and so is rendering the same one again.
#[test]
fn no_engine_is_rendered_from_a_closure() -> Result<()> {
    let (engine, other) = (running(1), running(1));
    let nested = other.clone();
    let refused = in_a_closure(&engine, move || {
        refused(nested.render(&mut [&mut [0.0; 8]]))
    });
    assert!(refused);
    assert_eq!(other.sample_time()?, 0);
    render(&other, 8);
    Ok(())
}

/// The last handles to everything: they are freed when the closure returns.
#[test]
fn handles_may_be_dropped_in_a_closure() -> Result<()> {
    let (engine, other) = (running(1), running(1));
    let (gone, alive) = mpsc::channel::<()>();
    let source = other.create_source(format(1), move |_| {
        let _ = &gone;
    })?;
    let main = other.main_mixer();
    other.connect(&source, &main, 0, 0)?;
    let bus = main.bus(0)?;
    let fade = bus.fade_to(0.5, Duration::from_secs(1), Curve::Linear)?;
    let buffer = constant_buffer(&[0.5], 64);
    in_a_closure(&engine, move || {
        drop((fade, bus, source, buffer, main, other));
    });
    engine.is_running()?;
    assert_eq!(alive.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    // The engine being rendered: the closure has its last handle.
    let doomed = running(1);
    let (sender, handle) = mpsc::channel::<Engine>();
    let source = doomed.create_source(format(1), move |_| drop(handle.try_recv()))?;
    doomed.connect(&source, &doomed.main_mixer(), 0, 0)?;
    sender.send(doomed.clone()).unwrap();
    drop(source);
    render(&doomed, 64);
    drop(doomed);
    Ok(())
}

/// While other threads change everything that a closure asks for.
#[test]
fn a_closure_that_asks_hangs_with_nobody() -> Result<()> {
    let desk = desk()?;
    let bus = desk.main.bus(1)?;
    let (engine, main) = (desk.engine.clone(), desk.main.clone());
    let asking = (main.clone(), bus.clone());
    let source = engine.create_source(format(1), move |block| {
        let (main, bus) = &asking;
        block
            .channel_mut(0)
            .fill(bus.volume() + bus.effective_volume());
        assert!(refused(bus.set_volume(0.5)) && refused(main.configure(&[BusConfig::new(1)])));
        assert!(main.snapshot().buses().is_empty() && !bus.is_connected());
    })?;
    engine.connect(&source, &main, 0, 7)?;
    std::thread::scope(|scope| {
        let changes = scope.spawn(|| {
            for round in 0..300u16 {
                let volume = Some(f32::from(round % 8) / 8.0);
                let config = BusConfig {
                    volume,
                    ..BusConfig::new(1)
                };
                main.configure(&[config]).unwrap();
                bus.fade_to(0.5, Duration::from_millis(1), Curve::Linear)
                    .unwrap();
                engine
                    .connect(&desk.player, &main, 0, u32::from(round % 5) + 2)
                    .unwrap();
            }
        });
        while !changes.is_finished() {
            render(&engine, 64);
        }
    });
    Ok(())
}
