//! The process's decoder for files that AVFAudio does not read: the containers are taken apart
//! here, and symphonia decodes their packets.

mod aac;
mod adts;
mod caf;
mod codec;
mod fault;
mod flac;
mod hook;
mod mp4;
mod ogg;
mod source;
mod stream;
mod track;

pub(super) use hook::set;
