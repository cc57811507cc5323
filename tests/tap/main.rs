//! Taps: their blocks against what is rendered, and how they end.

mod blocks;
#[path = "../common/mod.rs"]
mod common;
mod ends;
mod refusals;

use std::sync::{Arc, Mutex};

use perbus::{Engine, Format, Node, Result, Source, Tap, TapBlock};

/// What a tap has got: blocks with their times, formats and samples.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<Block>>>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) time: i64,
    pub(crate) rate: f64,
    pub(crate) samples: Vec<Vec<f32>>,
}

impl Heard {
    pub(crate) fn add(&self, block: TapBlock<'_>) {
        let samples = (0..block.channels()).map(|channel| block.channel(channel).to_vec());
        self.0.lock().expect("no panic").push(Block {
            time: block.sample_time(),
            rate: block.sample_rate(),
            samples: samples.collect(),
        });
    }

    /// Taps a node.
    pub(crate) fn tap(&self, node: &impl Node, frames: u32) -> Result<Tap> {
        let heard = self.clone();
        node.tap(frames, move |block| heard.add(block))
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        self.0.lock().expect("no panic").clone()
    }

    /// All blocks' samples in a row; the blocks must follow one another from `time` on.
    pub(crate) fn joined(&self, time: i64) -> Vec<Vec<f32>> {
        let mut joined: Vec<Vec<f32>> = Vec::new();
        let mut next = time;
        for block in self.blocks() {
            assert_eq!(block.time, next);
            next += block.samples[0].len() as i64;
            joined.resize(block.samples.len(), Vec::new());
            for (all, samples) in joined.iter_mut().zip(&block.samples) {
                all.extend(samples);
            }
        }
        joined
    }
}

/// A source in which every sample states its place, in a cycle of a prime number of frames.
pub(crate) fn places(engine: &Engine, format: Format) -> Result<Source> {
    engine.create_source(format, |block| {
        for channel in 0..block.channels() {
            let first = block.sample_time();
            let samples = block.channel_mut(channel).iter_mut();
            for (time, sample) in (first..).zip(samples) {
                *sample = place(time, channel);
            }
        }
    })
}

pub(crate) fn place(time: i64, channel: u32) -> f32 {
    (time.rem_euclid(7919) + 1) as f32 / 8000.0 - channel as f32
}
