/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Players, and the buffers and files they play.
 */
#ifndef PERBUS_PLAYER_H
#define PERBUS_PLAYER_H

#include "file.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a buffer of `frames` frames of silence.
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_NO_MEMORY there is not that much memory
 * Maps to initWithPCMFormat:frameCapacity:. Threads: any. Real-time safe: no
 */
perbus_status perbus_buffer_create(const perbus_format *format, uint32_t frames,
                                   perbus_buffer **out_buffer, perbus_error *error);
/** Frees the handle; a player that has the buffer queued keeps its samples. NULL is a no-op.
 *  Threads: any. Real-time safe: no */
void perbus_buffer_release(perbus_buffer *buffer);
/** A channel's samples, or NULL if there is no such channel; valid as long as the buffer. They must
 *  not change while a player has the buffer queued. Maps to floatChannelData.
 *  Threads: any. Real-time safe: no */
float *perbus_buffer_get_channel(perbus_buffer *buffer, uint32_t channel);
/**
 * Shortens the buffer to its first `frames` frames, or lengthens it again.
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames is more than it was made for
 * Maps to frameLength. Threads: any, while no player has it queued. Real-time safe: no
 */
perbus_status perbus_buffer_set_frames(perbus_buffer *buffer, uint32_t frames, perbus_error *error);
/** The buffer's length in frames; 0 for NULL. Maps to frameLength. Threads: any.
 *  Real-time safe: no */
uint32_t perbus_buffer_get_frames(const perbus_buffer *buffer);

/** A buffer or file starts right after the previous one. */
#define PERBUS_FOLLOW INT64_MIN
/** Times in frames range from minus this to this, which a double holds exactly. */
#define PERBUS_MAX_TIME (INT64_C(1) << 53)

/** Bits of perbus_schedule.flags. */
enum {
    PERBUS_SCHEDULE_LOOPS = 1,              /**< Repeat until stopped or interrupted. */
    PERBUS_SCHEDULE_INTERRUPTS = 2,         /**< Replace what plays and what is queued. */
    PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP = 4, /**< The same, when the current pass ends. */
    PERBUS_SCHEDULE_HOST_TIME = 8           /**< `start` is a host time. */
};

/** How a scheduled buffer or file ended. Values are never renumbered. */
typedef enum perbus_end {
    PERBUS_END_PLAYED = 0,      /**< It was played to its last frame. */
    PERBUS_END_INTERRUPTED = 1, /**< Another buffer replaced it, before or while it played. */
    PERBUS_END_STOPPED = 2,     /**< The player was stopped. */
    PERBUS_END_DETACHED = 3,    /**< The player was detached, or its engine destroyed. */
    PERBUS_END_FAILED =
        4 /**< The file could not be read to its end. What was decoded was played. */
} perbus_end;

/**
 * Runs once per scheduled buffer or file, in the order of scheduling, on a thread of the engine. It may
 * schedule more buffers, even after a stop; it must not stop or detach the player.
 *
 * Apple's handlers do not report how a buffer ended, so there `end` is derived from the calls made
 * on the player. It can be wrong for a buffer that finishes during the very call that would end it,
 * or before an interruption that was scheduled for later.
 */
typedef void (*perbus_completion)(void *context, perbus_end end);

/** How perbus_player_schedule queues a buffer. The default is zero for everything but `start`. */
typedef struct perbus_schedule {
    int64_t start;                /**< In frames of the player's own time, or PERBUS_FOLLOW; with
                                       PERBUS_SCHEDULE_HOST_TIME the host time at which the first
                                       frame is heard (perbus_player_play_at_host_time). What
                                       interrupts at a host time does so at once if the player does
                                       not play when it is scheduled. */
    uint32_t flags;               /**< PERBUS_SCHEDULE_* */
    perbus_completion completion; /**< NULL for none. */
    void *context;                /**< The completion's argument. */
} perbus_schedule;

/** Makes a player that is not attached yet. Its format is that of its first connection; until then,
 *  its engine's. Once attached, it outlives its last handle and goes on playing: see
 *  perbus_node_release.
 *  Maps to -[AVAudioPlayerNode init]. Threads: any. Real-time safe: no */
perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error);

