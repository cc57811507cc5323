//! The one place that opens audio files.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use perbus::{Buffer, File};

use crate::model::{Sound, Stem};
use crate::Failure;

/// Reads the files, resampled to `rate` Hz; those that are given several times once. Files of more
/// than `longest` seconds are only opened, to be decoded while they play. Calls `next` before each
/// stem, with its place and name.
pub fn decode(
    stems: &mut [Stem],
    rate: u32,
    longest: f64,
    mut next: impl FnMut(usize, &str),
) -> Result<(), Failure> {
    let mut decoded: HashMap<(u64, u64), Buffer> = HashMap::new();
    for (place, stem) in stems.iter_mut().enumerate() {
        next(place, &stem.name);
        if let Sound::File(path) = &stem.sound {
            let failure = |error| Failure::of(&stem.argument, error);
            // Links are the same file. If it cannot be looked at, loading says why.
            let file = fs::metadata(path).map(|found| (found.dev(), found.ino()));
            let known = file.as_ref().ok().and_then(|file| decoded.get(file));
            let buffer = match known {
                Some(buffer) => buffer.clone(),
                None => {
                    let opened = File::open(path).map_err(failure)?;
                    if opened.frames() as f64 > longest * opened.format().sample_rate() {
                        stem.sound = Sound::Streamed(opened);
                        continue;
                    }
                    File::load(path, f64::from(rate)).map_err(failure)?
                }
            };
            if let Ok(file) = file {
                decoded.insert(file, buffer.clone());
            }
            stem.sound = Sound::Decoded(buffer);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Strip;

    #[test]
    fn a_file_is_decoded_once_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
        let link = folder.path().join("link.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(&file, spec).unwrap();
        for sample in 0..100_i16 {
            wav.write_sample(sample).unwrap();
        }
        wav.finalize().unwrap();
        fs::copy(&file, &other).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();

        let mut stems = [&file, &other, &file, &link]
            .map(|path| Stem::from_file("stem", path, Strip::default()));
        assert!(decode(&mut stems, 48_000, 60.0, |_, _| ()).is_ok());
        let samples = stems.map(|stem| match stem.sound {
            Sound::Decoded(buffer) => buffer.channel(0).as_ptr(),
            _ => panic!("it is not decoded"),
        });
        assert_eq!([samples[2], samples[3]], [samples[0]; 2]);
        assert_ne!(samples[1], samples[0]);
    }
}
