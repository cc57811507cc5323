//! Opus and Vorbis of other containers in Ogg, which AVFAudio reads.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, FileError};
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::ogg_headers::Headers;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Track;
use crate::file::reader::File;

/// The most bytes of a page.
const PAGE: usize = 255 * 255;

/// Copies the packets to a temporary file, without decoding, and opens it.
pub(super) fn open(source: &Source, track: &Track, headers: &Headers) -> Result<File> {
    let temporary = Temporary::new();
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary.0)?;
    let mut pages = Pages {
        output: BufWriter::new(file),
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
    File::open_path(&temporary.0).map_err(|error| match error {
        Error::File(FileError::Read { source, .. }) => Fault::System(source),
        Error::File(FileError::Unsupported { reason, .. }) => Fault::Unsupported(reason),
        Error::File(FileError::Corrupt { reason, .. }) => Fault::Damaged(reason),
        other => Fault::Damaged(other.to_string()),
    })
}

struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("perbus-{}-{count}.ogg", std::process::id());
        Self(env::temp_dir().join(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // A drop cannot report.
        let _ = fs::remove_file(&self.0);
    }
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
        let checksum = checksum(&page);
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        self.number += 1;
        self.output.write_all(&page)
    }
}

/// Ogg's: a polynomial of 0x04c11db7 with the most significant bit first, from 0.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    bytes.iter().fold(0, |sum, byte| {
        sum << 8 ^ TABLE[(sum >> 24 ^ *byte as u32) as usize]
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 != 0 {
                sum << 1 ^ 0x04c1_1db7
            } else {
                sum << 1
            };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}
