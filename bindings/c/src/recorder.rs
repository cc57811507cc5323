//! Recorders: what a mixer or a bus sounds, into a file while it plays.

use std::ffi::c_char;
use std::mem;
use std::path::Path;
use std::ptr::null_mut;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use perbus::raw::{self, perbus_error, perbus_file_settings, perbus_status};
use perbus::{FileSettings, Mixer, Recorder, RecorderState, Recording};

use crate::failure::{get, out, run, write_if, Failure, Outcome};
use crate::handle::{give, mixer, perbus_desk_bus, perbus_desk_node, take};
use crate::life::{outside, Life};
use crate::text;

/// Records a mixer or a bus into a file, from perbus_desk_mixer_record or perbus_desk_bus_record on
/// until it is stopped. A thread of its own writes; the file has another name until it is complete, as
/// with perbus_file_create.
///
/// The recording follows the engine's time, frame by frame. What is not rendered while that time runs,
/// and frames that were dropped, are silence of the same length. While the time stands still, because
/// the engine is paused, stopped or has lost its device, nothing is recorded, and the recording
/// continues without a gap; so it does where the time jumps backwards, or by more than an hour.
pub struct perbus_desk_recorder {
    kept: Arc<Kept>,
    life: Arc<Life>,
    number: u64,
}

/// What a recorder does. Values are never renumbered.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum perbus_desk_recorder_state {
    /// Nothing has come yet: the engine does not render, or its time has not reached the start.
    PERBUS_DESK_RECORDER_WAITING = 0,
    /// It records.
    PERBUS_DESK_RECORDER_RECORDING = 1,
    /// The file is complete.
    PERBUS_DESK_RECORDER_FINISHED = 2,
    /// The file could not be written. Nothing is left of it.
    PERBUS_DESK_RECORDER_FAILED = 3,
}

use perbus_desk_recorder_state as state;

/// What perbus_desk_recorder_get_status returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_recorder_status {
    /// What the recorder does.
    pub state: perbus_desk_recorder_state,
    /// The length so far. What was rendered last follows within a fraction of a second.
    pub frames: u64,
    /// Frames that were lost because the disk was too slow for ten seconds. They are silence in the
    /// recording. 0 on Apple's engine, which does not count them.
    pub dropped: u64,
    /// Frames of silence where the mixer was not rendered, those that were dropped included.
    pub silence: u64,
}

/// What perbus_desk_recorder_stop returns: the figures of a complete file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_recording {
    /// Its length.
    pub frames: u64,
    /// As in perbus_desk_recorder_status.
    pub dropped: u64,
    /// As in perbus_desk_recorder_status.
    pub silence: u64,
}

/// A recorder that a stop ends, or the close of its engine.
pub(crate) struct Kept {
    recorder: Recorder,
    end: Mutex<End>,
}

enum End {
    /// It may still record.
    Open,
    /// By a close, which leaves what the stop returns.
    Closed(perbus::Result<Recording>),
    /// A stop or a close has it.
    Over,
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The recorder, unless it was stopped.
    fn open(&self) -> Outcome<&Recorder> {
        outside()?;
        match *self.lock() {
            End::Open => Ok(&self.recorder),
            _ => Err(stopped()),
        }
    }

    fn stop(&self) -> Outcome<Recording> {
        // Not under the lock: a callback that it waits for may use the recorder.
        let end = mem::replace(&mut *self.lock(), End::Over);
        match end {
            End::Open => Ok(raw::stop_recorder(&self.recorder)?),
            End::Closed(result) => Ok(result?),
            End::Over => Err(stopped()),
        }
    }

    /// Its engine is closed.
    pub(crate) fn close(&self) {
        let end = mem::replace(&mut *self.lock(), End::Over);
        if let End::Open = end {
            let result = raw::stop_recorder(&self.recorder);
            *self.lock() = End::Closed(result);
        }
    }
}

fn stopped() -> Failure {
    let message = "the recorder was stopped";
    Failure::new(perbus_status::PERBUS_ERROR_CLOSED, message)
}

/// What a recording becomes.
struct Wanted<'a> {
    path: &'a Path,
    settings: FileSettings,
    start: Option<i64>,
}

/// A file of zeros has the mixer's format.
fn settings(mixer: &Mixer, settings: *const perbus_file_settings) -> perbus::Result<FileSettings> {
    let own = || mixer.engine().inspect(mixer).map(|found| found.outputs[0]);
    // SAFETY: the header asks for a pointer to settings, or NULL.
    let Some(settings) = (unsafe { settings.as_ref() }) else {
        return Ok(FileSettings::wav(own()?));
    };
    let asked = &settings.format;
    let format = if asked.sample_rate == 0.0 && asked.channels == 0 {
        own()?
    } else {
        raw::format(asked)?
    };
    raw::file_settings(settings, format)
}

