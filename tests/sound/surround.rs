//! Surround sound into narrower and wider layouts, on every way that leads to a mixer; what is
//! refused because a channel would be lost.

use std::time::Duration;

use perbus::{ChannelLayout, Engine, Error, Format, Node, Result};
use proptest::prelude::*;

use crate::common::layouts::{discrete, fader, gains, laid_out, shapes, speakers};
use crate::common::tones::at;
use crate::common::*;

/// -3 dB.
const M3: f32 = std::f32::consts::FRAC_1_SQRT_2;

const LAYOUTS: [ChannelLayout; 8] = [
    ChannelLayout::Mono,
    ChannelLayout::Stereo,
    ChannelLayout::Surround3_0,
    ChannelLayout::Quad,
    ChannelLayout::Surround5_0,
    ChannelLayout::Surround5_1,
    ChannelLayout::Surround7_1,
    ChannelLayout::Surround7_1C,
];

/// 1 on one channel, 0 on the others.
fn only(channel: usize, channels: u32) -> Vec<f32> {
    let mut levels = vec![0.0; channels as usize];
    levels[channel] = 1.0;
    levels
}

fn engine_in(format: Format) -> Result<Engine> {
    let engine = Engine::offline(format, 512)?;
    engine.start()?;
    Ok(engine)
}

/// Different on every channel.
fn levels(format: Format) -> Vec<f32> {
    (0..format.channels())
        .map(|channel| 0.1 + 0.07 * channel as f32)
        .collect()
}

fn source_in(engine: &Engine, format: Format, levels: &[f32]) -> Result<perbus::Source> {
    let levels = levels.to_vec();
    engine.create_source(format, move |block| {
        for (channel, level) in (0..).zip(&levels) {
            block.channel_mut(channel).fill(*level);
        }
    })
}

/// What levels come to through a chain of formats; `None` where one of the steps is refused.
fn through(levels: &[f32], chain: &[Format]) -> Option<Vec<f64>> {
    let mut sound: Vec<f64> = levels.iter().map(|level| f64::from(*level)).collect();
    for step in chain.windows(2) {
        let gains = gains(step[0], step[1])?;
        let channel = |out: usize| sound.iter().zip(&gains).map(|(x, row)| x * row[out]).sum();
        sound = (0..step[1].channels() as usize).map(channel).collect();
    }
    Some(sound)
}

#[track_caller]
fn assert_settles(engine: &Engine, expected: &[f64], tolerance: f32) {
    render(engine, 4_000);
    for (samples, expected) in render(engine, 200).iter().zip(expected) {
        assert_samples(samples, |_| *expected as f32, tolerance);
    }
}

#[test]
fn centre_and_surrounds_reach_a_stereo_mix() -> Result<()> {
    let five_one = [
        (1.0, 0.0),
        (0.0, 1.0),
        (M3, M3),
        (0.0, 0.0),
        (M3, 0.0),
        (0.0, M3),
    ];
    let seven_one = [five_one.as_slice(), &five_one[4..]].concat();
    for coefficients in [five_one.as_slice(), &seven_one] {
        let channels = coefficients.len() as u32;
        for (channel, (left, right)) in coefficients.iter().enumerate() {
            let engine = running(2);
            let mixer = engine.main_mixer()?;
            let source = constant(&engine, &only(channel, channels));
            engine.connect_with_format(&source, &mixer, 0, 0, format(channels))?;
            assert_heard_at_once(&engine, &[*left, *right]);
        }
    }
    Ok(())
}

#[test]
fn only_the_lfe_is_ever_left_out() {
    for input in LAYOUTS.map(laid_out) {
        for output in LAYOUTS.map(laid_out) {
            let gains = gains(input, output).expect("layouts with speakers fold");
            for (speaker, row) in speakers(input).into_iter().flatten().zip(gains) {
                let kept: f64 = row.iter().map(|gain| gain.abs()).sum();
                let heard = kept > 0.0;
                assert!(
                    heard || speaker == "LFE",
                    "{speaker} of {input:?} in {output:?}"
                );
            }
        }
    }
}

