/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A thread's first call: the thread has no pool yet, and Foundation does not know it. */
#include "desk.h"

#include <pthread.h>

enum { REQUESTS = 200 };

typedef struct first {
    desk *desk;
    desk_call *call;
    int who;
    unsigned n;
    bool failed;
    perbus_status status;
    perbus_error error;
} first;

CALL(get_volume, perbus_bus_get_volume(desk->engine, desk->subs[0], 0, OUT(float, 0), error))
CALL(refused, perbus_bus_get_volume(desk->engine, desk->subs[0], 9, OUT(float, 0), error))
CALL(connect,
     perbus_engine_connect(desk->engine, desk->voices[0], 0, desk->subs[0], 0, NULL, error))

static perbus_status track(desk *desk, perbus_error *error) {
    perbus_point *points = NULL;
    size_t count = 0;
    perbus_status status =
        perbus_track_outputs(desk->engine, desk->voices[0], 0, &points, &count, error);
    perbus_points_free(points);
    return status;
}

static perbus_status render(desk *desk, perbus_error *error) {
    float *channels[] = {desk->samples[0], desk->samples[1]};
    return perbus_engine_render(desk->engine, BLOCK, channels, 2, error);
}

static perbus_status release(desk *desk, perbus_error *error) {
    (void)error;
    perbus_node_release(desk->made);
    desk->made = NULL;
    return PERBUS_OK;
}

static void *take(void *context) {
    first *first = context;
    failing_begin(first->who, first->n);
    first->status = first->call(first->desk, &first->error);
    first->failed = failing_end();
    return NULL;
}

void test_first_calls(int who) {
    static const struct {
        const char *name;
        desk_call *call;
        perbus_status expected;
    } calls[] = {{"get a volume", get_volume, PERBUS_OK},
                 {"be refused", refused, PERBUS_ERROR_NOT_CONNECTED},
                 {"track", track, PERBUS_OK},
                 {"connect", connect, PERBUS_OK},
                 {"render", render, PERBUS_OK},
                 {"release", release, PERBUS_OK}};
    static desk made;
    desk_create(&made);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        first first = {.desk = &made, .call = calls[i].call, .who = who, .n = 1, .failed = true};
        for (; first.failed && first.n < REQUESTS; first.n++) {
            pthread_t thread;
            perbus_node_release(made.made);
            WORKS(perbus_mixer_create(&made.made, &error));
            CHECK(pthread_create(&thread, NULL, take, &first) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
            if (first.status != calls[i].expected &&
                (!first.failed || first.status != PERBUS_ERROR_NO_MEMORY)) {
                printf("first of a thread, %s, request %u of %d: %s, \"%s\"\n", calls[i].name,
                       first.n, who, perbus_status_name(first.status), first.error.message);
                check_failures++;
            }
        }
        CHECK(!first.failed);
    }
    desk_hear(&made);
    desk_destroy(&made);
}
