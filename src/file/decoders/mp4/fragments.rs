//! Fragments: packets that are listed next to their data.

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::mp4::boxes::{child, children, field, wide, Found};
use crate::file::decoders::mp4::clock::Clock;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Packets;

/// What holds for a track's fragments unless they say otherwise.
pub(super) struct Defaults {
    track: u32,
    duration: u32,
    size: u32,
}

impl Defaults {
    /// `None` for a file without fragments.
    pub(super) fn of(movie: &[u8], track: &[u8]) -> Option<Self> {
        let header = child(track, b"tkhd")?;
        let track = field(header, if header.first() == Some(&1) { 20 } else { 12 })?;
        let extends = child(movie, b"mvex")?;
        children(extends)
            .filter(|found| found.kind == *b"trex" && field(found.body, 4) == Some(track))
            .find_map(|found| {
                Some(Self {
                    track,
                    duration: field(found.body, 12)?,
                    size: field(found.body, 16)?,
                })
            })
    }
}

/// Adds the packets of a fragment, the box `moof`.
pub(super) fn append(
    source: &Source,
    fragment: &Found,
    defaults: &Defaults,
    clock: &Clock,
    packets: &mut Packets,
) -> Result<()> {
    let body = source.part(fragment.body, fragment.length())?;
    for part in children(&body).filter(|found| found.kind == *b"traf") {
        append_part(source, part.body, fragment.start, defaults, clock, packets)
            .ok_or_else(|| Fault::damaged("a fragment's index makes no sense"))??;
    }
    Ok(())
}

/// Fields that are there if their bit is set, one after the other.
struct Optional<'a> {
    bytes: &'a [u8],
    flags: u32,
    at: usize,
}

impl Optional<'_> {
    fn take(&mut self, bit: u32) -> Option<Option<u32>> {
        if self.flags & bit == 0 {
            return Some(None);
        }
        let value = field(self.bytes, self.at)?;
        self.at += 4;
        Some(Some(value))
    }
}

fn append_part(
    source: &Source,
    part: &[u8],
    start: u64,
    defaults: &Defaults,
    clock: &Clock,
    packets: &mut Packets,
) -> Option<Result<()>> {
    let header = child(part, b"tfhd")?;
    if field(header, 4)? != defaults.track {
        return Some(Ok(()));
    }
    let flags = field(header, 0)?;
    let (base, at) = match flags & 1 {
        1 => (wide(header, 8)?, 16),
        _ => (start, 8),
    };
    let mut fields = Optional {
        bytes: header,
        flags,
        at,
    };
    fields.take(2)?;
    let duration = fields.take(8)?.unwrap_or(defaults.duration);
    let size = fields.take(0x10)?.unwrap_or(defaults.size);
    let mut offset = base;
    for run in children(part).filter(|found| found.kind == *b"trun") {
        let mut fields = Optional {
            bytes: run.body,
            flags: field(run.body, 0)?,
            at: 8,
        };
        let count = field(run.body, 4)?;
        if let Some(relative) = fields.take(1)? {
            offset = base.checked_add_signed(i64::from(relative as i32))?;
        }
        fields.take(4)?;
        // Each has a byte at least.
        if u64::from(count) > source.length() {
            return None;
        }
        for _ in 0..count {
            let duration = fields.take(0x100)?.unwrap_or(duration);
            let size = fields.take(0x200)?.unwrap_or(size);
            fields.take(0x400)?;
            fields.take(0x800)?;
            if let Err(fault) = packets.push(offset, size, clock.frames(duration)) {
                return Some(Err(fault));
            }
            offset = offset.checked_add(u64::from(size))?;
        }
    }
    Some(Ok(()))
}