/// A sub-mixer in between makes no difference, as long as each step is narrower than the one before.
#[test]
fn folding_in_two_steps_is_folding_at_once() {
    let down = [8, 6, 5, 4, 2, 1];
    let narrower = |format: &Format| down.contains(&format.channels());
    let formats: Vec<Format> = LAYOUTS.map(laid_out).into_iter().filter(narrower).collect();
    for first in &formats {
        for last in formats.iter().filter(|to| to.channels() < first.channels()) {
            let between = |middle: &&Format| {
                (last.channels() + 1..first.channels()).contains(&middle.channels())
            };
            for middle in formats.iter().filter(between) {
                let at_once = through(&levels(*first), &[*first, *last]);
                let in_steps = through(&levels(*first), &[*first, *middle, *last]);
                for (one, two) in at_once.iter().flatten().zip(in_steps.iter().flatten()) {
                    assert!((one - two).abs() < 1e-12, "{first:?} {middle:?} {last:?}");
                }
            }
        }
    }
}

/// A tone's worth of every channel, by every way that a sound takes to a stereo mixer.
#[test]
fn every_way_folds_alike() -> Result<()> {
    for input in [
        laid_out(ChannelLayout::Surround5_1),
        laid_out(ChannelLayout::Surround7_1),
    ] {
        for channel in 0..input.channels() as usize {
            let sound = only(channel, input.channels());
            for way in 0..7 {
                let engine = running(2);
                let mixer = engine.main_mixer()?;
                let slow = at(24_000.0, input.channels());
                match way {
                    0 => {
                        let player = engine.create_player()?;
                        engine.connect_with_format(&player, &mixer, 0, 0, input)?;
                        play_constant(&player, &sound)?;
                    }
                    1 => engine.connect(&source_in(&engine, input, &sound)?, &mixer, 0, 0)?,
                    2 => {
                        let group = engine.create_mixer()?;
                        engine.connect(&source_in(&engine, input, &sound)?, &group, 0, 3)?;
                        engine.connect_with_format(&group, &mixer, 0, 0, input)?;
                    }
                    // The rate changes with the channels: in the mixer, and in the source.
                    3 => engine.connect(&source_in(&engine, slow, &sound)?, &mixer, 0, 0)?,
                    4 => {
                        let source = source_in(&engine, slow, &sound)?;
                        engine.connect_with_format(&source, &mixer, 0, 0, format(2))?;
                    }
                    5 => {
                        let equalizer = engine.create_equalizer(1)?;
                        let source = source_in(&engine, input, &sound)?;
                        engine.connect(&source, &equalizer, 0, 0)?;
                        engine.connect_with_format(&equalizer, &mixer, 0, 0, input)?;
                    }
                    _ => {
                        // Straight into the output.
                        engine.stop()?;
                        let output = engine.output()?;
                        engine.connect(&source_in(&engine, input, &sound)?, &output, 0, 0)?;
                        engine.start()?;
                    }
                }
                let heard = through(&sound, &[input, format(2)]).expect("both have speakers");
                if way == 6 {
                    assert_settles(&engine, &heard, TOLERANCE);
                    continue;
                }
                assert_settles(&engine, &heard, 1e-4);
                for pan in [-1.0, 0.3] {
                    mixer.bus(0)?.set_pan(pan)?;
                    let panned = [0, 1].map(|c| heard[c] * fader(1.0, pan, format(2), c));
                    assert_settles(&engine, &panned, 1e-4);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn pan_moves_every_channel_that_has_a_side() -> Result<()> {
    for output in shapes() {
        let engine = engine_in(output)?;
        let mixer = engine.main_mixer()?;
        engine.connect(&source_in(&engine, output, &levels(output))?, &mixer, 0, 0)?;
        let bus = mixer.bus(0)?;
        let expected = |pan: f32| -> Vec<f32> {
            let gain = |(c, level): (usize, &f32)| *level * fader(0.5, pan, output, c) as f32;
            levels(output).iter().enumerate().map(gain).collect()
        };
        bus.set_volume(0.5)?;
        for pan in [0.75, -1.0, 1.0] {
            bus.set_pan(pan)?;
            assert_heard(&engine, &expected(pan));
        }
        bus.fade_pan_to(-0.5, Duration::from_millis(20))?;
        let planar = render(&engine, 480);
        // Half the fade's 960 frames: from 1 to -0.5.
        for (channel, samples) in planar.iter().enumerate() {
            let expected = expected(0.25)[channel];
            assert!(
                (samples[479] - expected).abs() < 1e-5,
                "{output:?} {channel}: {}",
                samples[479]
            );
        }
        render(&engine, 480);
        assert_heard_at_once(&engine, &expected(-0.5));
    }
    Ok(())
}

#[test]
fn five_one_pans_its_surrounds() -> Result<()> {
    let engine = running(6);
    let mixer = engine.main_mixer()?;
    engine.connect(&constant(&engine, &[1.0; 6]), &mixer, 0, 0)?;
    mixer.bus(0)?.set_pan(0.75)?;
    assert_heard(&engine, &[0.25, 1.0, 1.0, 1.0, 0.25, 1.0]);
    mixer.bus(0)?.set_pan(-1.0)?;
    assert_heard(&engine, &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    Ok(())
}

/// The message names both formats and what can be done.
#[track_caller]
fn assert_refused(result: Result<()>, from: Format, to: Format) {
    let error = result.expect_err("a channel would be lost");
    assert!(matches!(error, Error::Format(_)), "{error:?}");
    let message = error.to_string();
    for format in [from, to] {
        let named = format!("{} ", format.channels());
        assert!(message.contains(&named), "{message}");
        assert!(message.contains(&format.layout().to_string()), "{message}");
    }
    assert!(
        message.contains("matrix") && message.contains("layout"),
        "{message}"
    );
}

#[test]
fn channels_without_a_layout_are_never_dropped() -> Result<()> {
    let (stems, stereo) = (discrete(5), format(2));
    let engine = running(2);
    let mixer = engine.main_mixer()?;
    let source = source_in(&engine, stems, &levels(stems))?;
    assert_refused(engine.connect(&source, &mixer, 0, 0), stems, stereo);
    // What the source makes counts, whatever its connection is said to carry.
    let narrow = engine.connect_with_format(&source, &mixer, 0, 0, stereo);
    assert_refused(narrow, stems, stereo);
    assert_refused(
        engine.connect_many(&source, 0, &[(&mixer, 0), (&mixer, 1)], stems),
        stems,
        stereo,
    );
    assert_eq!(engine.source_of(&mixer, 0)?, None);

    // A group that leads nowhere yet takes anything; then it cannot be made narrow.
    let group = engine.create_mixer()?;
    engine.connect(&source, &group, 0, 2)?;
    let narrow = engine.connect_with_format(&group, &mixer, 0, 0, stereo);
    assert_refused(narrow, stems, stereo);
    assert_refused(
        engine.connect_with_format(&group, &mixer, 0, 0, stems),
        stems,
        stereo,
    );

    // The ways out: a layout, one channel, a matrix.
    let surround = laid_out(ChannelLayout::Surround5_0);
    engine.connect_with_format(&source, &mixer, 0, 0, surround)?;
    let heard = through(&levels(stems), &[surround, stereo]).expect("5.0 has speakers");
    assert_settles(&engine, &heard, TOLERANCE);
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&source, &matrix, 0, 0)?;
    engine.connect_with_format(&matrix, &mixer, 0, 0, stereo)?;
    matrix.set_master(1.0)?;
    matrix.set_input(4, 1.0)?;
    matrix.set_output(1, 1.0)?;
    matrix.set_crosspoint(4, 1, 1.0)?;
    assert_heard(&engine, &[0.0, levels(stems)[4]]);
    assert_audited(&engine);
    Ok(())
}

/// Back and side surrounds would change places.
#[test]
fn a_buffer_in_another_order_is_refused() -> Result<()> {
    let (file, apple) = (
        laid_out(ChannelLayout::Surround7_1),
        laid_out(ChannelLayout::Surround7_1C),
    );
    let engine = running(8);
    for (ours, theirs) in [(file, apple), (apple, file)] {
        let player = engine.create_player()?;
        engine.connect_with_format(&player, &engine.main_mixer()?, 0, 0, ours)?;
        let buffer = |format: Format| {
            let levels = levels(format);
            perbus::Buffer::from_fn(format, 300, move |_, channel| levels[channel as usize])
        };
        let error = player.schedule(&buffer(theirs)?).unwrap_err();
        assert!(matches!(error, Error::Format(_)), "{error:?}");
        for layout in ["(7.1)", "(7.1 (C))"] {
            assert!(error.to_string().contains(layout), "{error}");
        }
        // Those that have no speakers go where the connection says.
        player.schedule_with(&buffer(discrete(8))?, looping(), |_| {})?;
        player.play()?;
        let heard = through(&levels(ours), &[ours, file]).expect("both have speakers");
        assert_settles(&engine, &heard, TOLERANCE);
        engine.detach(&player)?;
    }
    Ok(())
}

/// Branches of every layout sum to the same, to the bit, on one thread and on four.
#[test]
fn threads_fold_as_one() -> Result<()> {
    let mut heard = Vec::new();
    for threads in [1, 4] {
        let engine = Engine::offline(format(2), 512)?;
        engine.set_render_threads(threads)?;
        let main = engine.main_mixer()?;
        let mut expected = [0.0; 2];
        for (bus, input) in (0..).zip(LAYOUTS.map(laid_out)) {
            let group = engine.create_mixer()?;
            engine.connect_with_format(&group, &main, 0, bus, input)?;
            for voice in 0..40 {
                engine.connect(
                    &source_in(&engine, input, &levels(input))?,
                    &group,
                    0,
                    voice,
                )?;
            }
            group.set_output_volume(0.025)?;
            let folded = through(&levels(input), &[input, format(2)]).expect("known layouts");
            expected[0] += folded[0];
            expected[1] += folded[1];
        }
        engine.start()?;
        let planar = render(&engine, 1_000);
        for (samples, expected) in planar.iter().zip(expected) {
            assert_samples(samples, |_| expected as f32, 2e-5);
        }
        heard.push(planar);
    }
    assert!(heard[0] == heard[1]);
    Ok(())
}

#[test]
fn a_layout_has_its_own_number_of_channels() -> Result<()> {
    for layout in LAYOUTS {
        let channels = layout.channels().expect("a layout with speakers");
        for count in 1..=9 {
            let made = format(count).with_layout(layout);
            assert_eq!(made.is_ok(), count == channels, "{made:?}");
            if let Err(error) = made {
                assert!(matches!(error, Error::Format(_)), "{error:?}");
                assert!(error.to_string().contains(&layout.to_string()), "{error}");
            }
        }
    }
    // As the engine tells them.
    for made in (1..=64).map(format).chain(shapes()) {
        assert_eq!(Engine::offline(made, 64)?.format(), made);
        assert_eq!(made.with_layout(made.layout())?, made);
    }
    Ok(())
}

/// The connections of a chain, from the source to the main mixer.
const LINKS: usize = 4;

proptest! {
    #![proptest_config(model_config())]

    /// Source, group, equalizer, group, main mixer: connections are made anew in any order and any
    /// format. What is refused changes nothing, and what is heard has lost no channel.
    #[test]
    fn a_chain_of_conversions_loses_nothing(
        made in 0..shapes().len(),
        output in 0..shapes().len(),
        edits in prop::collection::vec((0..LINKS, 0..shapes().len()), 1..24),
    ) {
        let shapes = shapes();
        let (made, output) = (shapes[made], shapes[output]);
        let engine = engine_in(output).expect("an engine");
        let source = source_in(&engine, made, &levels(made)).expect("a source");
        let groups = [(); 2].map(|()| engine.create_mixer().expect("a mixer"));
        let equalizer = engine.create_equalizer(1).expect("an equalizer");
        let main = engine.main_mixer().expect("the main mixer");
        let connect = |link: usize, format: Format| match link {
            0 => engine.connect_with_format(&source, &groups[0], 0, 5, format),
            1 => engine.connect_with_format(&groups[0], &equalizer, 0, 0, format),
            2 => engine.connect_with_format(&equalizer, &groups[1], 0, 1, format),
            _ => engine.connect_with_format(&groups[1], &main, 0, 0, format),
        };
        let mut links: [Option<Format>; LINKS] = [None; LINKS];
        for (link, shape) in edits {
            let format = shapes[shape];
            let before = if link == 0 { Some(made) } else { links[link - 1] };
            let after = if link + 1 == LINKS { Some(output) } else { links[link + 1] };
            let fits = before.is_none_or(|from| gains(from, format).is_some())
                && after.is_none_or(|to| gains(format, to).is_some());
            let connected = connect(link, format);
            prop_assert_eq!(connected.is_ok(), fits, "{:?} {:?}: {:?}", link, format, connected);
            if let Err(error) = connected {
                prop_assert!(matches!(error, Error::Format(_)), "{:?}", error);
            } else {
                links[link] = Some(format);
            }
            let chain: Vec<Format> = links.iter().flatten().copied().collect();
            let heard = match chain.len() {
                LINKS => {
                    let chain = [&[made], chain.as_slice(), &[output]].concat();
                    through(&levels(made), &chain).expect("every step fits")
                }
                _ => vec![0.0; output.channels() as usize],
            };
            for (samples, expected) in render(&engine, 40).iter().zip(heard) {
                for sample in samples {
                    let off = (f64::from(*sample) - expected).abs();
                    prop_assert!(off < 2e-6, "{} is not {}: {:?}", sample, expected, links);
                }
            }
        }
        assert_audited(&engine);
        prop_assert!(source.id() != main.id());
    }
}
