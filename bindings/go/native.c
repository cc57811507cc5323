/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "native.h"

#include "_cgo_export.h"

/* For a failure that there is no memory to tell of. */
static pbgo_failure out_of_memory = {PERBUS_ERROR_NO_MEMORY,
                                     {0, "no memory to tell why a call failed"}};

pbgo_failure *pbgo_fail(perbus_status status, const perbus_error *error) {
    pbgo_failure *failure = malloc(sizeof *failure);
    if (failure == NULL) {
        return &out_of_memory;
    }
    failure->status = status;
    failure->error = *error;
    return failure;
}

void pbgo_failure_free(pbgo_failure *failure) {
    if (failure != &out_of_memory) {
        free(failure);
    }
}

/* Whether this thread is in a render function. */
static _Thread_local bool in_render;

bool pbgo_in_render(void) {
    return in_render;
}

static bool render(void *context, int64_t sample_time, uint32_t frames, float *const *channels,
                   uint32_t channel_count) {
    in_render = true;
    bool silent =
        pbgoRender((uintptr_t)context, sample_time, frames, (float **)channels, channel_count);
    in_render = false;
    return silent;
}

static void end_source(void *context) {
    pbgoEndSource((uintptr_t)context);
}

static void complete(void *context) {
    pbgoComplete((uintptr_t)context);
}

pbgo_node pbgo_source_create(perbus_format format, uintptr_t handle) {
    PBGO_GET(pbgo_node, perbus_source_create(&format, render, (void *)handle, end_source,
                                             &result.value, &error));
}

pbgo_failure *pbgo_player_schedule(pbgo_node_ref player, perbus_buffer *buffer, int64_t start,
                                   uint32_t flags, uintptr_t handle) {
    perbus_schedule schedule = {start, flags, handle != 0 ? complete : NULL, (void *)handle};
    PBGO_DO(perbus_player_schedule(PBGO_NODE(player), buffer, &schedule, &error));
}
