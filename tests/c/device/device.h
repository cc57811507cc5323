/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines that play to a real sound server, which these tests start in a folder of their own. */
#ifndef DEVICE_H
#define DEVICE_H

#include "../check.h"

/* Null sinks of the server; the first one is the default. */
#define SINK "pulse:first"
#define OTHER_SINK "pulse:second"
#define RATE 48000
#define BLOCK 256

/* Prepares the folder and the environment; false, and a line that says why, without a server. */
bool server_set_up(bool pipewire);
const char *server_host(void);
void server_tear_down(void);
void server_start(void);
/* As a crash ends it. */
void server_kill(void);
/* Stops it from answering, or lets it go on. */
void server_freeze(bool frozen);
/* Runs pactl with these words. */
void server_control(const char *words);

/* What the sink plays, from now on. */
void recording_start(const char *sink);
/* Ends it; the left channel of its frames, interleaved, to be freed. */
float *recording_end(size_t *frames);

double seconds(void);
void wait_for(double seconds);

/* The engine of a test: sources on buses 0 and 1 of its main mixer. */
typedef struct desk {
    perbus_engine *engine;
    perbus_node *mixer, *sources[2];
} desk;
/* With defaults or with these options; offline at RATE if `offline`. */
desk desk_create(const perbus_device_options *options, bool offline);
void desk_destroy(desk *made);
bool desk_is_running(const desk *made);
/* It does, and its device asks for more. */
void desk_check_plays(const desk *made);
/* The deterministic noise of a source at a frame, never 0. */
float noise(uint32_t source, int64_t frame);

/* The events of an engine so far. */
typedef struct events {
    atomic_int lost, changed, configured, xruns, late, restarted, inputs, destroyed;
    atomic_int order; /* the digits of the events, but for xruns */
} events;
void events_watch(events *seen, const desk *made);
/* Whether the count gets there in time. */
bool reaches(atomic_int *count, int value, double patience);

/* A machine that is too busy is no fault of the engine's: it reports it, and the test has further
 * attempts. */
#define ATTEMPTS 5
#define UNDISTURBED(test)             \
    do {                              \
        int left = ATTEMPTS;          \
        while (left > 0 && !(test)) { \
            left--;                   \
        }                             \
        CHECK(left > 0);              \
    } while (0)

void test_playing(void);
void test_clock(void);
void test_losses(void);
void test_restarts(void);
void test_portaudio(void);
void test_inputs(void);
void test_priorities(void);
/* The threads of this process that run before ordinary ones. */
unsigned realtime_threads(void);

/* RealtimeKit: what the stand-in grants, and the argument of the program that asks for it. */
#define RTKIT_PRIORITY 3
#define RTKIT_TIME 200000 /* microseconds */
#define RTKIT_CLIENT "rtkit-client"
typedef enum rtkit_mood { RTKIT_GRANTS, RTKIT_REFUSES, RTKIT_IS_SILENT } rtkit_mood;
/* Serves on the system's bus; writes "y" when it is ready. */
void rtkit_serve(rtkit_mood mood, int ready);
void test_rtkit(void);
int rtkit_client(const char *mood);

/* What an engine of this rate plays to one device and hears from another. */
bool a_tone_comes_back(double rate, const char *output, const char *input);
/* Those that matter on a server that is not PulseAudio itself. */
void test_playing_in_short(void);
void test_clock_in_short(void);
void test_losses_in_short(void);
void test_restarts_in_short(void);
void test_inputs_in_short(void);
void test_refusals(void);

#endif
