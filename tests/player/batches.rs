//! Everything in a batch takes effect at one frame.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use perbus::{Buffer, Engine, Error, Player, Result, Schedule};

use crate::common::*;

const PLAYERS: u32 = 64;

/// Players of a looped 1 on a mono engine with blocks of 64, none of them playing.
fn rig() -> Result<(Engine, Vec<Player>)> {
    let engine = Engine::offline(format(1), 64)?;
    let mixer = engine.main_mixer();
    let one = constant_buffer(&[1.0], 300);
    let mut players = Vec::new();
    for bus in 0..PLAYERS {
        let player = engine.create_player()?;
        engine.connect(&player, &mixer, 0, bus)?;
        player.schedule_as(&one, looping())?;
        players.push(player);
    }
    engine.start()?;
    Ok((engine, players))
}

fn each(players: &[Player], call: impl Fn(&Player) -> Result<()>) -> Result<()> {
    players.iter().try_for_each(call)
}

/// Another thread renders throughout: every frame has all of the players or none.
#[test]
fn a_block_never_sees_half_of_the_plays() -> Result<()> {
    const ROUNDS: u32 = 3000;
    let (engine, players) = rig()?;
    let (over, blocks) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            let _over = Flag(&over);
            let mut heard = [0u32; 2];
            while !over.load(Ordering::Acquire) {
                let samples = render_mono(&engine, 64);
                blocks.fetch_add(1, Ordering::Release);
                for sample in samples {
                    assert!(
                        sample == 0.0 || sample == PLAYERS as f32,
                        "{sample} of {PLAYERS} players"
                    );
                    heard[usize::from(sample > 0.0)] += 1;
                }
            }
            heard
        });
        let _over = Flag(&over);
        for round in 0..ROUNDS {
            if over.load(Ordering::Acquire) {
                break;
            }
            for (step, call) in [(0, Player::play as fn(&Player) -> _), (1, Player::pause)] {
                engine.batch(|| each(&players, call))?;
                // In some rounds, wait until a block has been rendered.
                let seen = blocks.load(Ordering::Acquire);
                while round % 3 == step
                    && blocks.load(Ordering::Acquire) == seen
                    && !over.load(Ordering::Acquire)
                {
                    std::thread::yield_now();
                }
            }
        }
        over.store(true, Ordering::Release);
        let heard = rendering.join().expect("every block was whole");
        assert!(heard[0] > 0 && heard[1] > 0, "{heard:?}");
        Ok(())
    })
}

#[test]
fn connections_levels_and_plays_come_together() -> Result<()> {
    const ROUNDS: u32 = 400;
    let engine = Engine::offline(format(1), 64)?;
    let mixer = engine.main_mixer();
    engine.start()?;
    let (two, four) = (constant_buffer(&[2.0], 64), constant_buffer(&[4.0], 64));
    let first = engine.create_player()?;
    let second = engine.create_player()?;
    engine.connect(&first, &mixer, 0, 0)?;
    engine.connect(&second, &mixer, 0, 1)?;
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            let _over = Flag(&over);
            while !over.load(Ordering::Acquire) {
                for sample in render_mono(&engine, 64) {
                    assert!([0.0, 6.0].contains(&sample), "{sample} is half of a batch");
                }
            }
        });
        let _over = Flag(&over);
        for round in 0..ROUNDS {
            if over.load(Ordering::Acquire) {
                break;
            }
            engine.batch(|| {
                engine.connect(&first, &mixer, 0, round % 7)?;
                first.schedule_as(&two, looping())?;
                first.play()?;
                engine.connect(&second, &mixer, 0, 7)?;
                second.schedule_as(&four, looping())?;
                second.play()
            })?;
            engine.batch(|| {
                engine.disconnect_output(&first, 0)?;
                first.stop()?;
                second.stop()
            })?;
        }
        over.store(true, Ordering::Release);
        rendering.join().expect("every block was whole");
        Ok(())
    })
}

