//! Audio files: reading, loading into a buffer, and writing.
//!
//! Audio is planar everywhere: one run of f32 samples per channel, all of the same length, where
//! 1.0 is full scale. Lengths are in frames (one sample per channel), rates in Hz.
//!
//! - `File` reads a file in pieces, from any frame, and says what it has. It also writes WAV, FLAC and
//!   Ogg Vorbis files, which appear once they are complete.
//! - `load` reads a whole file into a buffer at the rate the engine runs at.
//! - `Decoder` reads a file block by block, from its start to its end.
//! - `Recorder` writes what a mixer or a bus sounds into a file while it plays.
//! - `Resampler` converts a stream of blocks from one rate to another.
//!
//! All of them need the cargo feature `files`, which is on by default.
//!
//! A file that is truncated or damaged is read up to there; then reading returns an error with the
//! frame. The same happens where the sample rate or the channel count changes inside a stream.
//!
//! # Formats
//!
//! What a file is, its first bytes say, not its name. The portable engine reads:
//!
//! | Container | With |
//! |---|---|
//! | WAV, RF64, W64, AIFF, AIFF-C, AU, CAF and others | PCM, float, A-law, mu-law; ADPCM in WAV; ALAC and IMA in CAF |
//! | FLAC, Ogg | FLAC, Vorbis, Opus |
//! | MP3, MP2 | MPEG audio |
//! | MP4 (M4A, MOV) | AAC-LC, ALAC, FLAC, MP3, Opus |
//! | Matroska, WebM | AAC-LC, ALAC, FLAC, MP3, Opus, Vorbis, PCM |
//! | ADTS (`.aac`) | AAC-LC |
//!
//! AAC has at most two channels here. HE-AAC is refused, since decoding its core alone would
//! give half the bandwidth. Opus and Vorbis of other containers are copied to a temporary Ogg file
//! first, without decoding. Vorbis streams that follow each other in one file are read as one; such
//! chains of Opus or FLAC are refused. Apple's engine reads what AVAudioFile does, and Ogg FLAC and
//! Matroska.
//!
//! libmpg123, which decodes MPEG audio for the portable engine, reports faulty frames on the standard
//! error, besides the error that a read returns; it cannot be silenced through libsndfile.
//!
//! What an encoder adds at both ends is removed where the file says how much that is: in Ogg, in
//! MP3 with a LAME tag, in MP4 with an edit list or iTunes's gapless tag, and at the start in
//! Matroska. The same music then has the same length in each, and starts at the same frame.

#[cfg(feature = "files")]
mod decoder;
#[cfg(feature = "files")]
mod decoders;
#[cfg(feature = "files")]
mod layout;
#[cfg(feature = "files")]
mod load;
#[cfg(feature = "files")]
mod open;
#[cfg(feature = "files")]
mod player;
#[cfg(feature = "files")]
mod reader;
#[cfg(feature = "files")]
mod recorder;
#[cfg(feature = "files")]
mod recording;
#[cfg(feature = "files")]
mod render;
#[cfg(feature = "files")]
mod resample;
#[cfg(feature = "files")]
mod settings;
#[cfg(feature = "files")]
mod writer;

pub use crate::error::FileError;
#[cfg(feature = "files")]
pub use decoder::Decoder;
#[cfg(feature = "files")]
pub(crate) use decoders::set as set_decoders;
#[cfg(feature = "files")]
pub use load::load;
#[cfg(feature = "files")]
pub use player::Position;
#[cfg(feature = "files")]
pub use reader::{File, FileInfo};
#[cfg(feature = "files")]
pub use recorder::Recorder;
#[cfg(feature = "files")]
pub use recording::{RecorderState, RecorderStatus, Recording};
#[cfg(feature = "files")]
pub use resample::{resampled_frames, Resampler};
#[cfg(feature = "files")]
pub use settings::{FileSamples, FileSettings, FileType};
