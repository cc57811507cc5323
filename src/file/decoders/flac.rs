//! FLAC's headers.

use crate::file::decoders::crc::Crc;
use crate::file::decoders::fault::{Fault, Result};

/// A stream's properties.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamInfo {
    pub(super) bytes: [u8; 34],
    pub(super) rate: u32,
    pub(super) channels: u32,
    /// The most frames of a packet.
    pub(super) longest: u64,
    /// The length; 0 is unknown.
    pub(super) frames: u64,
}

impl StreamInfo {
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let bytes: [u8; 34] = bytes
            .get(..34)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| Fault::damaged("its FLAC header is cut short"))?;
        let number = |range: std::ops::Range<usize>| {
            bytes[range]
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        };
        let rate = (number(10..13) >> 4) as u32;
        let longest = number(2..4);
        if rate == 0 || longest < 16 {
            return Err(Fault::damaged("its FLAC header makes no sense"));
        }
        Ok(Self {
            bytes,
            rate,
            channels: u32::from(bytes[12] >> 1 & 7) + 1,
            longest,
            frames: number(13..18) & 0xf_ffff_ffff,
        })
    }
}

/// The frames and channels of a packet, by its header.
pub(super) fn packet_shape(head: &[u8]) -> Option<(u64, u32)> {
    let [0xff, second, sizes, channels, number, ..] = *head else {
        return None;
    };
    if second & 0xfe != 0xf8 {
        return None;
    }
    // The number of the packet or of its first frame, in as many bytes as UTF-8 would take.
    let length = match number.leading_ones() {
        0 => 1,
        1 | 8 => return None,
        ones => ones as usize,
    };
    let byte = |at: usize| head.get(4 + length + at).map(|byte| u64::from(*byte));
    let frames = match sizes >> 4 {
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => byte(0)? + 1,
        7 => (byte(0)? << 8 | byte(1)?) + 1,
        code @ 8..=15 => 256 << (code - 8),
        _ => return None,
    };
    let channels = match channels >> 4 {
        count @ 0..=7 => u32::from(count) + 1,
        8..=10 => 2,
        _ => return None,
    };
    Some((frames, channels))
}

/// Whether a packet is as its checksum says, which is its last two bytes.
pub(super) fn is_whole(packet: &[u8]) -> bool {
    const CRC_16: Crc = Crc::new(0x8005_0000);
    CRC_16.of(packet) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_packets_state_their_shape() {
        // 4,096 frames of stereo, the packet 5; 1,153 frames of left and side, the packet 130.
        let fixed = [0xff, 0xf8, 0xc9, 0x18, 0x05, 0xc2];
        assert_eq!(packet_shape(&fixed), Some((4_096, 2)));
        let rest = [0xff, 0xf8, 0x79, 0x88, 0xc2, 0x82, 0x04, 0x80];
        assert_eq!(packet_shape(&rest), Some((1_153, 2)));
        assert_eq!(packet_shape(b"fLaC\0"), None);
        assert_eq!(packet_shape(&fixed[..4]), None);
    }

    #[test]
    fn damage_shows_in_the_checksum() {
        // "123456789" has 0xfee8.
        let packet = *b"123456789\xfe\xe8";
        assert!(is_whole(&packet));
        for at in 0..packet.len() {
            let mut damaged = packet;
            damaged[at] ^= 0x10;
            assert!(!is_whole(&damaged), "{at}");
        }
    }
}
