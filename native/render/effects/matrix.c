// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "render/kernels/mix.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the audio thread needs lock-free 32-bit atomics");

// A route's gain, the product of its four levels, and the ramp to it.
typedef struct route {
    float from;
    float to;
    uint32_t done; // frames of the ramp rendered so far; PBR_RAMP_FRAMES when steady
} route;

// A route that is not silent.
typedef struct active {
    uint16_t input;
    uint16_t output;
} active;

struct pbr_matrix {
    atomic_uint references;
    atomic_uint version; // counts commits
    uint32_t inputs;
    uint32_t outputs;
    _Atomic float *levels; // rows: inputs, then the output volumes; a row ends in an input volume
    atomic_bool *on;       // inputs, then outputs
    // Audio thread only.
    bool fresh; // not rendered yet: the first block starts at the targets
    uint32_t seen;
    uint32_t active_count;
    active *active; // by output, so that the routes into one output share passes over it
    route *routes;  // by output
    const float **in;
    bool *joined; // by input
    float **out;
};

pbr_matrix *pbr_matrix_create(uint32_t inputs, uint32_t outputs) {
    pbr_matrix *matrix = calloc(1, sizeof *matrix);
    if (matrix == NULL) {
        return NULL;
    }
    size_t routes = (size_t)inputs * outputs;
    size_t channels = (size_t)inputs + outputs;
    atomic_init(&matrix->references, 1);
    matrix->inputs = inputs;
    matrix->outputs = outputs;
    matrix->fresh = true;
    matrix->levels = calloc(routes + channels + 1, sizeof *matrix->levels);
    matrix->on = calloc(channels + 1, sizeof *matrix->on);
    matrix->active = calloc(routes + 1, sizeof *matrix->active);
    matrix->routes = calloc(routes + 1, sizeof *matrix->routes);
    matrix->in = calloc(inputs + 1, sizeof *matrix->in);
    matrix->joined = calloc(inputs + 1, sizeof *matrix->joined);
    matrix->out = calloc(outputs + 1, sizeof *matrix->out);
    if (matrix->levels == NULL || matrix->on == NULL || matrix->active == NULL ||
        matrix->routes == NULL || matrix->in == NULL || matrix->joined == NULL ||
        matrix->out == NULL) {
        pbr_matrix_release(matrix);
        return NULL;
    }
    for (size_t c = 0; c < channels; c++) {
        atomic_init(&matrix->on[c], true);
    }
    return matrix;
}

pbr_matrix *pbr_matrix_retain(pbr_matrix *matrix) {
    atomic_fetch_add_explicit(&matrix->references, 1, memory_order_relaxed);
    return matrix;
}