/**
 * Makes a player for buffers of a given format, such as that of a mono file. perbus_engine_connect
 * uses it when it is given no format, and the mixer converts rate and channels.
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * Maps to -[AVAudioPlayerNode init]. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_create_with_format(const perbus_format *format, perbus_node **out_node,
                                               perbus_error *error);

/**
 * Queues a buffer, which must have the player's format: that of its connection, even one that has
 * ended, or before the first one its engine's. A player that was made with a format of its own must
 * be connected first. The player's time counts frames at that rate.
 * @param schedule NULL to play once, after the previous buffer
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player, or start is a host time and the engine
 * offline
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_FORMAT the buffer's rate, channel count or layout is not the player's
 * @retval PERBUS_ERROR_NOT_CONNECTED the player was made with a format of its own and was never
 * connected
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty buffer that loops
 * @retval PERBUS_ERROR_NO_MEMORY
 * @retval PERBUS_ERROR_OUT_OF_RANGE start is past PERBUS_MAX_TIME, or a negative host time
 * Maps to scheduleBuffer:atTime:options:completionHandler:. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error);

/**
 * Queues a file, which is decoded ahead on a thread of the engine: at most two seconds of a player's
 * files are in memory. The file is opened anew, under its name, when its turn comes; the handle's
 * position stays, and the handle may be destroyed. It must have the player's channels, as for
 * perbus_player_schedule. Another rate is converted to that of the player's connection.
 *
 * Everything in the schedule is as for buffers. Files, segments and buffers follow each other without
 * a gap, and a file that loops has no seam. A file that cannot be read to its end, for instance
 * because it is damaged or not there any more, is played as far as it can be and ends with
 * PERBUS_END_FAILED.
 *
 * Offline, rendering waits for the decoder, and renders the same whatever the timing. On a device, a
 * file that is not decoded in time is silent meanwhile and stays in time: what was missed is not
 * played later, and is counted in perbus_position.late_frames. So that it begins with its first
 * frame, this call itself decodes the beginning of a file that is played at once.
 *
 * On Apple's engine a file that interrupts begins one frame later, and the rate of files that
 * AVAudioFile does not read is not converted.
 * @param schedule NULL to play once, after what was queued before
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player, the file is being written, or start is a host
 * time and the engine offline
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_FORMAT the file's channel count or layout is not the player's, or the rates are
 * too far apart
 * @retval PERBUS_ERROR_NOT_CONNECTED the player was made with a format of its own and was never
 * connected
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty file that loops
 * @retval PERBUS_ERROR_NO_MEMORY
 * @retval PERBUS_ERROR_OUT_OF_RANGE start is past PERBUS_MAX_TIME, or a negative host time
 * Maps to scheduleFile:atTime:completionHandler:. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_schedule_file(perbus_node *player, perbus_file *file,
                                          const perbus_schedule *schedule, perbus_error *error);

/**
 * Like perbus_player_schedule_file, for a part of the file. Segments that follow each other in the
 * file and in the queue sound like the whole, also at another rate.
 * @param start_frame the file's frame that is played first
 * @param frames how many frames are played, or make one pass of a loop; at least 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE the segment is empty or goes past the file's ends
 * Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_player_schedule_segment(perbus_node *player, perbus_file *file,
                                             int64_t start_frame, int64_t frames,
                                             const perbus_schedule *schedule, perbus_error *error);

/** Where a player is. */
typedef struct perbus_position {
    int64_t player_frame; /**< Of the player's time, which stands still while it is paused. */
    int64_t file_frame;   /**< The file's frame that sounds next; -1 if the player plays a buffer or
                               nothing. */
    int64_t file_frames;  /**< The length of the whole file; 0 without one. */
    uint64_t late_frames; /**< Frames of silence because a file was not decoded in time, since the
                               player was made; 0 on Apple's engine, which does not tell. */
} perbus_position;

/**
 * Where the player is as of the last block. The file is the one that is played or, until it starts,
 * first in the queue.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to playerTimeForNodeTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_get_position(perbus_node *player, perbus_position *out_position,
                                         perbus_error *error);

/**
 * The file that is played, or is first in the queue, goes on from another frame. Its segment's end,
 * its loop and what is queued behind it stay. The next block has the new place; on a device, the old
 * one goes on until the new one is decoded, which this call waits for. In the middle of a sound
 * this clicks.
 * @param file_frame a frame of the file, from the first to the last one of the segment
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the player plays a buffer, or nothing is queued
 * @retval PERBUS_ERROR_OUT_OF_RANGE file_frame is not in the segment
 * @retval PERBUS_ERROR_NO_MEMORY
 * Maps to scheduleSegment:startingFrame:frameCount:atTime:completionHandler:. Threads: any but a
 * completion's. Real-time safe: no
 */
