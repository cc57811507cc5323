//! Audio files, with the crate's decoders.

use std::ffi::c_char;

use perbus::raw::{self, perbus_error, perbus_file, perbus_status};

use crate::failure::run;

/// Opens an audio file for reading as perbus_file_open does, and with decoders for what AVFAudio does
/// not read: AAC, ALAC, FLAC, MP3 and Opus in MP4; those, Vorbis and PCM in Matroska and WebM; ADTS;
/// FLAC in Ogg; ALAC and IMA in CAF. The first call sets them for the process, in place of what
/// perbus_file_set_decoder has set.
/// @param path in the file system's encoding, with any bytes
/// @param out_file receives the file, which all functions of perbus/file.h take; free it with
/// perbus_file_destroy
/// @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno, ESPIPE for a pipe or device
/// @retval PERBUS_ERROR_UNSUPPORTED no format that is read; the message names it
/// @retval PERBUS_ERROR_DAMAGED an empty file, or one whose headers make no sense
/// Maps to initForReading:error:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_file_open(
    path: *const c_char,
    out_file: *mut *mut perbus_file,
    error: *mut perbus_error,
) -> perbus_status {
    match run(error, || Ok(raw::set_decoders()?)) {
        perbus_status::PERBUS_OK => raw::perbus_file_open(path, out_file, error),
        refused => refused,
    }
}
