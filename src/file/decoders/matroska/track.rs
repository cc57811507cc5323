//! A track's description.

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::flac::StreamInfo;
use crate::file::decoders::matroska::elements::*;
use crate::file::decoders::ogg_headers;

/// A track of sound that is decoded.
pub(super) struct Description {
    pub(super) number: u64,
    pub(super) codec: Codec,
    /// Frames that the codec needs before the first one that counts.
    pub(super) delay: u64,
    /// Bytes that are left out at the start of every packet.
    pub(super) prefix: Vec<u8>,
}

/// The first track of sound that is decoded.
pub(super) fn find(tracks: &[u8]) -> Result<Description> {
    let mut refused = None;
    for (id, track) in children(tracks) {
        if id != TRACK || child(track, TRACK_TYPE).map(unsigned) != Some(2) {
            continue;
        }
        match read(track) {
            // Another one may do.
            Err(Fault::Unsupported(what)) => refused = refused.or(Some(what)),
            done => return done,
        }
    }
    Err(Fault::Unsupported(
        refused.unwrap_or_else(|| "Matroska without sound".to_owned()),
    ))
}

fn read(track: &[u8]) -> Result<Description> {
    let broken = || Fault::damaged("a track's description makes no sense");
    let number = child(track, TRACK_NUMBER)
        .map(unsigned)
        .ok_or_else(broken)?;
    let audio = child(track, AUDIO).ok_or_else(broken)?;
    let rate = child(audio, RATE)
        .map_or(Some(8_000.0), float)
        .ok_or_else(broken)?;
    if !(1.0..=768_000.0).contains(&rate) || rate.fract() != 0.0 {
        return Err(Fault::Unsupported(format!("a sample rate of {rate} Hz")));
    }
    let channels = child(audio, CHANNELS).map_or(1, unsigned) as u32;
    let bits = child(audio, BITS).map_or(0, unsigned);
    let private = child(track, CODEC_PRIVATE).unwrap_or_default();
    let name = child(track, CODEC).ok_or_else(broken)?;
    let codec = codec(name, private, rate as u32, channels, bits)?;
    let delay = child(track, CODEC_DELAY).map_or(0, unsigned);
    Ok(Description {
        number,
        delay: frames_of(delay as i64, codec.rate),
        codec,
        prefix: prefix(track)?,
    })
}

/// A time in nanoseconds, of which negative ones are 0.
pub(super) fn frames_of(time: i64, rate: u32) -> u64 {
    const SECOND: u128 = 1_000_000_000;
    let frames = u128::from(time.max(0) as u64) * u128::from(rate);
    ((frames + SECOND / 2) / SECOND) as u64
}

fn codec(name: &[u8], private: &[u8], rate: u32, channels: u32, bits: u64) -> Result<Codec> {
    let name = name.strip_suffix(b"\0").unwrap_or(name);
    match name {
        b"A_AAC" => Codec::aac(private),
        b"A_ALAC" => Codec::alac(private),
        // "fLaC" and the header of a metadata block come first.
        b"A_FLAC" => {
            let info = StreamInfo::read(private.get(8..).unwrap_or_default())?;
            Ok(Codec::flac(&info))
        }
        b"A_MPEG/L3" => Ok(Codec::mp3(rate)),
        b"A_OPUS" => ogg_headers::opus(private).map(Codec::in_ogg),
        b"A_VORBIS" => ogg_headers::vorbis(private).map(Codec::in_ogg),
        b"A_PCM/INT/LIT" | b"A_PCM/INT/BIG" | b"A_PCM/FLOAT/IEEE" => Codec::pcm(
            name.ends_with(b"BIG"),
            name.ends_with(b"IEEE"),
            bits,
            rate,
            channels,
        ),
        other => Err(Fault::Unsupported(format!(
            "Matroska with {}",
            String::from_utf8_lossy(other)
        ))),
    }
}

/// Header stripping is the one compression that is undone here.
fn prefix(track: &[u8]) -> Result<Vec<u8>> {
    const STRIPPING: u64 = 3;
    let Some(encodings) = child(track, ENCODINGS) else {
        return Ok(Vec::new());
    };
    let compression = child(encodings, ENCODING).and_then(|encoding| child(encoding, COMPRESSION));
    let kind = compression.map(|found| child(found, COMPRESSION_KIND).map_or(0, unsigned));
    match (compression, kind) {
        (Some(found), Some(STRIPPING)) => {
            Ok(child(found, COMPRESSION_BYTES).unwrap_or_default().to_vec())
        }
        _ => Err(Fault::unsupported(
            "Matroska with compressed or encrypted packets",
        )),
    }
}
