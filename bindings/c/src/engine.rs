//! Engines: making, running, rendering and closing them.

use std::ffi::c_char;
use std::sync::Arc;
use std::time::Duration;

use perbus::raw::{
    self, perbus_engine, perbus_error, perbus_format, perbus_render_time, perbus_status,
};
use perbus::{AnyNode, Engine, Error};

use crate::adopt::lives;
use crate::failure::{get, out, run, Outcome};
use crate::handle::{give, take};
use crate::life::Life;
use crate::text::path;

pub use crate::handle::perbus_desk_engine;

pub(crate) fn make(
    out_engine: *mut *mut perbus_desk_engine,
    create: impl FnOnce() -> perbus::Result<Engine>,
) -> Outcome<()> {
    let out_engine = out(out_engine, "out_engine")?;
    crate::life::outside()?;
    let engine = create()?;
    out_engine.write(lives().handle(engine, Life::default()));
    Ok(())
}

/// Makes an engine for the default output device, which perbus_desk_engine_start opens. Its format
/// is the device's, or 44.1 kHz stereo where there is none.
/// @param out_engine receives the engine; free it with perbus_desk_engine_release
/// @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program, or another
/// copy of perbus is in the process
/// Maps to -[AVAudioEngine init]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_create(
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || make(out_engine, Engine::new))
}

/// Makes an engine that renders only on request (perbus_desk_engine_render), faster than real time.
/// @param format the format of the mix
/// @param max_frames the longest block, in frames, 1 to 1048576
/// @param out_engine receives the engine; free it with perbus_desk_engine_release
/// @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
/// @retval PERBUS_ERROR_OUT_OF_RANGE max_frames
/// @retval PERBUS_ERROR_UNAVAILABLE as perbus_desk_engine_create
/// Maps to enableManualRenderingMode:format:maximumFrameCount:error:. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_create_offline(
    format: *const perbus_format,
    max_frames: u32,
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let format = get(format, "format")?;
        make(out_engine, || {
            Engine::offline(raw::format(format)?, max_frames)
        })
    })
}

/// A second handle to the same engine, to be released like the first.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy(
    engine: *mut perbus_desk_engine,
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        out(out_engine, "out_engine")?.write(give(perbus_desk_engine {
            engine: engine.engine.clone(),
            life: Arc::clone(&engine.life),
        }));
        Ok(())
    })
}

/// Frees a handle. The engine is destroyed with the last handle to it or to its nodes, buses,
/// fades and recorders. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_release(engine: *mut perbus_desk_engine) {
    take(engine);
}

/// Closes the engine for all its handles: completes the files of its recorders, stops it, detaches its
/// nodes, ends its fades (PERBUS_DESK_FADE_REPLACED, with their values at their targets), and destroys
/// the contexts of its sources and of its event handler. From then on calls on it and its nodes return
/// PERBUS_ERROR_CLOSED, except for release and the getters of strips, also in batches that are open on
/// other threads. Waits for calls in progress, and for a completion or event handler that is running,
/// unless called from it. No effect on a closed engine.
///
/// An adopted engine is neither stopped nor are its nodes detached: sources of
/// perbus_desk_source_create fall silent, everything else continues as it is. Its handles keep it in
/// memory until they are released.
/// @retval PERBUS_ERROR_WRONG_KIND in a batch of the engine's, for which it would have to wait
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_close(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.close(raw::has_batch(&engine.engine), || {
            crate::device::forget_handler(&engine.engine);
            if engine.life.adopted {
                let _ = engine.engine.set_meter_taps(false);
                return;
            }
            let _ = engine.engine.stop();
            // The main mixer and the output stay.
            for node in engine.engine.nodes().unwrap_or_default() {
                let _ = engine.engine.detach(&node);
            }
        })
    })
}

/// The shim's handle to the engine, for functions of perbus.h that change nothing. It lives as long
/// as the engine. Do not change connections or strips through it, since the desk would not learn of
/// that. NULL for NULL. Threads: any. Real-time safe: yes
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_raw(
    engine: *mut perbus_desk_engine,
) -> *mut perbus_engine {
    get(engine, "engine").map_or(std::ptr::null_mut(), |engine| {
        raw::engine_handle(&engine.engine)
    })
}

/// The format of the mix. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_format(
    engine: *mut perbus_desk_engine,
    out_format: *mut perbus_format,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        out(out_format, "out_format")?.write(raw::to_format(engine.engine.format()));
        Ok(())
    })
}

/// The longest block that perbus_desk_engine_render takes, in frames; 0 for an engine that plays to
/// a device. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_max_frames(
    engine: *mut perbus_desk_engine,
    out_frames: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        out(out_frames, "out_frames")?.write(engine.engine.max_frames().unwrap_or(0));
        Ok(())
    })
}

/// Allocates what rendering needs, so that starting is quick. Maps to prepare.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_prepare(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.prepare())
    })
}

/// Starts rendering. No effect on a running engine.
/// @retval PERBUS_ERROR_START there is no device, the device cannot be opened, or the graph cannot
/// be rendered
/// Maps to startAndReturnError:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_start(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.start())
    })
}

