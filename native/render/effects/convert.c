// SPDX-License-Identifier: MIT OR Apache-2.0
#include "convert.h"

#include <math.h>
#include <samplerate.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "render/choices.h"
#include "render/memory/line.h"

// Input frames of silence that a converter starts with in addition to its delay, to shift its
// phase.
enum { PHASE_FRAMES = 2 };

struct pbr_convert {
    atomic_uint references;
    atomic_bool clear;
    SRC_STATE *state;
    pbr_ratio ratio;
    uint32_t channels;
    uint32_t max_frames;
    uint32_t delay;
    // Audio thread only.
    bool asleep;      // the filter sees only silence: nothing is computed
    bool awoken;      // it was awake when this block began
    int64_t time;     // of the first output frame of this block, or of the next one
    uint32_t skipped; // input frames of this block that were skipped asleep
    uint32_t quiet;   // silent input frames since the last sound, as far as they matter
    uint32_t filled;  // input frames that are buffered
    uint32_t room;
    float *input;  // interleaved, for the library
    float *output; // the same; unused for one channel
};

static int64_t common_divisor(int64_t a, int64_t b) {
    return b == 0 ? a : common_divisor(b, a % b);
}

pbr_ratio pbr_ratio_of(double in, double out) {
    // Beyond this, the product of two rates in millihertz would overflow.
    static const double highest = 3e6;
    pbr_ratio none = {0, 0};
    if (!(in > 0 && out > 0 && in <= highest && out <= highest) || in > out * PBR_MAX_RATIO ||
        out > in * PBR_MAX_RATIO) {
        return none;
    }
    int64_t from = llround(in * 1000);
    int64_t to = llround(out * 1000);
    if (from < 1 || to < 1 || from > to * PBR_MAX_RATIO || to > from * PBR_MAX_RATIO) {
        return none;
    }
    int64_t divisor = common_divisor(from, to);
    return (pbr_ratio){from / divisor, to / divisor};
}

static double factor(pbr_ratio ratio) {
    return (double)ratio.out / (double)ratio.in;
}

// How many frames the filter looks ahead: one less than it takes until the first frame comes out.
// The library does not document this, but it returns nothing before it has all that it needs.
static uint32_t look_ahead(pbr_convert *convert) {
    SRC_DATA data = {.data_in = convert->input,
                     .data_out = convert->output,
                     .input_frames = 1,
                     .output_frames = 1,
                     .src_ratio = factor(convert->ratio)};
    uint32_t frames = 0;
    do {
        if (src_process(convert->state, &data) != 0) {
            return 0;
        }
        frames++;
    } while (data.output_frames_gen == 0);
    return frames - 1;
}

pbr_convert *pbr_convert_create(pbr_ratio ratio, uint32_t channels, uint32_t max_frames) {
    pbr_convert *convert = calloc(1, sizeof *convert);
    if (convert == NULL) {
        return NULL;
    }
    int error;
    atomic_init(&convert->references, 1);
    convert->ratio = ratio;
    convert->channels = channels;
    convert->max_frames = max_frames;
    convert->asleep = true;
    convert->state = src_new(PBR_CONVERTER, (int)channels, &error);
    convert->output = pbr_touched_alloc((size_t)max_frames * channels, sizeof(float));
    convert->input = calloc(channels, sizeof(float));
    if (convert->state != NULL && convert->output != NULL && convert->input != NULL) {
        convert->delay = look_ahead(convert);
    }
    // A block's input in addition to what the filter has not reached yet.
    int64_t most = pbr_ratio_time(ratio, (int64_t)max_frames + 1) + convert->delay + PHASE_FRAMES;
    free(convert->input);
    convert->room = most <= UINT32_MAX ? (uint32_t)most : 0;
    convert->input = pbr_touched_alloc((size_t)convert->room * channels + 1, sizeof(float));
    if (convert->delay == 0 || convert->room == 0 || convert->input == NULL) {
        pbr_convert_release(convert);
        return NULL;
    }
    return convert;
}

pbr_convert *pbr_convert_retain(pbr_convert *convert) {
    atomic_fetch_add_explicit(&convert->references, 1, memory_order_relaxed);
    return convert;
}

void pbr_convert_release(pbr_convert *convert) {
    if (convert != NULL &&
        atomic_fetch_sub_explicit(&convert->references, 1, memory_order_acq_rel) == 1) {
        if (convert->state != NULL) {
            src_delete(convert->state);
        }
        free(convert->input);
        free(convert->output);
        free(convert);
    }
}

