//! The codecs that symphonia decodes, and what they need to know.

use std::ffi::CStr;

use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::{aac, flac};

#[derive(Debug)]
pub(super) struct Codec {
    pub(super) name: &'static CStr,
    pub(super) rate: u32,
    /// Of a packet, in so far as a container does not say.
    pub(super) frames_per_packet: u64,
    /// Packets whose sound depends on the ones before, and that a seek decodes first.
    pub(super) preroll: usize,
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
        let mut codec = Self::new(c"MPEG layer III", CODEC_ID_MP3, rate, frames);
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

    pub(super) fn decoder(&self) -> Result<Box<dyn AudioDecoder>> {
        let options = AudioDecoderOptions::default();
        Ok(symphonia::default::get_codecs().make_audio_decoder(&self.parameters, &options)?)
    }
}

fn positions(channels: u32) -> Channels {
    match channels {
        1 => Channels::Positioned(Position::FRONT_CENTER),
        2 => Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT),
        more => Channels::Discrete(more as u16),
    }
}