/// Halts rendering; perbus_desk_engine_start resumes. Maps to pause. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_pause(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.pause())
    })
}

/// Ends rendering. Players stop playing but keep their queues. Maps to stop.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_stop(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.stop())
    })
}

/// Sets the clock to 0 and clears the state of the nodes, but not their connections. Maps to reset.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_reset(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.reset())
    })
}

/// Ends the solos of all buses, so that all sound again from one block on.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_clear_solo(
    engine: *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.clear_solo())
    })
}

/// Whether the engine is rendering: started and not paused. Maps to isRunning.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_is_running(
    engine: *mut perbus_desk_engine,
    out_running: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_running = out(out_running, "out_running")?;
        out_running.write(engine.life.open(|| engine.engine.is_running())?);
        Ok(())
    })
}

/// Sets how many threads render, as perbus_engine_set_render_threads does; initially 1.
/// @param threads 1 to PERBUS_MAX_RENDER_THREADS
/// @retval PERBUS_ERROR_OUT_OF_RANGE threads
/// @retval PERBUS_ERROR_NO_MEMORY the system cannot start more threads; the number is unchanged
/// @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such setting
/// Threads: any. Waits for a block that is being rendered. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_render_threads(
    engine: *mut perbus_desk_engine,
    threads: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine
            .life
            .open(|| engine.engine.set_render_threads(threads))
    })
}

/// Renders the next `frames` frames of an offline engine. Fades that end within them report their
/// end before this returns.
/// @param frames 0 to the engine's max_frames
/// @param channels one pointer per channel, each to room for `frames` samples
/// @param channel_count the engine's channel count
/// @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
/// @retval PERBUS_ERROR_NOT_RUNNING the engine is not started
/// @retval PERBUS_ERROR_OUT_OF_RANGE frames
/// @retval PERBUS_ERROR_FORMAT channel_count
/// @retval PERBUS_ERROR_RENDER the engine could not render
/// Maps to renderOffline:toBuffer:error:. Threads: any; one renders, others wait.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_render(
    engine: *mut perbus_desk_engine,
    frames: u32,
    channels: *const *mut f32,
    channel_count: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        // SAFETY: the header asks for as many pointers, each to room for the frames.
        let render = || unsafe { raw::render(&engine.engine, frames, channels, channel_count) };
        engine.life.open(render)
    })
}

/// Renders `seconds` seconds of an offline engine into a WAV file of 32-bit float samples. The file
/// appears once it is complete; after a failure, an existing file is unchanged.
/// @param path UTF-8, or whatever bytes the system takes for a name
/// @param seconds 0 to a day
/// @retval PERBUS_ERROR_FILE the file cannot be written
/// @retval PERBUS_ERROR_OUT_OF_RANGE seconds
/// @retval as perbus_desk_engine_render
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_render_to_wav(
    engine: *mut perbus_desk_engine,
    file: *const c_char,
    seconds: f64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let file = path(file, "path")?;
        let length = duration(seconds)?;
        if length > Duration::from_secs(24 * 60 * 60) {
            return Err(no_duration(seconds).into());
        }
        engine
            .life
            .open(|| engine.engine.render_to_wav(file, length))
    })
}

/// Seconds from C. The crate itself refuses more than a day, where it does.
pub(crate) fn duration(seconds: f64) -> perbus::Result<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|_| no_duration(seconds))
}

fn no_duration(seconds: f64) -> Error {
    Error::OutOfRange(format!("{seconds} seconds are not in 0 to 86400"))
}

/// Offline, the frames rendered since the start or the last reset. On a device, the output's time;
/// 0 while not running. Maps to manualRenderingSampleTime or lastRenderTime. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_sample_time(
    engine: *mut perbus_desk_engine,
    out_frames: *mut i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_frames = out(out_frames, "out_frames")?;
        out_frames.write(engine.life.open(|| engine.engine.sample_time())?);
        Ok(())
    })
}

/// Where the engine is, and when that is heard, as perbus_engine_get_render_time has it: on a device,
/// host_time lies in the future by about perbus_device_status.latency; offline there is none.
/// @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped or paused
/// Maps to lastRenderTime of the output node. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_render_time(
    engine: *mut perbus_desk_engine,
    out_time: *mut perbus_render_time,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_time = out(out_time, "out_time")?;
        let time = engine.life.open(|| engine.engine.render_time())?;
        out_time.write(raw::to_render_time(time));
        Ok(())
    })
}

/// A handle to the mixer that feeds the output; free it with perbus_desk_node_release.
/// Maps to mainMixerNode. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_main_mixer(
    engine: *mut perbus_desk_engine,
    out_node: *mut *mut crate::handle::perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let mixer = engine.life.open(|| Ok(engine.engine.main_mixer()))?;
        out_node.write(engine.node(AnyNode::Mixer(mixer)));
        Ok(())
    })
}

/// A handle to the output node; free it with perbus_desk_node_release.
/// Maps to outputNode. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_output(
    engine: *mut perbus_desk_engine,
    out_node: *mut *mut crate::handle::perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let output = engine.life.open(|| Ok(engine.engine.output()))?;
        out_node.write(engine.node(AnyNode::Output(output)));
        Ok(())
    })
}
