//! The elements that Matroska files consist of.

use std::io;

use crate::file::decoders::source::Source;

pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const INFO: u32 = 0x1549_a966;
pub(super) const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
pub(super) const TRACKS: u32 = 0x1654_ae6b;
pub(super) const TRACK: u32 = 0xae;
pub(super) const TRACK_NUMBER: u32 = 0xd7;
pub(super) const TRACK_TYPE: u32 = 0x83;
pub(super) const CODEC: u32 = 0x86;
pub(super) const CODEC_PRIVATE: u32 = 0x63a2;
pub(super) const CODEC_DELAY: u32 = 0x56aa;
pub(super) const AUDIO: u32 = 0xe1;
pub(super) const RATE: u32 = 0xb5;
pub(super) const CHANNELS: u32 = 0x9f;
pub(super) const BITS: u32 = 0x6264;
pub(super) const ENCODINGS: u32 = 0x6d80;
pub(super) const ENCODING: u32 = 0x6240;
pub(super) const COMPRESSION: u32 = 0x5034;
pub(super) const COMPRESSION_KIND: u32 = 0x4254;
pub(super) const COMPRESSION_BYTES: u32 = 0x4255;
pub(super) const CLUSTER: u32 = 0x1f43_b675;
pub(super) const TIMESTAMP: u32 = 0xe7;
pub(super) const SIMPLE_BLOCK: u32 = 0xa3;
pub(super) const BLOCK_GROUP: u32 = 0xa0;
pub(super) const BLOCK: u32 = 0xa1;
pub(super) const DISCARD_PADDING: u32 = 0x75a2;

/// An element's head: what it is and where its body is. An unknown length is `u64::MAX`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) body: u64,
    pub(super) length: u64,
}

impl Element {
    /// `None` where the file ends, or no element starts.
    pub(super) fn at(source: &Source, at: u64) -> Option<Self> {
        // An id of at most four bytes, and a length of at most eight.
        let left = source.length().checked_sub(at)?;
        let mut head = [0; 12];
        let head = &mut head[..left.min(12) as usize];
        source.fill(at, head).ok()?;
        Self::read(head, at)
    }

    fn read(head: &[u8], at: u64) -> Option<Self> {
        let first = *head.first()?;
        let id_length = first.leading_zeros() as usize + 1;
        if id_length > 4 {
            return None;
        }
        let id = head
            .get(..id_length)?
            .iter()
            .fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (length, size) = number(head.get(id_length..)?)?;
        let is_unknown = length == (1 << (7 * size)) - 1;
        Some(Self {
            id,
            body: at + (id_length + size) as u64,
            length: if is_unknown { u64::MAX } else { length },
        })
    }

    pub(super) fn end(&self) -> u64 {
        self.body.saturating_add(self.length)
    }
}

/// The elements of one in memory, with their bodies.
pub(super) fn children(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let element = Element::read(bytes.get(at..)?, at as u64)?;
        let start = usize::try_from(element.body).ok()?;
        at = usize::try_from(element.end()).ok()?;
        Some((element.id, bytes.get(start..at)?))
    })
}

pub(super) fn child(bytes: &[u8], id: u32) -> Option<&[u8]> {
    children(bytes).find_map(|(found, body)| (found == id).then_some(body))
}

/// A number of variable length and how many bytes it takes.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let size = first.leading_zeros() as usize + 1;
    if size > 8 {
        return None;
    }
    let start = u64::from(first) & ((1 << (8 - size)) - 1);
    let rest = bytes.get(1..size)?.iter();
    Some((rest.fold(start, |n, byte| n << 8 | u64::from(*byte)), size))
}

/// An unsigned number that fills its element.
pub(super) fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// A signed one.
pub(super) fn signed(bytes: &[u8]) -> i64 {
    let unused = 64 - 8 * bytes.len().min(8) as u32;
    match unused {
        64 => 0,
        unused => ((unsigned(bytes) << unused) as i64) >> unused,
    }
}

pub(super) fn float(bytes: &[u8]) -> Option<f64> {
    match *bytes {
        [a, b, c, d] => Some(f64::from(f32::from_be_bytes([a, b, c, d]))),
        [a, b, c, d, e, f, g, h] => Some(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
        _ => None,
    }
}

/// The first bytes of a block: enough for its track, its time, its flags and its lacing.
pub(super) fn head_of(source: &Source, element: &Element) -> io::Result<Vec<u8>> {
    const MOST: u64 = 4_096;
    let left = source.length().saturating_sub(element.body);
    let mut head = vec![0; element.length.min(MOST).min(left) as usize];
    source.fill(element.body, &mut head)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_length_that_their_first_byte_says() {
        assert_eq!(number(&[0x81]), Some((1, 1)));
        assert_eq!(number(&[0x40, 0x7f]), Some((127, 2)));
        assert_eq!(number(&[0x1f, 0xff, 0xff, 0xff]), Some((0xfff_ffff, 4)));
        assert_eq!(number(&[0x40]), None);
        assert_eq!(number(&[0]), None);
        assert_eq!(signed(&[0xff, 0x38]), -200);
        assert_eq!(signed(&[]), 0);
    }

    #[test]
    fn lengths_may_be_unknown() {
        let cluster = Element::read(&[0x1f, 0x43, 0xb6, 0x75, 0xff], 10).unwrap();
        assert_eq!((cluster.id, cluster.body), (CLUSTER, 15));
        assert_eq!(cluster.end(), u64::MAX);
    }
}