bool pbr_convert_fits(const pbr_convert *convert, pbr_ratio ratio, uint32_t channels,
                      uint32_t max_frames) {
    return convert->ratio.in == ratio.in && convert->ratio.out == ratio.out &&
           convert->channels == channels && convert->max_frames == max_frames;
}

uint32_t pbr_convert_delay(const pbr_convert *convert) {
    return convert->delay;
}

void pbr_convert_clear(pbr_convert *convert) {
    atomic_store_explicit(&convert->clear, true, memory_order_relaxed);
}

// Runs the filter over the buffered input and returns the number of output frames.
static uint32_t process(pbr_convert *convert, double ratio, float *output, uint32_t frames) {
    SRC_DATA data = {.data_in = convert->input,
                     .data_out = output,
                     .input_frames = convert->filled,
                     .output_frames = frames,
                     .src_ratio = ratio};
    if (src_process(convert->state, &data) != 0) {
        return 0;
    }
    convert->filled -= (uint32_t)data.input_frames_used;
    memmove(convert->input, convert->input + (size_t)data.input_frames_used * convert->channels,
            (size_t)convert->filled * convert->channels * sizeof(float));
    return (uint32_t)data.output_frames_gen;
}

static void fill_silence(pbr_convert *convert, uint32_t frames) {
    size_t at = (size_t)convert->filled * convert->channels;
    memset(convert->input + at, 0, (size_t)frames * convert->channels * sizeof(float));
    convert->filled += frames;
}

// Starts with silence, in the phase that the time requires: the first input frame of the block that
// begins now lies g in [0, 1) frames after its first output frame. One frame of output moves the
// filter by 1 / ratio, so two frames move it by 2 - g; both are dropped.
static void wake(pbr_convert *convert) {
    int64_t rest = convert->time % convert->ratio.out * convert->ratio.in % convert->ratio.out;
    double g = rest == 0 ? 0 : 1 - (double)rest / (double)convert->ratio.out;
    double step = (PHASE_FRAMES - g) / PHASE_FRAMES;
    src_reset(convert->state);
    convert->filled = 0;
    fill_silence(convert, convert->delay + PHASE_FRAMES);
    src_set_ratio(convert->state, 1 / step);
    for (int i = 0; i < PHASE_FRAMES; i++) {
        process(convert, 1 / step, convert->output, 1);
    }
    src_set_ratio(convert->state, factor(convert->ratio));
    convert->asleep = false;
    convert->quiet = 0;
    fill_silence(convert, convert->skipped);
}

void pbr_convert_begin(pbr_convert *convert, int64_t time) {
    bool clear = atomic_exchange_explicit(&convert->clear, false, memory_order_relaxed);
    convert->asleep = convert->asleep || clear || time != convert->time;
    convert->awoken = !convert->asleep;
    convert->time = time;
    convert->skipped = 0;
}

static uint32_t at_most(uint32_t frames, uint32_t most) {
    return frames < most ? frames : most;
}

void pbr_convert_write(pbr_convert *convert, const float *const *channels, uint32_t frames,
                       uint32_t quiet) {
    if (convert->asleep && channels == NULL) {
        convert->skipped += frames;
        return;
    }
    if (convert->asleep) {
        wake(convert);
    }
    frames = at_most(frames, convert->room - convert->filled);
    if (channels == NULL) {
        convert->quiet = at_most(frames, UINT32_MAX - convert->quiet) + convert->quiet;
        fill_silence(convert, frames);
        return;
    }
    convert->quiet = quiet;
    float *input = convert->input + (size_t)convert->filled * convert->channels;
    if (convert->channels == 1) {
        memcpy(input, channels[0], frames * sizeof(float));
    }
    for (uint32_t c = 0; convert->channels > 1 && c < convert->channels; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            input[(size_t)i * convert->channels + c] = channels[c][i];
        }
    }
    convert->filled += frames;
}

pbr_sound pbr_convert_read(pbr_convert *convert, float *const *channels, uint32_t frames) {
    convert->time += frames;
    if (convert->asleep) {
        return pbr_no_sound(frames);
    }
    float *output = convert->channels == 1 ? channels[0] : convert->output;
    uint32_t done = process(convert, factor(convert->ratio), output, frames);
    memset(output + (size_t)done * convert->channels, 0,
           (size_t)(frames - done) * convert->channels * sizeof(float));
    for (uint32_t c = 0; convert->channels > 1 && c < convert->channels; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = output[(size_t)i * convert->channels + c];
        }
    }
    // The filter sees its look-ahead on both sides, plus what one step may skip.
    convert->asleep = convert->quiet / 2 > convert->delay + PHASE_FRAMES + (uint32_t)PBR_MAX_RATIO;
    return (pbr_sound){false, convert->awoken, convert->asleep, 0};
}
