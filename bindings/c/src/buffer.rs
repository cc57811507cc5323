//! Buffers: sound for players.

use std::ffi::c_char;

use perbus::raw::{self, perbus_error, perbus_format, perbus_status};
use perbus::{Buffer, Error, File};

use crate::failure::{array, get, out, run, Failure};
use crate::handle::{give, take};
use crate::text;

/// Audio in memory, for players. Its samples never change.
pub struct perbus_desk_buffer(pub(crate) Buffer);

/// Makes a buffer of copied samples.
/// @param channels one pointer per channel of the format, each to `frames` samples
/// @param out_buffer receives the buffer; free it with perbus_desk_buffer_release
/// @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
/// @retval PERBUS_ERROR_NO_MEMORY there is not that much memory
/// Maps to initWithPCMFormat:frameCapacity:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_create(
    format: *const perbus_format,
    channels: *const *const f32,
    frames: u32,
    out_buffer: *mut *mut perbus_desk_buffer,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let format = raw::format(get(format, "format")?)?;
        let out_buffer = out(out_buffer, "out_buffer")?;
        let pointers = array(channels, format.channels() as usize, "channels")?;
        let planar = pointers
            .iter()
            .map(|channel| array(*channel, frames as usize, "a channel"))
            .collect::<Result<Vec<&[f32]>, Failure>>()?;
        let buffer = Buffer::from_planar(format, &planar)?;
        out_buffer.write(give(perbus_desk_buffer(buffer)));
        Ok(())
    })
}

/// Reads a whole audio file into a buffer, of any format that perbus_desk_file_open reads. It has the
/// file's channels, and takes at most 2 GiB.
/// @param path UTF-8, or whatever bytes the system takes for a name
/// @param sample_rate Hz, above 0, at most PERBUS_MAX_SAMPLE_RATE: the file is resampled to it
/// @param out_buffer receives the buffer; free it with perbus_desk_buffer_release
/// @retval PERBUS_ERROR_FILE the file is missing (os_code is errno), empty, damaged, of no kind that can
/// be decoded, or too large
/// @retval PERBUS_ERROR_FORMAT sample_rate
/// @retval PERBUS_ERROR_NO_MEMORY there is not that much memory
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_load(
    path: *const c_char,
    sample_rate: f64,
    out_buffer: *mut *mut perbus_desk_buffer,
    error: *mut perbus_error,
) -> perbus_status {
    perbus_desk_buffer_load_with_limit(path, sample_rate, File::LOAD_LIMIT, out_buffer, error)
}

/// The same with a limit of one's own.
/// @param limit the most bytes that the samples may take, four for each
/// @retval PERBUS_ERROR_FILE as perbus_desk_buffer_load, and beyond the limit
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_load_with_limit(
    path: *const c_char,
    sample_rate: f64,
    limit: u64,
    out_buffer: *mut *mut perbus_desk_buffer,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let path = text::path(path, "path")?;
        let out_buffer = out(out_buffer, "out_buffer")?;
        let buffer = File::load_with_limit(path, sample_rate, limit)?;
        out_buffer.write(give(perbus_desk_buffer(buffer)));
        Ok(())
    })
}

/// Frees the handle; a player that has the buffer queued keeps its samples. NULL is a no-op.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_release(buffer: *mut perbus_desk_buffer) {
    take(buffer);
}

/// The format that the samples are in. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_get_format(
    buffer: *mut perbus_desk_buffer,
    out_format: *mut perbus_format,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let buffer = get(buffer, "buffer")?;
        out(out_format, "out_format")?.write(raw::to_format(buffer.0.format()));
        Ok(())
    })
}

/// The length in frames. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_get_frames(
    buffer: *mut perbus_desk_buffer,
    out_frames: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let buffer = get(buffer, "buffer")?;
        out(out_frames, "out_frames")?.write(buffer.0.frames());
        Ok(())
    })
}

/// A channel's samples, which live as long as the buffer.
/// @retval PERBUS_ERROR_OUT_OF_RANGE there is no such channel
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_buffer_get_channel(
    buffer: *mut perbus_desk_buffer,
    channel: u32,
    out_samples: *mut *const f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let buffer = &get(buffer, "buffer")?.0;
        let out_samples = out(out_samples, "out_samples")?;
        let channels = buffer.format().channels();
        if channel >= channels {
            let reason = format!("channel {channel} of a buffer with {channels}");
            return Err(Error::OutOfRange(reason).into());
        }
        out_samples.write(buffer.channel(channel).as_ptr());
        Ok(())
    })
}
