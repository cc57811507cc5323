//! Which speakers a file's channels feed.

use crate::engine::format::ChannelLayout;

/// WAV's bits of each speaker, in the order of the channels of a file.
const LAYOUTS: [(ChannelLayout, &[u32]); 7] = [
    (ChannelLayout::Mono, &[0x4]),
    (ChannelLayout::Stereo, &[0x3]),
    (ChannelLayout::Surround3_0, &[0x7]),
    // The surrounds are at the back, or at the sides.
    (ChannelLayout::Quad, &[0x33, 0x603]),
    (ChannelLayout::Surround5_0, &[0x37, 0x607]),
    (ChannelLayout::Surround5_1, &[0x3f, 0x60f]),
    (ChannelLayout::Surround7_1, &[0x63f]),
];

/// The mask of a layout's channels in a WAV file; 0 without speakers.
pub(super) fn mask_of(layout: ChannelLayout) -> u32 {
    let entry = LAYOUTS
        .iter()
        .find(|(listed, _)| *listed == file_order(layout));
    entry.map_or(0, |(_, masks)| masks[0])
}

/// The layout as WAV files order it.
fn file_order(layout: ChannelLayout) -> ChannelLayout {
    match layout {
        ChannelLayout::Surround7_1C => ChannelLayout::Surround7_1,
        other => other,
    }
}

/// Where a file has the channels of a layout: the file's channel n is the layout's `order[n]`.
pub(super) fn order_in_file(layout: ChannelLayout, channels: u32) -> Vec<usize> {
    match layout {
        ChannelLayout::Surround7_1C => vec![0, 1, 2, 3, 6, 7, 4, 5],
        _ => (0..channels as usize).collect(),
    }
}

/// The layout that a mask gives a number of channels.
#[cfg(feature = "files")]
pub(super) fn layout_of(mask: u32, channels: u32) -> ChannelLayout {
    let known = |(_, masks): &&(ChannelLayout, &[u32])| masks.contains(&mask);
    match LAYOUTS.iter().find(known) {
        _ if channels <= 2 => ChannelLayout::usual(channels),
        Some((layout, _)) if layout.channels() == Some(channels) => *layout,
        // The lowest bits are what writers set that know nothing about speakers.
        _ if 1_u64 << channels == u64::from(mask) + 1 => ChannelLayout::usual(channels),
        _ => ChannelLayout::Discrete,
    }
}

#[cfg(feature = "files")]
pub(super) use reading::*;

#[cfg(feature = "files")]
mod reading {
    use std::fs::File;
    use std::io::{self, Read as _, Seek as _, SeekFrom};
    use std::path::Path;

    use symphonia::core::audio::Channels;

    use crate::engine::format::ChannelLayout;
    use crate::file::layout::layout_of;

    /// The layout in a WAV file's header, or the usual one where it says nothing about speakers.
    pub(crate) fn wav_layout(path: &Path, channels: u32) -> ChannelLayout {
        match wav_mask(path) {
            Ok(Some(0)) if channels > 2 => ChannelLayout::Discrete,
            Ok(Some(mask)) => layout_of(mask, channels),
            _ => ChannelLayout::usual(channels),
        }
    }

    /// What an extensible header says about the speakers.
    fn wav_mask(path: &Path) -> io::Result<Option<u32>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(12))?;
        loop {
            let mut head = [0; 8];
            file.read_exact(&mut head)?;
            let [kind @ .., a, b, c, d] = head;
            let length = u32::from_le_bytes([a, b, c, d]);
            if kind == *b"fmt " {
                let mut format = [0; 24];
                let length = format.len().min(length as usize);
                file.read_exact(&mut format[..length])?;
                let extensible = format[..2] == [0xfe, 0xff] && length == format.len();
                let [.., a, b, c, d] = format;
                return Ok(extensible.then(|| u32::from_le_bytes([a, b, c, d])));
            }
            // Chunks have an even length.
            file.seek(SeekFrom::Current(i64::from(length) + i64::from(length % 2)))?;
        }
    }

    /// What a decoder says about its channels.
    pub(crate) fn decoded_layout(channels: &Channels) -> ChannelLayout {
        let count = channels.count() as u32;
        match channels {
            Channels::Positioned(positions) => match u32::try_from(positions.bits()) {
                Ok(mask) => layout_of(mask, count),
                Err(_) => ChannelLayout::Discrete,
            },
            _ if count <= 2 => ChannelLayout::usual(count),
            _ => ChannelLayout::Discrete,
        }
    }
}
