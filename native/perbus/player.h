/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Players and the buffers that they play.
 */
#ifndef PERBUS_PLAYER_H
#define PERBUS_PLAYER_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes a buffer of `frames` frames of silence.
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_NO_MEMORY the system gives not that much
 * Maps to initWithPCMFormat:frameCapacity:. Real-time safe: no
 */
perbus_status perbus_buffer_create(const perbus_format *format, uint32_t frames,
                                   perbus_buffer **out_buffer, perbus_error *error);
/** Ends the handle; a player that has the buffer queued keeps its samples. NULL is a no-op.
 *  Real-time safe: no */
void perbus_buffer_release(perbus_buffer *buffer);
/** A channel's samples, or NULL when there is no such channel; valid as long as the buffer. They
 *  must not change while a player has the buffer queued. Maps to floatChannelData.
 *  Real-time safe: no */
float *perbus_buffer_get_channel(perbus_buffer *buffer, uint32_t channel);
/**
 * Shortens the buffer to its first `frames` frames, or lengthens it again.
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames: more than it was made for
 * Maps to frameLength. Threading: before it is scheduled. Real-time safe: no
 */
perbus_status perbus_buffer_set_frames(perbus_buffer *buffer, uint32_t frames, perbus_error *error);
/** The buffer's length in frames; 0 for NULL. Maps to frameLength. Real-time safe: no */
uint32_t perbus_buffer_get_frames(const perbus_buffer *buffer);

/** A buffer starts right after the one before it. */
#define PERBUS_FOLLOW INT64_MIN
/** Times in frames lie between minus this and this: what a double holds exactly. */
#define PERBUS_MAX_TIME (INT64_C(1) << 53)

/** Bits of perbus_schedule.flags. */
enum {
    PERBUS_SCHEDULE_LOOPS = 1,             /**< Repeat until stopped or interrupted. */
    PERBUS_SCHEDULE_INTERRUPTS = 2,        /**< Replace what plays and what is queued. */
    PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP = 4 /**< The same, when the current pass ends. */
};

/** How a scheduled buffer came to its end. Values are never renumbered. */
typedef enum perbus_end {
    PERBUS_END_PLAYED = 0, /**< It was played to its last frame. */
    PERBUS_END_INTERRUPTED =
        1,                  /**< Another buffer took its place, before it or in the midst of it. */
    PERBUS_END_STOPPED = 2, /**< The player was stopped. */
    PERBUS_END_DETACHED = 3 /**< The player was detached, or its engine destroyed. */
} perbus_end;

/**
 * Runs once a scheduled buffer, in the order of scheduling, on a thread of the engine. It may
 * schedule more, which after a stop is the caller's choice; it must not stop or detach the player.
 *
 * On Apple's engine, whose handlers do not say how a buffer ended, it is derived from what was asked
 * of the player. It can be wrong for a buffer that ends by itself while the call is made that would
 * end it, or before an interruption that was scheduled for later.
 */
typedef void (*perbus_completion)(void *context, perbus_end end);

/** How perbus_player_schedule queues a buffer. All zero but `start` is the plain way. */
typedef struct perbus_schedule {
    int64_t start;                /**< In frames of the player's own time, or PERBUS_FOLLOW. */
    uint32_t flags;               /**< PERBUS_SCHEDULE_* */
    perbus_completion completion; /**< NULL for none. */
    void *context;                /**< The completion's argument. */
} perbus_schedule;

/** Makes a player, attached to nothing. Its format is that of its first connection; until then, its
 *  engine's. Attached, it outlives its last handle and goes on playing: perbus_node_release.
 *  Maps to -[AVAudioPlayerNode init]. Real-time safe: no */
perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error);

/**
 * The same for buffers of a given format, such as that of a mono file: perbus_engine_connect connects
 * the player in it when it is given none, and the mixer converts rate and channels.
 * @retval PERBUS_ERROR_FORMAT a rate or channel count outside perbus_format's ranges
 * Maps to -[AVAudioPlayerNode init]. Real-time safe: no
 */
