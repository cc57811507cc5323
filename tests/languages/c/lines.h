/* How a line's name chooses what is done. */
#ifndef RUNNER_LINES_H
#define RUNNER_LINES_H

#include <string.h>

#include "world.h"

static inline bool is(const char *name) {
    return strcmp(words[0], name) == 0;
}

#define DO(name, call)            \
    if (is(name)) {               \
        good(perbus_desk_##call); \
        return true;              \
    }
#define GET(name, call, show)           \
    if (is(name)) {                     \
        if (good(perbus_desk_##call)) { \
            show;                       \
        }                               \
        return true;                    \
    }
#define RUN(name, call) \
    if (is(name)) {     \
        call;           \
        return true;    \
    }
#define MAKE(name, call) GET(name, call, keep(words[1], node, perbus_desk_node_get_id(node)))

#endif
