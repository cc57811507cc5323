//! Blocks: the packets of a moment, one or several.

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::matroska::elements::{number, Element};

/// Where a block has its packets.
pub(super) struct Block {
    pub(super) track: u64,
    /// After its cluster's.
    pub(super) time: i16,
    pub(super) packets: Vec<(u64, u32)>,
}

/// Reads a block's head; `head` has its first bytes.
pub(super) fn read(element: &Element, head: &[u8]) -> Result<Block> {
    parse(element, head).ok_or_else(|| Fault::damaged("a block makes no sense"))
}

fn parse(element: &Element, head: &[u8]) -> Option<Block> {
    let (track, start) = number(head)?;
    let [high, low, flags] = *head.get(start..)?.first_chunk::<3>()?;
    let rest = head.get(start + 3..)?;
    let (sizes, used) = match flags >> 1 & 3 {
        0 => (Vec::new(), 0),
        1 => xiph(rest)?,
        2 => (
            fixed(rest, element.length.checked_sub(start as u64 + 4)?)?,
            1,
        ),
        _ => ebml(rest)?,
    };
    let mut at = element.body + (start + 3 + used) as u64;
    let mut packets = Vec::new();
    for size in sizes {
        packets.push((at, size));
        at = at.checked_add(u64::from(size))?;
    }
    // The last one has the rest.
    packets.push((at, u32::try_from(element.end().checked_sub(at)?).ok()?));
    Some(Block {
        track,
        time: i16::from_be_bytes([high, low]),
        packets,
    })
}

/// Sizes of all but the last packet, each the sum of bytes up to one below 255.
fn xiph(bytes: &[u8]) -> Option<(Vec<u32>, usize)> {
    let count = *bytes.first()?;
    let (mut sizes, mut at) = (Vec::new(), 1);
    for _ in 0..count {
        let mut size = 0;
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            size += u32::from(byte);
            if byte < 255 {
                break;
            }
        }
        sizes.push(size);
    }
    Some((sizes, at))
}

/// Equal sizes.
fn fixed(bytes: &[u8], length: u64) -> Option<Vec<u32>> {
    let count = u64::from(*bytes.first()?);
    let size = u32::try_from(length / (count + 1)).ok()?;
    Some(vec![size; count as usize])
}

/// The first size, and what each further one differs by from the one before.
fn ebml(bytes: &[u8]) -> Option<(Vec<u32>, usize)> {
    let count = *bytes.first()?;
    let (mut sizes, mut at) = (Vec::new(), 1);
    let mut size = 0_i64;
    for i in 0..count {
        let (value, length) = number(bytes.get(at..)?)?;
        at += length;
        let value = i64::try_from(value).ok()?;
        size = match i {
            0 => value,
            _ => size + value - ((1 << (7 * length - 1)) - 1),
        };
        sizes.push(u32::try_from(size).ok()?);
    }
    Some((sizes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(head: &[u8], length: u64) -> Vec<u32> {
        let element = Element {
            id: 0xa3,
            body: 100,
            length,
        };
        let block = read(&element, head).unwrap();
        assert_eq!((block.track, block.time), (1, 2));
        let end = block.packets.last().map(|(at, size)| at + u64::from(*size));
        assert_eq!(end, Some(100 + length));
        block.packets.iter().map(|(_, size)| *size).collect()
    }

    #[test]
    fn every_lacing_is_read() {
        assert_eq!(sizes(&[0x81, 0, 2, 0x80], 54), [50]);
        assert_eq!(
            sizes(&[0x81, 0, 2, 0x82, 1, 255, 45], 4 + 3 + 310),
            [300, 10]
        );
        assert_eq!(sizes(&[0x81, 0, 2, 0x84, 2], 5 + 30), [10, 10, 10]);
        // 500, then one less by 2, then the rest.
        let head = [0x81, 0, 2, 0x86, 2, 0x41, 0xf4, 0xbd];
        assert_eq!(sizes(&head, 8 + 500 + 498 + 7), [500, 498, 7]);
        let element = Element {
            id: 0xa3,
            body: 0,
            length: 3,
        };
        assert!(read(&element, &[0x81, 0, 2, 0x86, 2]).is_err());
    }
}
