/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What functions for Go return, and macros that define them by their shape. */
#ifndef PBGO_NATIVE_SHAPES_H
#define PBGO_NATIVE_SHAPES_H

#include <perbus.h>
#include <perbus/desk.h>
#include <stdlib.h>

typedef struct pbgo_failure {
    perbus_status status;
    perbus_error error;
} pbgo_failure;

pbgo_failure *pbgo_fail(perbus_status status, const perbus_error *error);
void pbgo_failure_free(pbgo_failure *failure);

/* What a getter found, together with its failure: a float, or whatever else fits into a number. */
typedef struct pbgo_found {
    pbgo_failure *failure;
    uint64_t number;
    float value;
} pbgo_found;

/* What it found where that is neither. */
#define PBGO_RESULT(name, type) \
    typedef struct name {       \
        pbgo_failure *failure;  \
        type value;             \
    } name
PBGO_RESULT(pbgo_text, char *);
PBGO_RESULT(pbgo_format, perbus_format);
PBGO_RESULT(pbgo_info, perbus_node_info);
PBGO_RESULT(pbgo_point, perbus_point);
PBGO_RESULT(pbgo_meter, perbus_meter);
PBGO_RESULT(pbgo_band, perbus_band);
PBGO_RESULT(pbgo_bus_config, perbus_desk_bus_config);
PBGO_RESULT(pbgo_group_config, perbus_desk_group_config);

typedef struct pbgo_control {
    pbgo_failure *failure;
    float value;
    perbus_desk_control control;
} pbgo_control;

typedef struct pbgo_output {
    pbgo_failure *failure;
    float volume;
    bool is_set;
} pbgo_output;

typedef struct pbgo_law {
    pbgo_failure *failure;
    perbus_pan_law law;
    bool is_set;
} pbgo_law;

typedef struct pbgo_pair {
    pbgo_failure *failure;
    float left, right;
} pbgo_pair;

typedef struct pbgo_dimensions {
    pbgo_failure *failure;
    uint32_t inputs, outputs;
} pbgo_dimensions;

/* The bodies: a call that names `error`, and one that names what it finds, too. */
#define PBGO_DO(call)              \
    perbus_error error;            \
    perbus_status status = (call); \
    return status == PERBUS_OK ? NULL : pbgo_fail(status, &error)
#define PBGO_GET(type, call)                        \
    perbus_error error;                             \
    type result = {0};                              \
    perbus_status status = (call);                  \
    if (status != PERBUS_OK) {                      \
        result.failure = pbgo_fail(status, &error); \
    }                                               \
    return result
#define PBGO_FIND(field, type, call)                \
    perbus_error error;                             \
    type found = 0;                                 \
    perbus_status status = (call);                  \
    pbgo_found result = {.field = found};           \
    if (status != PERBUS_OK) {                      \
        result.failure = pbgo_fail(status, &error); \
    }                                               \
    return result

/* Functions by their shape: the receiver, up to three numbers, what is found. */
#define PBGO_CALL0(name)                                      \
    static inline pbgo_failure *pbgo_##name(uintptr_t self) { \
        PBGO_DO(perbus_desk_##name((void *)self, &error));    \
    }
#define PBGO_CALL1(name, A)                                        \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, A a) { \
        PBGO_DO(perbus_desk_##name((void *)self, a, &error));      \
    }
#define PBGO_CALL2(name, A, B)                                          \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, A a, B b) { \
        PBGO_DO(perbus_desk_##name((void *)self, a, b, &error));        \
    }
#define PBGO_GET0(name, field, type)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self) {                                \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, (void *)&found, &error)); \
    }
#define PBGO_GET1(name, field, type, A)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, A a) {                              \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, a, (void *)&found, &error)); \
    }
#define PBGO_GET2(name, field, type, A, B)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, A a, B b) {                            \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, a, b, (void *)&found, &error)); \
    }
/* What is found is no number. */
#define PBGO_LOOK0(name, R)                                                          \
    static inline pbgo_##R pbgo_##name(uintptr_t self) {                             \
        PBGO_GET(pbgo_##R, perbus_desk_##name((void *)self, &result.value, &error)); \
    }
#define PBGO_LOOK1(name, R, A)                                                          \
    static inline pbgo_##R pbgo_##name(uintptr_t self, A a) {                           \
        PBGO_GET(pbgo_##R, perbus_desk_##name((void *)self, a, &result.value, &error)); \
    }
/* Handles, of which there may be more than there is room for. */
#define PBGO_LIST(name)                                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, uintptr_t *list, size_t capacity) { \
        PBGO_FIND(number, size_t,                                                            \
                  perbus_desk_##name((void *)self, (void *)list, capacity, &found, &error)); \
    }
/* What is scheduled, of which there may be more than there is room for. */
#define PBGO_POINTS(name)                                                                    \
    static inline pbgo_found pbgo_##name(uintptr_t self, perbus_desk_automation_point *list, \
                                         size_t capacity) {                                  \
        PBGO_FIND(number, size_t,                                                            \
                  perbus_desk_##name((void *)self, list, capacity, &found, &error));         \
    }
/* Between nodes of an engine, and between other handles. */
#define PBGO_NODE(name)                                                       \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t node) { \
        PBGO_DO(perbus_desk_##name((void *)self, (void *)node, &error));      \
    }
#define PBGO_NODE_BUS(name)                                                                 \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t node, uint32_t bus) { \
        PBGO_DO(perbus_desk_##name((void *)self, (void *)node, bus, &error));               \
    }
#define PBGO_BETWEEN(name)                                                                      \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t source, uint32_t from,    \
                                            uintptr_t mixer, uint32_t to) {                     \
        PBGO_DO(                                                                                \
            perbus_desk_##name((void *)self, (void *)source, from, (void *)mixer, to, &error)); \
    }
/* By number and by connection, of a volume or a pan. */
#define PBGO_CONTROL(what)                                                                         \
    static inline pbgo_control pbgo_engine_set_mixer_##what##_for_bus(                             \
        uintptr_t self, uintptr_t mixer, float value, uint32_t bus) {                              \
        PBGO_GET(pbgo_control,                                                                     \
                 perbus_desk_engine_set_mixer_##what##_for_bus((void *)self, (void *)mixer, value, \
                                                               bus, &result.control, &error));     \
    }                                                                                              \
    static inline pbgo_control pbgo_engine_get_mixer_##what##_for_bus(                             \
        uintptr_t self, uintptr_t mixer, uint32_t bus) {                                           \
        PBGO_GET(pbgo_control,                                                                     \
                 perbus_desk_engine_get_mixer_##what##_for_bus(                                    \
                     (void *)self, (void *)mixer, bus, &result.value, &result.control, &error));   \
    }                                                                                              \
    static inline pbgo_failure *pbgo_engine_set_connection_##what(                                 \
        uintptr_t self, uintptr_t source, uintptr_t mixer, uint32_t bus, float value) {            \
        PBGO_DO(perbus_desk_engine_set_connection_##what((void *)self, (void *)source,             \
                                                         (void *)mixer, bus, value, &error));      \
    }                                                                                              \
    static inline pbgo_found pbgo_engine_get_connection_##what(uintptr_t self, uintptr_t source,   \
                                                               uintptr_t mixer, uint32_t bus) {    \
        PBGO_FIND(value, float,                                                                    \
                  perbus_desk_engine_get_connection_##what((void *)self, (void *)source,           \
                                                           (void *)mixer, bus, &found, &error));   \
    }

#endif
