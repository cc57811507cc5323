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
fn layout_of(mask: u32, channels: u32) -> ChannelLayout {
    let known = |(_, masks): &&(ChannelLayout, &[u32])| masks.contains(&mask);
    match LAYOUTS.iter().find(known) {
        _ if channels <= 2 => ChannelLayout::usual(channels),
        Some((layout, _)) if layout.channels() == Some(channels) => *layout,
        // The lowest bits are what writers set that know nothing about speakers.
        _ if 1_u64 << channels == u64::from(mask) + 1 => ChannelLayout::usual(channels),
        _ => ChannelLayout::Discrete,
    }
}

/// What a codec says about its channels.
#[cfg(feature = "files")]
pub(super) fn decoded_layout(channels: &symphonia::core::audio::Channels) -> ChannelLayout {
    use symphonia::core::audio::Channels;

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
