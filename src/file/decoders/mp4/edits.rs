//! Which part of a track's frames count: the edit list, and iTunes's tag for gapless playing.

use crate::file::decoders::codec::Codec;
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::mp4::boxes::{child, children, field, path, wide};

pub(super) struct Edits {
    pub(super) edit: Option<Edit>,
    pub(super) gapless: Option<Gapless>,
}

/// The one part of the track that is played.
pub(super) struct Edit {
    /// Silence before it, in the movie's time.
    pub(super) lead: u64,
    /// In the track's time.
    pub(super) start: u64,
    /// In the movie's time; 0 is up to the end.
    pub(super) duration: u64,
}

/// What iTunes writes for AAC, in frames.
#[derive(Debug, PartialEq)]
pub(super) struct Gapless {
    pub(super) skip: u64,
    pub(super) frames: u64,
}

impl Edits {
    pub(super) fn of(movie: &[u8], track: &[u8], codec: &Codec) -> Result<Self> {
        let edit = match path(track, &[b"edts", b"elst"]) {
            Some(list) => read_list(list)?,
            None => None,
        };
        let tags = path(movie, &[b"udta", b"meta"]).filter(|_| codec.name == c"AAC");
        Ok(Self {
            edit,
            gapless: tags.and_then(find_gapless),
        })
    }
}

fn read_list(list: &[u8]) -> Result<Option<Edit>> {
    let broken = || Fault::damaged("its edit list makes no sense");
    let is_wide = list.first() == Some(&1);
    let count = field(list, 4).ok_or_else(broken)?;
    let (mut edit, mut lead) = (None, 0);
    for entry in 0..count as usize {
        let (duration, start) = if is_wide {
            let at = 8 + entry * 20;
            (wide(list, at), wide(list, at + 8).map(|start| start as i64))
        } else {
            let at = 8 + entry * 12;
            let start = field(list, at + 4).map(|start| i64::from(start as i32));
            (field(list, at).map(u64::from), start)
        };
        let (duration, start) = duration.zip(start).ok_or_else(broken)?;
        match u64::try_from(start) {
            // Without a start it is silence.
            Err(_) if edit.is_none() => lead += duration,
            Ok(start) if edit.is_none() => {
                edit = Some(Edit {
                    lead,
                    start,
                    duration,
                });
            }
            _ => return Err(Fault::unsupported("MP4 with an edit list of several parts")),
        }
    }
    Ok(edit)
}

fn find_gapless(meta: &[u8]) -> Option<Gapless> {
    let list = child(meta.get(4..)?, b"ilst")?;
    children(list)
        .filter(|found| found.kind == *b"----")
        .filter(|found| {
            child(found.body, b"name").and_then(|name| name.get(4..)) == Some(b"iTunSMPB")
        })
        .find_map(|found| parse_gapless(child(found.body, b"data")?.get(8..)?))
}

/// Numbers in hexadecimal: nothing, the delay, the padding, the length.
fn parse_gapless(text: &[u8]) -> Option<Gapless> {
    let text = std::str::from_utf8(text).ok()?;
    let mut numbers = text
        .split_whitespace()
        .map(|number| u64::from_str_radix(number, 16).ok());
    let (_, skip, _, frames) = (
        numbers.next()??,
        numbers.next()??,
        numbers.next()??,
        numbers.next()??,
    );
    (frames > 0 && skip < 1 << 20).then_some(Gapless { skip, frames })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn itunes_numbers_are_read() {
        let text = b" 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        let expected = Gapless {
            skip: 2_112,
            frames: 4_141_558,
        };
        assert_eq!(parse_gapless(text), Some(expected));
        assert_eq!(parse_gapless(b" 00000000 00000840"), None);
        assert_eq!(parse_gapless(b"none"), None);
    }

    #[test]
    fn a_list_is_one_part_after_silence() {
        let entry = |duration: u32, start: i32| {
            let mut bytes = duration.to_be_bytes().to_vec();
            bytes.extend(start.to_be_bytes());
            bytes.extend([0, 1, 0, 0]);
            bytes
        };
        let list = |entries: &[Vec<u8>]| {
            let mut bytes = vec![0; 4];
            bytes.extend((entries.len() as u32).to_be_bytes());
            bytes.extend(entries.concat());
            bytes
        };
        let edit = read_list(&list(&[entry(5, -1), entry(1_000, 1_024)]));
        let edit = edit.unwrap().unwrap();
        assert_eq!((edit.lead, edit.start, edit.duration), (5, 1_024, 1_000));
        let twice = list(&[entry(10, 0), entry(10, 100)]);
        assert!(matches!(read_list(&twice), Err(Fault::Unsupported(_))));
        assert!(read_list(&twice[..20]).is_err());
        assert!(read_list(&list(&[])).unwrap().is_none());
    }
}
