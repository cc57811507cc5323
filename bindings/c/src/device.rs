//! Engines that use devices of choice, how these fare, and what happens to engines by themselves.

use std::ffi::{c_char, c_void};
use std::ptr::null_mut;

use perbus::raw::{
    self, perbus_device_options, perbus_device_status, perbus_error, perbus_event_handler,
    perbus_status,
};
use perbus::Engine;

use crate::engine::make;
use crate::failure::{get, out, run};
use crate::handle::perbus_desk_engine;
use crate::source::perbus_desk_destroy;
use crate::text::read_if;

/// Makes an engine for an output device, which perbus_desk_engine_start opens. perbus_devices_copy
/// lists the devices.
/// @param options zeros are the defaults
/// @param out_engine receives the engine; free it with perbus_desk_engine_release
/// @retval PERBUS_ERROR_OUT_OF_RANGE sample_rate, block or latency
/// @retval PERBUS_ERROR_START there is no output or input device of that id
/// @retval PERBUS_ERROR_UNSUPPORTED as perbus_engine_create_for_device
/// @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
/// Maps to -[AVAudioEngine init]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_create_for_device(
    options: *const perbus_device_options,
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let options = get(options, "options")?;
        // SAFETY: the header asks for strings that are NUL-terminated.
        make(out_engine, || unsafe { raw::create_for_device(options) })
    })
}

/// Chooses another output device for a stopped engine, which keeps its rate, block and latency.
/// @param output a device's id; NULL or "": the default output at each start
/// @retval PERBUS_ERROR_START there is no output device of that id, or the engine is started
/// @retval PERBUS_ERROR_WRONG_KIND the engine is offline
/// @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_output_device(
    engine: *mut perbus_desk_engine,
    output: *const c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let id = read_if(output, "output")?;
        let set = || engine.engine.set_output_device(id.as_deref());
        engine.life.open(set)
    })
}

/// How the devices in use fare, since they were opened. On Apple's AVFAudio, only sample_rate, the
/// latencies and frames are known.
/// @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped
/// @retval PERBUS_ERROR_WRONG_KIND the engine is offline
/// Maps to presentationLatency and lastRenderTime. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_device_status(
    engine: *mut perbus_desk_engine,
    out_status: *mut perbus_device_status,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_status = out(out_status, "out_status")?;
        out_status.write(engine.life.open(|| raw::device_status(&engine.engine))?);
        Ok(())
    })
}

/// Sets the function that receives the engine's events, one by one, on a thread of the engine, and
/// replaces the previous one. It may call any function, also start, close and release. What happens at
/// a loss is said at perbus_engine_set_event_handler: strips, queues and fades go on once
/// perbus_desk_engine_start has found a device.
/// @param handler NULL: no events are reported
/// @param destroy called once with `context` when the handler is no longer needed: when another is
/// set, or the engine is closed or goes; NULL for none. A context that has a handle to the engine
/// keeps it from going, until it is closed. Not called when this fails
/// @retval PERBUS_ERROR_WRONG_KIND the engine is offline
/// @retval PERBUS_ERROR_INVALID_ARGUMENT in a batch of the engine's, for which a handler may be waiting
/// Maps to AVAudioEngineConfigurationChangeNotification. Threads: any; waits for a handler that is
/// running, unless called from it. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_event_handler(
    engine: *mut perbus_desk_engine,
    handler: perbus_event_handler,
    context: *mut c_void,
    destroy: perbus_desk_destroy,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        // It waits for a handler, which may be in a close: so no close waits for it.
        engine.life.brief(|| Ok(()))?;
        crate::life::outside()?;
        // SAFETY: the header asks for functions that take this context.
        unsafe { raw::set_event_handler(&engine.engine, handler, context, destroy) }?;
        if engine.life.brief(|| Ok(())).is_err() {
            // Meanwhile, by another thread.
            forget_handler(&engine.engine);
        }
        Ok(())
    })
}

/// For an engine that is closed.
pub(crate) fn forget_handler(engine: &Engine) {
    // SAFETY: there are no functions. An offline engine refuses, and has no handler.
    let _ = unsafe { raw::set_event_handler(engine, None, null_mut(), None) };
}
