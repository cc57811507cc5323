/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Sources: sound from a render function.
 */
#ifndef PERBUS_SOURCE_H
#define PERBUS_SOURCE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Renders a source: fills channels[c][0 .. frames) for every channel c. Returns true if the block
 * is silent; the samples are then ignored.
 * @param sample_time engine time of the first frame, counted at the source's own rate
 * Threads: the audio thread, or one added by perbus_engine_set_render_threads. It must not allocate,
 * lock, wait or log. Of this API it may call what is real-time safe; everything else returns
 * PERBUS_ERROR_IN_RENDER.
 */
typedef bool (*perbus_render)(void *context, int64_t sample_time, uint32_t frames,
                              float *const *channels, uint32_t channel_count);

/**
 * Makes a source from a render function; it is not attached yet. Once attached, it outlives its
 * last handle and continues to sound: see perbus_node_release.
 * @param format the format in which it renders
 * @param destroy called once with the context, after the last call of `render`; may be NULL
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * On failure destroy is not called. Maps to -[AVAudioSourceNode initWithFormat:renderBlock:].
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_source_create(const perbus_format *format, perbus_render render, void *context,
                                   void (*destroy)(void *context), perbus_node **out_node,
                                   perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
