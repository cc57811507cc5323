use perbus::{Engine, Format, Levels, Result};

use crate::common::*;
use crate::{place, places, Heard};

#[test]
fn a_mixers_blocks_are_what_is_rendered() -> Result<()> {
    for (rate, block) in [
        (8000.0, 64),
        (44_100.0, 441),
        (48_000.0, 512),
        (192_000.0, 4096),
    ] {
        let stereo = Format::new(rate, 2)?;
        let engine = Engine::offline(stereo, block)?;
        let main = engine.main_mixer();
        main.bus(0)?.connect(&places(&engine, stereo)?)?;
        main.bus(0)?.set_volume(0.5)?;
        engine.start()?;
        render(&engine, 1000);

        let heard = Heard::default();
        let tap = heard.tap(&main, (rate / 5.0) as u32)?;
        let rendered = render_in(&engine, 50_000, block as usize);
        main.set_output_volume(0.25)?;
        let more = render(&engine, 777);
        assert_eq!(tap.dropped_frames()?, 0);
        drop(tap);

        let lengths: Vec<_> = heard
            .blocks()
            .iter()
            .map(|it| it.samples[0].len())
            .collect();
        let (last, whole) = lengths.split_last().expect("blocks");
        assert!(whole.iter().all(|length| *length == (rate / 5.0) as usize));
        assert_eq!(*last, 50_777 % (rate / 5.0) as usize);
        assert!(heard.blocks().iter().all(|block| block.rate == rate));
        let expected: Vec<_> = rendered
            .iter()
            .zip(&more)
            .map(|(one, other)| [&one[..], other].concat())
            .collect();
        assert!(heard.joined(1000) == expected, "at {rate} Hz");
    }
    Ok(())
}

#[test]
fn a_length_that_no_tap_has_is_rounded() -> Result<()> {
    let engine = running(2);
    for (asked, given) in [
        (1, 4800),
        (4800, 4800),
        (10_000, 10_000),
        (1_048_576, 19_200),
    ] {
        let heard = Heard::default();
        let tap = heard.tap(&engine.main_mixer(), asked)?;
        render(&engine, 20_000);
        tap.wait()?;
        assert_eq!(heard.blocks()[0].samples[0].len(), given);
    }
    Ok(())
}

#[test]
fn a_source_at_another_rate_is_heard_at_its_own() -> Result<()> {
    let engine = running(2);
    let slow = Format::new(24_000.0, 1)?;
    let source = places(&engine, slow)?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    let heard = Heard::default();
    let tap = heard.tap(&source, 2400)?;
    render(&engine, 48_000);
    drop(tap);

    let samples = heard.joined(heard.blocks()[0].time);
    assert_eq!(samples.len(), 1);
    // The converter has asked for a little more than half of what was rendered.
    assert!(
        (24_000..24_600).contains(&samples[0].len()),
        "{}",
        samples[0].len()
    );
    assert!(heard.blocks().iter().all(|block| block.rate == 24_000.0));
    let first = heard.blocks()[0].time;
    for (time, sample) in (first..).zip(&samples[0]) {
        assert_eq!(*sample, place(time, 0));
    }
    Ok(())
}

/// Each is heard as it leaves its node: before the faders of the buses that it feeds.
#[test]
fn every_kind_of_node_can_be_tapped() -> Result<()> {
    let engine = running(2);
    let main = engine.main_mixer();
    let (player, sub) = (connected_player(&engine)?, engine.create_mixer()?);
    let (equalizer, matrix) = (engine.create_equalizer(1)?, engine.create_matrix(1, 2)?);
    let source = constant(&engine, &[0.5, 0.25]);
    main.bus(1)?.connect(&source)?;
    main.bus(2)?.connect(&sub)?;
    engine.connect(&constant(&engine, &[0.5, -0.5]), &sub, 0, 0)?;
    main.bus(3)?.connect(&equalizer)?;
    engine.connect(&constant(&engine, &[0.125, 0.125]), &equalizer, 0, 0)?;
    equalizer.set_bypassed(true)?;
    engine.connect(&constant(&engine, &[1.0, 0.75]), &matrix, 0, 0)?;
    engine.connect(&matrix, &main, 0, 4)?;
    engine.connect(&matrix, &main, 1, 5)?;
    let mut levels = Levels::identity(2, 4);
    (levels[(0, 2)], levels[(1, 3)]) = (1.0, 0.5);
    matrix.set_levels(&levels)?;
    for bus in 0..6 {
        main.bus(bus)?.set_volume(0.0)?;
    }
    play_constant(&player, &[0.75, -0.75])?;
    render(&engine, 1024);

    let heard: [Heard; 7] = Default::default();
    let matrix_heard = heard[4].clone();
    let taps = [
        heard[0].tap(&player, 4800)?,
        heard[1].tap(&source, 4800)?,
        heard[2].tap(&sub, 4800)?,
        heard[3].tap(&equalizer, 4800)?,
        matrix.tap_bus(1, 4800, move |block| matrix_heard.add(block))?,
        heard[5].tap(&main, 4800)?,
        heard[6].tap(&engine.output(), 4800)?,
    ];
    render(&engine, 5000);
    drop(taps);
    let expected = [
        [0.75, -0.75],
        [0.5, 0.25],
        [0.5, -0.5],
        [0.125, 0.125],
        [1.0, 0.375],
        [0.0, 0.0],
        [0.0, 0.0],
    ];
    for (number, (heard, levels)) in heard.iter().zip(expected).enumerate() {
        for (samples, level) in heard.joined(1024).iter().zip(levels) {
            assert_eq!(samples.len(), 5000, "tap {number}");
            assert_constant(samples, level);
        }
    }
    Ok(())
}

