//! When frames are heard, and what starts then. The device reports no times, so that its first block
//! sets the clock, and all others follow exactly.

use std::time::{Duration, Instant};

use perbus::{Buffer, Engine, Error, Format, Player, RenderTime, Result, Schedule};

use super::fake::{self, play_left};

/// An engine with players of 1.0 on bus 0, at the engine's rate, and on bus 1 at half of it.
fn desk() -> Result<(Engine, [Player; 2])> {
    let engine = Engine::new()?;
    let half = Format::new(24_000.0, 2)?;
    let players = [engine.create_player()?, engine.create_player_with(half)?];
    for (bus, player) in players.iter().enumerate() {
        engine.connect(player, &engine.main_mixer(), 0, bus as u32)?;
    }
    engine.start()?;
    Ok((engine, players))
}

fn ones(format: Format, frames: u32) -> Result<Buffer> {
    Buffer::from_fn(format, frames, |_, _| 1.0)
}

/// The instant of a frame of the engine's.
fn heard_at(now: &RenderTime, frame: i64) -> Instant {
    let later = (frame - now.sample_time) as f64 / now.sample_rate;
    now.instant.expect("it is known") + Duration::from_secs_f64(later)
}

/// The frames, from `from` on, at which the left channel begins and ceases to sound.
fn edges(from: i64, samples: &[f32]) -> Vec<i64> {
    let sounds = |i: usize| samples[i] != 0.0;
    (1..samples.len())
        .filter(|&i| sounds(i) != sounds(i - 1))
        .map(|i| from + i as i64)
        .collect()
}

#[test]
fn the_clock_follows_the_frames() -> Result<()> {
    let _alone = fake::alone();
    let (engine, _) = desk()?;
    assert_eq!(engine.render_time()?.instant, None);
    play_left(1);
    let first = engine.render_time()?;
    assert_eq!((first.sample_time, first.sample_rate), (256, 48_000.0));
    play_left(99);
    let later = engine.render_time()?;
    assert_eq!(later.sample_time, 25_600);
    let passed = later.instant.expect("it is known") - first.instant.expect("it is known");
    let expected = Duration::from_secs_f64(25_344.0 / 48_000.0);
    assert!(
        passed.abs_diff(expected) < Duration::from_nanos(10),
        "{passed:?}"
    );
    // A reset sets the frames back, and no instant.
    engine.reset()?;
    assert_eq!(
        (
            engine.render_time()?.sample_time,
            engine.render_time()?.instant
        ),
        (0, None)
    );
    play_left(1);
    let reset = engine.render_time()?;
    let passed = reset.instant.expect("it is known") - later.instant.expect("it is known");
    let block = Duration::from_secs_f64(256.0 / 48_000.0);
    assert!(
        passed.abs_diff(block) < Duration::from_nanos(10),
        "{passed:?}"
    );
    engine.stop()?;
    assert!(matches!(engine.render_time(), Err(Error::NotRunning(_))));
    Ok(())
}

/// To the frame, in any block, and whatever the player's rate.
#[test]
fn a_player_starts_at_an_instant() -> Result<()> {
    let _alone = fake::alone();
    for frame in [0, 1, 255, 256, 1_000, 12_345] {
        for rate in [0, 1] {
            let (engine, players) = desk()?;
            let player = &players[rate];
            play_left(3);
            let now = engine.render_time()?;
            player.schedule(&ones(
                if rate == 0 {
                    engine.format()
                } else {
                    Format::new(24_000.0, 2)?
                },
                100,
            )?)?;
            player.play_at(heard_at(&now, now.sample_time + frame))?;
            let samples = play_left(60);
            let heard = edges(767, &[&[0.0], &samples[..]].concat());
            if rate == 0 {
                assert_eq!(heard, [768 + frame, 868 + frame]);
            } else {
                // The filter of the conversion rings a little.
                assert!((heard[0] - (768 + frame)).abs() <= 40, "{heard:?}");
            }
        }
    }
    Ok(())
}

