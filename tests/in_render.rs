//! What a source's closure calls: everything that might wait is refused, and nothing hangs.

mod common;

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use common::{constant_buffer, format, render, running};
use perbus::{
    Band, Buffer, BusConfig, Curve, Engine, Error, Fade, Levels, Mixer, Node, Player, Result,
    Schedule, Source,
};

/// What a closure has called, and whether it was as it has to be.
type Answers = Vec<(&'static str, bool)>;

fn refused<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::InRender(reason)) if reason.contains("source's"))
}

/// `refused` of each call, under its text.
macro_rules! calls {
    ($answers:ident; $($call:expr;)*) => {
        $($answers.push((stringify!($call), refused($call)));)*
    };
}

/// Renders one block of a source that runs `call` once, and tells what that has told.
fn in_a_closure<T: Send + 'static>(
    engine: &Engine,
    call: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (told, answer): (_, Receiver<T>) = mpsc::channel();
    let mut call = Some(call);
    let main = engine.main_mixer().unwrap();
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
}

fn desk() -> Result<Desk> {
    let engine = running(1);
    let main = engine.main_mixer()?;
    let player = engine.create_player()?;
    let source = common::constant(&engine, &[0.5]);
    engine.connect(&player, &main, 0, 0)?;
    engine.connect(&source, &main, 0, 1)?;
    let fade = main
        .bus(1)?
        .fade_to(0.25, Duration::from_secs(9), Curve::Linear)?;
    Ok(Desk {
        engine,
        main,
        player,
        source,
        fade,
        buffer: constant_buffer(&[0.5], 9),
    })
}

fn engine_calls(desk: &Desk, answers: &mut Answers) -> Result<()> {
    let Desk {
        engine,
        main,
        player,
        source,
        ..
    } = desk;
    let (mut block, mut blocks) = ([0.0; 8], 0);
    let folder = std::env::temp_dir().join("perbus-in-render.wav");
    calls! { answers;
        Engine::new();
        Engine::offline(format(1), 8);
        engine.create_player();
        engine.create_player_with(format(1));
        engine.create_player_for(&desk.buffer);
        engine.play_once(&desk.buffer, main, 5);
        engine.batch(|| Ok(()));
        engine.create_mixer();
        engine.create_equalizer(1);
        engine.create_matrix(1, 1);
        engine.create_source(format(1), |_| {});
        engine.prepare();
        engine.start();
        engine.pause();
        engine.stop();
        engine.reset();
        engine.is_running();
        engine.sample_time();
        engine.render(&mut [&mut block]);
        engine.render_blocks(8, |_| { blocks += 1; Ok(()) });
        engine.render_to_wav(&folder, Duration::from_millis(1));
        engine.set_render_threads(2);
        engine.attach(player);
        engine.detach(player);
        engine.connect(player, main, 0, 3);
        engine.connect_with_format(player, main, 0, 3, format(1));
        engine.connect_many(player, 0, &[(main, 3), (main, 4)], format(1));
        engine.add_destination(source, main, 0, 3);
        engine.remove_destination(source, main, 0, 1);
        engine.disconnect_input(main, 0);
        engine.disconnect_output(player, 0);
        engine.source_of(main, 0);
        engine.nodes();
        engine.node(player.id());
        engine.detach_id(player.id());
        engine.audit();
        engine.inspect(main);
        engine.set_mixer_volume_for_bus(main, 0.5, 1);
        engine.set_mixer_volume_for_bus(main, 0.5, 6);
        engine.mixer_volume_for_bus(main, 1);
        engine.mixer_volume_for_bus(main, 6);
        engine.set_mixer_pan_for_bus(main, 0.5, 1);
        engine.set_mixer_pan_for_bus(main, 0.5, 6);
        engine.mixer_pan_for_bus(main, 1);
        engine.mixer_pan_for_bus(main, 6);
        engine.set_connection_volume(source, main, 1, 0.5);
        engine.connection_volume(source, main, 1);
        engine.set_connection_pan(source, main, 1, 0.5);
        engine.connection_pan(source, main, 1);
    }
    assert_eq!(blocks, 0);
    Ok(())
}

fn strip_calls(desk: &Desk, bus: &perbus::Bus, answers: &mut Answers) {
    let Desk { main, fade, .. } = desk;
    let second = Duration::from_secs(1);
    calls! { answers;
        bus.set_volume(0.5);
        bus.set_volume_db(-6.0);
        bus.set_pan(0.5);
        bus.set_muted(true);
        bus.set_soloed(true);
        bus.reset();
        bus.meter();
        bus.fade_to(0.5, second, Curve::Linear);
        bus.fade_to_with(0.5, second, Curve::Linear, |_| {});
        bus.fade_pan_to(0.5, second);
        bus.fade_pan_to_with(0.5, second, |_| {});
        fade.cancel();
        main.bus(1);
        main.bus(99);
        main.set_output_volume(0.5);
        main.output_volume();
        main.set_output_volume_db(-6.0);
        main.output_volume_db();
        main.reserve(99);
        main.next_bus();
        main.meter();
        main.configure(&[BusConfig::new(1)]);
        main.apply(&perbus::Scene::new(vec![BusConfig::new(1)]));
    }
}

