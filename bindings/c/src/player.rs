//! Players.

use std::ffi::c_void;
use std::sync::{Arc, Weak};

use perbus::raw::{
    self, perbus_completion, perbus_error, perbus_format, perbus_schedule, perbus_status,
};
use perbus::{AnyNode, BufferEnd, Error, Schedule};

use crate::buffer::perbus_desk_buffer;
use crate::engine::duration;
use crate::failure::{get, out, run, Failure, Outcome};
use crate::handle::{perbus_desk_engine, perbus_desk_node, player};
use crate::life::Life;

/// Makes a player and attaches it.
/// @param out_node receives the player; free it with perbus_desk_node_release
/// Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_create(
    engine: *mut perbus_desk_engine,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let player = engine.life.open(|| engine.engine.create_player())?;
        out_node.write(engine.node(AnyNode::Player(player)));
        Ok(())
    })
}

/// Makes a player of a format and attaches it: it is connected in that format unless another is
/// given, and takes buffers of no other.
/// @param out_node receives the player; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
/// Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_create_with_format(
    engine: *mut perbus_desk_engine,
    format: *const perbus_format,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let format = get(format, "format")?;
        let out_node = out(out_node, "out_node")?;
        let create = || engine.engine.create_player_with(raw::format(format)?);
        out_node.write(engine.node(AnyNode::Player(engine.life.open(create)?)));
        Ok(())
    })
}

/// A completion of C's, and what it is called with.
struct Completion {
    function: perbus_completion,
    context: *mut c_void,
    life: Weak<Life>,
}

// SAFETY: the header says on which threads completions are called; the context is only passed to
// them.
unsafe impl Send for Completion {}

impl Completion {
    fn run(self, end: BufferEnd) {
        let Some(function) = self.function else {
            return;
        };
        let end = raw::end(end);
        // SAFETY: the header asks for a function that takes this context.
        let call = || unsafe { function(self.context, end) };
        match self.life.upgrade() {
            Some(life) => life.complete(call),
            None => call(),
        }
    }
}

/// A schedule of C's as Rust has it: what it asks for, and what runs at the end.
pub(crate) fn schedule_of(
    schedule: Option<&perbus_schedule>,
    life: &Arc<Life>,
) -> Outcome<(Schedule, impl FnOnce(BufferEnd) + Send + 'static)> {
    let completion = Completion {
        function: schedule.and_then(|it| it.completion),
        context: schedule.map_or(std::ptr::null_mut(), |it| it.context),
        life: Arc::downgrade(life),
    };
    let wanted = schedule.map_or(Ok(Schedule::default()), rust)?;
    Ok((wanted, move |end| completion.run(end)))
}

fn rust(schedule: &perbus_schedule) -> Outcome<Schedule> {
    const LOOPS: u32 = raw::PERBUS_SCHEDULE_LOOPS;
    const INTERRUPTS: u32 = raw::PERBUS_SCHEDULE_INTERRUPTS;
    const AT_LOOP: u32 = raw::PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP;
    const HOST_TIME: u32 = raw::PERBUS_SCHEDULE_HOST_TIME;
    let flags = schedule.flags;
    if flags & !(LOOPS | INTERRUPTS | AT_LOOP | HOST_TIME) != 0 {
        return Err(Failure::argument(format!("unknown flags {flags:#x}")));
    }
    let at = match (schedule.start, u64::try_from(schedule.start)) {
        (_, Ok(time)) if flags & HOST_TIME != 0 => Some(raw::instant_at(time).into()),
        (time, Err(_)) if flags & HOST_TIME != 0 => {
            let reason = format!("host time {time} is not in 0 to 2^63 - 1");
            return Err(Error::OutOfRange(reason).into());
        }
        // PERBUS_FOLLOW
        (i64::MIN, _) => None,
        (frame, _) => Some(frame.into()),
    };
    Ok(Schedule {
        at,
        loops: flags & LOOPS != 0,
        interrupts: flags & INTERRUPTS != 0,
        interrupts_at_loop: flags & AT_LOOP != 0,
    })
}

