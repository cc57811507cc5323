/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Taps: what leaves an output bus, as blocks of samples.
 */
#ifndef PERBUS_TAP_H
#define PERBUS_TAP_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A tap of an output bus. */
typedef struct perbus_tap perbus_tap;

/** The longest block, in frames, that a tap may be asked for. */
#define PERBUS_MAX_TAP_FRAMES 1048576

/** A block of a tap. The samples are a copy, valid during the call. */
typedef struct perbus_tap_block {
    int64_t sample_time;          /**< Engine time of the first frame, at sample_rate. */
    double sample_rate;           /**< The output bus's, in Hz. */
    uint32_t frames;              /**< The block's length. */
    uint32_t channel_count;       /**< The output bus's. */
    const float *const *channels; /**< `frames` samples each. */
} perbus_tap_block;

/**
 * Receives a tap's blocks, one at a time and in order, on a thread of the engine. It may call
 * anything of this API, perbus_tap_destroy included. While it works, completions and other taps of
 * the engine wait; a device plays on.
 */
typedef void (*perbus_tap_callback)(void *context, const perbus_tap_block *block);

/**
 * Taps an output bus: from the next rendered block on, the callback gets what leaves it. For a mixer
 * that is after its output volume; for other sources before the volume and pan of their connections.
 * A bus has one tap at most, and is only heard while the engine renders its node.
 * @param frames the length of blocks to ask for, 1 to PERBUS_MAX_TAP_FRAMES; AVFAudio supports 0.1 to
 *               0.4 s and rounds to that
 * @param destroy called once with the context, after the last call of `callback`; may be NULL
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus, frames
 * @retval PERBUS_ERROR_NOT_ATTACHED the node belongs to no engine
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the bus has a tap already
 * On failure destroy is not called.
 *
 * The blocks of an offline engine are queued before perbus_engine_render returns. None is lost,
 * unless another thread keeps a batch open during many blocks; perbus_tap_get_dropped counts. The
 * last, shorter block comes when the tap ends, its node is detached or its engine destroyed. On a
 * device frames are dropped while the callback is more than a second late. On Apple's engine it is
 * not documented when blocks come; a last shorter one does not.
 *
 * If the bus is connected in another format, the blocks that follow have that one. If its node is not
 * rendered for a while, a block ends early where the gap begins.
 *
 * Maps to installTapOnBus:bufferSize:format:block:. Threads: any. Real-time safe: no
 */
perbus_status perbus_tap_create(perbus_node *node, uint32_t bus, uint32_t frames,
                                perbus_tap_callback callback, void *context,
                                void (*destroy)(void *context), perbus_tap **out_tap,
                                perbus_error *error);

/**
 * Waits until the callback has had all blocks that were queued, or until perbus_tap_discard on another
 * thread. While it renders offline, a program calls it now and then so that blocks do not pile up in
 * memory. On Apple's engine it returns at once.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT called on a thread of an engine, such as from the callback; in a
 * batch, once no callback has returned for half a second, since one may be waiting for the batch's end
 * Maps to no selector of Apple's. Threads: any, which holds no lock that the callback takes.
 * Real-time safe: no
 */
perbus_status perbus_tap_wait(perbus_tap *tap, perbus_error *error);

/**
 * How many frames were dropped so far, because the callback was late.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT the tap was discarded
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio does not count them
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_tap_get_dropped(perbus_tap *tap, uint64_t *out_frames, perbus_error *error);

/**
 * Removes the tap and frees the handle. The callback gets what was rendered until now; once this
 * returns it does not run, and will not again. On a thread of an engine, such as from the callback
 * itself, this does not wait, nor in a batch any longer than perbus_tap_wait: what is queued is
 * discarded, and a call that is under way is the last.
 * Nor does it wait for what perbus_tap_discard has ended. NULL is a no-op.
 * Maps to removeTapOnBus:. Threads: any, which holds no lock that the callback takes.
 * Real-time safe: no
 */
void perbus_tap_destroy(perbus_tap *tap);

/**
 * Removes the tap without waiting on any thread: what the callback has not had is discarded, and a call
 * that is under way is the last. The bus may be tapped again at once. The handle is left, for threads
 * that are in perbus_tap_wait, which returns, and for perbus_tap_destroy. From a source's render function
 * this does nothing. NULL is a no-op, and so is a tap that was discarded.
 * Maps to removeTapOnBus:. Threads: any. Real-time safe: no
 */
void perbus_tap_discard(perbus_tap *tap);

#ifdef __cplusplus
}
#endif

#endif
