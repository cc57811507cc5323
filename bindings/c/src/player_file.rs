//! Players that play files.

use perbus::raw::{
    self, perbus_error, perbus_file, perbus_file_get_info, perbus_file_info, perbus_position,
    perbus_schedule, perbus_status,
};
use perbus::AnyNode;

use crate::failure::{get, out, run, Outcome};
use crate::handle::{perbus_desk_engine, perbus_desk_node, player};
use crate::player::schedule_of;

/// Makes a player for a file, and others with its channels, and attaches it: it is connected with the
/// file's channels and the engine's rate, to which it converts.
/// @param file remains the caller's
/// @param out_node receives the player; free it with perbus_desk_node_release
/// Maps to -[AVAudioPlayerNode init] and attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_create_for_file(
    engine: *mut perbus_desk_engine,
    file: *mut perbus_file,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    let mut info: perbus_file_info = std::mem::zeroed();
    match perbus_file_get_info(file, &mut info, error) {
        perbus_status::PERBUS_OK => run(error, || {
            let engine = get(engine, "engine")?;
            let out_node = out(out_node, "out_node")?;
            let create =
                || raw::create_player_for_format(&engine.engine, raw::format(&info.format)?);
            out_node.write(engine.node(AnyNode::Player(engine.life.open(create)?)));
            Ok(())
        }),
        refused => refused,
    }
}

unsafe fn queue(
    player: *mut perbus_desk_node,
    file: *mut perbus_file,
    segment: Option<(i64, i64)>,
    schedule: *const perbus_schedule,
) -> Outcome<()> {
    let (player, life) = self::player(player)?;
    get(file, "file")?;
    let (wanted, completed) = schedule_of(schedule.as_ref(), life)?;
    life.open(|| raw::schedule_file(player, file, segment, wanted, completed))
}

/// Queues a file, which is decoded ahead on a thread of the engine: at most two seconds of a player's
/// files are in memory. The file is opened anew, under its name, when its turn comes; the handle's
/// position stays, and the handle may be destroyed. Another rate is converted to that of the player's
/// connection. Everything else is as for perbus_player_schedule_file.
/// @param schedule NULL: after what was queued before, once. The completion runs as that of
/// perbus_desk_player_schedule does; PERBUS_END_FAILED says that the file could not be read to its end,
/// and that what was decoded was played
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player, or the file is being written
/// @retval PERBUS_ERROR_NOT_ATTACHED the player was detached
/// @retval PERBUS_ERROR_FORMAT the file's channel count or layout is not the player's, or the rates are
/// too far apart
/// @retval PERBUS_ERROR_NOT_CONNECTED the player was made with a format of its own and was never
/// connected
/// @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty file that loops
/// @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
/// Maps to scheduleFile:atTime:completionHandler:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_schedule_file(
    player: *mut perbus_desk_node,
    file: *mut perbus_file,
    schedule: *const perbus_schedule,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || queue(player, file, None, schedule))
}

/// As perbus_desk_player_schedule_file, for a part of the file. Segments that follow each other in the
/// file and in the queue sound like the whole, also at another rate.
/// @param start_frame the file's frame that is played first
/// @param frames how many frames are played, or make one pass of a loop; at least 1
/// @retval PERBUS_ERROR_OUT_OF_RANGE the segment is empty or goes past the file's ends
/// Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any. Real-time
/// safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_schedule_segment(
    player: *mut perbus_desk_node,
    file: *mut perbus_file,
    start_frame: i64,
    frames: i64,
    schedule: *const perbus_schedule,
    error: *mut perbus_error,
) -> perbus_status {
    let segment = Some((start_frame, frames));
    run(error, || queue(player, file, segment, schedule))
}

/// Where the player is as of the last block, in its own time and in the file that it plays or, until it
/// starts, has first in its queue.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// Maps to playerTimeForNodeTime:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_get_position(
    player: *mut perbus_desk_node,
    out_position: *mut perbus_position,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        let out_position = out(out_position, "out_position")?;
        let position = life.open(|| player.position())?;
        let frame = |frame: Option<u64>, none| frame.map_or(none, |frame| frame as i64);
        out_position.write(perbus_position {
            player_frame: position.player_frame,
            file_frame: frame(position.file_frame, -1),
            file_frames: frame(position.file_frames, 0),
            late_frames: position.late_frames,
        });
        Ok(())
    })
}

/// The file that is played, or is first in the queue, goes on from another frame. Its segment's end,
/// its loop and what is queued behind it stay. The next block has the new place; on a device, the old
/// one goes on until the new one is decoded, which this call waits for. In the middle of a sound this
/// clicks.
/// @param file_frame a frame of the file, from the first to the last one of the segment
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a player
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the player plays a buffer, or nothing is queued
/// @retval PERBUS_ERROR_OUT_OF_RANGE file_frame is not in the segment
/// Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any but a
/// completion's. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_player_seek(
    player: *mut perbus_desk_node,
    file_frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (player, life) = self::player(player)?;
        life.open(|| raw::seek(player, file_frame))
    })
}
