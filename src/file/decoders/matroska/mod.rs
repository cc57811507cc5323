//! Matroska and WebM.

mod blocks;
mod elements;
mod track;

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::source::Source;
use crate::file::decoders::track::{Packets, Track};
use elements::*;
use track::{frames_of, Description};

/// What a file's first element has for an id.
pub(super) const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// Milliseconds by which the times of blocks may differ from their frames' sum, being rounded.
const TOLERANCE: i64 = 60;

pub(super) fn open(source: &Source, start: u64) -> Result<Track> {
    let mut scan = Scan {
        source,
        scale: 1_000_000,
        found: None,
        cluster: 0,
        first: None,
        packets: Packets::default(),
        discarded: 0,
    };
    let mut at = start;
    // Of nested elements only the bodies' starts count: their lengths may be unknown.
    while let Some(element) = Element::at(source, at) {
        at = match element.id {
            SEGMENT | CLUSTER | BLOCK_GROUP => element.body,
            _ => element.end(),
        };
        scan.take(&element)?;
    }
    let Some(found) = scan.found else {
        return Err(Fault::damaged("its tracks are missing: it is cut short"));
    };
    let held = scan.packets.frames().saturating_sub(found.delay);
    let most = held.saturating_sub(scan.discarded);
    Ok(Track::whole(c"Matroska", found.codec, scan.packets).trimmed(found.delay, most))
}

struct Scan<'a> {
    source: &'a Source,
    /// Nanoseconds of a tick.
    scale: u64,
    found: Option<Description>,
    /// The current cluster's time in ticks.
    cluster: i64,
    /// The first block's time in ticks.
    first: Option<i64>,
    packets: Packets,
    /// Frames at the end of the last block that do not count.
    discarded: u64,
}

impl Scan<'_> {
    fn take(&mut self, element: &Element) -> Result<()> {
        match element.id {
            INFO => {
                let info = self.body(element)?;
                self.scale = child(&info, TIMESTAMP_SCALE).map_or(self.scale, unsigned);
            }
            TRACKS if self.found.is_none() => {
                let mut found = track::find(&self.body(element)?)?;
                self.packets.set_prefix(std::mem::take(&mut found.prefix));
                self.found = Some(found);
            }
            TIMESTAMP => self.cluster = unsigned(&self.body(element)?) as i64,
            SIMPLE_BLOCK | BLOCK => self.take_block(element)?,
            DISCARD_PADDING => {
                if let Some(found) = &self.found {
                    self.discarded = frames_of(signed(&self.body(element)?), found.codec.rate);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Small ones: whatever is large is no description.
    fn body(&self, element: &Element) -> Result<Vec<u8>> {
        const MOST: u64 = 1 << 26;
        match element.length {
            length if length <= MOST => self.source.part(element.body, length),
            _ => Err(Fault::damaged("an element's length makes no sense")),
        }
    }

    fn take_block(&mut self, element: &Element) -> Result<()> {
        let Some(found) = &mut self.found else {
            return Ok(());
        };
        let block = blocks::read(element, &head_of(self.source, element)?)?;
        if block.track != found.number {
            return Ok(());
        }
        self.discarded = 0;
        let rate = found.codec.rate;
        let time = self.cluster + i64::from(block.time);
        let first = *self.first.get_or_insert(time);
        let passed = (time - first).saturating_mul(self.scale as i64);
        let missing = frames_of(passed, rate).saturating_sub(self.packets.frames());
        if missing > u64::from(rate) * TOLERANCE as u64 / 1_000 {
            // Without bytes: reading reports the gap.
            self.packets.push_empty(missing)?;
        }
        for (at, size) in block.packets {
            let mut head = self.packets.prefix().to_vec();
            head.extend(self.source.start_of(at, u64::from(size.min(16)))?);
            let frames = found.codec.frames_of_packet(&head, size);
            self.packets.push(at, size, frames)?;
        }
        Ok(())
    }
}
