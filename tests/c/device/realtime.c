/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The audio thread and those that help it have real-time priority where the system grants it. */
#define _GNU_SOURCE
#include "device.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>

static bool is_realtime(int policy) {
    policy &= ~SCHED_RESET_ON_FORK;
    return policy == SCHED_FIFO || policy == SCHED_RR;
}

unsigned realtime_threads(void) {
    unsigned count = 0;
    DIR *threads = opendir("/proc/self/task");
    CHECK(threads != NULL);
    for (struct dirent *thread; threads != NULL && (thread = readdir(threads)) != NULL;) {
        int number = atoi(thread->d_name);
        count += number > 0 && is_realtime(sched_getscheduler(number));
    }
    closedir(threads);
    return count;
}

static void *try_it(void *granted) {
    const struct sched_param wish = {.sched_priority = 5};
    *(bool *)granted = pthread_setschedparam(pthread_self(), SCHED_FIFO, &wish) == 0;
    return NULL;
}

static bool is_granted(void) {
    pthread_t thread;
    bool granted = false;
    CHECK(pthread_create(&thread, NULL, try_it, &granted) == 0);
    pthread_join(thread, NULL);
    return granted;
}

static atomic_int policy;

static bool look(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count) {
    (void)context, (void)time, (void)frames, (void)channels, (void)channel_count;
    atomic_store(&policy, sched_getscheduler(0));
    return true;
}

static void check_priority(bool expected, uint32_t helpers) {
    desk made = desk_create(NULL, false);
    perbus_node *source = NULL;
    WORKS(perbus_source_create(&STEREO, look, NULL, NULL, &source, &error));
    WORKS(perbus_engine_attach(made.engine, source, &error));
    WORKS(perbus_engine_connect(made.engine, source, 0, made.mixer, 2, NULL, &error));
    WORKS(perbus_engine_set_render_threads(made.engine, 1 + helpers, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    CHECK(device.realtime == expected && is_realtime(atomic_load(&policy)) == expected);
    CHECK(realtime_threads() == (expected ? 1 + helpers : 0));
    /* Helpers that come later have it, too. */
    WORKS(perbus_engine_set_render_threads(made.engine, 2 + helpers, &error));
    CHECK(realtime_threads() == (expected ? 2 + helpers : 0));
    desk_check_plays(&made);
    perbus_node_release(source);
    desk_destroy(&made);
}

void test_priorities(void) {
    bool granted = is_granted();
    printf("devices: real-time priority is %s\n", granted ? "granted" : "refused");
    CHECK(realtime_threads() == 0);
    check_priority(granted, 0);
    check_priority(granted, 2);
    setenv("PERBUS_REALTIME", "no", 1);
    check_priority(false, 1);
    unsetenv("PERBUS_REALTIME");
}
