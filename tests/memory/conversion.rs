//! Converting takes no memory while it renders.

use perbus::{Buffer, Engine, Format, Result, Schedule};

use crate::common::render_in;
use crate::malloc::{alone, calls};

/// malloc calls of 1000 blocks of a graph whose sources and group have these rates. The player falls
/// silent and comes back, so that its converter sleeps and wakes; the resets restart all of them.
fn calls_while_rendering(rates: [f64; 4]) -> Result<u64> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    let (main, group) = (engine.main_mixer()?, engine.create_mixer()?);
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
    // At the same moments whatever the rate: every one that ends costs a call.
    for moment in 0..30 {
        let schedule = Schedule {
            at: Some(moment * rates[2] as i64 / 10),
            ..Schedule::default()
        };
        player.schedule_with(&click, schedule, || {})?;
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

#[test]
fn a_converting_graph_allocates_no_more_than_any() -> Result<()> {
    let _alone = alone();
    let plain = calls_while_rendering([48_000.0; 4])?;
    assert!(plain > 0, "calls of the engine's libraries are counted");
    let converting = calls_while_rendering([44_100.0, 96_000.0, 22_050.0, 32_000.0])?;
    assert_eq!(converting, plain);
    Ok(())
}
