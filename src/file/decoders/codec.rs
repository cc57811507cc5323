//! The codecs that symphonia decodes, and what they need to know.

use std::ffi::CStr;

use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3,
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE,
    CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE,
    CODEC_ID_PCM_U8,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions, CODEC_ID_NULL_AUDIO,
};

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::ogg_headers::Headers;
use crate::file::decoders::{aac, flac};

/// The most frames of a packet of PCM.
const MOST_PCM: u64 = 1 << 16;

#[derive(Debug)]
pub(super) struct Codec {
    pub(super) name: &'static CStr,
    pub(super) rate: u32,
    /// Of a packet, unless it is shorter; 0 where they differ.
    pub(super) frames_per_packet: u64,
    /// Packets whose sound depends on the ones before, and that a seek decodes first.
    pub(super) preroll: usize,
    /// Of PCM; 0 otherwise.
    frame_bytes: u32,
    /// Of codecs that are decoded from Ogg files.
    pub(super) headers: Option<Headers>,
    parameters: AudioCodecParameters,
}

impl Codec {
    fn new(name: &'static CStr, id: AudioCodecId, rate: u32, frames_per_packet: u64) -> Self {
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(id).with_sample_rate(rate);
        Self {
            name,
            rate,
            frames_per_packet,
            preroll: 0,
            frame_bytes: 0,
            headers: None,
            parameters,
        }
    }

    /// AAC as its AudioSpecificConfig describes it.
    pub(super) fn aac(config: &[u8]) -> Result<Self> {
        let found = aac::Config::read(config)?;
        let mut codec = Self::aac_lc(found.rate, found.channels);
        codec.parameters.with_extra_data(found.to_bytes().into());
        Ok(codec)
    }

    pub(super) fn aac_lc(rate: u32, channels: u32) -> Self {
        let mut codec = Self::new(c"AAC", CODEC_ID_AAC, rate, 1024);
        codec.parameters.with_channels(positions(channels));
        codec.preroll = 2;
        codec
    }

    /// ALAC as the 24 bytes of its configuration describe it.
    pub(super) fn alac(config: &[u8]) -> Result<Self> {
        let bytes = |at: usize| config.get(at..at + 4).map(|four| four.try_into().ok());
        let (Some(Some(frames)), Some(Some(rate))) = (bytes(0), bytes(20)) else {
            return Err(Fault::damaged("its ALAC header is cut short"));
        };
        let (frames, rate) = (u32::from_be_bytes(frames), u32::from_be_bytes(rate));
        let mut codec = Self::new(c"ALAC", CODEC_ID_ALAC, rate, u64::from(frames));
        codec.parameters.with_extra_data(config.into());
        Ok(codec)
    }

    pub(super) fn flac(info: &flac::StreamInfo) -> Self {
        let mut codec = Self::new(c"FLAC", CODEC_ID_FLAC, info.rate, info.longest);
        codec.parameters.with_extra_data(info.bytes.into());
        codec
    }

    /// `rate` decides how many frames a packet has: MPEG 1's double those of MPEG 2.
    pub(super) fn mp3(rate: u32) -> Self {
        let frames = if rate < 32_000 { 576 } else { 1152 };
        let mut codec = Self::new(c"MP3", CODEC_ID_MP3, rate, frames);
        // Packets may use up to 511 bytes of the ones before, which may be short.
        codec.preroll = 12;
        codec
    }

    pub(super) fn ima(rate: u32, channels: u32) -> Self {
        const FRAMES: u64 = 64;
        let mut codec = Self::new(c"IMA ADPCM", CODEC_ID_ADPCM_IMA_QT, rate, FRAMES);
        codec.parameters.with_channels(positions(channels));
        codec.parameters.with_max_frames_per_packet(FRAMES);
        codec.parameters.with_frames_per_block(FRAMES);
        codec.preroll = 1;
        codec
    }

