//! The length that a container states, and whether the file is that long.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use symphonia::core::formats::well_known::{
    FORMAT_ID_AIFF, FORMAT_ID_FLAC, FORMAT_ID_ISOMP4, FORMAT_ID_MP3, FORMAT_ID_OGG, FORMAT_ID_WAVE,
};
use symphonia::core::formats::{FormatId, Track};

/// Frames by which the stated length of an MP3 file may exceed the decoded one: two MPEG frames.
const MP3_TOLERANCE: u64 = 2 * 1152;

/// What a container says about its length.
pub(super) struct StatedLength {
    pub(super) frames: Option<u64>,
    /// Frames by which the file may fall short of it; None if it is not checked.
    pub(super) tolerance: Option<u64>,
    /// Whether running into the end of the file may be its regular end.
    pub(super) ends_with_file: bool,
}

impl StatedLength {
    pub(super) fn of(format: FormatId, track: &Track) -> Self {
        let raw = format == FORMAT_ID_WAVE || format == FORMAT_ID_AIFF;
        let frames = match format {
            FORMAT_ID_WAVE | FORMAT_ID_AIFF | FORMAT_ID_FLAC | FORMAT_ID_OGG => track.num_frames,
            FORMAT_ID_ISOMP4 => track.num_frames.filter(|frames| *frames > 0),
            // Otherwise it is an estimate from the first frames.
            FORMAT_ID_MP3 => track.num_frames.filter(|_| track.delay.is_some()),
            _ => None,
        };
        let tolerance = match format {
            FORMAT_ID_MP3 => Some(MP3_TOLERANCE),
            FORMAT_ID_FLAC => Some(0),
            _ => raw.then_some(0),
        };
        Self {
            frames,
            tolerance,
            ends_with_file: raw,
        }
    }
}

/// Whether this is an MP4 file whose last top-level box is longer than what is left of the file.
pub(super) fn ends_inside_a_box(path: &Path, byte_length: u64) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut position = 0;
    while position < byte_length {
        let mut header = [0; 16];
        let available = header.len().min((byte_length - position) as usize);
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(&mut header[..available])?;
        let [a, b, c, d, kind @ .., _, _, _, _, _, _, _, _] = header;
        if position == 0 && kind != *b"ftyp" {
            return Ok(false);
        }
        let length = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => return Ok(false),
            // A 64-bit length follows the kind.
            1 => header[8..]
                .iter()
                .fold(0, |length, byte| length << 8 | u64::from(*byte)),
            short => u64::from(short),
        };
        position = position.saturating_add(length.max(8));
    }
    Ok(position > byte_length)
}
