//! The process's decoder for files that AVFAudio does not read: the containers are taken apart
//! here, and symphonia decodes their packets. Opus and Vorbis are put into Ogg, which AVFAudio
//! reads.

mod aac;
mod adts;
mod caf;
mod codec;
mod crc;
mod fault;
mod flac;
mod hook;
mod matroska;
mod mp4;
mod ogg;
mod ogg_headers;
mod packet_stream;
mod remux;
mod sbr;
mod source;
mod stream;
mod track;

pub(crate) use hook::set;
