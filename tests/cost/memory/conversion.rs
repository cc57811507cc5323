//! Converting takes no memory while it renders.

use perbus::{Buffer, Engine, Format, Result, Schedule};

use crate::common::render_in;
use crate::malloc::{alone, calls, left_behind};

/// malloc calls during 1000 blocks of a graph whose sources and group have these rates. The player
/// falls silent and returns, so that its converter sleeps and wakes; the resets restart all
/// converters.
fn calls_while_rendering(rates: [f64; 4]) -> Result<u64> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    let mut bus = 0;
    for (mixer, rate, channels) in [
        (&main, rates[0], 1),
        (&main, rates[1], 2),
        (&group, rates[2], 2),
    ] {
        let source = engine.create_source(Format::new(rate, channels)?, |block| {
            for channel in 0..block.channels() {
                block.channel_mut(channel).fill(0.5);
            }
        })?;
        engine.connect(&source, mixer, 0, bus)?;
        bus += 1;
    }
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &group, 0, bus, Format::new(rates[2], 2)?)?;
    engine.connect_with_format(&group, &main, 0, bus, Format::new(rates[3], 2)?)?;
    engine.start()?;
    let click = Buffer::from_fn(Format::new(rates[2], 2)?, 100, |_, _| 1.0)?;
    // At the same times whatever the rate, since each one that ends costs a call.
    for moment in 0..30 {
        let schedule = Schedule {
            at: Some((moment * rates[2] as i64 / 10).into()),
            ..Schedule::default()
        };
        player.schedule_as(&click, schedule)?;
    }
    player.play()?;
    render_in(&engine, 512 * 20, 512);
    let mut memory = [[0.0_f32; 512]; 2];
    calls(|| {
        for _ in 0..1_000 {
            let [left, right] = &mut memory;
            engine.render(&mut [left, right])?;
            if engine.sample_time()? % 20_480 == 0 {
                engine.reset()?;
            }
        }
        Ok(())
    })
}

/// docs/performance.md says 145 KiB per channel; most of it is libsamplerate's.
#[test]
fn a_converting_connection_takes_as_much_as_is_said() -> Result<()> {
    const BUSES: u32 = 64;
    let _alone = alone();
    let taken = |rate: f64, channels: u32| -> Result<f64> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
        let (main, format) = (engine.main_mixer(), Format::new(rate, channels)?);
        let players = (0..BUSES)
            .map(|_| engine.create_player())
            .collect::<Result<Vec<_>>>()?;
        let (bytes, _) = left_behind(|| {
            for (bus, player) in (0..).zip(&players) {
                engine.connect_with_format(player, &main, 0, bus, format)?;
            }
            engine.start()?;
            render_in(&engine, 4096, 512);
            Ok(())
        })?;
        Ok(bytes as f64 / f64::from(BUSES) / 1024.0)
    };
    for (rate, channels) in [(44_100.0, 1), (44_100.0, 2), (96_000.0, 2), (8_000.0, 2)] {
        let more = taken(rate, channels)? - taken(48_000.0, channels)?;
        let a_channel = more / f64::from(channels);
        assert!(
            (130.0..160.0).contains(&a_channel),
            "{rate} Hz: {a_channel}"
        );
    }
    Ok(())
}

#[test]
fn a_converting_graph_allocates_no_more_than_any() -> Result<()> {
    let _alone = alone();
    let making = calls(|| Engine::offline(Format::new(48_000.0, 2)?, 512).map(drop))?;
    assert!(making > 0, "calls of the engine's libraries are counted");
    let plain = calls_while_rendering([48_000.0; 4])?;
    let converting = calls_while_rendering([44_100.0, 96_000.0, 22_050.0, 32_000.0])?;
    assert_eq!(converting, plain);
    Ok(())
}
