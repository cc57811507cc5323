// SPDX-License-Identifier: MIT OR Apache-2.0
#include "capture.h"

#include <math.h>
#include <samplerate.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "render/choices.h"

// Frames that are converted at once.
enum { PART = 256 };

// Seconds.
static const double RING = 0.5;       // at least
static const double SETTLING = 1.0;   // after which the mean delay is what is held on to
static const double SMOOTHING = 2.0;  // of the delay, which every block moves
static const double TOO_LATE = 0.04;  // beyond the usual delay: what has piled up is skipped
static const double PATIENCE = 0.005; // added to what is kept whenever that was not enough
static const double MOST_KEPT = 0.2;
static const double MARGIN = 0.005; // what is left in the ring at its emptiest
// The loop that holds the delay, critically damped: speed per second of delay, and how fast that is
// learned. Slow enough that no pitch is heard to move.
static const double GAIN = 0.05;
static const double LEARNING = 0.000625;
static const double MOST_DRIFT = 0.01;

struct pbr_capture {
    atomic_uint references;
    pbr_capture_format format;
    uint32_t size; // frames, a power of two
    SRC_STATE *state;
    uint32_t look_ahead; // frames that the converter needs beyond the one it makes
    float *ring;         // interleaved
    float *part;         // likewise, PART frames
    atomic_bool stale;
    _Atomic uint64_t fresh; // after `stale`: the first frame that is to be heard
    _Atomic uint64_t written;
    _Atomic uint64_t taken;
    _Atomic uint64_t losses;
    _Atomic int64_t origin; // nanoseconds: when frame 0 came, by when the last one has
    _Atomic int64_t delay;  // nanoseconds
    // Audio thread only.
    bool running;    // there was enough to begin with
    bool settled;    // for the first time: until then it finds out how much it has to keep
    int64_t time;    // of the next block
    double kept;     // seconds to begin with
    double position; // in the input, of the next output frame since the beginning
    uint64_t begun;  // frames taken by then
    double since;    // seconds
    double mean;     // of the delay
    double usual;    // the mean to hold on to
    double least;    // seconds that were left in the ring, until it has settled
    double drift;    // by how much the input's clock is faster, as far as is known
    double ratio;    // output frames per input frame
};

static uint32_t look_ahead(SRC_STATE *state, uint32_t channels, double ratio, float *samples) {
    SRC_DATA data = {.data_in = samples,
                     .data_out = samples + channels,
                     .input_frames = 1,
                     .output_frames = 1,
                     .src_ratio = ratio};
    uint32_t frames = 0;
    while (data.output_frames_gen == 0 && src_process(state, &data) == 0) {
        frames++;
    }
    src_reset(state);
    return frames > 0 ? frames - 1 : 0;
}

pbr_capture *pbr_capture_create(const pbr_capture_format *format) {
    pbr_capture *capture = calloc(1, sizeof *capture);
    if (capture == NULL) {
        return NULL;
    }
    int error;
    atomic_init(&capture->references, 1);
    capture->format = *format;
    capture->kept = format->latency;
    capture->ratio = format->to / format->from;
    double least = (RING > 4.0 * format->latency ? RING : 4.0 * format->latency) * format->from;
    for (capture->size = 4096; capture->size < least;) {
        capture->size *= 2;
    }
    capture->ring = calloc((size_t)capture->size * format->channels, sizeof(float));
    capture->part = calloc((size_t)PART * format->channels, sizeof(float));
    capture->state = src_new(PBR_CONVERTER, (int)format->channels, &error);
    if (capture->ring == NULL || capture->part == NULL || capture->state == NULL) {
        pbr_capture_release(capture);
        return NULL;
    }
    capture->look_ahead =
        look_ahead(capture->state, format->channels, capture->ratio, capture->part);
    memset(capture->part, 0, (size_t)PART * format->channels * sizeof(float));
    return capture;
}

pbr_capture *pbr_capture_retain(pbr_capture *capture) {
    atomic_fetch_add_explicit(&capture->references, 1, memory_order_relaxed);
    return capture;
}

void pbr_capture_release(pbr_capture *capture) {
    if (capture != NULL &&
        atomic_fetch_sub_explicit(&capture->references, 1, memory_order_acq_rel) == 1) {
        if (capture->state != NULL) {
            src_delete(capture->state);
        }
        free(capture->ring);
        free(capture->part);
        free(capture);
    }
}

uint32_t pbr_capture_channels(const pbr_capture *capture) {
    return capture->format.channels;
}

void pbr_capture_flush(pbr_capture *capture) {
    atomic_store(&capture->fresh, atomic_load(&capture->written));
    atomic_store(&capture->stale, true);
}

void pbr_capture_note_loss(pbr_capture *capture) {
    atomic_fetch_add_explicit(&capture->losses, 1, memory_order_relaxed);
}

