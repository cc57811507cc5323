//! The boxes that MP4 files consist of.

use crate::file::decoders::source::Source;

/// A box in memory.
#[derive(Clone, Copy)]
pub(super) struct Child<'a> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'a [u8],
}

/// The boxes in a box, up to one that does not fit.
pub(super) fn children(bytes: &[u8]) -> impl Iterator<Item = Child<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (size, header) = match field(rest, 0)? {
            0 => (rest.len(), 8),
            1 => (usize::try_from(wide(rest, 8)?).ok()?, 16),
            size => (size as usize, 8),
        };
        let kind = rest.get(4..8)?.try_into().ok()?;
        let body = rest.get(header..size)?;
        rest = &rest[size..];
        Some(Child { kind, body })
    })
}

pub(super) fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    children(bytes)
        .find(|child| child.kind == *kind)
        .map(|child| child.body)
}

/// The box that a chain of kinds leads to.
pub(super) fn path<'a>(bytes: &'a [u8], kinds: &[&[u8; 4]]) -> Option<&'a [u8]> {
    kinds
        .iter()
        .try_fold(bytes, |bytes, kind| child(bytes, kind))
}

/// 32 bits at a place.
pub(super) fn field(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_be_bytes)
}

/// 64 bits at a place.
pub(super) fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    eight.try_into().ok().map(u64::from_be_bytes)
}

/// A box of the file itself.
pub(super) struct Found {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    pub(super) body: u64,
    pub(super) end: u64,
}

impl Found {
    pub(super) fn length(&self) -> u64 {
        self.end - self.body
    }
}

/// The boxes of the file itself. The last one may state an end beyond the file's.
pub(super) struct TopLevel<'a> {
    source: &'a Source,
    at: u64,
}

impl<'a> TopLevel<'a> {
    pub(super) fn new(source: &'a Source, at: u64) -> Self {
        Self { source, at }
    }
}

impl Iterator for TopLevel<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let start = self.at;
        let [size @ .., a, b, c, d] = self.source.array::<8>(start).ok()?;
        let (header, size) = match u32::from_be_bytes(size) {
            0 => (8, self.source.length() - start),
            1 => (16, u64::from_be_bytes(self.source.array(start + 8).ok()?)),
            size => (8, u64::from(size)),
        };
        if size < header {
            return None;
        }
        self.at = start.checked_add(size)?;
        Some(Found {
            kind: [a, b, c, d],
            start,
            body: start + header,
            end: self.at,
        })
    }
}
