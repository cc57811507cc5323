//! AAC in ADTS frames (`.aac`).

use crate::file::decoders::aac;
use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::source::Source;
use crate::file::decoders::track::{Packets, Track};

const FRAMES: u64 = 1024;

/// The header without its checksum.
const HEADER: usize = 7;

struct Header {
    object: u32,
    rate: u32,
    channels: u32,
    /// Bytes before the packet, and with it.
    start: u32,
    length: u32,
    blocks: u8,
}

impl Header {
    fn read(h: [u8; HEADER]) -> Option<Self> {
        if h[0] != 0xff || h[1] & 0xf6 != 0xf0 {
            return None;
        }
        let header = Self {
            object: u32::from(h[2] >> 6) + 1,
            rate: aac::rate_of(u32::from(h[2] >> 2 & 15)).ok()?,
            channels: u32::from(h[2] & 1) << 2 | u32::from(h[3] >> 6),
            start: if h[1] & 1 == 1 { 7 } else { 9 },
            length: u32::from(h[3] & 3) << 11 | u32::from(h[4]) << 3 | u32::from(h[5] >> 5),
            blocks: h[6] & 3,
        };
        (header.length > header.start).then_some(header)
    }

    fn at(source: &Source, at: u64) -> Option<Self> {
        Self::read(source.array(at).ok()?)
    }
}

pub(super) fn open(source: &Source, start: u64) -> Result<Track> {
    let first = Header::at(source, start).ok_or_else(|| Fault::damaged("its first header"))?;
    aac::check_object_type(first.object)?;
    aac::check_channels(first.channels)?;
    let mut packets = Packets::default();
    let mut at = start;
    while at + (HEADER as u64) <= source.length() {
        let Some(header) = Header::at(source, at) else {
            let Some(next) = resynchronize(source, at, &first)? else {
                break;
            };
            // Without bytes: reading reports the gap.
            packets.push_empty(FRAMES)?;
            at = next;
            continue;
        };
        if (header.rate, header.channels) != (first.rate, first.channels) {
            return Err(Fault::unsupported("AAC whose rate or channels change"));
        }
        if header.blocks > 0 {
            return Err(Fault::unsupported("ADTS with several packets in a frame"));
        }
        let size = header.length - header.start;
        packets.push(at + u64::from(header.start), size, FRAMES)?;
        at += u64::from(header.length);
    }
    let codec = Codec::aac_lc(first.rate, first.channels);
    Ok(Track::whole(c"ADTS", codec, packets))
}

/// Where the next packets are, after bytes that are none; `None` if only tags follow.
fn resynchronize(source: &Source, at: u64, first: &Header) -> Result<Option<u64>> {
    const WINDOW: u64 = 1 << 16;
    let mut at = at;
    loop {
        let bytes = source.start_of(at, WINDOW)?;
        if bytes.len() < HEADER {
            return Ok(None);
        }
        for (i, window) in bytes.windows(HEADER).enumerate() {
            let here = at + i as u64;
            let header = window.try_into().ok().and_then(Header::read);
            let Some(header) = header.filter(|header| header.rate == first.rate) else {
                continue;
            };
            if Header::at(source, here + u64::from(header.length)).is_some() {
                return Ok(Some(here));
            }
        }
        at += (bytes.len() - HEADER + 1) as u64;
    }
}