/// Begins a recording of something in a mixer.
fn record(
    (mixer, life): (&Mixer, &Arc<Life>),
    (path, file, start): (*const c_char, *const perbus_file_settings, *const i64),
    out_recorder: *mut *mut perbus_desk_recorder,
    begin: impl FnOnce(Wanted<'_>) -> perbus::Result<Recorder>,
) -> Outcome<()> {
    let path = text::path(path, "path")?;
    let out_recorder = out(out_recorder, "out_recorder")?;
    // SAFETY: the header asks for a pointer to a frame, or NULL.
    let start = unsafe { start.as_ref() }.copied();
    // A close waits until the recorder is there to be ended.
    let _open = life.enter()?;
    let settings = settings(mixer, file)?;
    let recorder = begin(Wanted {
        path,
        settings,
        start,
    })?;
    let kept = Arc::new(Kept {
        recorder,
        end: Mutex::new(End::Open),
    });
    let number = life.number();
    life.add_recorder(number, &kept);
    out_recorder.write(give(perbus_desk_recorder {
        kept,
        life: Arc::clone(life),
        number,
    }));
    Ok(())
}

/// Records what leaves the mixer, after its output volume. It takes the mixer's one tap.
/// @param path in the file system's encoding, with any bytes
/// @param settings zeros for its format stand for the mixer's rate, channels and layout; NULL: a WAV file
/// of floats
/// @param start_frame of the engine's time, in frames of the mixer's rate; NULL: the next rendered one
/// @param out_recorder receives the recorder; free it with perbus_desk_recorder_release
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @retval PERBUS_ERROR_FORMAT the settings' rate or channel count is not the mixer's
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the mixer has a tap or another recorder; and as
/// perbus_file_create
/// @retval PERBUS_ERROR_OUT_OF_RANGE start_frame has passed; quality
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// @retval PERBUS_ERROR_UNSUPPORTED as perbus_file_create
/// @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno
/// Maps to installTapOnBus:bufferSize:format:block: and
/// initForWriting:settings:commonFormat:interleaved:error:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_record(
    mixer: *mut perbus_desk_node,
    path: *const c_char,
    settings: *const perbus_file_settings,
    start_frame: *const i64,
    out_recorder: *mut *mut perbus_desk_recorder,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let life = &get(mixer, "the node")?.life;
        let (mixer, _) = self::mixer(mixer, "the node")?;
        let file = (path, settings, start_frame);
        record((mixer, life), file, out_recorder, |wanted| {
            match wanted.start {
                Some(frame) => mixer.record_at(frame, wanted.path, &wanted.settings),
                None => mixer.record(wanted.path, &wanted.settings),
            }
        })
    })
}

/// Records what is heard of the bus in its mixer's sum: after its fader, pan, mute, solo and groups, and
/// before the mixer's output volume. It goes on while sources come and go; without one there is silence.
/// The recording needs a free bus of the mixer, which perbus_desk_mixer_next_bus does not offer
/// meanwhile, but no list of nodes, scene or view shows.
/// @param path in the file system's encoding, with any bytes
/// @param settings as perbus_desk_mixer_record
/// @param start_frame as perbus_desk_mixer_record
/// @param out_recorder receives the recorder; free it with perbus_desk_recorder_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the bus is recorded already; and as perbus_file_create
/// @retval as perbus_desk_mixer_record, and as perbus_desk_engine_connect
/// Maps to installTapOnBus:bufferSize:format:block: and
/// initForWriting:settings:commonFormat:interleaved:error:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_record(
    bus: *mut perbus_desk_bus,
    path: *const c_char,
    settings: *const perbus_file_settings,
    start_frame: *const i64,
    out_recorder: *mut *mut perbus_desk_recorder,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let perbus_desk_bus { bus, life } = get(bus, "bus")?;
        let file = (path, settings, start_frame);
        record(
            (bus.mixer(), life),
            file,
            out_recorder,
            |wanted| match wanted.start {
                Some(frame) => bus.record_at(frame, wanted.path, &wanted.settings),
                None => bus.record(wanted.path, &wanted.settings),
            },
        )
    })
}

