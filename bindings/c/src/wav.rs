//! WAV files.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

use perbus::file::{WavEncoding, WavWriter};
use perbus::raw::{perbus_error, perbus_status};
use perbus::Error;

use crate::failure::{array, get, out, run, Failure};
use crate::handle::{give, take};
use crate::text::path;

/// How a WAV file stores samples.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum perbus_desk_encoding {
    /// 32-bit float, stored as given: values beyond full scale survive.
    PERBUS_DESK_ENCODING_FLOAT32 = 0,
    /// 24-bit integer, rounded to nearest and clamped to full scale.
    PERBUS_DESK_ENCODING_INT24 = 1,
    /// 16-bit integer, rounded to nearest and clamped to full scale.
    PERBUS_DESK_ENCODING_INT16 = 2,
}

/// A WAV file that is being written.
pub struct perbus_desk_wav {
    /// None once it is finished.
    writer: Mutex<Option<WavWriter>>,
    channels: u32,
}

fn finished() -> Failure {
    Failure::argument("the file is finished")
}

/// Starts a WAV file. It appears under its name when it is finished: until then a file already
/// there is untouched, and a writer that is released without being finished leaves nothing.
/// @param path UTF-8, or whatever bytes the system takes for a name
/// @param sample_rate Hz, a whole number from 1 to 768000
/// @param channels 1 to 256
/// @param encoding a perbus_desk_encoding
/// @param out_wav receives the writer; free it with perbus_desk_wav_release
/// @retval PERBUS_ERROR_FILE the file cannot be made there, or not in that format
/// @retval PERBUS_ERROR_INVALID_ARGUMENT encoding: none of them
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_wav_create(
    path: *const c_char,
    sample_rate: f64,
    channels: u32,
    encoding: i32,
    out_wav: *mut *mut perbus_desk_wav,
    error: *mut perbus_error,
) -> perbus_status {
    use perbus_desk_encoding as known;
    run(error, || {
        let path = self::path(path, "path")?;
        let out_wav = out(out_wav, "out_wav")?;
        let encoding = [
            (known::PERBUS_DESK_ENCODING_FLOAT32, WavEncoding::Float32),
            (known::PERBUS_DESK_ENCODING_INT24, WavEncoding::Int24),
            (known::PERBUS_DESK_ENCODING_INT16, WavEncoding::Int16),
        ]
        .into_iter()
        .find(|(number, _)| *number as i32 == encoding)
        .ok_or_else(|| Failure::argument(format!("unknown encoding {encoding}")))?
        .1;
        let writer =
            WavWriter::create(path, sample_rate, channels, encoding).map_err(Error::from)?;
        out_wav.write(give(perbus_desk_wav {
            writer: Mutex::new(Some(writer)),
            channels,
        }));
        Ok(())
    })
}

/// Appends frames. After PERBUS_ERROR_FILE the file cannot be finished any more.
/// @param channels one pointer per channel of the file, each to `frames` samples
/// @retval PERBUS_ERROR_FILE the disk refuses, or the file would pass 4 GiB
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the file is finished
/// Threads: any; one writes, others wait. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_wav_write(
    wav: *mut perbus_desk_wav,
    frames: u32,
    channels: *const *const f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let wav = get(wav, "wav")?;
        let planar = array(channels, wav.channels as usize, "channels")?
            .iter()
            .map(|channel| array(*channel, frames as usize, "a channel"))
            .collect::<Result<Vec<&[f32]>, Failure>>()?;
        let mut writer = wav.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = writer.as_mut().ok_or_else(finished)?;
        writer.write(&planar).map_err(Error::from)?;
        Ok(())
    })
}

/// Completes the file and moves it to its name. The handle is still to be released.
/// @retval PERBUS_ERROR_FILE the disk refuses, or has refused a write; what was there before stays
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the file is finished
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_wav_finish(
    wav: *mut perbus_desk_wav,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let wav = get(wav, "wav")?;
        let writer = wav
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(finished)?;
        writer.finish().map_err(Error::from)?;
        Ok(())
    })
}

/// Frees the handle; a file that is not finished does not appear. NULL is a no-op.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_wav_release(wav: *mut perbus_desk_wav) {
    take(wav);
}