/// The same instant is the same frame, even if the calls lie blocks apart.
#[test]
fn players_start_together() -> Result<()> {
    let _alone = fake::alone();
    let (engine, [one, _]) = desk()?;
    let two = engine.create_player()?;
    engine.connect(&two, &engine.main_mixer(), 0, 2)?;
    engine.main_mixer().bus(2)?.set_volume(0.5)?;
    for player in [&one, &two] {
        player.schedule(&ones(engine.format(), 1_000)?)?;
    }
    play_left(1);
    // Between two frames.
    let start =
        engine.render_time()?.instant.expect("it is known") + Duration::from_nanos(123_456_789);
    one.play_at(start)?;
    play_left(5);
    two.play_at(start)?;
    let samples = play_left(40);
    let begin = samples
        .iter()
        .position(|&sample| sample != 0.0)
        .expect("it is heard");
    assert!(samples[begin..begin + 1_000]
        .iter()
        .all(|&sample| sample == 1.5));
    let expected = (0.123_456_789 * 48_000.0_f64).round() as usize;
    assert_eq!(begin, expected - 5 * 256);
    Ok(())
}

/// A start that has passed means at once, and `play` takes a later one back.
#[test]
fn a_past_instant_means_at_once() -> Result<()> {
    let _alone = fake::alone();
    let (engine, [player, _]) = desk()?;
    play_left(2);
    let now = engine.render_time()?;
    let early = Instant::now()
        .checked_sub(Duration::from_secs(1))
        .expect("it has run for a second");
    player.schedule(&ones(engine.format(), 256)?)?;
    player.play_at(early)?;
    assert_eq!(play_left(1), vec![1.0; 256]);
    player.stop()?;
    player.schedule(&ones(engine.format(), 256)?)?;
    player.play_at(heard_at(&now, now.sample_time + 100_000))?;
    assert_eq!(play_left(1), vec![0.0; 256]);
    player.play()?;
    assert_eq!(play_left(1), vec![1.0; 256]);
    Ok(())
}

/// What is scheduled at an instant starts then: alone, after something else, and in its place.
#[test]
fn buffers_start_at_an_instant() -> Result<()> {
    let _alone = fake::alone();
    let (engine, [player, _]) = desk()?;
    let sound = ones(engine.format(), 100)?;
    play_left(1);
    let now = engine.render_time()?;
    let start = now.sample_time - 256;
    let at = |frame| Schedule::default().at(heard_at(&now, start + frame));
    player.schedule_as(&sound, at(1_000))?;
    player.schedule_as(&sound, at(2_000))?;
    player.schedule(&sound)?;
    // The second one is too late for its start, and follows.
    player.schedule_as(&sound, at(2_150))?;
    player.schedule_as(&sound, at(3_000))?;
    player.play()?;
    let heard = edges(255, &[&[0.0], &play_left(20)[..]].concat());
    assert_eq!(heard, [1_000, 1_100, 2_000, 2_300, 3_000, 3_100]);

    let now = engine.render_time()?;
    let from = now.sample_time;
    let at = |frame| Schedule::default().at(heard_at(&now, from + frame));
    player.schedule_as(&ones(engine.format(), 10_000)?, at(10))?;
    player.schedule_as(&sound, at(1_000).interrupting())?;
    player.schedule_as(&sound, at(2_000))?;
    let heard = edges(from - 1, &[&[0.0], &play_left(20)[..]].concat());
    assert_eq!(heard, [10, 1_100, 2_000, 2_100].map(|frame| from + frame));
    Ok(())
}

/// Where there is no host time, an instant is refused.
#[test]
fn offline_there_are_no_instants() -> Result<()> {
    let mono = Format::new(48_000.0, 1)?;
    let engine = Engine::offline(mono, 64)?;
    let player = engine.create_player()?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    engine.start()?;
    let now = Instant::now();
    assert!(matches!(player.play_at(now), Err(Error::WrongKind(_))));
    let sound = ones(mono, 10)?;
    let scheduled = player.schedule_as(&sound, Schedule::default().at(now));
    assert!(matches!(scheduled, Err(Error::WrongKind(_))));
    engine.render(&mut [&mut [0.0; 64]])?;
    let time = engine.render_time()?;
    assert_eq!(
        (time.sample_time, time.sample_rate, time.instant),
        (64, 48_000.0, None)
    );
    Ok(())
}