// The part of a run that fits before the ring's end.
static uint32_t until_end(const pbr_capture *capture, uint64_t at, uint32_t frames) {
    uint32_t room = capture->size - (uint32_t)(at & (capture->size - 1));
    return frames < room ? frames : room;
}

static float *place(pbr_capture *capture, uint64_t at) {
    return capture->ring + (at & (capture->size - 1)) * capture->format.channels;
}

static void put(pbr_capture *capture, uint64_t at, const float *samples, uint32_t frames) {
    size_t bytes = (size_t)frames * capture->format.channels * sizeof(float);
    if (samples != NULL) {
        memcpy(place(capture, at), samples, bytes);
    } else {
        memset(place(capture, at), 0, bytes);
    }
}

void pbr_capture_write(pbr_capture *capture, const float *samples, uint32_t frames) {
    uint64_t written = atomic_load_explicit(&capture->written, memory_order_relaxed);
    if (capture->format.direct) {
        // Nobody has pulled the last block.
        atomic_store_explicit(&capture->taken, written, memory_order_relaxed);
    }
    uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_acquire);
    uint32_t room = capture->size - (uint32_t)(written - taken);
    uint32_t fits = frames < room ? frames : room;
    uint32_t head = until_end(capture, written, fits);
    put(capture, written, samples, head);
    put(capture, written + head,
        samples != NULL ? samples + (size_t)head * capture->format.channels : NULL, fits - head);
    if (samples == NULL || fits < frames) {
        pbr_capture_note_loss(capture);
    }
    written += fits;
    int64_t now = (int64_t)pbr_device_now();
    atomic_store_explicit(&capture->origin,
                          now - (int64_t)((double)written / capture->format.from * 1e9),
                          memory_order_relaxed);
    atomic_store_explicit(&capture->written, written, memory_order_release);
}

static void silence(uint32_t channel_count, float **channels, uint32_t from, uint32_t frames) {
    for (uint32_t c = 0; c < channel_count; c++) {
        memset(channels[c] + from, 0, (frames - from) * sizeof(float));
    }
}

static void spread(const pbr_capture *capture, const float *samples, uint32_t frames,
                   uint32_t channel_count, float **channels, uint32_t at) {
    uint32_t own = capture->format.channels;
    for (uint32_t c = 0; c < channel_count && c < own; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][at + i] = samples[(size_t)i * own + c];
        }
    }
}

static uint32_t available(const pbr_capture *capture) {
    return (uint32_t)(atomic_load_explicit(&capture->written, memory_order_acquire) -
                      atomic_load_explicit(&capture->taken, memory_order_relaxed));
}

static void take(pbr_capture *capture, uint32_t frames) {
    uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_relaxed);
    atomic_store_explicit(&capture->taken, taken + frames, memory_order_release);
}

static uint32_t pull_directly(pbr_capture *capture, uint32_t frames, uint32_t channel_count,
                              float **channels) {
    uint32_t ready = available(capture), done = 0;
    frames = frames < ready ? frames : ready;
    while (done < frames) {
        uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_relaxed);
        uint32_t run = until_end(capture, taken, frames - done);
        spread(capture, place(capture, taken), run, channel_count, channels, done);
        take(capture, run);
        done += run;
    }
    return done;
}

// Seconds since the frame that is pulled next was written.
static double delay(const pbr_capture *capture) {
    int64_t age =
        (int64_t)pbr_device_now() - atomic_load_explicit(&capture->origin, memory_order_relaxed);
    double at = (double)capture->begun + capture->position;
    return (double)age * 1e-9 - at / capture->format.from;
}

static void begin(pbr_capture *capture, uint32_t ready) {
    uint32_t wanted = (uint32_t)(capture->kept * capture->format.from) + capture->look_ahead;
    take(capture, ready - wanted);
    src_reset(capture->state);
    capture->begun = atomic_load_explicit(&capture->taken, memory_order_relaxed);
    capture->position = 0.0;
    capture->since = 0.0;
    capture->mean = delay(capture);
    capture->least = MARGIN;
    capture->running = true;
}

// Whether there is something to pull, now that so many frames have come.
static bool runs(pbr_capture *capture, int64_t time) {
    if (atomic_exchange(&capture->stale, false)) {
        uint64_t fresh = atomic_load(&capture->fresh);
        uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_relaxed);
        take(capture, fresh > taken ? (uint32_t)(fresh - taken) : 0);
        capture->running = capture->settled = false;
    }
    // Nobody has pulled for a while.
    if (time != capture->time) {
        capture->running = capture->settled = false;
    }
    uint32_t ready = available(capture);
    double wanted = capture->kept * capture->format.from + capture->look_ahead;
    if (!capture->running && ready >= wanted) {
        begin(capture, ready);
    }
    return capture->running;
}

