//! A file that is being decoded.

use std::ffi::CStr;
use std::path::Path;

use crate::engine::format::Format;
use crate::error::{Error, FileError};
use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::packet_stream::PacketStream;
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Track;
use crate::file::decoders::{adts, caf, matroska, mp4, ogg, remux};
use crate::file::reader::File;

/// What a file has.
pub(super) struct Info {
    pub(super) format: Format,
    pub(super) frames: u64,
    pub(super) container: &'static CStr,
    pub(super) codec: &'static CStr,
}

pub(super) struct Stream {
    info: Info,
    sound: Sound,
}

enum Sound {
    Packets(Box<PacketStream>),
    /// AVFAudio decodes it.
    Ogg {
        file: File,
        block: Vec<Vec<f32>>,
    },
}

/// Frames that are read from an Ogg file at a time.
const BLOCK: u64 = 4_096;

impl Stream {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let source = Source::open(path)?;
        let track = find_track(&source)?;
        let (container, codec) = (track.container, track.codec.name);
        let (format, frames, sound) = match &track.codec.headers {
            Some(headers) => {
                let file = remux::open(&source, &track, headers)?;
                let block = vec![Vec::new(); file.format().channels() as usize];
                (Ok(file.format()), file.frames(), Sound::Ogg { file, block })
            }
            None => {
                let (rate, frames) = (f64::from(track.codec.rate), track.frames);
                let stream = PacketStream::new(source, track)?;
                let format = Format::new(rate, stream.channels() as u32)
                    .and_then(|format| format.with_layout(stream.layout()));
                (format, frames, Sound::Packets(Box::new(stream)))
            }
        };
        let info = Info {
            format: format.map_err(|error| Fault::Unsupported(error.to_string()))?,
            frames,
            container,
            codec,
        };
        Ok(Self { info, sound })
    }

    pub(super) fn info(&self) -> &Info {
        &self.info
    }

    /// Reads up to `frames` frames; `write` gets a channel and its samples. Fewer than asked for
    /// are no end; 0 is.
    pub(super) fn read(
        &mut self,
        frames: u64,
        mut write: impl FnMut(usize, &[f32]),
    ) -> Result<u64> {
        match &mut self.sound {
            Sound::Packets(stream) => stream.read(frames, write),
            Sound::Ogg { file, block } => {
                for plane in block.iter_mut() {
                    plane.resize(frames.min(BLOCK) as usize, 0.0);
                }
                let mut planes: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
                let read = file.read(&mut planes).map_err(|error| fault(error, file))?;
                for (channel, plane) in planes.iter().enumerate() {
                    write(channel, &plane[..read]);
                }
                Ok(read as u64)
            }
        }
    }

    pub(super) fn seek(&mut self, frame: u64) -> Result<()> {
        match &mut self.sound {
            Sound::Packets(stream) => stream.seek(frame),
            Sound::Ogg { file, .. } => file.seek(frame).map_err(|error| fault(error, file)),
        }
    }
}

/// Without the name of the temporary file.
fn fault(error: Error, file: &File) -> Fault {
    match error {
        Error::File(FileError::Read { source, .. }) => Fault::System(source),
        Error::File(FileError::Unsupported { reason, .. }) => Fault::Unsupported(reason),
        _ => Fault::Damaged(format!("it is damaged at frame {}", file.position())),
    }
}

/// What kind of file it is, by its first bytes after ID3v2 tags.
fn find_track(source: &Source) -> Result<Track> {
    let mut start = 0;
    while let Ok([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = source.array::<10>(start) {
        let size = [a, b, c, d]
            .iter()
            .fold(0, |size, seven| size << 7 | u64::from(*seven));
        start += 10 + size + if flags & 0x10 != 0 { 10 } else { 0 };
    }
    let head: [u8; 12] = source.array(start)?;
    match head {
        [b'O', b'g', b'g', b'S', ..] => ogg::open(source, start),
        [b'c', b'a', b'f', b'f', ..] => caf::open(source, start),
        [a, b, c, d, ..] if [a, b, c, d] == matroska::MAGIC => matroska::open(source, start),
        [0xff, second, ..] if second & 0xf6 == 0xf0 => adts::open(source, start),
        [_, _, _, _, kind @ .., _, _, _, _] if mp4::starts_with(kind) => mp4::open(source, start),
        _ => Err(Fault::unsupported("no container that is read")),
    }
}
