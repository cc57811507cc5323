//! What folds into what, on every path to a mixer.

use perbus::{ChannelLayout, Engine, Format, Result};

use super::*;
use crate::common::layouts::{fader, gains, laid_out, speakers, LAYOUTS};
use crate::common::tones::at;

/// -3 dB.
const M3: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// 1 on one channel, 0 on the others.
fn only(channel: usize, channels: u32) -> Vec<f32> {
    let mut levels = vec![0.0; channels as usize];
    levels[channel] = 1.0;
    levels
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
            let mixer = engine.main_mixer();
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

/// A sub-mixer in between makes no difference, as long as each step is narrower than the previous
/// one.
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

/// Each channel on its own, on every path by which a sound reaches a stereo mixer.
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
                let mixer = engine.main_mixer();
                let slow = at(24_000.0, input.channels());
                match way {
                    0 => {
                        let player = engine.create_player()?;
                        engine.connect_with_format(&player, &mixer, 0, 0, input)?;
                        play_constant(&player, &sound)?;
                    }
                    1 => engine.connect(&constants(&engine, input, &sound)?, &mixer, 0, 0)?,
                    2 => {
                        let group = engine.create_mixer()?;
                        engine.connect(&constants(&engine, input, &sound)?, &group, 0, 3)?;
                        engine.connect_with_format(&group, &mixer, 0, 0, input)?;
                    }
                    // The rate changes with the channels: in the mixer, and in the source.
                    3 => engine.connect(&constants(&engine, slow, &sound)?, &mixer, 0, 0)?,
                    4 => {
                        let source = constants(&engine, slow, &sound)?;
                        engine.connect_with_format(&source, &mixer, 0, 0, format(2))?;
                    }
                    5 => {
                        let equalizer = engine.create_equalizer(1)?;
                        let source = constants(&engine, input, &sound)?;
                        engine.connect(&source, &equalizer, 0, 0)?;
                        engine.connect_with_format(&equalizer, &mixer, 0, 0, input)?;
                    }
                    _ => {
                        // Straight into the output.
                        engine.stop()?;
                        let output = engine.output();
                        engine.connect(&constants(&engine, input, &sound)?, &output, 0, 0)?;
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

/// Branches of every layout have the same sum, bit for bit, on one thread and on four.
#[test]
fn threads_fold_as_one() -> Result<()> {
    let mut heard = Vec::new();
    for threads in [1, 4] {
        let engine = Engine::offline(format(2), 512)?;
        engine.set_render_threads(threads)?;
        let main = engine.main_mixer();
        let mut expected = [0.0; 2];
        for (bus, input) in (0..).zip(LAYOUTS.map(laid_out)) {
            let group = engine.create_mixer()?;
            engine.connect_with_format(&group, &main, 0, bus, input)?;
            for voice in 0..40 {
                engine.connect(
                    &constants(&engine, input, &levels(input))?,
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
