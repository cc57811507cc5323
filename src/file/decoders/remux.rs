//! Opus and Vorbis of other containers in Ogg, which AVFAudio reads.

use std::io::{self, BufWriter, Write};

use tempfile::NamedTempFile;

use crate::error::{Error, FileError};
use crate::file::decoders::crc::Crc;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::ogg_headers::Headers;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Track;
use crate::file::reader::File;

/// The most bytes of a page.
const PAGE: usize = 255 * 255;

/// Copies the packets to a temporary file, without decoding, and opens it.
pub(super) fn open(source: &Source, track: &Track, headers: &Headers) -> Result<File> {
    let temporary = NamedTempFile::with_suffix(".ogg")?;
    let mut pages = Pages {
        output: BufWriter::new(temporary.as_file()),
        number: 0,
    };
    let (first, others) = headers
        .packets
        .split_first()
        .ok_or_else(|| Fault::damaged("no header"))?;
    pages.write(first, 0, FIRST)?;
    for header in others {
        pages.write(header, 0, 0)?;
    }
    let (mut bytes, packets) = (Vec::new(), &track.packets);
    // What is trimmed at the end; Ogg has the start in its own header, or for Vorbis in its times.
    let end = track.skip + track.frames - track.lead;
    for packet in 0..packets.len() {
        packets.read(packet, source, &mut bytes)?;
        let is_last = packet + 1 == packets.len();
        let flags = if is_last { LAST } else { 0 };
        pages.write(&bytes, packets.first_frame(packet + 1).min(end), flags)?;
    }
    pages.output.flush()?;
    drop(pages);
    // It stays open when its name is gone.
    File::open_path(temporary.path()).map_err(|error| match error {
        Error::File(FileError::Read { source, .. }) => Fault::System(source),
        Error::File(FileError::Unsupported { reason, .. }) => Fault::Unsupported(reason),
        Error::File(FileError::Corrupt { reason, .. }) => Fault::Damaged(reason),
        other => Fault::Damaged(other.to_string()),
    })
}

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

struct Pages<W> {
    output: W,
    number: u32,
}

impl<W: Write> Pages<W> {
    /// A packet in a page of its own, or in several.
    fn write(&mut self, packet: &[u8], frames: u64, flags: u8) -> io::Result<()> {
        let (mut rest, mut start) = (packet, flags & FIRST);
        loop {
            let (part, after) = rest.split_at(rest.len().min(PAGE));
            // A part of full segments goes on in the next page, which may be empty.
            let ends = part.len() < PAGE;
            let (position, end) = if ends {
                (frames, flags & LAST)
            } else {
                (u64::MAX, 0)
            };
            self.page(part, position, start | end, ends)?;
            if ends {
                return Ok(());
            }
            (rest, start) = (after, CONTINUED);
        }
    }

    fn page(&mut self, part: &[u8], position: u64, flags: u8, ends: bool) -> io::Result<()> {
        let mut segments = vec![255; part.len() / 255];
        if ends {
            segments.push((part.len() % 255) as u8);
        }
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(position.to_le_bytes());
        page.extend(1_u32.to_le_bytes());
        page.extend(self.number.to_le_bytes());
        page.extend([0; 4]);
        page.push(segments.len() as u8);
        page.extend(&segments);
        page.extend(part);
        const CRC_32: Crc = Crc::new(0x04c1_1db7);
        let checksum = CRC_32.of(&page);
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        self.number += 1;
        self.output.write_all(&page)
    }
}
