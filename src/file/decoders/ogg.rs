//! FLAC in Ogg.

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::flac::{self, StreamInfo};
use crate::file::decoders::source::Source;
use crate::file::decoders::track::{Packets, Track};

const MAGIC: &[u8] = b"\x7fFLAC";

/// Enough of a packet for its header.
const HEAD: u64 = 16;

/// A page's header.
struct Page {
    continues: bool,
    begins: bool,
    serial: u32,
    number: u32,
    segments: Vec<u8>,
    /// Where its contents start.
    body: u64,
}

impl Page {
    fn at(source: &Source, at: u64) -> Option<Self> {
        let head: [u8; 27] = source.array(at).ok()?;
        if head[..4] != *b"OggS" {
            return None;
        }
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let count = u64::from(head[26]);
        Some(Self {
            continues: head[5] & 1 != 0,
            begins: head[5] & 2 != 0,
            serial: number(14),
            number: number(18),
            segments: source.part(at + 27, count).ok()?,
            body: at + 27 + count,
        })
    }

    fn end(&self) -> u64 {
        let length: u64 = self.segments.iter().map(|size| u64::from(*size)).sum();
        self.body + length
    }
}

pub(super) fn open(source: &Source, start: u64) -> Result<Track> {
    let mut at = start;
    let mut stream: Option<(u32, StreamInfo)> = None;
    let mut packets = Packets::default();
    let mut next_number = 0;
    // Headers still to come, the first packet's included.
    let mut is_audio = false;
    let mut is_open = false;
    while at < source.length() {
        let Some(page) = Page::at(source, at) else {
            // A tag or garbage at the end, or a damaged page: a gap, which reading reports.
            if next_page(source, at)?.is_none() {
                break;
            }
            at = next_page(source, at)?.unwrap_or(source.length());
            packets.push_empty(0)?;
            is_open = false;
            continue;
        };
        at = page.end();
        let (serial, info) = match stream {
            None => match first_packet(source, &page)? {
                Some(info) => {
                    stream = Some((page.serial, info));
                    next_number = page.number.wrapping_add(1);
                    continue;
                }
                None => continue,
            },
            Some(stream) => stream,
        };
        if page.begins && is_audio {
            return Err(Fault::unsupported("Ogg FLAC with several streams in a row"));
        }
        if page.serial != serial {
            continue;
        }
        if page.number != next_number {
            packets.push_empty(info.longest)?;
            is_open = false;
        }
        next_number = page.number.wrapping_add(1);
        let mut body = page.body;
        let mut skips = page.continues && !is_open;
        is_open &= page.continues;
        let mut size = 0;
        for (i, segment) in page.segments.iter().enumerate() {
            size += u32::from(*segment);
            let is_last = i + 1 == page.segments.len();
            if *segment == 255 && !is_last {
                continue;
            }
            let ends = *segment < 255;
            if is_open {
                packets.extend(body, size)?;
            } else if !skips {
                let head = source.start_of(body, HEAD.min(u64::from(size)))?;
                match flac::packet_shape(&head) {
                    // Only the end of the stream.
                    _ if size == 0 => {}
                    Some((frames, channels)) if channels == info.channels => {
                        packets.push(body, size, frames)?;
                        is_audio = true;
                    }
                    // Metadata.
                    _ if !is_audio => skips = true,
                    _ => packets.push_empty(info.longest)?,
                }
            }
            is_open = !ends && !skips;
            skips &= !ends;
            body += u64::from(size);
            size = 0;
        }
    }
    let (_, info) = stream.ok_or_else(|| Fault::damaged("its FLAC header is missing"))?;
    let mut track = Track::whole(c"Ogg", Codec::flac(&info), packets);
    if info.frames > track.frames {
        // Reading reports that the file ends earlier.
        track.frames = info.frames;
    }
    Ok(track)
}

/// The stream's properties, if the page starts FLAC.
fn first_packet(source: &Source, page: &Page) -> Result<Option<StreamInfo>> {
    let packet = source.start_of(page.body, 51)?;
    if !page.begins || !packet.starts_with(MAGIC) {
        return Ok(None);
    }
    // The version, the count of headers, "fLaC", and a metadata block's header.
    StreamInfo::read(packet.get(17..).unwrap_or_default()).map(Some)
}

fn next_page(source: &Source, at: u64) -> Result<Option<u64>> {
    const WINDOW: u64 = 1 << 16;
    let mut at = at + 1;
    loop {
        let bytes = source.start_of(at, WINDOW)?;
        if bytes.len() < 4 {
            return Ok(None);
        }
        if let Some(found) = bytes.windows(4).position(|four| four == b"OggS") {
            return Ok(Some(at + found as u64));
        }
        at += (bytes.len() - 3) as u64;
    }
}