static void skip(pbr_capture *capture, double seconds) {
    uint32_t ready = available(capture);
    double frames = fmax(0.0, seconds * capture->format.from);
    uint32_t skipped = frames < ready ? (uint32_t)frames : ready;
    take(capture, skipped);
    capture->begun += skipped;
    pbr_capture_note_loss(capture);
}

// Sets the ratio so that the delay stays what it usually is.
static void steer(pbr_capture *capture, uint32_t frames) {
    double seconds = frames / capture->format.to;
    capture->since += seconds;
    bool settled = capture->since >= SETTLING;
    capture->settled = capture->settled || settled;
    double weight = seconds / (settled ? SMOOTHING : capture->since);
    capture->mean += (delay(capture) - capture->mean) * (weight < 1.0 ? weight : 1.0);
    atomic_store_explicit(&capture->delay, (int64_t)(capture->mean * 1e9), memory_order_relaxed);
    if (!settled) {
        capture->usual = capture->mean + MARGIN - capture->least;
    }
    double error = settled ? capture->mean - capture->usual : 0.0;
    if (error > TOO_LATE) {
        skip(capture, delay(capture) - capture->usual);
        capture->mean = capture->usual;
        error = 0.0;
    }
    capture->drift += LEARNING * error * seconds;
    capture->drift = fmax(-MOST_DRIFT, fmin(MOST_DRIFT, capture->drift));
    double speed = fmax(-MOST_DRIFT, fmin(MOST_DRIFT, capture->drift + GAIN * error));
    capture->ratio = capture->format.to / (capture->format.from * (1.0 + speed));
}

// Up to PART frames into `part`. Offers the converter no more than it needs: it would take all.
static uint32_t convert(pbr_capture *capture, uint32_t frames) {
    uint32_t made = 0, ready = available(capture);
    bool goes_on = true;
    while (made < frames && ready > 0 && goes_on) {
        uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_relaxed);
        double end = capture->position + (frames - made) / capture->ratio + capture->look_ahead;
        double needed = ceil(end - (double)(taken - capture->begun));
        uint32_t offered = needed > 1.0 ? (uint32_t)needed : 1;
        offered = until_end(capture, taken, offered < ready ? offered : ready);
        SRC_DATA data = {.data_in = place(capture, taken),
                         .data_out = capture->part + (size_t)made * capture->format.channels,
                         .input_frames = offered,
                         .output_frames = frames - made,
                         .src_ratio = capture->ratio};
        goes_on = src_process(capture->state, &data) == 0 &&
                  data.input_frames_used + data.output_frames_gen > 0;
        take(capture, (uint32_t)data.input_frames_used);
        ready -= (uint32_t)data.input_frames_used;
        made += (uint32_t)data.output_frames_gen;
        capture->position += (double)data.output_frames_gen / capture->ratio;
    }
    return made;
}

static uint32_t pull_converted(pbr_capture *capture, uint32_t frames, uint32_t channel_count,
                               float **channels) {
    uint32_t done = 0, made = PART;
    steer(capture, frames);
    while (done < frames && made == PART) {
        uint32_t wanted = frames - done < PART ? frames - done : PART;
        made = convert(capture, wanted);
        spread(capture, capture->part, made, channel_count, channels, done);
        done += made;
    }
    capture->least = fmin(capture->least, available(capture) / capture->format.from);
    if (done < frames) {
        // Next time more is kept.
        capture->running = false;
        capture->kept = fmin(capture->kept + PATIENCE, MOST_KEPT);
        if (capture->settled) {
            pbr_capture_note_loss(capture);
        }
    }
    return done;
}

pbr_pull pbr_capture_pull(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                          float **channels) {
    pbr_capture *capture = context;
    uint32_t done = 0;
    if (capture->format.direct) {
        done = pull_directly(capture, frames, channel_count, channels);
    } else if (runs(capture, time)) {
        done = pull_converted(capture, frames, channel_count, channels);
    }
    capture->time = time + frames;
    if (done == 0) {
        return PBR_PULL_SILENT;
    }
    silence(channel_count, channels, done, frames);
    return PBR_PULL_OK;
}

double pbr_capture_held(const pbr_capture *capture) {
    uint64_t taken = atomic_load_explicit(&capture->taken, memory_order_acquire);
    uint64_t written = atomic_load_explicit(&capture->written, memory_order_acquire);
    double frames = (double)(written - taken) + (capture->format.direct ? 0 : capture->look_ahead);
    return frames / capture->format.from;
}

double pbr_capture_delay(const pbr_capture *capture) {
    return (double)atomic_load_explicit(&capture->delay, memory_order_relaxed) * 1e-9;
}

uint64_t pbr_capture_frames(const pbr_capture *capture) {
    return atomic_load_explicit(&capture->written, memory_order_relaxed);
}

uint64_t pbr_capture_losses(const pbr_capture *capture) {
    return atomic_load_explicit(&capture->losses, memory_order_relaxed);
}
