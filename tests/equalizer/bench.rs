//! A sound through an equalizer.

use perbus::{Band, Buffer, Engine, Equalizer, FilterType, Player, Result};

use crate::common::*;

/// A mono engine with a player through an equalizer.
pub(crate) struct Bench {
    pub(crate) engine: Engine,
    player: Player,
    pub(crate) equalizer: Equalizer,
}

impl Bench {
    pub(crate) fn new(bands: u32) -> Result<Self> {
        let engine = running(1);
        let (player, equalizer) = (engine.create_player()?, engine.create_equalizer(bands)?);
        engine.connect(&player, &equalizer, 0, 0)?;
        engine.connect(&equalizer, &engine.main_mixer(), 0, 0)?;
        Ok(Self {
            engine,
            player,
            equalizer,
        })
    }

    pub(crate) fn play(&self, samples: &[f32]) -> Result<()> {
        let buffer = Buffer::from_fn(format(1), samples.len() as u32, |frame, _| {
            samples[frame as usize]
        })?;
        self.player.schedule(&buffer)?;
        self.player.play()
    }

    /// The output while `samples` play.
    pub(crate) fn hear(&self, samples: &[f32]) -> Result<Vec<f32>> {
        self.play(samples)?;
        Ok(render_mono(&self.engine, samples.len()))
    }
}

/// Noise, the same on every run, -0.5 to 0.5.
pub(crate) fn noise(frames: usize) -> Vec<f32> {
    let mut state = 1u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    (0..frames).map(next).collect()
}

pub(crate) fn band(filter: FilterType, frequency: f32, gain: f32, bandwidth: f32) -> Band {
    Band {
        filter,
        frequency,
        gain,
        bandwidth,
        bypass: false,
    }
}
