// SPDX-License-Identifier: MIT OR Apache-2.0
// The interface is org.freedesktop.RealtimeKit1, as RealtimeKit's README documents it.
#define _GNU_SOURCE // RLIMIT_RTTIME
#include "rtkit.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

#define LIBRARY "libdbus-1.so.3"
#define SERVICE "org.freedesktop.RealtimeKit1"
#define OBJECT "/org/freedesktop/RealtimeKit1"
#define PROPERTIES "org.freedesktop.DBus.Properties"

// Milliseconds for an answer.
enum { DEADLINE = 500 };

// Values of libdbus's interface. Its headers would be needed for nothing else.
enum { SYSTEM_BUS = 1, END = 0, STRING = 's', VARIANT = 'v', INT32 = 'i', INT64 = 'x' };
enum { UINT32 = 'u', UINT64 = 't' };
typedef struct connection connection;
typedef struct message message;
// No smaller than a DBusMessageIter.
typedef union iterator {
    void *aligned;
    char bytes[256];
} iterator;

static struct {
    unsigned (*threads_init_default)(void);
    connection *(*bus_get_private)(int bus, void *error);
    void (*connection_set_exit_on_disconnect)(connection *bus, unsigned exits);
    void (*connection_set_change_sigpipe)(unsigned changes);
    message *(*connection_send_with_reply_and_block)(connection *bus, message *call, int deadline,
                                                     void *error);
    void (*connection_close)(connection *bus);
    void (*connection_unref)(connection *bus);
    message *(*message_new_method_call)(const char *service, const char *object,
                                        const char *interface, const char *method);
    unsigned (*message_append_args)(message *call, int first_type, ...);
    unsigned (*message_iter_init)(message *answer, iterator *values);
    int (*message_iter_get_arg_type)(iterator *values);
    void (*message_iter_recurse)(iterator *values, iterator *inner);
    void (*message_iter_get_basic)(iterator *values, void *value);
    void (*message_unref)(message *any);
} dbus;

static bool loaded;

static void load(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool found = library != NULL;
#define LOOK_UP(NAME)                                                     \
    if (found) {                                                          \
        dbus.NAME = (__typeof__(dbus.NAME))dlsym(library, "dbus_" #NAME); \
        found = dbus.NAME != NULL;                                        \
    }
    LOOK_UP(threads_init_default)
    LOOK_UP(bus_get_private)
    LOOK_UP(connection_set_exit_on_disconnect)
    LOOK_UP(connection_set_change_sigpipe)
    LOOK_UP(connection_send_with_reply_and_block)
    LOOK_UP(connection_close)
    LOOK_UP(connection_unref)
    LOOK_UP(message_new_method_call)
    LOOK_UP(message_append_args)
    LOOK_UP(message_iter_init)
    LOOK_UP(message_iter_get_arg_type)
    LOOK_UP(message_iter_recurse)
    LOOK_UP(message_iter_get_basic)
    LOOK_UP(message_unref)
    loaded = found && dbus.threads_init_default();
    if (loaded) {
        // What the process does about SIGPIPE is the program's business.
        dbus.connection_set_change_sigpipe(false);
    }
}

static message *new_call(const char *interface, const char *method) {
    return dbus.message_new_method_call(SERVICE, OBJECT, interface, method);
}

// Sends the call, which it frees. NULL without an answer.
static message *send(connection *bus, message *call, bool complete) {
    message *answer =
        complete ? dbus.connection_send_with_reply_and_block(bus, call, DEADLINE, NULL) : NULL;
    if (call != NULL) {
        dbus.message_unref(call);
    }
    return answer;
}

// What RealtimeKit allows at most; -1 if it does not say.
static int64_t get(connection *bus, const char *property) {
    const char *service = SERVICE;
    int64_t value = -1;
    message *call = new_call(PROPERTIES, "Get");
    message *answer = send(
        bus, call,
        call != NULL && dbus.message_append_args(call, STRING, &service, STRING, &property, END));
    iterator outer, inner;
    if (answer != NULL && dbus.message_iter_init(answer, &outer) &&
        dbus.message_iter_get_arg_type(&outer) == VARIANT) {
        dbus.message_iter_recurse(&outer, &inner);
        int type = dbus.message_iter_get_arg_type(&inner);
        int32_t narrow = -1;
        if (type == INT64) {
            dbus.message_iter_get_basic(&inner, &value);
        } else if (type == INT32) {
            dbus.message_iter_get_basic(&inner, &narrow);
            value = narrow;
        }
    }
    if (answer != NULL) {
        dbus.message_unref(answer);
    }
    return value;
}

static void warn_at_half(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_RTTIME, &limit) == 0 && limit.rlim_max != RLIM_INFINITY) {
        limit.rlim_cur = limit.rlim_max / 2;
        setrlimit(RLIMIT_RTTIME, &limit);
    }
}

// On the thread that has used up its time.
static void give_up_priority(int number) {
    int saved = errno;
    if (pbr_realtime_has(0)) {
        const struct sched_param ordinary = {.sched_priority = 0};
        // Only the superuser could take the flag away.
        sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &ordinary);
        // The kernel has put it up.
        warn_at_half();
    } else {
        // It is for another limit, RLIMIT_CPU.
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = saved;
}

// For the whole process.
static bool limit_time(int64_t most) {
    struct rlimit limit;
    if (most <= 0 || getrlimit(RLIMIT_RTTIME, &limit) != 0) {
        return false;
    }
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > (rlim_t)most) {
        limit = (struct rlimit){.rlim_cur = (rlim_t)most / 2, .rlim_max = (rlim_t)most};
        if (setrlimit(RLIMIT_RTTIME, &limit) != 0) {
            return false;
        }
    }
    struct sigaction own = {.sa_handler = give_up_priority, .sa_flags = SA_RESTART}, now;
    if (sigaction(SIGXCPU, NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
        sigaction(SIGXCPU, &own, NULL);
    }
    return true;
}

static bool ask(connection *bus, pbr_thread thread) {
    int64_t highest = get(bus, "MaxRealtimePriority");
    if (highest <= 0 || !limit_time(get(bus, "RTTimeUSecMax"))) {
        return false;
    }
    uint64_t number = (uint64_t)thread;
    uint32_t priority = highest < PBR_REALTIME_PRIORITY ? (uint32_t)highest : PBR_REALTIME_PRIORITY;
    message *call = new_call(SERVICE, "MakeThreadRealtime");
    message *answer = send(
        bus, call,
        call != NULL && dbus.message_append_args(call, UINT64, &number, UINT32, &priority, END));
    if (answer == NULL) {
        return false;
    }
    dbus.message_unref(answer);
    return true;
}

bool pbr_rtkit_raise(pbr_thread thread) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    connection *bus = loaded ? dbus.bus_get_private(SYSTEM_BUS, NULL) : NULL;
    if (bus == NULL) {
        return false;
    }
    // libdbus would end the process.
    dbus.connection_set_exit_on_disconnect(bus, false);
    bool raised = ask(bus, thread) && pbr_realtime_has(thread);
    dbus.connection_close(bus);
    dbus.connection_unref(bus);
    return raised;
}

#else

bool pbr_rtkit_raise(pbr_thread thread) {
    (void)thread;
    return false;
}

#endif
