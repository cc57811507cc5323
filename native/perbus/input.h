/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * The input of offline engines: sound that the program pushes into them.
 */
#ifndef PERBUS_INPUT_H
#define PERBUS_INPUT_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Fills channels[c][0 .. frames) for every channel c with the next frames of the input, and returns
 * true; or false if it has none, which is heard as silence.
 * Threads: the one that renders, or one added by perbus_engine_set_render_threads. Of this API it may
 * call what is real-time safe; everything else returns PERBUS_ERROR_IN_RENDER.
 */
typedef bool (*perbus_input_function)(void *context, uint32_t frames, float *const *channels,
                                      uint32_t channel_count);

/**
 * Gives a stopped or paused offline engine its input, in place of the previous one. The input node
 * (perbus_engine_copy_input) asks it for every block that is rendered while it is connected or tapped;
 * the frames follow one another.
 * @param format the format in which `input` is asked
 * @param input NULL: there is none
 * @param destroy called once with the context, after the last call of `input`; may be NULL
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device, or is adopted
 * @retval PERBUS_ERROR_START the engine is running
 * On failure destroy is not called, and the previous input stays.
 * Maps to setManualRenderingInputPCMFormat:inputBlock:. Threads: alone; perbus_engine_render must not
 * run either. Real-time safe: no
 */
perbus_status perbus_engine_set_input(perbus_engine *engine, const perbus_format *format,
                                      perbus_input_function input, void *context,
                                      void (*destroy)(void *context), perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
