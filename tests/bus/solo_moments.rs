//! When a solo is heard: all of it from one block on, and nothing of it after its end.

use perbus::{BusConfig, Engine, Mixer, Result, Source};

use crate::common::*;

const BLOCK: usize = 64;

type Group = (Mixer, [Source; 2]);

/// Mixers with two sources of 0.25 each, on the main mixer's buses.
fn groups(count: u32) -> Result<(Engine, Vec<Group>)> {
    let engine = running(1);
    let main = engine.main_mixer();
    let mut groups = Vec::new();
    for bus in 0..count {
        let group = engine.create_mixer()?;
        engine.connect(&group, &main, 0, bus)?;
        let sources = [0, 1].map(|_| constant(&engine, &[0.25]));
        for (bus, source) in (0..).zip(&sources) {
            engine.connect(source, &group, 0, bus)?;
        }
        groups.push((group, sources));
    }
    Ok((engine, groups))
}

/// One sound takes another's place: in every frame of their ramps the sum is the same, if both
/// begin in the same block.
#[track_caller]
fn assert_steady(engine: &Engine) {
    let heard = render_in(engine, 2 * RAMP, BLOCK).remove(0);
    assert_samples(&heard, |_| 0.25, 1e-5);
}

#[test]
fn a_solo_that_moves_is_heard_in_one_block() -> Result<()> {
    let (engine, groups) = groups(1)?;
    let (group, sources) = &groups[0];
    let solo = |buses: [bool; 2]| {
        let configs = [0, 1].map(|bus| BusConfig {
            soloed: Some(buses[bus]),
            ..BusConfig::new(bus as u32)
        });
        group.configure(&configs)
    };
    solo([true, false])?;
    render(&engine, RAMP);
    for turn in 0..6 {
        solo([turn % 2 == 1, turn % 2 == 0])?;
        assert_steady(&engine);
    }
    // In a batch as well, call by call.
    engine.batch(|| {
        group.bus(1)?.set_soloed(true)?;
        group.bus(0)?.set_soloed(false)
    })?;
    assert_steady(&engine);
    // The soloed bus is on a mixer that nobody hears; what feeds it is what is heard.
    let cue = engine.create_mixer()?;
    engine.connect(&cue, &engine.main_mixer(), 0, 9)?;
    cue.set_output_volume(0.0)?;
    engine.clear_solo()?;
    engine.add_destination(&sources[0], &cue, 0, 0)?;
    cue.bus(0)?.set_soloed(true)?;
    render(&engine, RAMP);
    for turn in 0..6 {
        // An edit: the other source takes this one's place there.
        engine.add_destination(&sources[1 - turn % 2], &cue, 0, 0)?;
        assert_steady(&engine);
    }
    Ok(())
}

/// Both the bus and the bus that its mixer leads to ramp, so that the sum rises by the square.
#[test]
fn all_strips_on_the_way_begin_in_the_same_block() -> Result<()> {
    let (engine, groups) = groups(8)?;
    groups[0].0.bus(0)?.set_soloed(true)?;
    render(&engine, RAMP);
    // How a single strip ramps, measured.
    groups[0].0.bus(0)?.set_muted(true)?;
    render(&engine, RAMP);
    groups[0].0.bus(0)?.set_muted(false)?;
    let ramp: Vec<f32> = render_in(&engine, 2 * RAMP, BLOCK).remove(0);
    assert_eq!(ramp[2 * RAMP - 1], 0.25);
    for (turn, (group, _)) in groups.iter().enumerate().skip(1) {
        let before = 0.25 * turn as f32;
        group.bus(0)?.set_soloed(true)?;
        let heard = render_in(&engine, 2 * RAMP, BLOCK).remove(0);
        let square = |frame: usize| before + 0.25 * (ramp[frame] / 0.25).powi(2);
        assert_samples(&heard, square, 1e-5);
    }
    // All at once. Nothing of the other buses was heard, whose mixers sounded all the while.
    engine.clear_solo()?;
    let heard = render_in(&engine, 2 * RAMP, BLOCK).remove(0);
    let restored = |frame: usize| 2.0 + 2.0 * (ramp[frame] / 0.25);
    assert_samples(&heard, restored, 1e-5);
    groups[3].0.bus(1)?.set_soloed(true)?;
    let heard = render_in(&engine, 2 * RAMP, BLOCK).remove(0);
    let away = |frame: usize| 1.0 - ramp[frame] / 0.25;
    // The seven other mixers' strips fall together with the buses that they lead to.
    let expected = |frame: usize| {
        let left = away(frame);
        0.25 + 0.25 * left + 7.0 * 0.5 * left * left
    };
    assert_samples(&heard, expected, 1e-5);
    Ok(())
}

/// A desk of noises, panned and at various volumes.
fn noisy() -> Result<(Engine, Vec<Mixer>)> {
    let engine = running(2);
    let main = engine.main_mixer();
    let mut mixers = vec![main.clone()];
    for number in 0..4u32 {
        let mixer = engine.create_mixer()?;
        engine.connect(&mixer, &main, 0, number)?;
        for bus in 0..3 {
            let mut state = 1 + 7 * number + bus;
            let noise = engine.create_source(format(2), move |block| {
                for channel in 0..2 {
                    for sample in block.channel_mut(channel) {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        *sample = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
                    }
                }
            })?;
            engine.connect(&noise, &mixer, 0, bus)?;
            mixer
                .bus(bus)?
                .set_volume(0.1 + 0.07 * (number + bus) as f32)?;
            mixer.bus(bus)?.set_pan(0.3 - 0.2 * bus as f32)?;
        }
        mixers.push(mixer);
    }
    Ok((engine, mixers))
}

#[test]
fn the_end_of_a_solo_restores_every_bit() -> Result<()> {
    let ((engine, mixers), (untouched, _)) = (noisy()?, noisy()?);
    for it in [&engine, &untouched] {
        render(it, 2 * RAMP);
    }
    let ends: [&dyn Fn() -> Result<()>; 2] = [&|| engine.clear_solo(), &|| {
        mixers[0].bus(2)?.set_soloed(false)?;
        mixers[2].bus(1)?.set_soloed(false)
    }];
    for end in ends {
        mixers[2].bus(1)?.set_soloed(true)?;
        mixers[0].bus(2)?.set_soloed(true)?;
        let (soloed, all) = (render(&engine, 2 * RAMP), render(&untouched, 2 * RAMP));
        assert_ne!(soloed[0][RAMP..], all[0][RAMP..]);
        end()?;
        let (restored, all) = (render(&engine, 2 * RAMP), render(&untouched, 2 * RAMP));
        for (restored, all) in restored.iter().zip(&all) {
            let bits = |samples: &[f32]| samples.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&restored[RAMP..]), bits(&all[RAMP..]));
        }
    }
    Ok(())
}