perbus_status perbus_player_seek(perbus_node *player, int64_t file_frame, perbus_error *error);

/**
 * Plays from the next rendered frame, or from where it was paused. During perbus_player_stop_after
 * or perbus_player_pause_after it cancels the halt: the gain returns to 1 as fast as it fell. A
 * player that starts or resumes does so at full gain.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_NOT_RUNNING its engine is not started
 * @retval PERBUS_ERROR_NOT_CONNECTED its output is not connected
 * Maps to -play. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_play(perbus_node *player, perbus_error *error);

/**
 * Like perbus_player_play, from a given frame of the engine's time (perbus_engine_get_sample_time).
 * @param engine_frame counted at the rate of the player's connection; a frame in the past means at
 * once
 * @retval PERBUS_ERROR_OUT_OF_RANGE engine_frame is past PERBUS_MAX_TIME
 * Maps to playAtTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_play_at(perbus_node *player, int64_t engine_frame, perbus_error *error);

/**
 * Like perbus_player_play, but so that the first frame is heard at a host time, on whatever device the
 * engine plays to: as precisely as the sound system reports its latency: within a few milliseconds
 * with PulseAudio and PipeWire. Players of one engine that are to play at the same time begin with the same frame.
 * A time that is too early for the latency means at once, so it should be at least that far away
 * (perbus_engine_get_render_time). After a loss of the device the time still holds.
 *
 * On Apple's engine the frame leaves the engine at that time, and is heard presentationLatency later.
 * @param host_time nanoseconds of perbus_get_host_time, up to INT64_MAX
 * @retval PERBUS_ERROR_WRONG_KIND the engine is offline: it has no host time
 * @retval PERBUS_ERROR_OUT_OF_RANGE host_time
 * Maps to playAtTime:. Threads: any. Real-time safe: no
 */
perbus_status perbus_player_play_at_host_time(perbus_node *player, uint64_t host_time,
                                              perbus_error *error);

/** Pauses the player at once. In the middle of a sound this clicks; perbus_player_pause_after does
 *  not. @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 *  Maps to -pause. Threads: any. Real-time safe: no */
perbus_status perbus_player_pause(perbus_node *player, perbus_error *error);

/** Stops the player at once, empties its queue and sets its time to 0. Its buffers end with
 *  PERBUS_END_STOPPED. In the middle of a sound this clicks; perbus_player_stop_after does not.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 *  Maps to -stop. Threads: any but a completion's. Real-time safe: no */
perbus_status perbus_player_stop(perbus_node *player, perbus_error *error);

/** The longest ramp of perbus_player_stop_after and perbus_player_pause_after, in seconds: one
 *  day. */
#define PERBUS_MAX_HALT 86400

/**
 * Fades the player linearly from its current gain to silence and stops it at the following frame:
 * exactly that many frames, at its connection's rate, after the start of the next block, whatever
 * the block size. Whatever was scheduled by then ends with PERBUS_END_STOPPED. perbus_player_play
 * cancels the halt, perbus_player_stop and perbus_player_pause take effect at once instead, and
 * another perbus_player_stop_after or perbus_player_pause_after continues from the current gain.
 * Its time passes only while the player is rendered; stopping the engine meanwhile stops the
 * player. A player that is not playing, is not connected, or whose engine is not running, is
 * stopped at once.
 *
 * On Apple's engine the volumes of the player's mixer connections change in steps of 5 ms, offline
 * at the beginning of each block of perbus_engine_render; the player stops 10 ms after the last. They
 * return to their previous values then, and must not be set meanwhile.
 * @param seconds 0 to PERBUS_MAX_HALT; less than half a frame acts as perbus_player_stop
 * @retval PERBUS_ERROR_OUT_OF_RANGE seconds
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 * Maps to -stop. Threads: any but a completion's. Real-time safe: no
 */
perbus_status perbus_player_stop_after(perbus_node *player, double seconds, perbus_error *error);

/** Like perbus_player_stop_after, but pauses the player, which resumes at full gain where it fell
 *  silent.
 *  Maps to -pause. Threads: any. Real-time safe: no */
perbus_status perbus_player_pause_after(perbus_node *player, double seconds, perbus_error *error);

/** Whether the player is playing. Still true when its queue has run out, and until a
 *  perbus_player_stop_after has finished.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is not a player
 *  Maps to isPlaying. Threads: any. Real-time safe: no */
perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
