/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "given.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

/* Many: more than a call with calls in it takes. */
enum { CONTEXTS = 1 << 14, MANY = 64, SECONDS = 10 };

float samples[CHANNELS][MOST], *planes[CHANNELS], numbers[LEVELS], levels[LEVELS];
perbus_error report;
bool in_use;

/* How often each completion or context has come back, and how often it has to. */
static atomic_int returned[CONTEXTS];
static int owed[CONTEXTS];
static const char *owners[CONTEXTS];
static uint32_t contexts;
/* The call that is being made. */
static const char *current;

void give_anew(void) {
    for (uint32_t c = 0; c < CHANNELS; c++) {
        planes[c] = samples[c];
    }
    memset(samples, 0, sizeof samples);
    for (uint32_t i = 0; i < LEVELS; i++) {
        numbers[i] = (float)(i % 5) / 4;
    }
    memset(returned, 0, sizeof returned);
    memset(owed, 0, sizeof owed);
    contexts = 0;
}

bool given_all(void) {
    return contexts + MANY >= CONTEXTS;
}

void check_returned(void) {
    time_t until = time(NULL) + SECONDS;
    uint32_t count = contexts < CONTEXTS ? contexts : CONTEXTS;
    for (uint32_t i = 0; i < count; i++) {
        while (atomic_load(&returned[i]) < owed[i] && time(NULL) < until) {
            sched_yield();
        }
        if (atomic_load(&returned[i]) != owed[i]) {
            printf("%s: context %u came back %d times, not %d\n", owners[i], i,
                   atomic_load(&returned[i]), owed[i]);
            check_failures++;
        }
    }
}

void *draw_context(void) {
    return &returned[contexts++ % CONTEXTS];
}

void settle_context(void *context, bool accepted) {
    ptrdiff_t place = (atomic_int *)context - returned;
    owners[place] = current;
    owed[place] = accepted ? 1 : 0;
}

void release_context(void *context) {
    atomic_fetch_add((atomic_int *)context, 1);
}

static void complete(void *context, perbus_end end) {
    atomic_fetch_add((atomic_int *)context,
                     end >= PERBUS_END_PLAYED && end <= PERBUS_END_FAILED ? 1 : 99);
}

perbus_schedule draw_schedule(void) {
    perbus_schedule schedule = {PERBUS_FOLLOW, draw_below(5), complete, NULL};
    if (draw_below(4) == 0) {
        schedule.start = (int64_t)draw_u64();
        schedule.flags = draw_u32();
    }
    schedule.context = draw_context();
    return schedule;
}

void fill(void *one, void *other, size_t size) {
    memset(one, 0x5a, size);
    memset(other, 0x5a, size);
}

static bool fill_block(uint32_t frames, float *const *channels, uint32_t channel_count) {
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.25f;
        }
    }
    return false;
}

bool call_render(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count) {
    CHECK(atomic_load((atomic_int *)context) == 0 && time > INT64_MIN);
    return fill_block(frames, channels, channel_count);
}

bool call_input_function(void *context, uint32_t frames, float *const *channels,
                         uint32_t channel_count) {
    CHECK(atomic_load((atomic_int *)context) == 0);
    return fill_block(frames, channels, channel_count);
}

void call_tap_callback(void *context, const perbus_tap_block *block) {
    CHECK(atomic_load((atomic_int *)context) == 0);
    for (uint32_t c = 0; c < block->channel_count; c++) {
        for (uint32_t i = 0; i < block->frames; i++) {
            CHECK(isfinite(block->channels[c][i]));
        }
    }
}

void call_event_handler(void *context, perbus_event event) {
    CHECK(atomic_load((atomic_int *)context) == 0 && event != 0);
}

uint32_t draw_channels(void) {
    return draw_below(8) > 0 ? 2 : draw_below(CHANNELS);
}

uint32_t draw_block(void) {
    return draw_below(16) > 0 ? draw_below(513) : draw_below(MOST);
}

perbus_band draw_band(void) {
    return (perbus_band){(int32_t)draw_below(12), (float)draw_number() * 20000,
                         (float)draw_number() * 24, (float)draw_number() * 2, draw_below(2)};
}

static void remove_file(void) {
    unlink(file_path());
}

const char *file_path(void) {
    static char path[64];
    if (path[0] == '\0') {
        perbus_file_settings settings = {.format = STEREO, .samples = PERBUS_FILE_INT_16};
        perbus_file *file = NULL;
        for (uint32_t i = 0; i < 2 * MOST; i++) {
            samples[i / MOST][i % MOST] = (float)(i % 256) / 512;
        }
        snprintf(path, sizeof path, "/tmp/perbus-fuzz-%d.wav", (int)getpid());
        WORKS(perbus_file_create(path, &settings, &file, &error));
        for (int i = 0; i < 12; i++) {
            WORKS(perbus_file_write(file, (const float *const *)planes, 2, MOST, &error));
        }
        WORKS(perbus_file_finish(file, &error));
        perbus_file_destroy(file);
        atexit(remove_file);
    }
    return path;
}

void make_call(const call *call) {
    const char *outer = current;
    report = (perbus_error){0, ""};
    current = call->name;
    perbus_status status = call->run();
    bool known = strcmp(perbus_status_name(status), "unknown status") != 0;
    if (!known || status > 0 || status == PERBUS_ERROR_INTERNAL ||
        (status != PERBUS_OK) != (report.message[0] != '\0') ||
        memchr(report.message, '\0', sizeof report.message) == NULL) {
        printf("%s is %d, \"%.251s\"\n", call->name, (int)status, report.message);
        check_failures++;
    }
    if (strstr(call->name, "_engine_render") != NULL && status == PERBUS_OK) {
        for (uint32_t i = 0; i < 2 * MOST; i++) {
            CHECK(isfinite(samples[i / MOST][i % MOST]));
        }
    }
    current = outer;
}
