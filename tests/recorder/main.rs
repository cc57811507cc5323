//! Recorders: their files against what is rendered, and how they end.
#![cfg(all(feature = "files", not(target_vendor = "apple")))]

mod bus;
mod callbacks;
#[path = "../common/mod.rs"]
mod common;
mod ends;
mod mixer;
mod refusals;
mod traces;

use std::path::{Path, PathBuf};

use perbus::{Engine, File, FileSettings, Format, Mixer, Result, Source};
use tempfile::TempDir;

pub(crate) use common::{format, render, running};

/// A folder and the path of a file in it.
pub(crate) fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("take.wav");
    (folder, path)
}

pub(crate) fn wav(channels: u32) -> FileSettings {
    FileSettings::wav(format(channels))
}

/// All that a file has.
pub(crate) fn read(path: &Path) -> Vec<Vec<f32>> {
    let mut file = File::open(path).expect("the file");
    let frames = file.frames() as usize;
    let mut planes = vec![vec![0.0; frames]; file.format().channels() as usize];
    let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
    assert_eq!(file.read(&mut slices).expect("samples"), frames);
    planes
}

/// Names of a folder's files.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

/// A number from 0 to 1 that follows from a seed.
pub(crate) fn next_random(state: &mut u64) -> f32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f32 / (1u64 << 24) as f32
}

/// Noise, the same for a seed; silence unless it sounds.
pub(crate) fn noise(engine: &Engine, channels: u32, seed: u64, sounds: bool) -> Result<Source> {
    let mut state = seed;
    let format = Format::new(engine.format().sample_rate(), channels)?;
    engine.create_source(format, move |block| {
        for frame in 0..block.frames() as usize {
            for channel in 0..channels {
                let sample = next_random(&mut state) - 0.5;
                block.channel_mut(channel)[frame] = if sounds { sample } else { 0.0 };
            }
        }
    })
}

/// A stereo engine with noise on bus 0, and its main mixer.
pub(crate) fn noisy() -> Result<(Engine, Mixer)> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    mixer.bus(0)?.connect(&noise(&engine, 2, 1, true)?)?;
    Ok((engine, mixer))
}

#[track_caller]
pub(crate) fn assert_same(found: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(found.len(), expected.len());
    for (channel, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.len(), expected.len(), "frames of channel {channel}");
        let different = found
            .iter()
            .zip(expected)
            .position(|(it, other)| it != other);
        if let Some(frame) = different {
            panic!(
                "channel {channel}, frame {frame}: {} instead of {}",
                found[frame], expected[frame]
            );
        }
    }
}
