//! Packets that are being decoded.

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use crate::engine::format::ChannelLayout;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Track;
use crate::file::decoders::{aac, sbr};
use crate::file::layout::decoded_layout;

pub(super) struct PacketStream {
    source: Source,
    track: Track,
    codec: Box<dyn AudioDecoder>,
    layout: ChannelLayout,
    /// The frame that is read next.
    position: u64,
    /// The packet that is decoded next.
    packet: usize,
    bytes: Vec<u8>,
    /// A packet's samples, of which those from `start` up to `end` are still to be read.
    planes: Vec<Vec<f32>>,
    start: usize,
    end: usize,
}

impl PacketStream {
    pub(super) fn new(source: Source, track: Track) -> Result<Self> {
        let codec = track.codec.decoder()?;
        let mut stream = Self {
            source,
            track,
            codec,
            layout: ChannelLayout::Discrete,
            position: 0,
            packet: 0,
            bytes: Vec::new(),
            planes: Vec::new(),
            start: 0,
            end: 0,
        };
        stream.learn()?;
        stream.seek(0)?;
        Ok(stream)
    }

    /// Decodes the first packet, for the rate and channels that it really has.
    fn learn(&mut self) -> Result<()> {
        if self.track.packets.len() == 0 {
            return Err(Fault::damaged("it holds no sound"));
        }
        if self.track.codec.name == c"AAC" {
            self.refuse_he_aac()?;
        }
        self.decode(0)?;
        let spec = self.codec.last_decoded().spec().clone();
        if spec.rate() != self.track.codec.rate {
            return Err(Fault::Unsupported(format!(
                "{} of {} Hz in a file of {} Hz",
                self.track.codec.name.to_string_lossy(),
                spec.rate(),
                self.track.codec.rate
            )));
        }
        self.layout = decoded_layout(spec.channels());
        Ok(())
    }

    /// Looks at some packets over the whole length: nearly all of HE-AAC's have the extension.
    fn refuse_he_aac(&mut self) -> Result<()> {
        const LOOKED_AT: usize = 32;
        let count = self.track.packets.len();
        let (mut found, mut looked) = (0, 0);
        for packet in (0..count).step_by(count.div_ceil(LOOKED_AT)) {
            let read = self
                .track
                .packets
                .read(packet, &self.source, &mut self.bytes);
            looked += usize::from(read.is_ok());
            found += usize::from(read.is_ok() && sbr::seems_to_have(&self.bytes));
        }
        match 4 * found >= 3 * looked && looked > 0 {
            true => Err(aac::he_aac()),
            false => Ok(()),
        }
    }

    pub(super) fn channels(&self) -> usize {
        self.planes.len()
    }

    pub(super) fn layout(&self) -> ChannelLayout {
        self.layout
    }

    /// Reads up to `frames` frames; `write` gets a channel and its samples. Fewer
    /// than asked for are no end; 0 is.
    pub(super) fn read(
        &mut self,
        frames: u64,
        mut write: impl FnMut(usize, &[f32]),
    ) -> Result<u64> {
        let wanted = frames.min(self.track.frames.saturating_sub(self.position));
        if self.position < self.track.lead {
            const SILENCE: [f32; 1024] = [0.0; 1024];
            let count = wanted.min(self.track.lead - self.position).min(1024) as usize;
            for channel in 0..self.planes.len() {
                write(channel, &SILENCE[..count]);
            }
            self.position += count as u64;
            return Ok(count as u64);
        }
        while self.start == self.end {
            if wanted == 0 || self.packet == self.track.packets.len() {
                return Ok(0);
            }
            self.advance()?;
        }
        let count = (self.end - self.start).min(usize::try_from(wanted).unwrap_or(usize::MAX));
        for (channel, plane) in self.planes.iter().enumerate() {
            write(channel, &plane[self.start..self.start + count]);
        }
        self.start += count;
        self.position += count as u64;
        Ok(count as u64)
    }

    pub(super) fn seek(&mut self, frame: u64) -> Result<()> {
        let packets = &self.track.packets;
        let decoded = frame.saturating_sub(self.track.lead) + self.track.skip;
        let target = packets.containing(decoded);
        self.codec.reset();
        (self.start, self.end) = (0, 0);
        self.position = frame;
        if decoded >= packets.frames() {
            self.packet = packets.len();
            return Ok(());
        }
        let first = target.saturating_sub(self.track.codec.preroll);
        for packet in first..target {
            // A packet may lack the ones before; whether the target is whole, reading finds out.
            let _ = self.decode(packet);
        }
        self.packet = target;
        let skipped = decoded - self.track.packets.first_frame(target);
        if skipped > 0 && self.advance().is_ok() {
            self.start = self.end.min(skipped as usize);
        }
        Ok(())
    }

    /// Decodes the next packet, of which every frame is to be read.
    fn advance(&mut self) -> Result<()> {
        let (packet, packets) = (self.packet, &self.track.packets);
        let expected = packets.first_frame(packet + 1) - packets.first_frame(packet);
        let decoded = self.decode(packet).and_then(|decoded| {
            if decoded as u64 == expected || self.is_trimmed(packet, decoded, expected) {
                Ok(expected as usize)
            } else {
                Err(Fault::Damaged(format!("{decoded} frames, not {expected}")))
            }
        });
        match decoded {
            Ok(frames) => {
                (self.start, self.end) = (0, frames);
                self.packet += 1;
                Ok(())
            }
            Err(Fault::Damaged(reason)) => Err(Fault::Damaged(format!(
                "it is damaged at frame {}: {reason}",
                self.position
            ))),
            Err(other) => Err(other),
        }
    }

    /// Whether the container leaves out frames at the end of the last packet.
    fn is_trimmed(&self, packet: usize, decoded: usize, expected: u64) -> bool {
        packet + 1 == self.track.packets.len() && decoded as u64 > expected
    }

    /// Decodes a packet into `planes`; the number of its frames.
    fn decode(&mut self, packet: usize) -> Result<usize> {
        (self.start, self.end) = (0, 0);
        self.track
            .packets
            .read(packet, &self.source, &mut self.bytes)?;
        self.track.codec.check(&self.bytes)?;
        // ADPCM decodes as many frames as the packet is to have.
        let packets = &self.track.packets;
        let frames = packets.first_frame(packet + 1) - packets.first_frame(packet);
        let packet = PacketRef::new(0, Timestamp::new(0), Duration::new(frames), &self.bytes);
        let block = self.codec.decode_ref(&packet)?;
        let channels = block.spec().channels().count();
        if !self.planes.is_empty() && self.planes.len() != channels {
            return Err(Fault::damaged("its channels change"));
        }
        block.copy_to_vecs_planar(&mut self.planes);
        Ok(block.frames())
    }
}
