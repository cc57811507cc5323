//! MPEG-4's descriptors, as in the box `esds` and in CAF's cookies.

use crate::file::decoders::fault::{Fault, Result};

const STREAM: u8 = 3;
const DECODER: u8 = 4;
const SPECIFIC: u8 = 5;

/// What a descriptor says of the codec.
pub(crate) struct Described<'a> {
    pub(crate) object: u8,
    pub(crate) config: &'a [u8],
}

pub(crate) fn read(bytes: &[u8]) -> Result<Described<'_>> {
    find(bytes).ok_or_else(|| Fault::damaged("its AAC descriptor is cut short"))
}

/// AAC's configuration, with or without descriptors around it.
pub(crate) fn aac_config(bytes: &[u8]) -> Result<&[u8]> {
    match bytes.first() {
        Some(&STREAM) => read(bytes).map(|described| described.config),
        _ => Ok(bytes),
    }
}

fn find(bytes: &[u8]) -> Option<Described<'_>> {
    let stream = tagged(bytes, STREAM)?;
    let flags = *stream.get(2)?;
    let mut at = 3;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*stream.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let decoder = tagged(stream.get(at..)?, DECODER)?;
    Some(Described {
        object: *decoder.first()?,
        config: tagged(decoder.get(13..)?, SPECIFIC).unwrap_or_default(),
    })
}

/// What follows a tag and its length, which has seven bits a byte.
fn tagged(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, mut rest) = bytes.split_first()?;
    if *first != tag {
        return None;
    }
    let mut length = 0;
    for _ in 0..4 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(&rest[..length.min(rest.len())])
}
