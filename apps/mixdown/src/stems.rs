//! A stem: a sound and the settings of its bus.

use std::path::{Path, PathBuf};

use perbus::{file, Buffer};

use crate::progress::Progress;
use crate::{printable, Failure};

pub(crate) struct Stem {
    /// As the user wrote it, for messages.
    pub(crate) argument: String,
    pub(crate) name: String,
    pub(crate) strip: Strip,
    pub(crate) sound: Sound,
}

/// A channel strip's settings, not yet checked.
pub(crate) struct Strip {
    pub(crate) volume: f32,
    pub(crate) pan: f32,
    pub(crate) muted: bool,
}

impl Default for Strip {
    fn default() -> Self {
        Self {
            volume: 1.0,
            pan: 0.0,
            muted: false,
        }
    }
}

pub(crate) enum Sound {
    File(PathBuf),
    Decoded(Buffer),
}

impl Stem {
    pub(crate) fn from_file(argument: &str, path: &str, strip: Strip) -> Self {
        let path = PathBuf::from(path);
        Self {
            argument: argument.to_owned(),
            name: name_of(&path),
            strip,
            sound: Sound::File(path),
        }
    }
}

/// A file's name without its folder.
pub(crate) fn name_of(path: &Path) -> String {
    printable(
        &path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy(),
    )
}

/// Reads the files, resampled to `rate` Hz.
pub(crate) fn decode(stems: &mut [Stem], rate: u32) -> Result<(), Failure> {
    let progress = Progress::new(stems.len() as u64);
    for stem in stems {
        progress.say(&format!("decoding {}", stem.name));
        if let Sound::File(path) = &stem.sound {
            let buffer = file::load(path, f64::from(rate))
                .map_err(|error| Failure::of(&stem.argument, error))?;
            stem.sound = Sound::Decoded(buffer);
        }
        progress.advance(1);
    }
    Ok(())
}