/// Calls that cannot fail tell nothing, but do not wait. What holds no lock for long works.
fn calls_that_cannot_fail(desk: &Desk, bus: &perbus::Bus, answers: &mut Answers) {
    let Desk {
        engine, main, fade, ..
    } = desk;
    bus.set_label("voice");
    engine.set_fallback(engine.fallback());
    answers.extend([
        ("volume", bus.volume() == 0.0),
        ("volume_db", bus.volume_db() == f32::NEG_INFINITY),
        ("pan", bus.pan() == 0.0),
        ("effective_volume", bus.effective_volume() == 0.0),
        ("is_muted", !bus.is_muted()),
        ("is_soloed", !bus.is_soloed()),
        ("is_connected", !bus.is_connected()),
        ("is_running", !fade.is_running()),
        ("label", bus.label() == "voice"),
        ("buses", main.buses().count() >= 2),
        ("snapshot", main.snapshot().buses().is_empty()),
        ("to_dot", !engine.to_dot().contains("player")),
        ("to_string", main.to_string().lines().count() == 1),
        (
            "debug",
            format!("{engine:?} {main:?} {bus:?}").contains("None"),
        ),
        (
            "main_mixer",
            engine.main_mixer().is_ok_and(|it| it.id() == main.id()),
        ),
        ("output", engine.output().is_ok()),
        ("number", bus.number() == 1 && bus.mixer().id() == main.id()),
        ("format", engine.format() == common::format(1)),
        ("max_frames", engine.max_frames() == Some(512)),
    ]);
}

fn node_calls(desk: &Desk, answers: &mut Answers) -> Result<()> {
    let Desk { player, buffer, .. } = desk;
    calls! { answers;
        Buffer::from_fn(format(1), 8, |_, _| 0.0);
        player.schedule(buffer);
        player.schedule_as(buffer, Schedule::default());
        player.schedule_with(buffer, Schedule::default(), |_| {});
        player.play();
        player.play_at(0);
        player.pause();
        player.stop();
        player.stop_after(Duration::from_millis(1));
        player.pause_after(Duration::from_millis(1));
        player.is_playing();
    }
    Ok(())
}

fn effect_calls(
    equalizer: &perbus::Equalizer,
    matrix: &perbus::Matrix,
    answers: &mut Answers,
) -> Result<()> {
    calls! { answers;
        equalizer.band_count();
        equalizer.band(0);
        equalizer.set_band(0, Band::default());
        equalizer.global_gain();
        equalizer.set_global_gain(1.0);
        equalizer.is_bypassed();
        equalizer.set_bypassed(true);
        matrix.dimensions();
        matrix.set_crosspoint(0, 0, 1.0);
        matrix.crosspoint(0, 0);
        matrix.set_input(0, 1.0);
        matrix.input(0);
        matrix.set_output(0, 1.0);
        matrix.output(0);
        matrix.set_master(1.0);
        matrix.master();
        matrix.enable_input(0, false);
        matrix.enable_output(0, false);
        matrix.levels();
        matrix.set_levels(&Levels::identity(2, 2));
        matrix.set_identity();
        matrix.clear();
        matrix.invert();
    }
    Ok(())
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
    let answers = in_a_closure(&engine, move || {
        let mut answers = Answers::new();
        engine_calls(&desk, &mut answers).unwrap();
        strip_calls(&desk, &bus, &mut answers);
        calls_that_cannot_fail(&desk, &bus, &mut answers);
        node_calls(&desk, &mut answers).unwrap();
        effect_calls(&equalizer, &matrix, &mut answers).unwrap();
        answers
    });
    assert_answers(&answers);
    // Nothing has changed but the label, and the thread that renders may call again.
    let bus = engine.main_mixer()?.bus(1)?;
    assert_eq!(bus.label(), "voice");
    assert!(bus.volume() > 0.9 && !bus.is_muted() && bus.is_connected());
    assert_eq!(engine.main_mixer()?.bus(0)?.volume(), 1.0);
    assert!(before.contains("player"));
    Ok(())
}

/// Every method of a type with a lock stands above: no new one is forgotten.
#[test]
fn no_method_is_forgotten() {
    let here = include_str!("in_render.rs");
    let types = [
        "Engine",
        "Mixer",
        "Bus",
        "Player",
        "Equalizer",
        "Matrix",
        "Fade",
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![folder];
    let (mut methods, mut missing) = (0, Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let mut inside = false;
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if let Some(of) = line.strip_prefix("impl ") {
                inside = types.iter().any(|name| of == format!("{name} {{"));
            }
            let Some(rest) = line.strip_prefix("    pub fn ").filter(|_| inside) else {
                continue;
            };
            let name = rest.split(['(', '<']).next().unwrap();
            methods += 1;
            if ![".", "::"]
                .iter()
                .any(|dot| here.contains(&format!("{dot}{name}(")))
            {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(methods > 100, "{methods}");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn closures_on_added_threads_are_refused_too() -> Result<()> {
    const VOICES: u32 = 40;
    let engine = running(1);
    let main = engine.main_mixer()?;
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

/// Another engine is a call, too; and so is the same one again.
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

/// The last handles of everything: they end when the closure is over.
#[test]
fn handles_may_be_dropped_in_a_closure() -> Result<()> {
    let (engine, other) = (running(1), running(1));
    let (gone, alive) = mpsc::channel::<()>();
    let source = other.create_source(format(1), move |_| {
        let _ = &gone;
    })?;
    let main = other.main_mixer()?;
    other.connect(&source, &main, 0, 0)?;
    let bus = main.bus(0)?;
    let fade = bus.fade_to(0.5, Duration::from_secs(1), Curve::Linear)?;
    let buffer = constant_buffer(&[0.5], 64);
    in_a_closure(&engine, move || {
        drop((fade, bus, source, buffer, main, other));
    });
    engine.is_running()?;
    assert_eq!(alive.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    // The engine that renders itself: its closure has its last handle.
    let doomed = running(1);
    let (sender, handle) = mpsc::channel::<Engine>();
    let source = doomed.create_source(format(1), move |_| drop(handle.try_recv()))?;
    doomed.connect(&source, &doomed.main_mixer()?, 0, 0)?;
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
