//! The sample description: which codec a track has.

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::flac::StreamInfo;
use crate::file::decoders::mp4::boxes::{child, children, field};
use crate::file::decoders::mp4::descriptor;
use crate::file::decoders::ogg_headers;

/// Bytes of an entry before its boxes, and what QuickTime's versions 1 and 2 have more.
const FIELDS: usize = 28;
const MORE: [usize; 3] = [0, 16, 36];

pub(super) fn codec(description: &[u8]) -> Result<Codec> {
    let broken = || Fault::damaged("its sample description makes no sense");
    let mut entries = children(description.get(8..).ok_or_else(broken)?);
    let entry = entries.next().ok_or_else(broken)?;
    if entries.next().is_some() {
        return Err(Fault::unsupported("MP4 whose codec changes"));
    }
    let body = entry.body;
    let version = body.get(8..10).map_or(0, |two| usize::from(two[1]));
    let boxes = FIELDS + MORE.get(version).ok_or_else(broken)?;
    let rate = field(body, 24).ok_or_else(broken)? >> 16;
    let boxes = body.get(boxes..).unwrap_or_default();
    // QuickTime wraps them once more.
    let find = |kind| child(boxes, kind).or_else(|| child(child(boxes, b"wave")?, kind));
    match &entry.kind {
        b"mp4a" => {
            let found = find(b"esds")
                .and_then(|body| body.get(4..))
                .ok_or_else(broken)?;
            let described = descriptor::read(found)?;
            match described.object {
                // MPEG-4, and MPEG-2's low complexity.
                0x40 | 0x67 => Codec::aac(described.config),
                0x66 => Err(Fault::unsupported("AAC Main")),
                0x68 => Err(Fault::unsupported("AAC SSR")),
                0x69 | 0x6b => Ok(Codec::mp3(rate)),
                other => Err(Fault::Unsupported(format!("MP4 with codec {other:#x}"))),
            }
        }
        b".mp3" | b"ms\0\x55" => Ok(Codec::mp3(rate)),
        b"alac" => Codec::alac(
            find(b"alac")
                .and_then(|body| body.get(4..))
                .ok_or_else(broken)?,
        ),
        b"fLaC" => {
            let info = find(b"dfLa")
                .and_then(|body| body.get(8..))
                .ok_or_else(broken)?;
            Ok(Codec::flac(&StreamInfo::read(info)?))
        }
        b"Opus" => {
            let config = child(boxes, b"dOps").ok_or_else(broken)?;
            ogg_headers::opus_in_mp4(config).map(Codec::in_ogg)
        }
        other => Err(Fault::Unsupported(format!(
            "MP4 with {}",
            String::from_utf8_lossy(other).trim()
        ))),
    }
}