/// Queues a buffer.
/// @param schedule NULL: after the previous buffer, once. The completion runs on a thread of the
/// engine, where it may call the desk, but must not stop the player; it is not called when this
/// fails
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
/// @retval PERBUS_ERROR_FORMAT the buffer's rate or channel count is not the player's
/// @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty buffer that loops
/// @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
/// Maps to scheduleBuffer:atTime:options:completionHandler:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_schedule(
    player: *mut perbus_desk_node,
    buffer: *mut perbus_desk_buffer,
    schedule: *const perbus_schedule,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        let buffer = &get(buffer, "buffer")?.0;
        let Some(schedule) = schedule.as_ref() else {
            return life.open(|| player.schedule(buffer));
        };
        let (wanted, completed) = schedule_of(Some(schedule), life)?;
        life.open(|| player.schedule_with(buffer, wanted, completed))
    })
}

/// Plays from the next rendered frame, or from where it was paused.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
/// @retval PERBUS_ERROR_NOT_RUNNING its engine is not started
/// @retval PERBUS_ERROR_NOT_CONNECTED its output goes nowhere
/// Maps to play. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_play(
    player: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| player.play())
    })
}

/// As perbus_desk_player_play, from a given frame of the engine's time
/// (perbus_desk_engine_get_sample_time).
/// @param engine_frame counted at the rate of the player's connection; a past one means at once
/// @retval PERBUS_ERROR_OUT_OF_RANGE engine_frame: past PERBUS_MAX_TIME
/// Maps to playAtTime:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_play_at(
    player: *mut perbus_desk_node,
    engine_frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| player.play_at(engine_frame))
    })
}

/// The same, so that the first frame is heard at a host time, as perbus_player_play_at_host_time has it.
/// Players of one engine that are to play at one time begin with the same frame.
/// @param host_time nanoseconds of perbus_get_host_time, up to INT64_MAX; one that is too early for the
/// latency means at once
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player, or the engine is offline
/// @retval PERBUS_ERROR_OUT_OF_RANGE host_time
/// Maps to playAtTime:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_play_at_host_time(
    player: *mut perbus_desk_node,
    host_time: u64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        if i64::try_from(host_time).is_err() {
            let reason = format!("host time {host_time} is not in 0 to 2^63 - 1");
            return Err(Error::OutOfRange(reason).into());
        }
        life.open(|| player.play_at(raw::instant_at(host_time)))
    })
}

/// Halts the player where it is. @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// Maps to pause. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_pause(
    player: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| player.pause())
    })
}

/// Halts the player, empties its queue and sets its time to 0.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// Maps to stop. Threads: any, but not in a completion. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_stop(
    player: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        // On Apple's engine it may wait for callbacks, which may close.
        life.brief(|| player.stop())
    })
}

/// Stops the player without a click: its sound falls linearly to silence over `seconds`, and then
/// it stops as perbus_desk_player_stop does.
/// @param seconds 0 to a day, of the engine's time
/// @retval PERBUS_ERROR_OUT_OF_RANGE seconds
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// Maps to stop. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_stop_after(
    player: *mut perbus_desk_node,
    seconds: f64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| player.stop_after(duration(seconds)?))
    })
}

/// The same with a pause at its end: the player resumes at its full gain where it fell silent.
/// Maps to pause. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_pause_after(
    player: *mut perbus_desk_node,
    seconds: f64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| player.pause_after(duration(seconds)?))
    })
}

/// Whether the player is playing, even if its queue has run out.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// Maps to isPlaying. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_is_playing(
    player: *mut perbus_desk_node,
    out_playing: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        let out_playing = out(out_playing, "out_playing")?;
        out_playing.write(life.open(|| player.is_playing())?);
        Ok(())
    })
}
