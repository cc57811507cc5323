//! A looping player in blocks of all lengths: whatever happens in between, it continues at the
//! frame where it was.

use crate::common::*;
use perbus::{Buffer, Engine, Format, Player, Result, Schedule};

const LOOP: u32 = 700;

/// Each frame of the loop has a value of its own.
fn value(frame: u32) -> f32 {
    frame as f32 / 1024.0
}

fn looping_player(engine: &Engine) -> Result<Player> {
    let player = connected_player(engine)?;
    let sound = Buffer::from_fn(format(2), LOOP, |frame, channel| {
        if channel == 0 {
            value(frame)
        } else {
            -value(frame)
        }
    })?;
    player.schedule_as(&sound, looping())?;
    player.play()?;
    Ok(player)
}

/// Renders a block and checks that it continues from `*place`.
fn assert_goes_on(engine: &Engine, place: &mut u32, frames: usize) {
    let heard = render(engine, frames);
    for (&left, &right) in heard[0].iter().zip(&heard[1]) {
        assert_eq!((left, right), (value(*place), -value(*place)));
        *place = (*place + 1) % LOOP;
    }
}

#[test]
fn a_loop_goes_on_whatever_happens_between_blocks() -> Result<()> {
    let engine = running(2);
    let player = looping_player(&engine)?;
    let bus = engine.main_mixer().bus(0)?;
    let mut place = 0;
    for (round, frames) in (0..600).zip((1..=512).cycle().step_by(37)) {
        assert_goes_on(&engine, &mut place, frames);
        match round % 6 {
            0 => engine.reset()?,
            1 => {
                player.pause()?;
                assert!(render(&engine, 100)[0].iter().all(|&sample| sample == 0.0));
                player.play()?;
            }
            2 => {
                // Not rendered for a while: it plays later what it missed.
                engine.disconnect_output(&player, 0)?;
                render(&engine, 64);
                engine.connect(&player, &engine.main_mixer(), 0, 0)?;
            }
            3 => {
                // Silent for a while: its time goes on. Two ramps of 480 frames.
                bus.set_muted(true)?;
                for _ in 0..3 {
                    render(&engine, 300);
                }
                bus.set_muted(false)?;
                render(&engine, 480);
                place = (place + 3 * 300 + 480) % LOOP;
            }
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn a_queued_buffer_is_seen_in_the_midst_of_a_loop() -> Result<()> {
    let engine = Engine::offline(Format::new(RATE, 2)?, 512)?;
    engine.start()?;
    let player = looping_player(&engine)?;
    let mut place = 0;
    for frames in [512, 512, 100] {
        assert_goes_on(&engine, &mut place, frames);
    }
    let schedule = Schedule {
        interrupts: true,
        ..Schedule::default()
    };
    let click = constant_buffer(&[0.5, 0.5], 64);
    player.schedule_as(&click, schedule)?;
    let heard = render(&engine, 128);
    assert_eq!(heard[0][..64], [0.5; 64]);
    assert_eq!(heard[0][64..], [0.0; 64]);
    Ok(())
}
