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

/// The layout that a mask gives a number of channels.
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
