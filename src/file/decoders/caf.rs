//! Compressed sound in CAF files.

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::mp4::descriptor;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::{Packets, Track};

const FILE_HEADER: u64 = 8;
const CHUNK_HEADER: u64 = 12;

/// Enough of a packet for its length.
const HEAD: u32 = 16;

/// The fields of the chunk `desc` that count here.
struct Description {
    rate: f64,
    kind: [u8; 4],
    bytes_per_packet: u32,
    frames_per_packet: u32,
    channels: u32,
}

/// The chunk `pakt`: the packets' sizes, and which of their frames count.
struct Table {
    packets: u64,
    frames: u64,
    priming: u64,
    entries: Vec<u8>,
}

pub(super) fn open(source: &Source, start: u64) -> Result<Track> {
    let (mut description, mut table, mut cookie, mut data) = (None, None, Vec::new(), None);
    let mut at = start + FILE_HEADER;
    while at + CHUNK_HEADER <= source.length() {
        let head: [u8; CHUNK_HEADER as usize] = source.array(at)?;
        let [a, b, c, d, size @ ..] = head;
        at += CHUNK_HEADER;
        let rest = source.length() - at;
        // A size of -1 is up to the end of the file.
        let size = match i64::from_be_bytes(size) {
            -1 => rest,
            size => {
                u64::try_from(size).map_err(|_| Fault::damaged("a chunk's size is negative"))?
            }
        };
        match [a, b, c, d] {
            _ if size > rest && [a, b, c, d] != *b"data" => break,
            id if id == *b"desc" => description = Some(read_description(&source.part(at, size)?)?),
            id if id == *b"pakt" => table = Some(read_table(source.part(at, size)?)?),
            id if id == *b"kuki" => cookie = source.part(at, size)?,
            // An edit count comes first.
            id if id == *b"data" && size >= 4 => data = Some((at + 4, size - 4)),
            _ => {}
        }
        at = at.saturating_add(size);
    }
    let description = description.ok_or_else(|| Fault::damaged("it does not describe its data"))?;
    let data = data.ok_or_else(|| Fault::damaged("it has no data"))?;
    let mut codec = codec_of(&description, &cookie)?;
    let packets = packets_of(source, &description, table.as_ref(), &mut codec, data)?;
    let track = Track::whole(c"CAF", codec, packets);
    Ok(match table {
        Some(table) => track.trimmed(table.priming, table.frames),
        None => track,
    })
}

fn read_description(bytes: &[u8]) -> Result<Description> {
    let bytes: &[u8; 32] = bytes
        .first_chunk()
        .ok_or_else(|| Fault::damaged("its description is cut short"))?;
    let number =
        |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let [a, b, c, d, e, f, g, h, ..] = *bytes;
    Ok(Description {
        rate: f64::from_be_bytes([a, b, c, d, e, f, g, h]),
        kind: [bytes[8], bytes[9], bytes[10], bytes[11]],
        bytes_per_packet: number(16),
        frames_per_packet: number(20),
        channels: number(24),
    })
}

fn read_table(bytes: Vec<u8>) -> Result<Table> {
    let [packets @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *bytes
        .first_chunk::<24>()
        .ok_or_else(|| Fault::damaged("its packet table is cut short"))?;
    let count = |at: usize, length: usize| {
        bytes[at..at + length]
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    Ok(Table {
        packets: u64::from_be_bytes(packets),
        frames: count(8, 8),
        priming: count(16, 4),
        entries: bytes[24..].to_vec(),
    })
}

fn codec_of(description: &Description, cookie: &[u8]) -> Result<Codec> {
    let rate = description.rate;
    if !(1.0..=f64::from(u32::MAX)).contains(&rate) || rate.fract() != 0.0 {
        return Err(Fault::Unsupported(format!("a sample rate of {rate} Hz")));
    }
    match &description.kind {
        b"alac" => Codec::alac(alac_config(cookie)),
        b"aac " => Codec::aac(descriptor::aac_config(cookie)?),
        b"ima4" if description.channels <= 2 => Ok(Codec::ima(rate as u32, description.channels)),
        b"ima4" => Err(Fault::unsupported("IMA ADPCM with more than 2 channels")),
        other => Err(Fault::Unsupported(format!(
            "CAF with {}",
            String::from_utf8_lossy(other).trim()
        ))),
    }
}

/// Older files have the configuration in boxes.
fn alac_config(cookie: &[u8]) -> &[u8] {
    let is_boxed = cookie.get(4..8) == Some(b"frma");
    cookie
        .get(if is_boxed { 24 } else { 0 }..)
        .unwrap_or_default()
}

fn packets_of(
    source: &Source,
    description: &Description,
    table: Option<&Table>,
    codec: &mut Codec,
    (start, length): (u64, u64),
) -> Result<Packets> {
    let frames = match description.frames_per_packet {
        0 => codec.frames_per_packet,
        frames => u64::from(frames),
    };
    let mut packets = Packets::default();
    if description.bytes_per_packet > 0 {
        let size = u64::from(description.bytes_per_packet);
        let present = source.length().saturating_sub(start).min(length) / size;
        Packets::check_count(present)?;
        for packet in 0..present {
            packets.push(start + packet * size, size as u32, frames)?;
        }
        if length / size > present {
            // Without bytes: reading reports where the file was cut.
            packets.push_empty(frames.saturating_mul(length / size - present))?;
        }
        return Ok(packets);
    }
    let table = table.ok_or_else(|| Fault::damaged("its packet table is missing"))?;
    // Seven bits a byte, the most significant ones first; more than seven follow a set bit.
    let mut entries = table.entries.iter();
    let mut number = || {
        let mut number = 0_u64;
        loop {
            let byte = *entries
                .next()
                .ok_or_else(|| Fault::damaged("its packet table is cut short"))?;
            number = number << 7 | u64::from(byte & 0x7f);
            if byte < 0x80 {
                return Ok::<u64, Fault>(number);
            }
        }
    };
    let mut at = start;
    for packet in 0..table.packets {
        let size = u32::try_from(number()?).map_err(|_| Fault::damaged("a packet's size"))?;
        let mut frames = match description.frames_per_packet {
            0 => number()?.min(codec.frames_per_packet),
            _ => frames,
        };
        if packet + 1 == table.packets {
            // It may be shorter.
            let head = source.start_of(at, u64::from(size.min(HEAD)))?;
            frames = frames.min(codec.frames_of_packet(&head, size));
        }
        packets.push(at, size, frames)?;
        at += u64::from(size);
    }
    Ok(packets)
}
