//! Surround sound into narrower and wider layouts: what is heard, and what is refused because a
//! channel would be lost.

mod chains;
mod folding;
mod pans;

use perbus::{Engine, Format, Result, Source};

use crate::common::layouts::gains;
use crate::common::*;

pub(crate) fn engine_in(format: Format) -> Result<Engine> {
    let engine = Engine::offline(format, 512)?;
    engine.start()?;
    Ok(engine)
}

/// A different level on every channel.
pub(crate) fn levels(format: Format) -> Vec<f32> {
    (0..format.channels())
        .map(|channel| 0.1 + 0.07 * channel as f32)
        .collect()
}

pub(crate) fn constants(engine: &Engine, format: Format, levels: &[f32]) -> Result<Source> {
    let levels = levels.to_vec();
    engine.create_source(format, move |block| {
        for (channel, level) in (0..).zip(&levels) {
            block.channel_mut(channel).fill(*level);
        }
    })
}

/// The result of levels that pass a chain of formats; `None` if one of the steps is refused.
pub(crate) fn through(levels: &[f32], chain: &[Format]) -> Option<Vec<f64>> {
    let mut sound: Vec<f64> = levels.iter().map(|level| f64::from(*level)).collect();
    for step in chain.windows(2) {
        let gains = gains(step[0], step[1])?;
        let channel = |out: usize| sound.iter().zip(&gains).map(|(x, row)| x * row[out]).sum();
        sound = (0..step[1].channels() as usize).map(channel).collect();
    }
    Some(sound)
}

#[track_caller]
pub(crate) fn assert_settles(engine: &Engine, expected: &[f64], tolerance: f32) {
    render(engine, 4_000);
    for (samples, expected) in render(engine, 200).iter().zip(expected) {
        assert_samples(samples, |_| *expected as f32, tolerance);
    }
}
