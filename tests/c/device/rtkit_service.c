/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A stand-in for RealtimeKit's daemon: it answers as the real one does, without asking anybody
 * whether the caller may. */
#define _GNU_SOURCE
#include "device.h"

#if defined(HAS_DBUS)

#include <dbus/dbus.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#define SERVICE "org.freedesktop.RealtimeKit1"

static DBusMessage *refuse(DBusMessage *call, const char *reason) {
    return dbus_message_new_error(call, "org.freedesktop.DBus.Error.AccessDenied", reason);
}

static DBusMessage *tell(DBusMessage *call) {
    const char *interface, *property;
    if (!dbus_message_get_args(call, NULL, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING,
                               &property, DBUS_TYPE_INVALID) ||
        strcmp(interface, SERVICE) != 0) {
        return refuse(call, "no such property");
    }
    const dbus_int32_t priority = RTKIT_PRIORITY;
    const dbus_int64_t time = RTKIT_TIME;
    bool wide = strcmp(property, "RTTimeUSecMax") == 0;
    if (!wide && strcmp(property, "MaxRealtimePriority") != 0) {
        return refuse(call, "no such property");
    }
    DBusMessage *answer = dbus_message_new_method_return(call);
    DBusMessageIter outer, inner;
    dbus_message_iter_init_append(answer, &outer);
    dbus_message_iter_open_container(&outer, DBUS_TYPE_VARIANT, wide ? "x" : "i", &inner);
    dbus_message_iter_append_basic(&inner, wide ? DBUS_TYPE_INT64 : DBUS_TYPE_INT32,
                                   wide ? (const void *)&time : &priority);
    dbus_message_iter_close_container(&outer, &inner);
    return answer;
}

static DBusMessage *grant(DBusMessage *call) {
    dbus_uint64_t thread;
    dbus_uint32_t priority;
    struct rlimit limit;
    if (!dbus_message_get_args(call, NULL, DBUS_TYPE_UINT64, &thread, DBUS_TYPE_UINT32, &priority,
                               DBUS_TYPE_INVALID) ||
        priority > RTKIT_PRIORITY) {
        return refuse(call, "priority");
    }
    if (prlimit((pid_t)thread, RLIMIT_RTTIME, NULL, &limit) != 0 || limit.rlim_max > RTKIT_TIME) {
        return refuse(call, "RLIMIT_RTTIME");
    }
    const struct sched_param wish = {.sched_priority = (int)priority};
    return sched_setscheduler((pid_t)thread, SCHED_RR | SCHED_RESET_ON_FORK, &wish) == 0
               ? dbus_message_new_method_return(call)
               : refuse(call, "sched_setscheduler");
}

static DBusMessage *answer(DBusMessage *call, rtkit_mood mood) {
    if (dbus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Get")) {
        return tell(call);
    }
    if (dbus_message_is_method_call(call, SERVICE, "MakeThreadRealtime")) {
        return mood == RTKIT_GRANTS ? grant(call) : refuse(call, "not today");
    }
    return NULL;
}

void rtkit_serve(rtkit_mood mood, int ready) {
    DBusConnection *bus = dbus_bus_get(DBUS_BUS_SYSTEM, NULL);
    bool named = bus != NULL && dbus_bus_request_name(bus, SERVICE, 0, NULL) ==
                                    DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER;
    (void)!write(ready, named ? "y" : "n", 1);
    while (named && dbus_connection_read_write(bus, -1)) {
        for (DBusMessage *call; (call = dbus_connection_pop_message(bus)) != NULL;) {
            DBusMessage *said = mood == RTKIT_IS_SILENT ? NULL : answer(call, mood);
            if (said != NULL) {
                dbus_connection_send(bus, said, NULL);
                dbus_message_unref(said);
            }
            dbus_message_unref(call);
        }
    }
}

#endif