/// How the recording fares; also once it is over, or its engine closed.
/// @param out_reason receives why the file could not be written, to be ended by perbus_desk_text_free;
/// NULL in every other state. It may be NULL
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_recorder_get_status(
    recorder: *mut perbus_desk_recorder,
    out_status: *mut perbus_desk_recorder_status,
    out_reason: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let recorder = get(recorder, "recorder")?;
        let out_status = out(out_status, "out_status")?;
        outside()?;
        let status = recorder.kept.recorder.status();
        let (state, reason) = match status.state {
            RecorderState::Recording => (state::PERBUS_DESK_RECORDER_RECORDING, None),
            RecorderState::Finished => (state::PERBUS_DESK_RECORDER_FINISHED, None),
            RecorderState::Failed(reason) => (state::PERBUS_DESK_RECORDER_FAILED, Some(reason)),
            _ => (state::PERBUS_DESK_RECORDER_WAITING, None),
        };
        out_status.write(perbus_desk_recorder_status {
            state,
            frames: status.frames,
            dropped: status.dropped,
            silence: status.silence,
        });
        give_text(out_reason, reason);
        Ok(())
    })
}

fn give_text(out: *mut *mut c_char, given: Option<String>) {
    if !out.is_null() {
        write_if(out, given.map_or(null_mut(), |it| text::give(&it)));
    }
}

/// Ends the recording at a frame of the engine's time, in frames of the mixer's rate: the first that it
/// does not have. The file is complete soon after that was rendered. Another call before then sets
/// another end. It does not wait, and may be called in callbacks.
/// @retval PERBUS_ERROR_OUT_OF_RANGE a frame before the recording's start, or one that it has got past
/// @retval PERBUS_ERROR_CLOSED the recorder was stopped
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_recorder_stop_at(
    recorder: *mut perbus_desk_recorder,
    frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let recorder = get(recorder, "recorder")?;
        let open = recorder.kept.open()?;
        recorder.life.open(|| open.stop_at(frame))
    })
}

/// Waits until all that was rendered is on its way to the disk, but for the last part of less than
/// 0.1 s. A program that renders offline calls this now and then where the disk is slower than the
/// engine, so that blocks do not pile up in memory. On Apple's engine it does not wait for the engine.
/// @retval PERBUS_ERROR_INVALID_ARGUMENT on a thread of an engine, such as in a callback; in a batch, once
/// no callback has returned for half a second, since one may be waiting for the batch's end
/// @retval PERBUS_ERROR_CLOSED the recorder was stopped
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_recorder_wait(
    recorder: *mut perbus_desk_recorder,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let recorder = get(recorder, "recorder")?;
        let open = recorder.kept.open()?;
        // A close does not wait for it: a callback that this waits for may have to wait for the close.
        recorder.life.brief(|| Ok(()))?;
        Ok(open.wait()?)
    })
}

/// Ends the recording with what has been rendered, unless it ended earlier by
/// perbus_desk_recorder_stop_at or the close of its engine, and completes the file. The handle is still
/// to be released.
/// @param out_recording receives the figures; NULL for none
/// @param out_interrupted receives why the recording ended before it was stopped, because the mixer got
/// another sample rate or channel count, to be ended by perbus_desk_text_free; NULL when it did not. It
/// may be NULL
/// @retval PERBUS_ERROR_FILE the disk is full or fails: nothing is left of the file
/// @retval PERBUS_ERROR_INVALID_ARGUMENT as perbus_desk_recorder_wait, and in a batch once the disk has taken
/// nothing for five seconds: the recording ends, but the file is completed by another thread
/// @retval PERBUS_ERROR_CLOSED the recorder was stopped before
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_recorder_stop(
    recorder: *mut perbus_desk_recorder,
    out_recording: *mut perbus_desk_recording,
    out_interrupted: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let recorder = get(recorder, "recorder")?;
        outside()?;
        // A close does not wait for it, as for perbus_desk_recorder_wait.
        recorder.life.remove_recorder(recorder.number);
        let recording = recorder.kept.stop()?;
        let figures = perbus_desk_recording {
            frames: recording.frames,
            dropped: recording.dropped,
            silence: recording.silence,
        };
        write_if(out_recording, figures);
        give_text(out_interrupted, recording.interrupted);
        Ok(())
    })
}

/// Ends a handle, and the recording with it, as perbus_desk_recorder_stop does. NULL is a no-op.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_recorder_release(recorder: *mut perbus_desk_recorder) {
    if let Ok(recorder) = get(recorder, "recorder") {
        recorder.life.remove_recorder(recorder.number);
    }
    take(recorder);
}