    /// Numbers of 8 to 64 bits, or floats.
    pub(super) fn pcm(
        is_big: bool,
        is_float: bool,
        bits: u64,
        rate: u32,
        channels: u32,
    ) -> Result<Self> {
        let (name, id) = match (is_float, is_big, bits) {
            (false, _, 8) => (c"PCM 8 bit", CODEC_ID_PCM_U8),
            (false, false, 16) => (c"PCM 16 bit", CODEC_ID_PCM_S16LE),
            (false, false, 24) => (c"PCM 24 bit", CODEC_ID_PCM_S24LE),
            (false, false, 32) => (c"PCM 32 bit", CODEC_ID_PCM_S32LE),
            (false, true, 16) => (c"PCM 16 bit", CODEC_ID_PCM_S16BE),
            (false, true, 24) => (c"PCM 24 bit", CODEC_ID_PCM_S24BE),
            (false, true, 32) => (c"PCM 32 bit", CODEC_ID_PCM_S32BE),
            (true, false, 32) => (c"float 32 bit", CODEC_ID_PCM_F32LE),
            (true, false, 64) => (c"float 64 bit", CODEC_ID_PCM_F64LE),
            _ => return Err(Fault::Unsupported(format!("PCM of {bits} bits"))),
        };
        if !(1..=64).contains(&channels) {
            return Err(Fault::Unsupported(format!("PCM with {channels} channels")));
        }
        let mut codec = Self::new(name, id, rate, MOST_PCM);
        codec.parameters.with_channels(positions(channels));
        codec.parameters.with_max_frames_per_packet(MOST_PCM);
        codec.parameters.with_bits_per_sample(bits as u32);
        codec.frame_bytes = (bits / 8) as u32 * channels;
        Ok(codec)
    }

    /// One that AVFAudio decodes, in Ogg.
    pub(super) fn in_ogg(headers: Headers) -> Self {
        let mut codec = Self::new(headers.name, CODEC_ID_NULL_AUDIO, headers.rate, 0);
        codec.headers = Some(headers);
        codec
    }

    /// The frames of a packet of `size` bytes that starts with `head`.
    pub(super) fn frames_of_packet(&mut self, head: &[u8], size: u32) -> u64 {
        if let Some(headers) = &mut self.headers {
            return headers.frames(head);
        }
        if let Some(frames) = size.checked_div(self.frame_bytes) {
            return u64::from(frames);
        }
        let stated = match self.parameters.codec {
            CODEC_ID_FLAC => flac::packet_shape(head).map(|(frames, _)| frames),
            CODEC_ID_ALAC => alac_frames(head),
            _ => None,
        };
        stated.unwrap_or(self.frames_per_packet)
    }

    /// Refuses a damaged packet, where the codec can tell.
    pub(super) fn check(&self, packet: &[u8]) -> Result<()> {
        match self.parameters.codec {
            CODEC_ID_FLAC if !flac::is_whole(packet) => {
                Err(Fault::damaged("the checksum is wrong"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn decoder(&self) -> Result<Box<dyn AudioDecoder>> {
        let options = AudioDecoderOptions::default();
        Ok(symphonia::default::get_codecs().make_audio_decoder(&self.parameters, &options)?)
    }
}

/// What an ALAC packet states that is shorter than the others.
fn alac_frames(head: &[u8]) -> Option<u64> {
    // Three bits of a tag, four of an instance, twelve unused; then whether a length follows, and
    // three more.
    let bits = head
        .first_chunk::<8>()
        .map(|eight| u64::from_be_bytes(*eight))?;
    let has_length = bits >> 44 & 1 == 1;
    has_length.then_some(bits >> 9 & 0xffff_ffff)
}

fn positions(channels: u32) -> Channels {
    match channels {
        1 => Channels::Positioned(Position::FRONT_CENTER),
        2 => Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT),
        more => Channels::Discrete(more as u16),
    }
}