#[test]
fn a_block_before_the_end_has_nothing_of_the_batch() -> Result<()> {
    let (engine, players) = rig()?;
    each(&players[..2], Player::play)?;
    assert_constant(&render_mono(&engine, 64), 2.0);
    engine.batch(|| {
        each(&players, Player::play)?;
        players[0].pause()?;
        engine.disconnect_output(&players[5], 0)?;
        engine.main_mixer().bus(3)?.set_volume(0.0)?;
        assert_constant(&render_mono(&engine, 64), 2.0);
        // Nested: the outermost end counts.
        engine.batch(|| players[1].stop())?;
        assert_constant(&render_mono(&engine, 64), 2.0);
        // A detached node is silent at once.
        engine.detach(&players[1])?;
        assert_constant(&render_mono(&engine, 64), 1.0);
        Ok(())
    })?;
    // Bus 3 may be on its ramp to 0.
    let left = (PLAYERS - 4) as f32;
    let samples = render_mono(&engine, 64);
    assert!(
        samples
            .iter()
            .all(|sample| (left..=left + 1.0).contains(sample)),
        "{samples:?}"
    );
    render_mono(&engine, 64 * 8);
    assert_constant(&render_mono(&engine, 64), left);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_block_in_a_batch_has_what_was_changed_before_it() -> Result<()> {
    let (engine, players) = rig()?;
    let mixer = engine.main_mixer();
    for round in 0..4u32 {
        // Not rendered before the batch opens.
        engine.connect(&players[0], &mixer, 0, 64 + round)?;
        players[0].play()?;
        engine.batch(|| {
            engine.disconnect_output(&players[0], 0)?;
            assert_constant(&render_mono(&engine, 64), 1.0);
            Ok(())
        })?;
        assert_constant(&render_mono(&engine, 64), 0.0);
    }
    Ok(())
}

#[test]
fn an_error_and_a_panic_close_it() -> Result<()> {
    let (engine, players) = rig()?;
    let result = engine.batch(|| {
        players[0].play()?;
        players[1].play_at(i64::MAX)
    });
    assert!(matches!(result, Err(Error::OutOfRange(_))), "{result:?}");
    assert_constant(&render_mono(&engine, 64), 1.0);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        engine.batch::<()>(|| {
            players[1].play().expect("it plays");
            panic!("in the midst of it");
        })
    }));
    assert!(panicked.is_err());
    assert_constant(&render_mono(&engine, 64), 2.0);
    std::thread::scope(|scope| scope.spawn(|| players[2].play()).join().expect("no panic"))?;
    assert_constant(&render_mono(&engine, 64), 3.0);
    Ok(())
}

/// Batches, single calls, fades and rendering on several threads: none of them hangs.
#[test]
fn threads_wait_for_one_another_and_none_for_ever() -> Result<()> {
    let (engine, players) = rig()?;
    let (engine, players) = (&engine, &players[..]);
    let mixer = engine.main_mixer();
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for thread in 0..2u32 {
            let mixer = mixer.clone();
            threads.push(scope.spawn(move || -> Result<()> {
                for round in 0..150u32 {
                    let player = &players[(thread * 32 + round % 32) as usize];
                    engine.batch(|| {
                        player.play()?;
                        engine.connect(player, &mixer, 0, thread * 32 + round % 32)?;
                        mixer.bus(round % 32)?.fade_to(
                            0.5,
                            Duration::from_millis(1),
                            perbus::Curve::Linear,
                        )?;
                        if round % 10 == 0 {
                            render_mono(engine, 8);
                        }
                        player.stop()?;
                        player.schedule_as(&constant_buffer(&[1.0], 10), looping())
                    })?;
                }
                Ok(())
            }));
        }
        let mixer = mixer.clone();
        threads.push(scope.spawn(move || -> Result<()> {
            for round in 0..600u32 {
                let bus = mixer.bus(round % PLAYERS)?;
                bus.fade_to(0.25, Duration::from_millis(1), perbus::Curve::Linear)?;
                bus.set_pan(0.0)?;
                players[(round % PLAYERS) as usize].pause()?;
                engine.connect(&players[3], &mixer, 0, 3)?;
            }
            Ok(())
        }));
        threads.push(scope.spawn(move || -> Result<()> {
            for _ in 0..600 {
                render_mono(engine, 32);
            }
            Ok(())
        }));
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    assert_audited(engine);
    Ok(())
}

#[test]
fn players_that_sound_take_new_buffers_together() -> Result<()> {
    let (engine, players) = rig()?;
    engine.batch(|| each(&players, Player::play))?;
    render_mono(&engine, 64);
    let three: Buffer = constant_buffer(&[3.0], 64);
    let at_once = Schedule {
        interrupts: true,
        loops: true,
        ..Schedule::default()
    };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            let _over = Flag(&over);
            while !over.load(Ordering::Acquire) {
                for sample in render_mono(&engine, 64) {
                    let single = sample / PLAYERS as f32;
                    assert!([1.0, 3.0].contains(&single), "{sample} is half of a batch");
                }
            }
        });
        let _over = Flag(&over);
        let one = constant_buffer(&[1.0], 64);
        for round in 0..500 {
            let buffer = if round % 2 == 0 { &three } else { &one };
            engine.batch(|| each(&players, |player| player.schedule_as(buffer, at_once)))?;
        }
        over.store(true, Ordering::Release);
        rendering.join().expect("every block was whole");
        Ok(())
    })
}
