//! Playing and rendering where that is impossible, or too early.

use perbus::{Engine, Error, Player, Result, Schedule};

use crate::common::*;
use crate::desk::*;

#[test]
fn playing_too_early_or_to_nowhere() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    let player = connected_player(&engine)?;
    for play in [Player::play, |player: &Player| player.play_at(100)] {
        fails! { NotRunning, "start"; play(&player); }
    }
    assert!(!player.is_playing()?);
    let desk = Desk::new()?;
    let loose = desk.engine.create_player()?;
    refuses! { desk, NotConnected, "connected to nothing"; loose.play(); }
    refuses! { desk, NotConnected, "connected to nothing"; loose.play_at(100); }
    assert!(!loose.is_playing()?);
    Ok(())
}

#[test]
fn playing_a_detached_player() -> Result<()> {
    let desk = Desk::new()?;
    let player = desk.engine.create_player()?;
    desk.engine.detach(&player)?;
    refuses! { desk, NotAttached, "attached"; player.play(); player.play_at(0); }
    Ok(())
}

#[test]
fn times_past_what_can_be_counted() -> Result<()> {
    let desk = Desk::new()?;
    let player = &desk.player;
    let buffer = constant_buffer(&[1.0, 1.0], 10);
    for frame in [
        i64::MIN,
        i64::MIN + 1,
        -(1 << 53) - 1,
        (1 << 53) + 1,
        i64::MAX,
    ] {
        let schedule = Schedule {
            at: Some(frame.into()),
            interrupts: true,
            ..Schedule::default()
        };
        refuses! {
            desk, OutOfRange, &format!("{frame}|9007199254740992");
            player.schedule_as(&buffer, schedule);
            player.play_at(frame);
        }
    }
    Ok(())
}

#[test]
fn rendering_what_cannot_be_rendered() -> Result<()> {
    let desk = Desk::new()?;
    let engine = &desk.engine;
    let (mut left, mut right) = (vec![7.0; 513], vec![7.0; 513]);
    let time = engine.sample_time()?;
    let slices = |count| format!("{count}|2");
    fails! { Format, &slices(1); engine.render(&mut [&mut left[..9]]); }
    fails! { Format, &slices(0); engine.render(&mut []); }
    let lengths = engine.render(&mut [&mut left[..9], &mut right[..8]]);
    fails! { InvalidArgument, "8|9"; lengths; }
    fails! { OutOfRange, "513|512"; engine.render(&mut [&mut left, &mut right]); }
    assert_eq!(
        (engine.sample_time()?, left[0], right[512]),
        (time, 7.0, 7.0)
    );

    engine.stop()?;
    let early = engine.render(&mut [&mut left[..9], &mut right[..9]]);
    fails! { NotRunning, "start"; early; }
    assert_eq!(left[0], 7.0);
    for longest in [0, 1_048_577] {
        let made = Engine::offline(format(2), longest);
        fails! { OutOfRange, &format!("{longest}|1 to 1048576"); made; }
    }
    Ok(())
}

#[test]
fn an_engine_for_a_device() -> Result<()> {
    let engine = Engine::new()?;
    let source = constant(&engine, &[0.0, 0.0]);
    engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    assert_eq!(engine.max_frames(), None);
    let mut sample = [0.0];
    fails! { WrongKind, "device"; engine.render(&mut [&mut sample, &mut [0.0]]); }
    fails! { WrongKind, "offline"; engine.render_blocks(1, |_| Ok(())); }
    // If there is a device, it plays.
    match engine.start() {
        Ok(()) => {
            assert!(engine.is_running()?);
            engine.stop()?;
        }
        Err(error) => {
            assert!(
                error.to_string().len() > "the engine cannot start: ".len(),
                "{error}"
            );
            assert!(matches!(error, Error::Start(_)), "{error:?}");
        }
    }
    assert!(!engine.is_running()?);
    assert_eq!(
        engine.source_of(&engine.main_mixer(), 0)?,
        Some((source.id(), 0))
    );
    Ok(())
}
