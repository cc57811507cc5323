//! Many threads on one engine: faders, connections and rendering at once. Afterwards getters, audit
//! and sound agree.

#[path = "../common/mod.rs"]
mod common;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use common::*;
use perbus::{
    Buffer, BufferBuilder, Bus, Engine, Error, Mixer, Output, Player, Result, Schedule, Source,
};

const fn shared_by_threads<T: Send + Sync>() {}

/// Compiling is the test.
const _: () = {
    shared_by_threads::<Engine>();
    shared_by_threads::<Mixer>();
    shared_by_threads::<Bus>();
    shared_by_threads::<Player>();
    shared_by_threads::<Source>();
    shared_by_threads::<Output>();
    shared_by_threads::<Buffer>();
    shared_by_threads::<BufferBuilder>();
    shared_by_threads::<Error>();
};

/// Renders until the flag is set; every sample must be in range and finite.
fn render_until(engine: &Engine, over: &AtomicBool, range: std::ops::RangeInclusive<f32>) {
    while !over.load(Ordering::Acquire) {
        for samples in render(engine, 64) {
            for sample in samples {
                assert!(range.contains(&sample), "{sample} was rendered");
            }
        }
    }
}

#[test]
fn buses_move_while_one_thread_renders_and_one_rewires() -> Result<()> {
    const BUSES: u32 = 6;
    const ROUNDS: u32 = 2000;
    let engine = running(2);
    let mixer = engine.main_mixer();
    let sources: Vec<Source> = (0..=BUSES)
        .map(|_| constant(&engine, &[0.125, 0.125]))
        .collect();
    for (bus, source) in (0..).zip(&sources) {
        engine.connect(source, &mixer, 0, bus)?;
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| render_until(&engine, &over, 0.0..=1.0));
        let _over = Flag(&over);
        let mut working = Vec::new();
        for bus in 0..BUSES {
            let (engine, mixer, source) = (&engine, &mixer, &sources[bus as usize]);
            // Each bus in a different way: by number, by strip, by connection.
            working.push(scope.spawn(move || -> Result<()> {
                for round in 1..=ROUNDS {
                    let volume = (round % 100) as f32 / 100.0;
                    match bus % 3 {
                        0 => engine
                            .set_mixer_volume_for_bus(mixer, volume, bus)
                            .map(|_| ())?,
                        1 => mixer.bus(bus)?.set_volume(volume)?,
                        _ => engine.set_connection_volume(source, mixer, bus, volume)?,
                    }
                    assert_eq!(engine.connection_volume(source, mixer, bus)?, volume);
                    mixer.bus(bus)?.set_pan(volume - 0.5)?;
                }
                mixer.bus(bus)?.set_pan(0.0)?;
                mixer.bus(bus)?.set_volume((bus + 1) as f32 / 8.0)
            }));
        }
        let (engine, mixer, last) = (&engine, &mixer, &sources[BUSES as usize]);
        working.push(scope.spawn(move || -> Result<()> {
            for round in 0..ROUNDS {
                if round % 2 == 0 {
                    engine.disconnect_output(last, 0)?;
                }
                // Through buses 6, 7 and 8, the last of which grows the mixer.
                engine.connect(last, mixer, 0, BUSES + round / 2 % 3)?;
            }
            engine.connect(last, mixer, 0, BUSES)
        }));
        working
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    assert_audited(&engine);
    let mut expected = 0.125;
    for bus in 0..BUSES {
        let volume = (bus + 1) as f32 / 8.0;
        assert_eq!(
            (mixer.bus(bus)?.volume(), mixer.bus(bus)?.pan()),
            (volume, 0.0)
        );
        assert_eq!(
            engine.connection_volume(&sources[bus as usize], &mixer, bus)?,
            volume
        );
        expected += 0.125 * volume;
    }
    assert_heard(&engine, &[expected, expected]);
    Ok(())
}

#[test]
fn two_threads_on_one_fader_leave_getter_and_sound_in_agreement() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let source = constant(&engine, &[1.0, 1.0]);
    engine.connect(&source, &mixer, 0, 0)?;
    let bus = mixer.bus(0)?;
    let start = Barrier::new(2);
    for round in 0..500 {
        let pair = [0.25, 0.75];
        thread::scope(|scope| {
            for volume in pair {
                let (bus, mixer, engine, start) = (bus.clone(), &mixer, &engine, &start);
                scope.spawn(move || {
                    start.wait();
                    // Back and forth, so that the two overlap.
                    for _ in 0..20 {
                        bus.set_volume(volume).expect("a volume in range");
                        engine
                            .set_mixer_pan_for_bus(mixer, volume, 0)
                            .expect("a pan in range");
                    }
                });
            }
        });
        let (volume, pan) = (bus.volume(), bus.pan());
        assert!(pair.contains(&volume) && pair.contains(&pan));
        assert_eq!(
            engine.connection_volume(&source, &mixer, 0)?,
            volume,
            "round {round}"
        );
        assert_eq!(
            engine.connection_pan(&source, &mixer, 0)?,
            pan,
            "round {round}"
        );
        assert_heard(&engine, &[volume * (1.0 - pan), volume]);
    }
    Ok(())
}

