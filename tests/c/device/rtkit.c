/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Real-time priority from RealtimeKit, for processes that have none of their own. The process is a
 * program that is started anew, since limits only go down. */
#define _GNU_SOURCE
#include "device.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(HAS_DBUS)

/* Tells a child what to expect of RealtimeKit. */
static const char *const moods[] = {
    [RTKIT_GRANTS] = "grants", [RTKIT_REFUSES] = "refuses", [RTKIT_IS_SILENT] = "is silent"};

/* Reads the first line, or byte, that a child writes. */
static bool read_from(int end, char *line, size_t capacity) {
    ssize_t length = read(end, line, capacity - 1);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return length > 0;
}

static pid_t start_bus(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t daemon = fork();
    if (daemon == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], 1);
        dup2(open("/dev/null", O_WRONLY), 2);
        execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork", "--address=unix:tmpdir=/tmp",
               "--print-address=1", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    char address[256];
    bool begun = read_from(ends[0], address, sizeof address);
    close(ends[0]);
    if (!begun) {
        waitpid(daemon, NULL, 0);
        return 0;
    }
    setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
    return daemon;
}

static pid_t start_service(rtkit_mood mood) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t service = fork();
    if (service == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        rtkit_serve(mood, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    char line[8] = "";
    CHECK(read_from(ends[0], line, sizeof line) && line[0] == 'y');
    close(ends[0]);
    return service;
}

static void end(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* Runs this program as one whose threads are ordinary ones. */
static void run_client(const char *mood, const char *choice) {
    fflush(stdout);
    pid_t client = fork();
    if (client == 0) {
        const struct rlimit none = {0, 0};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_CAPBSET_DROP, CAP_SYS_NICE);
        setrlimit(RLIMIT_RTPRIO, &none);
        setenv("PERBUS_REALTIME", choice, 1);
        execl("/proc/self/exe", "c_device", RTKIT_CLIENT, mood, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(client, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void test_rtkit(void) {
    pid_t bus = start_bus();
    if (bus == 0) {
        printf("devices: RealtimeKit is not tested: dbus-daemon is missing (make deps)\n");
        return;
    }
    for (rtkit_mood mood = RTKIT_GRANTS; mood <= RTKIT_IS_SILENT; mood++) {
        if (mood == RTKIT_GRANTS && geteuid() != 0) {
            printf("devices: only root can stand in for a RealtimeKit that grants\n");
            continue;
        }
        pid_t service = start_service(mood);
        run_client(moods[mood], "");
        if (mood == RTKIT_GRANTS) {
            run_client("is not asked", "no");
        }
        end(service);
    }
    run_client("is absent", "");
    end(bus);
    run_client("is absent", "");
    unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
}

static atomic_int policy;
static atomic_bool busy;

/* Once asked to, takes more time than a thread may. */
static bool look(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count) {
    (void)context, (void)time, (void)frames, (void)channels, (void)channel_count;
    if (atomic_exchange(&busy, false)) {
        double begin = seconds();
        while (seconds() - begin < 4e-6 * RTKIT_TIME &&
               (sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) != SCHED_OTHER) {
        }
    }
    atomic_store(&policy, sched_getscheduler(0));
    return true;
}

static perbus_device_status status_of(const desk *made) {
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made->engine, &device, &error));
    return device;
}

static bool becomes(const desk *made, bool realtime, unsigned threads) {
    for (int i = 0; i < 100; i++) {
        if (status_of(made).realtime == realtime && realtime_threads() == threads) {
            return true;
        }
        wait_for(0.02);
    }
    return false;
}

static rlim_t limit_on_time(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_RTTIME, &limit) == 0);
    return limit.rlim_max;
}

static void check_granted(const desk *made) {
    CHECK(becomes(made, true, 3));
    desk_check_plays(made);
    CHECK((atomic_load(&policy) & ~SCHED_RESET_ON_FORK) == SCHED_RR);
    CHECK(limit_on_time() == RTKIT_TIME);
    /* Helpers that come later are raised, too. */
    WORKS(perbus_engine_set_render_threads(made->engine, 5, &error));
    CHECK(becomes(made, true, 5));
    desk_check_plays(made);
    /* One that takes too long plays on, as an ordinary one. */
    for (int i = 0; i < 2; i++) {
        atomic_store(&busy, true);
        CHECK(becomes(made, false, 4));
        desk_check_plays(made);
        CHECK((atomic_load(&policy) & ~SCHED_RESET_ON_FORK) == SCHED_OTHER);
        /* The next stream has a new thread. */
        WORKS(perbus_engine_stop(made->engine, &error));
        WORKS(perbus_engine_set_render_threads(made->engine, 1, &error));
        WORKS(perbus_engine_set_output_device(made->engine, i == 0 ? OTHER_SINK : SINK, &error));
        WORKS(perbus_engine_start(made->engine, &error));
        CHECK(becomes(made, true, 1));
        WORKS(perbus_engine_set_render_threads(made->engine, 5, &error));
        CHECK(becomes(made, true, 5));
    }
}

int rtkit_client(const char *mood) {
    rlim_t before = limit_on_time();
    desk made = desk_create(NULL, false);
    perbus_node *source = NULL;
    WORKS(perbus_source_create(&STEREO, look, NULL, NULL, &source, &error));
    WORKS(perbus_engine_attach(made.engine, source, &error));
    WORKS(perbus_engine_connect(made.engine, source, 0, made.mixer, 2, NULL, &error));
    WORKS(perbus_engine_set_render_threads(made.engine, 3, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    if (strcmp(mood, moods[RTKIT_GRANTS]) == 0) {
        check_granted(&made);
    } else {
        /* It is asked within the first 50 ms and may take half a second to answer. */
        wait_for(0.8);
        CHECK(!status_of(&made).realtime && realtime_threads() == 0);
        CHECK(strcmp(mood, moods[RTKIT_REFUSES]) == 0 || limit_on_time() == before);
        desk_check_plays(&made);
    }
    double begin = seconds();
    perbus_node_release(source);
    desk_destroy(&made);
    CHECK(seconds() - begin < 2.0);
    printf("devices: RealtimeKit %s: %d failures\n", mood, check_failures);
    return check_failures != 0;
}

#else

void test_rtkit(void) {
    printf("devices: RealtimeKit is not tested: libdbus's headers are missing (make deps)\n");
}

int rtkit_client(const char *mood) {
    (void)mood;
    return 1;
}

#endif