perbus_status perbus_player_create_with_format(const perbus_format *format, perbus_node **out_node,
                                               perbus_error *error);

/**
 * Queues a buffer. It must have the player's format: that of its connection, also when that has
 * ended; before the first one its engine's, unless it was made with another one: such a player has to
 * be connected first. Frames of the player's time are frames of that rate.
 * @param schedule NULL: after the previous buffer, once
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_FORMAT the buffer's rate, channel count or layout is not the player's
 * @retval PERBUS_ERROR_NOT_CONNECTED a player that was made with a format of its own, before its first
 *         connection
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags, or an empty buffer that loops
 * @retval PERBUS_ERROR_NO_MEMORY
 * @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
 * Maps to scheduleBuffer:atTime:options:completionHandler:. Real-time safe: no
 */
perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error);

/**
 * Plays from the next rendered frame, or from where it was paused. While perbus_player_stop_after or
 * perbus_player_pause_after is under way, it takes that back: the gain returns to 1, as fast as it
 * went. A player that starts or resumes does so at its full gain.
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_NOT_RUNNING its engine is not started
 * @retval PERBUS_ERROR_NOT_CONNECTED its output goes nowhere
 * Maps to -play. Real-time safe: no
 */
perbus_status perbus_player_play(perbus_node *player, perbus_error *error);

/**
 * As perbus_player_play, from a given frame of the engine's time (perbus_engine_get_sample_time).
 * @param engine_frame counted at the rate of the player's connection; a past one means at once
 * @retval PERBUS_ERROR_OUT_OF_RANGE engine_frame: past PERBUS_MAX_TIME
 * Maps to playAtTime:. Real-time safe: no
 */
perbus_status perbus_player_play_at(perbus_node *player, int64_t engine_frame, perbus_error *error);

/** Halts the player where it is, at once: in the midst of a sound, that clicks
 *  (perbus_player_pause_after does not). @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to -pause. Real-time safe: no */
perbus_status perbus_player_pause(perbus_node *player, perbus_error *error);

/** Halts the player, empties its queue and sets its time to 0, at once: in the midst of a sound, that
 *  clicks (perbus_player_stop_after does not). Its buffers end with PERBUS_END_STOPPED.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to -stop. Threading: not from a completion. Real-time safe: no */
perbus_status perbus_player_stop(perbus_node *player, perbus_error *error);

/** The longest ramp of perbus_player_stop_after and perbus_player_pause_after, in seconds: a day. */
#define PERBUS_MAX_HALT 86400

/**
 * Fades the player to silence, linearly from the gain it has, and stops it at the frame that follows:
 * exactly so many frames of its connection's rate after the start of the next block, whatever the
 * blocks. What was scheduled by then ends with PERBUS_END_STOPPED. perbus_player_play takes it back,
 * perbus_player_stop and perbus_player_pause come at once in its place, and another
 * perbus_player_stop_after or perbus_player_pause_after goes on from the gain as it is. Time passes
 * for it while the player is rendered; a stop of the engine is a stop of the player then. A player
 * that does not play, or is not connected, or whose engine does not run, is stopped at once.
 *
 * On Apple's engine the volumes of the player's mixer connections go in steps of 5 ms, return to what
 * they were once the player has stopped, and must not be set meanwhile.
 * @param seconds 0 to PERBUS_MAX_HALT; less than half a frame is a perbus_player_stop
 * @retval PERBUS_ERROR_OUT_OF_RANGE seconds
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * Maps to -stop. Threading: not from a completion. Real-time safe: no
 */
perbus_status perbus_player_stop_after(perbus_node *player, double seconds, perbus_error *error);

/** The same with a pause at its end: the player resumes at its full gain where it fell silent.
 *  Maps to -pause. Real-time safe: no */
perbus_status perbus_player_pause_after(perbus_node *player, double seconds, perbus_error *error);

/** Whether the player was told to play; also true when its queue has run out, and until the end of a
 *  perbus_player_stop_after.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to isPlaying. Real-time safe: no */
perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
