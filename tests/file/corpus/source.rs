//! What the corpus is made from: noise as WAV files, written here so that no sample depends on what
//! is tested.

use std::fs;
use std::path::{Path, PathBuf};

/// The shape of the sound that a file is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sound {
    pub(crate) channels: u32,
    pub(crate) rate: u32,
    /// 16 or 24.
    pub(crate) bits: u32,
    pub(crate) milliseconds: u32,
}

impl Sound {
    pub(crate) fn frames(&self) -> usize {
        // No multiple of any block.
        (u64::from(self.rate) * u64::from(self.milliseconds) / 1_000) as usize + 11
    }

    /// Muffled noise, another in each channel, of which no two parts are alike.
    fn numbers(&self) -> Vec<Vec<i32>> {
        let scale = f64::from(1_u32 << (self.bits - 1));
        let channel = |channel: u32| {
            let (mut state, mut low) = (channel.wrapping_mul(2_654_435_761) + 1, 0.0);
            let level = 0.5 / f64::from(channel + 2);
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                low += 0.3 * (f64::from(state) / f64::from(u32::MAX) - 0.5 - low);
                (low * level * scale).round() as i32
            };
            (0..self.frames()).map(|_| next()).collect()
        };
        (0..self.channels).map(channel).collect()
    }

    pub(crate) fn planes(&self) -> Vec<Vec<f32>> {
        let scale = (1_u32 << (self.bits - 1)) as f32;
        let numbers = self.numbers().into_iter();
        numbers
            .map(|plane| plane.iter().map(|number| *number as f32 / scale).collect())
            .collect()
    }

    /// Writes the WAV file unless it is there.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!(
            "source-{}x{}x{}x{}.wav",
            self.channels, self.rate, self.bits, self.milliseconds
        ));
        if path.exists() {
            return path;
        }
        let numbers = self.numbers();
        let bytes = (self.bits / 8) as usize;
        let mut data = Vec::new();
        for frame in 0..self.frames() {
            for plane in &numbers {
                data.extend_from_slice(&plane[frame].to_le_bytes()[..bytes]);
            }
        }
        // Elsewhere first: several threads may want the same file.
        let id = std::thread::current().id();
        let unfinished = path.with_extension(format!("{id:?}"));
        fs::write(&unfinished, self.wav(&data)).unwrap();
        fs::rename(&unfinished, &path).unwrap();
        path
    }

    /// WAVE_FORMAT_EXTENSIBLE from three channels on, with the speakers that other programs expect.
    fn wav(&self, data: &[u8]) -> Vec<u8> {
        const SPEAKERS: [u32; 9] = [0, 4, 3, 7, 0x33, 0x37, 0x3f, 0x70f, 0x63f];
        let block = self.channels * self.bits / 8;
        let is_long = self.channels > 2;
        let mut format = Vec::new();
        format.extend((if is_long { 0xfffe_u16 } else { 1 }).to_le_bytes());
        format.extend((self.channels as u16).to_le_bytes());
        format.extend(self.rate.to_le_bytes());
        format.extend((self.rate * block).to_le_bytes());
        format.extend((block as u16).to_le_bytes());
        format.extend((self.bits as u16).to_le_bytes());
        if is_long {
            format.extend([22, 0]);
            format.extend((self.bits as u16).to_le_bytes());
            format.extend(SPEAKERS[self.channels as usize].to_le_bytes());
            format.extend(*b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        }
        riff(&[(b"fmt ", &format), (b"data", data)])
    }
}

/// A WAV file of these chunks, padded as they should be.
pub(crate) fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVE".to_vec();
    for (id, body) in chunks {
        bytes.extend(*id);
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(*body);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
    }
    let size = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}
