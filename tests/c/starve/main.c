/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every call of perbus.h while memory runs out: each request of each call fails once, for each of
 *  those that make requests. The call reports that, and neither what the engine reports nor what is
 *  heard changes; then it works. `make check` compares with the header, so that no function is
 *  forgotten. */
#include "desk.h"

#include <dirent.h>
#include <time.h>
#include <unistd.h>

int check_failures;
atomic_int destroyed;

enum { REQUESTS = 4000 };

static int list_threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    int found = 0;
    for (struct dirent *entry; tasks != NULL && (entry = readdir(tasks)) != NULL;) {
        found += entry->d_name[0] != '.';
    }
    closedir(tasks);
    return found;
}

/* One that has been joined may be listed a little longer. */
static bool threads_have_ended(int expected) {
    const struct timespec pause = {0, 1000 * 1000};
    for (int i = 0; i < 5000 && list_threads() > expected; i++) {
        nanosleep(&pause, NULL);
    }
    return list_threads() <= expected;
}

typedef struct pair {
    desk one, twin;
    char before[TEXT], after[TEXT];
} pair;

static unsigned long refused;
static bool diverged; /* the desks are not alike any more */

static bool handles_alike(const desk *one, const desk *twin) {
    return !one->made == !twin->made && !one->made_engine == !twin->made_engine &&
           !one->made_buffer == !twin->made_buffer && !one->made_file == !twin->made_file &&
           !one->made_tap == !twin->made_tap && !one->made_master == !twin->made_master &&
           !one->adopted == !twin->adopted;
}

static bool alike(pair *pair) {
    desk_describe(&pair->one, pair->after);
    desk_describe(&pair->twin, pair->before);
    desk_hear(&pair->one);
    desk_hear(&pair->twin);
    return strcmp(pair->before, pair->after) == 0 &&
           memcmp(pair->one.result, pair->twin.result, RESULT) == 0 &&
           handles_alike(&pair->one, &pair->twin) &&
           memcmp(pair->one.samples, pair->twin.samples, sizeof pair->one.samples) == 0;
}

static void report(const pair *pair, const step *step, int who, unsigned n, perbus_status status,
                   const char *message, const char *what) {
    printf("%s, request %u of %d: %s, \"%s\": %s\n", step->name, n, who, perbus_status_name(status),
           message, what);
    if (strcmp(pair->before, pair->after) != 0) {
        printf("%s\n-- instead of --\n%s\n", pair->after, pair->before);
    }
    check_failures++;
}

static void take(pair *pair, const step *step, int who) {
    perbus_status status = PERBUS_ERROR_NO_MEMORY;
    perbus_error error = {0, ""};
    /* Apart from memory, there is one reason for which a call is refused. */
    perbus_status refusal = PERBUS_ERROR_NO_MEMORY;
    bool failed = true;
    unsigned n = 1;
    memset(pair->one.result, 0x55, RESULT);
    memset(pair->twin.result, 0x55, RESULT);
    for (; failed && status != PERBUS_OK && n < REQUESTS; n++) {
        error = (perbus_error){0, ""};
        failing_begin(who, n);
        status = step->call(&pair->one, &error);
        failed = failing_end();
        refused += failed;
        if (status == PERBUS_OK) {
            break;
        }
        if (error.message[0] == '\0' || (!failed && status == PERBUS_ERROR_NO_MEMORY)) {
            report(pair, step, who, n, status, error.message, "no reason");
        }
        refusal = status != PERBUS_ERROR_NO_MEMORY ? status : refusal;
        if (!alike(pair)) {
            report(pair, step, who, n, status, error.message, "and a change");
            diverged = true;
            return;
        }
    }
    perbus_error other = {0, ""};
    perbus_status expected = step->call(&pair->twin, &other);
    refusal = refusal == PERBUS_ERROR_NO_MEMORY ? status : refusal;
    if (status != expected || refusal != expected || !alike(pair)) {
        report(pair, step, who, n, status, error.message, "unlike without failures");
        diverged = true;
    }
}

static void take_all(pair *pair, const step *steps, int who) {
    for (const step *step = steps; step->name != NULL && !diverged; step++) {
        take(pair, step, who);
    }
}

static void scenario(int who) {
    static pair pair;
    desk_create(&pair.one);
    desk_create(&pair.twin);
    take_all(&pair, GRAPH_STEPS, who);
    take_all(&pair, GAIN_STEPS, who);
    take_all(&pair, OTHER_STEPS, who);
    take_all(&pair, PLAYER_STEPS, who);
    desk_destroy(&pair.one);
    desk_destroy(&pair.twin);
}

static void run(int who) {
    refused = 0;
    scenario(who);
    printf("starve: %lu requests of %d refused\n", refused, who);
}

/* Foundation and the runtime cannot cope if setting up a class on first use fails; what they set up is
 *  never freed. */
static void warm_up(void) {
#ifdef COUNTS_LEAKS
    __lsan_disable();
#endif
    scenario(0);
#ifdef COUNTS_LEAKS
    __lsan_enable();
#endif
}

int main(void) {
    static const int all[] = {LIBRARY, BLOCKS, FOUNDATION, THREADS};
    desk_make_file();
    warm_up();
    CHECK(threads_have_ended(1));
    for (size_t i = 0; i < sizeof all / sizeof *all && !diverged; i++) {
        if (failing_can(all[i])) {
            run(all[i]);
            test_ends(all[i]);
            test_first_calls(all[i]);
            test_others(all[i]);
        }
    }
    CHECK(threads_have_ended(1));
    desk_remove_file();
    return check_failures != 0;
}
