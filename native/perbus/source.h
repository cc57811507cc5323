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
 * Makes the sound of a source: fills channels[c][0 .. frames) for every channel. Returns true when
 * the block is silent (the samples are ignored then).
 * @param sample_time engine time of the first frame, counted at the source's own rate
 * Runs on the audio thread, or on one that perbus_engine_set_render_threads has added: it must not
 * allocate, lock, wait or log. What it calls of this API is PERBUS_ERROR_IN_RENDER, but for what is
 * real-time safe.
 */
typedef bool (*perbus_render)(void *context, int64_t sample_time, uint32_t frames,
                              float *const *channels, uint32_t channel_count);

/**
 * Makes a source from a render function, attached to nothing. Attached, it outlives its last handle
 * and goes on sounding: perbus_node_release.
 * @param format in which it renders
 * @param destroy called with the context, once, after the last call of `render`; NULL for none
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * On failure destroy is not called. Maps to -[AVAudioSourceNode initWithFormat:renderBlock:].
 * Real-time safe: no
 */
perbus_status perbus_source_create(const perbus_format *format, perbus_render render, void *context,
                                   void (*destroy)(void *context), perbus_node **out_node,
                                   perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
