/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is to be heard at a host time is heard then. */
#include "device.h"

#include <math.h>

enum { VOICES = 2, CLICK = 240 };

/* How far what is heard may be from where it should be, in seconds: between two engines with latencies
 * of their own, and from the machine's clock, for which the recorder's own latency is not known. */
#define BETWEEN_ENGINES 0.008
#define FROM_THE_CLOCK 0.060

static double from_now(uint64_t host) {
    return (double)(int64_t)(host - perbus_get_host_time()) * 1e-9;
}

/* A player of clicks on a bus of its own, in an engine whose noise is silent. */
static perbus_node *voice_of(desk *made, uint32_t bus, float level, perbus_buffer **buffer) {
    perbus_node *voice = NULL;
    perbus_format format;
    WORKS(perbus_engine_get_format(made->engine, &format, &error));
    WORKS(perbus_buffer_create(&format, CLICK, buffer, &error));
    for (uint32_t c = 0; c < 2; c++) {
        for (uint32_t i = 0; i < CLICK; i++) {
            perbus_buffer_get_channel(*buffer, c)[i] = level;
        }
    }
    WORKS(perbus_player_create(&voice, &error));
    WORKS(perbus_engine_attach(made->engine, voice, &error));
    WORKS(perbus_engine_connect(made->engine, voice, 0, made->mixer, bus, NULL, &error));
    return voice;
}

static desk silent_desk(double latency) {
    const perbus_device_options options = {.output = SINK, .latency = latency};
    desk made = desk_create(&options, false);
    for (uint32_t s = 0; s < 2; s++) {
        WORKS(perbus_connection_set_volume(made.sources[s], made.mixer, s, 0.0f, &error));
    }
    return made;
}

/* The first frame from `from` on of at least this level, or `frames`. */
static size_t onset(const float *samples, size_t from, size_t frames, float level) {
    while (from < frames && samples[2 * from] < level) {
        from++;
    }
    return from;
}

static uint64_t render_time(const desk *made, const perbus_device_status *device) {
    perbus_render_time time;
    WORKS(perbus_engine_get_render_time(made->engine, &time, &error));
    CHECK(time.known == (PERBUS_TIME_SAMPLE | PERBUS_TIME_HOST) && time.sample_rate == RATE);
    CHECK(time.sample_time > 0);
    /* The next block is heard in about the latency. */
    double later = from_now(time.host_time);
    CHECK(fabs(later - device->latency) < 0.02);
    return time.host_time;
}

/* Two engines, of 20 and of 80 ms, click in turn: the distances in the recording are those of the host
 * times. False after an underrun. */
static bool what_is_heard_is_in_time(void) {
    static const double latencies[] = {0.02, 0.08};
    desk made[VOICES];
    perbus_node *voices[VOICES], *others[VOICES];
    perbus_buffer *buffers[VOICES], *more[VOICES];
    perbus_device_status device[VOICES];
    for (uint32_t v = 0; v < VOICES; v++) {
        made[v] = silent_desk(latencies[v]);
        voices[v] = voice_of(&made[v], 2, 0.25f, &buffers[v]);
        others[v] = voice_of(&made[v], 3, 0.5f, &more[v]);
        WORKS(perbus_engine_start(made[v].engine, &error));
    }
    recording_start("first");
    double before = seconds();
    wait_for(0.3);
    for (uint32_t v = 0; v < VOICES; v++) {
        WORKS(perbus_engine_get_device_status(made[v].engine, &device[v], &error));
        render_time(&made[v], &device[v]);
    }
    const uint64_t tenth = 100000000, begin = perbus_get_host_time() + 3 * tenth;
    for (uint32_t v = 0; v < VOICES; v++) {
        /* Click 0 and 1, then 2 and 3 as buffers of players that play already. */
        perbus_schedule at = {(int64_t)(begin + (2 + v) * tenth), PERBUS_SCHEDULE_HOST_TIME, NULL,
                              NULL};
        WORKS(perbus_player_schedule(voices[v], buffers[v], NULL, &error));
        WORKS(perbus_player_schedule(others[v], more[v], &at, &error));
        WORKS(perbus_player_play_at_host_time(voices[v], begin + v * tenth, &error));
        WORKS(perbus_player_play(others[v], &error));
    }
    wait_for(1.0);
    size_t frames = 0, clicks[4], from = 0;
    double elapsed = seconds() - before;
    float *recorded = recording_end(&frames);
    for (size_t i = 0; i < 4; i++) {
        clicks[i] = onset(recorded, from, frames, i < 2 ? 0.2f : 0.45f);
        from = clicks[i] + CLICK + 1;
    }
    bool undisturbed = true;
    for (uint32_t v = 0; v < VOICES; v++) {
        WORKS(perbus_engine_get_device_status(made[v].engine, &device[v], &error));
        undisturbed = undisturbed && device[v].underruns == 0;
    }
    CHECK(clicks[3] < frames || !undisturbed);
    double worst = 0.0;
    for (size_t i = 1; i < 4 && clicks[3] < frames; i++) {
        double distance = ((double)clicks[i] - (double)clicks[0]) / RATE - 0.1 * (double)i;
        worst = fabs(distance) > worst ? fabs(distance) : worst;
    }
    /* The recording has begun before `before`, and what it has not got yet is its latency. */
    double heard = (double)clicks[0] / RATE + elapsed - (double)frames / RATE;
    double late = heard - (double)begin * 1e-9 + before;
    printf("devices: clicks of two engines %.2f ms off at most, the first one %.1f ms late\n",
           worst * 1e3, late * 1e3);
    CHECK(worst < BETWEEN_ENGINES || !undisturbed);
    CHECK(fabs(late) < FROM_THE_CLOCK || !undisturbed);
    free(recorded);
    for (uint32_t v = 0; v < VOICES; v++) {
        perbus_node_release(voices[v]);
        perbus_node_release(others[v]);
        perbus_buffer_release(buffers[v]);
        perbus_buffer_release(more[v]);
        desk_destroy(&made[v]);
    }
    return undisturbed;
}

/* Sample times and host times of an engine stay together. */
static bool the_clock_is_steady(void) {
    desk made = silent_desk(0.0);
    perbus_render_time time, first = {.known = 0};
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.5);
    double worst = 0.0;
    uint64_t latest = 0;
    for (int i = 0; i < 100; i++) {
        WORKS(perbus_engine_get_render_time(made.engine, &time, &error));
        first = i == 0 ? time : first;
        double frames = (double)(time.sample_time - first.sample_time) / RATE;
        double passed = (double)(int64_t)(time.host_time - first.host_time) * 1e-9;
        worst = fabs(passed - frames) > worst ? fabs(passed - frames) : worst;
        CHECK(time.host_time >= latest);
        latest = time.host_time;
        wait_for(0.005);
    }
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    bool undisturbed = device.underruns == 0;
    printf("devices: the clock strays %.2f ms in half a second\n", worst * 1e3);
    CHECK(worst < 0.004 || !undisturbed);
    WORKS(perbus_engine_stop(made.engine, &error));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_engine_get_render_time, made.engine, &time);
    desk_destroy(&made);
    return undisturbed;
}

void test_clock_in_short(void) {
    UNDISTURBED(what_is_heard_is_in_time());
}

void test_clock(void) {
    UNDISTURBED(what_is_heard_is_in_time());
    UNDISTURBED(the_clock_is_steady());
}