void pbr_matrix_release(pbr_matrix *matrix) {
    if (matrix == NULL ||
        atomic_fetch_sub_explicit(&matrix->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    free(matrix->levels);
    free(matrix->on);
    free(matrix->active);
    free(matrix->routes);
    free(matrix->in);
    free(matrix->joined);
    free(matrix->out);
    free(matrix);
}

uint32_t pbr_matrix_inputs(const pbr_matrix *matrix) {
    return matrix->inputs;
}

uint32_t pbr_matrix_outputs(const pbr_matrix *matrix) {
    return matrix->outputs;
}

static _Atomic float *level_at(const pbr_matrix *matrix, uint32_t input, uint32_t output) {
    return &matrix->levels[(size_t)input * (matrix->outputs + 1) + output];
}

float pbr_matrix_level(const pbr_matrix *matrix, uint32_t input, uint32_t output) {
    return atomic_load_explicit(level_at(matrix, input, output), memory_order_relaxed);
}

void pbr_matrix_set_level(pbr_matrix *matrix, uint32_t input, uint32_t output, float level) {
    atomic_store_explicit(level_at(matrix, input, output), level, memory_order_relaxed);
}

void pbr_matrix_set_input_on(pbr_matrix *matrix, uint32_t input, bool on) {
    atomic_store_explicit(&matrix->on[input], on, memory_order_relaxed);
}

void pbr_matrix_set_output_on(pbr_matrix *matrix, uint32_t output, bool on) {
    atomic_store_explicit(&matrix->on[matrix->inputs + output], on, memory_order_relaxed);
}

void pbr_matrix_commit(pbr_matrix *matrix) {
    atomic_fetch_add_explicit(&matrix->version, 1, memory_order_release);
}

static float on_level(const pbr_matrix *matrix, uint32_t channel, uint32_t input, uint32_t output) {
    bool on = atomic_load_explicit(&matrix->on[channel], memory_order_relaxed);
    return on ? pbr_matrix_level(matrix, input, output) : 0.0f;
}

static bool ramping(const route *route) {
    return route->done < PBR_RAMP_FRAMES;
}

static void aim(route *route, float target, bool fresh, bool joined) {
    if (fresh || (target != route->to && !joined)) {
        *route = (struct route){target, target, PBR_RAMP_FRAMES};
    } else if (target != route->to) {
        // From where a running ramp has come, so that a new target makes no step.
        float share = (float)route->done / (float)PBR_RAMP_FRAMES;
        route->from += (route->to - route->from) * share;
        route->to = target;
        route->done = 0;
    }
}

// Takes up what was committed, and lists the routes to render.
static void take_up(pbr_matrix *matrix) {
    uint32_t version = atomic_load_explicit(&matrix->version, memory_order_acquire);
    if (!matrix->fresh && version == matrix->seen) {
        return;
    }
    uint32_t inputs = matrix->inputs;
    float master = pbr_matrix_level(matrix, inputs, matrix->outputs);
    matrix->active_count = 0;
    for (uint32_t o = 0; o < matrix->outputs; o++) {
        float output = master * on_level(matrix, inputs + o, inputs, o);
        route *routes = matrix->routes + (size_t)o * inputs;
        for (uint32_t i = 0; i < inputs; i++) {
            float target = output == 0.0f ? 0.0f
                                          : output * on_level(matrix, i, i, matrix->outputs) *
                                                pbr_matrix_level(matrix, i, o);
            aim(&routes[i], target, matrix->fresh, matrix->joined[i]);
            if (target != 0.0f || ramping(&routes[i])) {
                matrix->active[matrix->active_count++] = (active){(uint16_t)i, (uint16_t)o};
            }
        }
    }
    matrix->seen = version;
    matrix->fresh = false;
}

void pbr_matrix_begin(pbr_matrix *matrix) {
    memset(matrix->in, 0, matrix->inputs * sizeof *matrix->in);
    memset(matrix->joined, 0, matrix->inputs * sizeof *matrix->joined);
    memset(matrix->out, 0, matrix->outputs * sizeof *matrix->out);
}

void pbr_matrix_use_input(pbr_matrix *matrix, uint32_t input, const float *samples, bool joined) {
    matrix->in[input] = samples;
    matrix->joined[input] = joined;
}

void pbr_matrix_use_output(pbr_matrix *matrix, uint32_t output, float *samples) {
    matrix->out[output] = samples;
}

bool pbr_matrix_render(pbr_matrix *matrix, uint32_t frames) {
    take_up(matrix);
    pbr_term terms[PBR_MIX_WIDTH];
    uint32_t waiting = 0;
    float *accumulator = NULL;
    uint32_t kept = 0;
    bool added = false;
    for (uint32_t a = 0; a < matrix->active_count; a++) {
        active at = matrix->active[a];
        route *route = &matrix->routes[(size_t)at.output * matrix->inputs + at.input];
        const float *samples = matrix->in[at.input];
        float *output = matrix->out[at.output];
        if (waiting == PBR_MIX_WIDTH || output != accumulator) {
            pbr_mix(accumulator, terms, waiting, frames, false);
            waiting = 0;
            accumulator = output;
        }
        if (samples != NULL && output != NULL) {
            added = true;
            terms[waiting++] = (pbr_term){samples, route->to, route->from, route->done};
        }
        uint32_t left = PBR_RAMP_FRAMES - route->done;
        route->done += frames < left ? frames : left;
        // A route that has faded out is not rendered any more.
        if (route->to != 0.0f || ramping(route)) {
            matrix->active[kept++] = at;
        }
    }
    pbr_mix(accumulator, terms, waiting, frames, false);
    matrix->active_count = kept;
    return added;
}
