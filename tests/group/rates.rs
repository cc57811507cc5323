//! A group's fade on a mixer that runs at another rate than the engine.

use std::time::Duration;

use perbus::{Curve, Engine, Format, Result};

use crate::common::{format, render_in, RATE};

/// The rate of the mixer with the member.
const LOW: f64 = 44_100.0;
/// When the fade starts and how long it takes, in frames of the engine.
const START: f64 = 3000.0;
const LENGTH: f64 = 4800.0;

/// What is heard of a source of ones on a mixer at the lower rate: a member of a group that fades,
/// or one whose samples the source itself scales, given its own frame.
fn heard(block: usize, scale: Option<fn(i64) -> f32>) -> Result<Vec<f32>> {
    let low = Format::new(LOW, 1)?;
    let engine = Engine::offline(format(1), 512)?;
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect_with_format(&sub, &main, 0, 0, low)?;
    let mut next = 0;
    let source = engine.create_source(low, move |block| {
        for sample in block.channel_mut(0) {
            *sample = scale.map_or(1.0, |scale| scale(next));
            next += 1;
        }
    })?;
    engine.connect_with_format(&source, &sub, 0, 0, low)?;
    engine.start()?;
    if scale.is_none() {
        let group = engine.create_group("low")?;
        group.add(&sub.bus(0)?)?;
        let length = Duration::from_secs_f64(LENGTH / RATE);
        group.fade_at(START as i64, 0.25, length, Curve::Linear)?;
    }
    Ok(render_in(&engine, 12_000, block).remove(0))
}

/// The group's fader where a frame of the mixer lies in the engine's time.
fn fader(frame: i64) -> f32 {
    let now = (frame + 1) as f64 * RATE / LOW;
    let gone = ((now - START) / LENGTH).clamp(0.0, 1.0);
    (1.0 - 0.75 * gone) as f32
}

#[test]
fn a_fade_is_heard_at_the_engine_s_time() -> Result<()> {
    let expected = heard(512, Some(fader))?;
    for block in [512, 64, 37] {
        let faded = heard(block, None)?;
        for (frame, (sample, expected)) in faded.iter().zip(&expected).enumerate() {
            // The mixer is rendered ahead, by what the converter needs: a few frames at the start
            // of the fade are a ramp's.
            let ahead = (START as usize..START as usize + 700).contains(&frame);
            let tolerance = if ahead { 0.01 } else { 2e-5 };
            let near = (sample - expected).abs() <= tolerance;
            assert!(near, "{block}: frame {frame} is {sample}, not {expected}");
        }
    }
    Ok(())
}
