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

/** Runs on a thread of the engine, once a scheduled buffer: when it was played, interrupted or
 *  stopped. It may schedule more; it must not stop the player. */
typedef void (*perbus_completion)(void *context);

/** How perbus_player_schedule queues a buffer. All zero but `start` is the plain way. */
typedef struct perbus_schedule {
    int64_t start;                /**< In frames of the player's own time, or PERBUS_FOLLOW. */
    uint32_t flags;               /**< PERBUS_SCHEDULE_* */
    perbus_completion completion; /**< NULL for none. */
    void *context;                /**< The completion's argument. */
} perbus_schedule;

/** Makes a player, attached to nothing. Attached, it outlives its last handle and goes on playing:
 *  perbus_node_release. Maps to -[AVAudioPlayerNode init]. Real-time safe: no */
perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error);

/**
 * Queues a buffer. The buffer's rate is taken to be that of the player's connection, and frames of
 * the player's time are frames of that rate.
 * @param schedule NULL: after the previous buffer, once
 * @retval PERBUS_ERROR_WRONG_KIND the node is no player
 * @retval PERBUS_ERROR_NOT_ATTACHED the player belongs to no engine
 * @retval PERBUS_ERROR_FORMAT the channel counts of buffer and player differ
 * @retval PERBUS_ERROR_INVALID_ARGUMENT unknown flags
 * @retval PERBUS_ERROR_OUT_OF_RANGE start: past PERBUS_MAX_TIME
 * Maps to scheduleBuffer:atTime:options:completionHandler:. Real-time safe: no
 */
perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error);

/**
 * Plays from the next rendered frame, or from where it was paused.
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

/** Halts the player where it is. @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to -pause. Real-time safe: no */
perbus_status perbus_player_pause(perbus_node *player, perbus_error *error);

/** Halts the player, empties its queue and sets its time to 0.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to -stop. Threading: not from a completion. Real-time safe: no */
perbus_status perbus_player_stop(perbus_node *player, perbus_error *error);

/** Whether the player was told to play; also true when its queue has run out.
 *  @retval PERBUS_ERROR_WRONG_KIND the node is no player
 *  Maps to isPlaying. Real-time safe: no */
perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
