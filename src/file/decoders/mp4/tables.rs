//! The tables that say where a track's packets are and how long each is.

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::mp4::boxes::{child, field, wide};
use crate::file::decoders::mp4::clock::Clock;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Packets;

/// The packets of a track; none in a fragmented file.
pub(super) fn packets(source: &Source, tables: &[u8], clock: &Clock) -> Result<Packets> {
    let broken = || Fault::damaged("its sample tables make no sense");
    let table = |kind| child(tables, kind).and_then(|body| body.get(4..));
    let sizes = Sizes::of(tables).ok_or_else(broken)?;
    // Each has a byte at least.
    if u64::from(sizes.count) > source.length() {
        return Err(broken());
    }
    Packets::check_count(sizes.count.into())?;
    let mut durations = Durations::new(table(b"stts").ok_or_else(broken)?);
    let runs = table(b"stsc").ok_or_else(broken)?;
    let (chunks, is_wide) = match (table(b"stco"), table(b"co64")) {
        (Some(chunks), _) => (chunks, false),
        (None, Some(chunks)) => (chunks, true),
        _ => return Err(broken()),
    };
    let run = |index: u32| {
        let at = 4 + index as usize * 12;
        Some((field(runs, at)?, field(runs, at + 4)?))
    };
    let (mut packets, mut sample, mut index) = (Packets::default(), 0, 0);
    let chunk_count = field(chunks, 0).ok_or_else(broken)?;
    for chunk in 0..chunk_count {
        if sample == sizes.count {
            break;
        }
        while run(index + 1).is_some_and(|(first, _)| first <= chunk + 1) {
            index += 1;
        }
        let (_, per_chunk) = run(index).ok_or_else(broken)?;
        let at = 4 + chunk as usize * if is_wide { 8 } else { 4 };
        let offset = match is_wide {
            true => wide(chunks, at),
            false => field(chunks, at).map(u64::from),
        };
        let mut offset = offset.ok_or_else(broken)?;
        for _ in 0..per_chunk.min(sizes.count - sample) {
            let size = sizes.at(sample).ok_or_else(broken)?;
            packets.push(
                offset,
                size,
                clock.frames(durations.next().unwrap_or(u32::MAX)),
            )?;
            offset = offset.saturating_add(u64::from(size));
            sample += 1;
        }
    }
    if sample < sizes.count {
        return Err(broken());
    }
    Ok(packets)
}

/// The sizes of the packets: one for all, or a table with 4 to 32 bits each.
struct Sizes<'a> {
    all: u32,
    count: u32,
    bits: usize,
    table: &'a [u8],
}

impl<'a> Sizes<'a> {
    fn of(tables: &'a [u8]) -> Option<Self> {
        if let Some(body) = child(tables, b"stsz") {
            return Some(Self {
                all: field(body, 4)?,
                count: field(body, 8)?,
                bits: 32,
                table: &body[12..],
            });
        }
        let body = child(tables, b"stz2")?;
        Some(Self {
            all: 0,
            count: field(body, 8)?,
            bits: usize::from(*body.get(7)?),
            table: &body[12..],
        })
    }

    fn at(&self, sample: u32) -> Option<u32> {
        let at = sample as usize * self.bits / 8;
        match self.bits {
            _ if self.all > 0 => Some(self.all),
            32 => field(self.table, at),
            16 => Some(u32::from(*self.table.get(at)?) << 8 | u32::from(*self.table.get(at + 1)?)),
            8 => self.table.get(at).map(|size| u32::from(*size)),
            4 => {
                let byte = *self.table.get(at)?;
                Some(u32::from(if sample.is_multiple_of(2) {
                    byte >> 4
                } else {
                    byte & 15
                }))
            }
            _ => None,
        }
    }
}

/// The durations of the packets, in runs of equal ones.
struct Durations<'a> {
    table: &'a [u8],
    run: usize,
    left: u32,
}

impl<'a> Durations<'a> {
    fn new(table: &'a [u8]) -> Self {
        Self {
            table,
            run: 0,
            left: field(table, 4).unwrap_or(0),
        }
    }
}

impl Iterator for Durations<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.left == 0 {
            self.run += 1;
            self.left = field(self.table, 4 + self.run * 8)?;
        }
        self.left -= 1;
        field(self.table, 8 + self.run * 8)
    }
}