#[test]
fn a_fader_that_moves_while_its_source_is_reconnected_is_heard_where_it_was_left() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let source = constant(&engine, &[1.0, 1.0]);
    engine.connect(&source, &mixer, 0, 0)?;
    let bus = mixer.bus(0)?;
    let start = Barrier::new(2);
    for round in 0..300 {
        let volume = (round % 7) as f32 / 8.0;
        thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                bus.set_volume(volume).expect("a volume in range");
            });
            start.wait();
            engine
                .disconnect_output(&source, 0)
                .expect("the source is attached");
            engine
                .connect(&source, &mixer, 0, 0)
                .expect("the bus is free");
        });
        assert_eq!(bus.volume(), volume);
        assert_eq!(
            engine.connection_volume(&source, &mixer, 0)?,
            volume,
            "round {round}"
        );
        assert_heard(&engine, &[volume, volume]);
    }
    assert_audited(&engine);
    Ok(())
}

#[test]
fn nodes_come_and_go_while_another_thread_renders() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    engine.connect(&constant(&engine, &[0.5, 0.5]), &mixer, 0, 0)?;
    let over = AtomicBool::new(false);
    let token = Arc::new(());
    thread::scope(|scope| {
        scope.spawn(|| render_until(&engine, &over, 0.5..=0.875));
        let _over = Flag(&over);
        let making: Vec<_> = (1..3)
            .map(|bus| {
                let (engine, mixer, token) = (&engine, &mixer, &token);
                scope.spawn(move || come_and_go(engine, mixer, bus, token))
            })
            .collect();
        making
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    assert_eq!(Arc::strong_count(&token), 1);
    assert_audited(&engine);
    assert_heard(&engine, &[0.5, 0.5]);
    Ok(())
}

/// The closure renders from its own memory: after the drop, the level would be wrong.
fn come_and_go(engine: &Engine, mixer: &Mixer, bus: u32, token: &Arc<()>) -> Result<()> {
    let buffer = constant_buffer(&[0.0625, 0.0625], 40);
    for _ in 0..300 {
        let group = engine.create_mixer()?;
        let held = (Arc::clone(token), vec![0.125f32; 2]);
        let source = engine.create_source(format(2), move |block| {
            for (channel, level) in (0..).zip(&held.1) {
                block.channel_mut(channel).fill(*level);
            }
            let _ = &held.0;
        })?;
        let player = engine.create_player()?;
        engine.connect(&source, &group, 0, 0)?;
        engine.connect(&player, &group, 0, 1)?;
        engine.connect(&group, mixer, 0, bus)?;
        player.schedule_as(&buffer, Schedule::default())?;
        player.play()?;
        engine.detach(&source)?;
        drop(source);
        engine.detach(&player)?;
        engine.detach(&group)?;
    }
    Ok(())
}

#[test]
fn many_threads_may_schedule_on_one_player() -> Result<()> {
    const THREADS: u32 = 4;
    const BUFFERS: u32 = 200;
    let engine = running(1);
    let player = connected_player(&engine)?;
    let completed = Arc::new(AtomicU32::new(0));
    let over = AtomicBool::new(false);
    player.play()?;
    thread::scope(|scope| {
        scope.spawn(|| render_until(&engine, &over, 0.0..=1.0));
        let _over = Flag(&over);
        let scheduling: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    let buffer = constant_buffer(&[1.0], 10);
                    for _ in 0..BUFFERS {
                        let completed = Arc::clone(&completed);
                        player.schedule_with(&buffer, Schedule::default(), move |_| {
                            completed.fetch_add(1, Ordering::Relaxed);
                        })?;
                    }
                    Ok(())
                })
            })
            .collect();
        scheduling
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    render(&engine, (THREADS * BUFFERS * 10) as usize);
    // Dropping the engine waits for its completions.
    drop((player, engine));
    assert_eq!(completed.load(Ordering::Relaxed), THREADS * BUFFERS);
    Ok(())
}

#[test]
fn an_engine_stopped_beside_rendering_is_not_running_and_nothing_else() -> Result<()> {
    const ROUNDS: u32 = 4000;
    let engine = running(1);
    engine.connect(&constant(&engine, &[0.5]), &engine.main_mixer(), 0, 0)?;
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut samples = [0.0; 8];
            while !over.load(Ordering::Acquire) {
                match engine.render(&mut [&mut samples]) {
                    Ok(()) => assert_constant(&samples, 0.5),
                    Err(error) => assert!(matches!(error, Error::NotRunning(_)), "{error}"),
                }
            }
        });
        let _over = Flag(&over);
        for _ in 0..ROUNDS {
            engine.stop()?;
            engine.start()?;
        }
        Ok::<(), Error>(())
    })?;
    assert_constant(&render_mono(&engine, 512), 0.5);
    Ok(())
}
