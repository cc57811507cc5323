//! The functions that C calls.

use std::ffi::{c_char, c_void, CStr, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use once_cell::sync::OnceCell;

use crate::error::Result;
use crate::ffi::{self, native, perbus_decoder_info, perbus_status};
use crate::file::decoders::fault::{Fault, Result as Decoded};
use crate::file::decoders::stream::Stream;
use crate::sync::panics::caught;

/// Sets the process's decoder, once.
pub(crate) fn set() -> Result<()> {
    static SET: OnceCell<()> = OnceCell::new();
    SET.get_or_try_init(|| {
        let decoder = ffi::perbus_decoder {
            open: Some(open),
            read: Some(read),
            seek: Some(seek),
            close: Some(close),
            context: std::ptr::null_mut(),
        };
        // SAFETY: the decoder is copied, and its functions keep to what perbus.h asks of them.
        unsafe { native!(perbus_file_set_decoder(&decoder)) }
    })
    .copied()
}

unsafe extern "C" fn open(
    _context: *mut c_void,
    path: *const c_char,
    out_stream: *mut *mut c_void,
    out_info: *mut perbus_decoder_info,
    message: *mut c_char,
    capacity: usize,
) -> perbus_status {
    // SAFETY: perbus.h passes a NUL-terminated path.
    let path = unsafe { CStr::from_ptr(path) };
    let opened = guarded(|| {
        let stream = Stream::open(Path::new(OsStr::from_bytes(path.to_bytes())))?;
        let info = describe(&stream)?;
        Ok((stream, info))
    });
    let opened = opened.map(|(stream, info)| {
        // SAFETY: perbus.h passes room for both.
        unsafe {
            out_info.write(info);
            out_stream.write(Box::into_raw(Box::new(stream)).cast());
        }
    });
    // SAFETY: perbus.h passes room for `capacity` bytes.
    unsafe { answer(opened, message, capacity) }
}

fn describe(stream: &Stream) -> Decoded<perbus_decoder_info> {
    let info = stream.info();
    Ok(perbus_decoder_info {
        format: info.format.to_ffi(),
        frames: i64::try_from(info.frames).map_err(|_| Fault::damaged("its length"))?,
        container: info.container.as_ptr(),
        codec: info.codec.as_ptr(),
    })
}

unsafe extern "C" fn read(
    stream: *mut c_void,
    channels: *const *mut f32,
    frames: u64,
    out_read: *mut u64,
    message: *mut c_char,
    capacity: usize,
) -> perbus_status {
    // SAFETY: perbus.h passes what `open` has made, on one thread at a time.
    let stream = unsafe { &mut *stream.cast::<Stream>() };
    let done = guarded(|| {
        stream.read(frames, |channel, samples| {
            // SAFETY: perbus.h passes one pointer per channel, each to `frames` samples, which is
            // the most that `read` hands out.
            unsafe {
                let target = *channels.add(channel);
                std::ptr::copy_nonoverlapping(samples.as_ptr(), target, samples.len());
            }
        })
    });
    // SAFETY: perbus.h passes room for the count.
    let done = done.map(|done| unsafe { out_read.write(done) });
    // SAFETY: perbus.h passes room for `capacity` bytes.
    unsafe { answer(done, message, capacity) }
}

unsafe extern "C" fn seek(
    stream: *mut c_void,
    frame: i64,
    message: *mut c_char,
    capacity: usize,
) -> perbus_status {
    // SAFETY: perbus.h passes what `open` has made, on one thread at a time.
    let stream = unsafe { &mut *stream.cast::<Stream>() };
    let done = guarded(|| stream.seek(frame.max(0) as u64));
    // SAFETY: perbus.h passes room for `capacity` bytes.
    unsafe { answer(done, message, capacity) }
}

unsafe extern "C" fn close(stream: *mut c_void) {
    // SAFETY: perbus.h passes what `open` has made, once.
    let stream = unsafe { Box::from_raw(stream.cast::<Stream>()) };
    caught(|| drop(stream));
}

/// Codecs panic on some kinds of damage that they do not check for; the panic hook has reported
/// where.
fn guarded<T>(call: impl FnOnce() -> Decoded<T>) -> Decoded<T> {
    caught(call).unwrap_or_else(|| Err(Fault::damaged("its decoder panicked")))
}

/// # Safety
/// There is room for `capacity` bytes of the message.
unsafe fn answer<T>(result: Decoded<T>, message: *mut c_char, capacity: usize) -> perbus_status {
    let (status, reason) = match result {
        Ok(_) => return perbus_status::PERBUS_OK,
        Err(Fault::Unsupported(what)) => (perbus_status::PERBUS_ERROR_UNSUPPORTED, what),
        Err(Fault::Damaged(what)) => (perbus_status::PERBUS_ERROR_DAMAGED, what),
        Err(Fault::NoMemory(what)) => (perbus_status::PERBUS_ERROR_NO_MEMORY, what),
        Err(Fault::System(error)) => (perbus_status::PERBUS_ERROR_FILE, error.to_string()),
    };
    let mut length = reason.len().min(capacity.saturating_sub(1));
    while !reason.is_char_boundary(length) {
        length -= 1;
    }
    if capacity > 0 {
        // SAFETY: `length` and the NUL after it fit into the capacity.
        unsafe {
            std::ptr::copy_nonoverlapping(reason.as_ptr(), message.cast(), length);
            message.add(length).write(0);
        }
    }
    status
}
