//! Audio files: decoding, loading into a buffer, and WAV output.
//!
//! Audio is planar everywhere: one run of f32 samples per channel, all of the same length, where
//! 1.0 is full scale. Lengths are in frames (one sample per channel), rates in Hz.
//!
//! - `load` reads a whole file into a buffer at the rate the engine runs at.
//! - `Decoder` reads a file block by block: WAV, AIFF, FLAC, Ogg (Vorbis, FLAC), MP3, AAC (M4A
//!   or ADTS).
//! - `Resampler` converts a stream of blocks from one rate to another.
//! - [`WavWriter`] writes a WAV file that appears only once it is complete.
//!
//! The first three need the cargo feature `files`, which is on by default.

#[cfg(feature = "files")]
mod decode;
mod layout;
#[cfg(feature = "files")]
mod load;
mod render;
#[cfg(feature = "files")]
mod resample;
#[cfg(feature = "files")]
mod stated_length;
mod wav;

pub use crate::error::FileError;
#[cfg(feature = "files")]
pub use decode::Decoder;
#[cfg(feature = "files")]
pub use load::load;
#[cfg(feature = "files")]
pub use resample::{resampled_frames, Resampler};
pub use wav::{WavEncoding, WavWriter};
