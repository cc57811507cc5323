//! Opus and Vorbis, which are decoded from Ogg files: their headers, and the lengths of packets.

use std::ffi::CStr;

use crate::file::decoders::fault::{Fault, Result};

/// What an Ogg stream starts with, and what its packets' lengths depend on.
#[derive(Debug, Clone)]
pub(super) struct Headers {
    /// The codec's.
    pub(super) name: &'static CStr,
    pub(super) rate: u32,
    pub(super) packets: Vec<Vec<u8>>,
    /// Vorbis: of both kinds of blocks, and which one each mode has.
    blocks: [u64; 2],
    modes: Vec<bool>,
    /// Half of the block before.
    half: u64,
}

/// Opus, by the header that an Ogg stream has.
pub(super) fn opus(head: &[u8]) -> Result<Headers> {
    if !head.starts_with(b"OpusHead") || head.len() < 19 {
        return Err(Fault::damaged("its Opus header makes no sense"));
    }
    let mut head = head.to_vec();
    // Decoded at 48 kHz, whatever the rate was.
    head[12..16].copy_from_slice(&48_000_u32.to_le_bytes());
    Ok(Headers {
        name: c"Opus",
        rate: 48_000,
        packets: vec![head, comment(b"OpusTags", b"")],
        blocks: [0; 2],
        modes: Vec::new(),
        half: 0,
    })
}

/// Opus by MP4's box `dOps`, whose numbers are in the other order.
pub(super) fn opus_in_mp4(config: &[u8]) -> Result<Headers> {
    let [_, channels, a, b, _, _, _, _, c, d, family, ..] = *config else {
        return Err(Fault::damaged("its Opus header is cut short"));
    };
    let mut head = b"OpusHead\x01".to_vec();
    head.extend([channels, b, a, 0, 0, 0, 0, d, c, family]);
    head.extend(&config[11..]);
    opus(&head)
}

/// Vorbis, by its three headers in one: their count less one, sizes of all but the last, and they.
pub(super) fn vorbis(headers: &[u8]) -> Result<Headers> {
    parse_vorbis(headers).ok_or_else(|| Fault::damaged("its Vorbis headers make no sense"))
}

fn parse_vorbis(bytes: &[u8]) -> Option<Headers> {
    if *bytes.first()? != 2 {
        return None;
    }
    let (mut at, mut sizes) = (1, [0; 2]);
    for size in &mut sizes {
        loop {
            let byte = usize::from(*bytes.get(at)?);
            (at, *size) = (at + 1, *size + byte);
            if byte < 255 {
                break;
            }
        }
    }
    let first = bytes.get(at..at + sizes[0])?;
    let setup = bytes.get(at + sizes[0] + sizes[1]..)?;
    let rate = u32::from_le_bytes(first.get(12..16)?.try_into().ok()?);
    let blocks = *first.get(28)?;
    Some(Headers {
        name: c"Vorbis",
        rate,
        packets: vec![
            first.to_vec(),
            comment(b"\x03vorbis", b"\x01"),
            setup.to_vec(),
        ],
        blocks: [1 << (blocks & 15), 1 << (blocks >> 4)],
        modes: modes(setup)?,
        half: 0,
    })
}

/// A comment header without comments.
fn comment(start: &[u8], end: &[u8]) -> Vec<u8> {
    const VENDOR: &[u8] = b"perbus";
    let mut header = start.to_vec();
    header.extend((VENDOR.len() as u32).to_le_bytes());
    header.extend(VENDOR);
    header.extend(0_u32.to_le_bytes());
    header.extend(end);
    header
}

/// Which of Vorbis's modes have long blocks. They are the setup header's last part, so they are
/// read from its end: a set bit, and before it the modes of 41 bits, and before those their count.
fn modes(setup: &[u8]) -> Option<Vec<bool>> {
    let bit = |at: usize| setup[at / 8] >> (at % 8) & 1;
    let number =
        |at: usize, count: usize| (0..count).fold(0_u32, |n, i| n | u32::from(bit(at + i)) << i);
    let end = (0..setup.len() * 8).rev().find(|at| bit(*at) == 1)?;
    let (mut found, mut long) = (None, Vec::new());
    for count in 1..=64 {
        let Some(start) = end.checked_sub(count * 41 + 6) else {
            break;
        };
        let mode = start + 6;
        // The window and the transform are 0, and there are at most 64 mappings.
        if number(mode + 1, 32) != 0 || number(mode + 33, 8) > 63 {
            break;
        }
        long.insert(0, bit(mode) == 1);
        if number(start, 6) as usize + 1 == count {
            found = Some(long.clone());
        }
    }
    found
}

impl Headers {
    /// The frames that a packet adds, by its first bytes.
    pub(super) fn frames(&mut self, head: &[u8]) -> u64 {
        let Some(first) = head.first().copied() else {
            return 0;
        };
        if self.modes.is_empty() {
            return opus_frames(first, head.get(1).copied());
        }
        // An even byte is sound; its next bits are the mode.
        let bits = usize::BITS - (self.modes.len() - 1).leading_zeros();
        let mode = usize::from(first >> 1) & ((1 << bits) - 1);
        let Some(is_long) = self.modes.get(mode).filter(|_| first & 1 == 0) else {
            return 0;
        };
        let half = self.blocks[usize::from(*is_long)] / 2;
        // The first one only prepares the next.
        let frames = if self.half == 0 {
            0
        } else {
            (self.half + half) / 2
        };
        self.half = half;
        frames
    }
}

/// At 48 kHz.
fn opus_frames(first: u8, second: Option<u8>) -> u64 {
    let each = match first >> 3 {
        code @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(code & 3)],
        code @ 12..=15 => [480, 960][usize::from(code & 1)],
        code => [120, 240, 480, 960][usize::from(code & 3)],
    };
    match first & 3 {
        0 => each,
        1 | 2 => 2 * each,
        _ => each * u64::from(second.unwrap_or(0) & 63),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_packets_state_their_frames() {
        // 20 ms of CELT, twice 60 ms of SILK, three times 2.5 ms.
        assert_eq!(opus_frames(0xfc, None), 960);
        assert_eq!(opus_frames(3 << 3 | 1, None), 5_760);
        assert_eq!(opus_frames(16 << 3 | 3, Some(3)), 360);
    }
}