#[test]
fn a_tap_only_listens() -> Result<()> {
    let (tapped, plain) = (running(2), running(2));
    let mut taps = Vec::new();
    for engine in [&tapped, &plain] {
        let source = places(engine, format(2))?;
        engine.main_mixer().bus(0)?.connect(&source)?;
        engine.main_mixer().bus(0)?.set_volume(0.3)?;
        if engine == &tapped {
            taps.push(source.tap(4800, |_| {})?);
            taps.push(engine.main_mixer().tap(4800, |_| {})?);
        }
    }
    assert_eq!(render(&tapped, 10_000), render(&plain, 10_000));
    Ok(())
}

#[test]
fn blocks_end_where_the_format_changes() -> Result<()> {
    let engine = running(2);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&constant(&engine, &[0.5, 0.5]), &sub, 0, 0)?;
    main.bus(0)?.connect(&sub)?;
    render(&engine, 512);
    let heard = Heard::default();
    let tap = heard.tap(&sub, 4800)?;
    render(&engine, 1000);
    main.bus(0)?.connect_with_format(&sub, format(1))?;
    render(&engine, 5000);
    drop(tap);

    let blocks = heard.blocks();
    let shapes = blocks
        .iter()
        .map(|it| (it.time, it.samples.len(), it.samples[0].len()));
    assert_eq!(
        shapes.collect::<Vec<_>>(),
        [(512, 2, 1000), (1512, 1, 4800), (6312, 1, 200)]
    );
    for block in &blocks {
        assert_constant(&block.samples[0], 0.5);
    }
    Ok(())
}

#[test]
fn blocks_end_where_the_node_is_not_rendered() -> Result<()> {
    let engine = running(2);
    let (main, source) = (engine.main_mixer(), places(&engine, format(2))?);
    let heard = Heard::default();
    let tap = heard.tap(&source, 4800)?;
    for round in 0..3 {
        main.bus(round)?.connect(&source)?;
        render(&engine, 6000);
        main.bus(round)?.disconnect()?;
        render(&engine, 1000);
    }
    main.bus(9)?.connect(&source)?;
    engine.reset()?;
    render(&engine, 100);
    drop(tap);

    let blocks = heard.blocks();
    let shapes = blocks
        .iter()
        .map(|block| (block.time, block.samples[0].len()));
    let expected = [
        (0, 4800),
        (4800, 1200),
        (7000, 4800),
        (11_800, 1200),
        (14_000, 4800),
        (18_800, 1200),
        (0, 100),
    ];
    assert_eq!(shapes.collect::<Vec<_>>(), expected);
    for block in &blocks {
        for (channel, samples) in (0..).zip(&block.samples) {
            for (time, sample) in (block.time..).zip(samples) {
                assert_eq!(*sample, place(time, channel));
            }
        }
    }
    Ok(())
}

#[test]
fn a_slow_closure_gets_everything_offline() -> Result<()> {
    let engine = running(2);
    let source = places(&engine, format(2))?;
    engine.main_mixer().bus(0)?.connect(&source)?;
    let heard = Heard::default();
    let slow = heard.clone();
    let tap = source.tap(4800, move |block| {
        // As long as rendering a second takes, many times over.
        for _ in 0..20_000 {
            std::hint::spin_loop();
        }
        slow.add(block);
    })?;
    let rendered = render(&engine, 200_000);
    drop(tap);
    assert!(heard.joined(0) == rendered);
    Ok(())
}

#[test]
fn taps_of_branches_on_several_threads_are_complete() -> Result<()> {
    let engine = Engine::offline(format(2), 512)?;
    engine.set_render_threads(2)?;
    let mut taps = Vec::new();
    let heard: Vec<Heard> = (0..20).map(|_| Heard::default()).collect();
    for (bus, heard) in (0..).zip(&heard) {
        let sub = engine.create_mixer()?;
        engine.connect(&places(&engine, format(2))?, &sub, 0, 0)?;
        sub.bus(0)?.set_volume(bus as f32 / 20.0)?;
        engine.main_mixer().bus(bus)?.connect(&sub)?;
        taps.push(heard.tap(&sub, 4800)?);
    }
    engine.start()?;
    render(&engine, 1024);
    render(&engine, 9000);
    drop(taps);
    for (bus, heard) in (0..20).zip(&heard) {
        for (channel, samples) in (0..).zip(heard.joined(0)) {
            assert_eq!(samples.len(), 10_024);
            for (time, sample) in (0..).zip(samples).skip(RAMP) {
                let expected = place(time, channel) * (bus as f32 / 20.0);
                assert!((sample - expected).abs() <= TOLERANCE, "frame {time}");
            }
        }
    }
    Ok(())
}
