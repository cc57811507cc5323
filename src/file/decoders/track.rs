//! What is known of a file's sound before any of it is decoded.

use std::ffi::CStr;

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::source::Source;

/// A file's sound: its packets, and which of their frames count.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) container: &'static CStr,
    pub(super) codec: Codec,
    pub(super) packets: Packets,
    /// Frames of silence before anything is decoded.
    pub(super) lead: u64,
    /// Decoded frames that are left out at the start.
    pub(super) skip: u64,
    /// Frames after those, the silence included.
    pub(super) frames: u64,
}

impl Track {
    /// All that the packets hold.
    pub(super) fn whole(container: &'static CStr, codec: Codec, packets: Packets) -> Self {
        let frames = packets.frames();
        Self {
            container,
            codec,
            packets,
            lead: 0,
            skip: 0,
            frames,
        }
    }

    /// Without the first frames, and no longer than `most`.
    pub(super) fn trimmed(mut self, skip: u64, most: u64) -> Self {
        self.skip = skip.min(self.packets.frames());
        self.frames = most.min(self.packets.frames() - self.skip);
        self
    }
}

/// Where a file has the bytes of each packet, and which frame each starts with.
#[derive(Debug, Default)]
pub(super) struct Packets {
    /// A packet has one after the other, up to those of the next packet.
    pieces: Vec<(u64, u32)>,
    packets: Vec<Packet>,
    frames: u64,
    /// What every packet starts with and the file leaves out.
    prefix: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Packet {
    first_frame: u64,
    first_piece: u32,
}

impl Packets {
    /// As many packets and pieces of packets as 2 GiB of memory describe: two weeks of AAC. The length
    /// of a file is no limit, since it may have holes.
    const MOST: u64 = 1 << 26;

    /// Whether there may be that many; for those who know before they push the first.
    pub(super) fn check_count(count: u64) -> Result<()> {
        match count <= Self::MOST {
            true => Ok(()),
            false => Err(Fault::unsupported(format!(
                "more than {} packets",
                Self::MOST
            ))),
        }
    }

    pub(super) fn set_prefix(&mut self, prefix: Vec<u8>) {
        self.prefix = prefix;
    }

    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Adds a packet without bytes, which [`extend`](Self::extend) adds.
    pub(super) fn push_empty(&mut self, frames: u64) -> Result<()> {
        Self::check_count(self.packets.len() as u64 + 1)?;
        self.packets.try_reserve(1)?;
        self.packets.push(Packet {
            first_frame: self.frames,
            first_piece: self.pieces.len() as u32,
        });
        self.frames = self.frames.saturating_add(frames);
        Ok(())
    }

    /// Adds bytes to the last packet.
    pub(super) fn extend(&mut self, at: u64, size: u32) -> Result<()> {
        Self::check_count(self.pieces.len() as u64 + 1)?;
        self.pieces.try_reserve(1)?;
        self.pieces.push((at, size));
        Ok(())
    }

    pub(super) fn push(&mut self, at: u64, size: u32, frames: u64) -> Result<()> {
        self.push_empty(frames)?;
        self.extend(at, size)
    }

    pub(super) fn len(&self) -> usize {
        self.packets.len()
    }

    /// The frames of all packets.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// The frame that the packet starts with; the end of the last one beyond it.
    pub(super) fn first_frame(&self, packet: usize) -> u64 {
        self.packets
            .get(packet)
            .map_or(self.frames, |packet| packet.first_frame)
    }

    /// The packet that has this frame.
    pub(super) fn containing(&self, frame: u64) -> usize {
        let after = self
            .packets
            .partition_point(|packet| packet.first_frame <= frame);
        after.saturating_sub(1)
    }

    /// Reads a packet's bytes.
    pub(super) fn read(&self, packet: usize, source: &Source, bytes: &mut Vec<u8>) -> Result<()> {
        let piece_of = |packet: usize| {
            self.packets
                .get(packet)
                .map_or(self.pieces.len(), |packet| packet.first_piece as usize)
        };
        let pieces = &self.pieces[piece_of(packet)..piece_of(packet + 1)];
        bytes.clear();
        if pieces.is_empty() {
            return Err(Fault::damaged("data is missing"));
        }
        bytes.extend(&self.prefix);
        for (at, size) in pieces {
            if at.saturating_add(u64::from(*size)) > source.length() {
                return Err(Fault::damaged("it is cut short"));
            }
            let start = bytes.len();
            bytes.try_reserve(*size as usize)?;
            bytes.resize(start + *size as usize, 0);
            source.fill(*at, &mut bytes[start..])?;
        }
        match bytes.is_empty() {
            true => Err(Fault::damaged("data is missing")),
            false => Ok(()),
        }
    }
}
