/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "world.h"

static const double RATES[] = {48000.0, 48000.0, 44100.0};

static bool play_value(void *context, int64_t time, uint32_t frames, float *const *channels,
                       uint32_t channel_count) {
    const item *own = context;
    (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = c == 0 ? own->value : own->value / 2;
        }
    }
    return false;
}

static void make_matrix(item *own) {
    WORKS(perbus_matrix_create(2, 2, &own->node, &error));
    WORKS(perbus_matrix_set_identity(own->node, &error));
    WORKS(perbus_matrix_set_crosspoint(own->node, 2, 0, 0.5f, &error));
}

static void make_item(item *own, kind kind, int number) {
    *own = (item){.kind = kind, .engine = -1, .value = (float)(number + 1) / 64};
    switch (kind) {
    case MAIN:
        break;
    case MIXER:
        WORKS(perbus_mixer_create(&own->node, &error));
        break;
    case SOURCE:
        WORKS(perbus_source_create(&STEREO, play_value, own, NULL, &own->node, &error));
        break;
    case PLAYER:
        WORKS(perbus_player_create(&own->node, &error));
        break;
    case EQUALIZER:
        WORKS(perbus_equalizer_create(2, &own->node, &error));
        WORKS(perbus_equalizer_set_global_gain(own->node, -2.0f * (float)(number % 3), &error));
        break;
    case MATRIX:
        make_matrix(own);
        break;
    }
}

void world_create(world *world) {
    static const int counts[] = {[MAIN] = ENGINES,   [MIXER] = MIXERS,         [SOURCE] = SOURCES,
                                 [PLAYER] = PLAYERS, [EQUALIZER] = EQUALIZERS, [MATRIX] = MATRICES};
    int number = 0;
    atomic_init(&world->ended, 0);
    for (int kind = MAIN; kind <= MATRIX; kind++) {
        for (int i = 0; i < counts[kind]; i++, number++) {
            make_item(&world->items[number], (enum kind)kind, number);
        }
    }
    for (int e = 0; e < ENGINES; e++) {
        perbus_format format = {.sample_rate = RATES[e], .channels = 2};
        WORKS(perbus_engine_create_offline(&format, BLOCK, &world->engines[e], &error));
        WORKS(perbus_engine_copy_main_mixer(world->engines[e], &world->items[e].node, &error));
        WORKS(perbus_engine_start(world->engines[e], &error));
        world->items[e].engine = e;
    }
}

void world_destroy(world *world) {
    for (int n = 0; n < NODES; n++) {
        perbus_node_release(world->items[n].node);
        perbus_buffer_release(world->items[n].buffer);
    }
    for (int e = 0; e < ENGINES; e++) {
        perbus_engine_destroy(world->engines[e]);
    }
}

/* Slightly beyond the existing range. */
static uint32_t inputs_of(kind kind) {
    return kind == MAIN || kind == MIXER ? 12 : kind == EQUALIZER ? 1 : kind == MATRIX ? 2 : 1;
}

step world_random_step(const world *world) {
    static const verb verbs[] = {ATTACH,
                                 ATTACH,
                                 DETACH,
                                 CONNECT,
                                 CONNECT,
                                 CONNECT,
                                 CONNECT,
                                 CONNECT_MANY,
                                 CONNECT_MANY,
                                 DISCONNECT_INPUT,
                                 SET_VOLUME,
                                 SET_BUS,
                                 DISCONNECT_OUTPUT,
                                 RENDER,
                                 RENDER};
    step step = {.verb = verbs[random_below(sizeof verbs / sizeof *verbs)]};
    step.node = (int)random_below(NODES);
    step.engine = (int)random_below(ENGINES);
    if (step.verb != ATTACH && world->items[step.node].engine >= 0 && random_below(16) > 0) {
        step.engine = world->items[step.node].engine;
    }
    step.bus = world->items[step.node].kind == MATRIX ? random_below(2) : 0;
    step.count = 1 + (int)random_below(3);
    for (int i = 0; i < 3; i++) {
        /* Mostly of the same engine, and of a kind that takes an input. */
        for (int tries = 0; tries < 20; tries++) {
            step.to[i] = (int)random_below(NODES);
            const item *to = &world->items[step.to[i]];
            if (to->engine == step.engine && to->kind != SOURCE && to->kind != PLAYER) {
                break;
            }
        }
        step.to_bus[i] = random_below(inputs_of(world->items[step.to[i]].kind));
    }
    step.format.sample_rate = random_below(5) > 0 ? RATES[step.engine] : 22050.0;
    step.format.channels = random_below(4) > 0 ? 2 : 1 + random_below(6);
    step.format.layout = random_below(2) ? PERBUS_LAYOUT_USUAL : PERBUS_LAYOUT_DISCRETE;
    step.volume = (float)random_below(5) / 4;
    step.pan = (float)random_below(5) / 2 - 1;
    step.frequency = 5000.0f * (float)(1 + random_below(8));
    return step;
}

static perbus_status connect_many(world *world, const step *step, const perbus_format *format,
                                  perbus_error *error) {
    perbus_destination destinations[3];
    for (int i = 0; i < step->count; i++) {
        destinations[i] = (perbus_destination){world->items[step->to[i]].node, step->to_bus[i]};
    }
    return perbus_engine_connect_many(world->engines[step->engine], world->items[step->node].node,
                                      step->bus, destinations, (size_t)step->count, format, error);
}

perbus_status world_take(world *world, const step *step, perbus_error *error) {
    item *own = &world->items[step->node];
    perbus_engine *engine = world->engines[step->engine];
    perbus_status status = PERBUS_OK;
    world_sound sound;
    switch (step->verb) {
    case ATTACH:
        status = perbus_engine_attach(engine, own->node, error);
        own->engine = status == PERBUS_OK ? step->engine : own->engine;
        break;
    case DETACH:
        status = perbus_engine_detach(engine, own->node, error);
        if (status == PERBUS_OK) {
            own->engine = -1;
            own->looping = false;
        }
        break;
    case CONNECT:
        status = perbus_engine_connect(engine, own->node, step->bus, world->items[step->to[0]].node,
                                       step->to_bus[0], &step->format, error);
        break;
    case CONNECT_MANY:
        status = connect_many(world, step, &step->format, error);
        break;
    case DISCONNECT_INPUT:
        status = perbus_engine_disconnect_input(engine, world->items[step->to[0]].node,
                                                step->to_bus[0], error);
        break;
    case DISCONNECT_OUTPUT:
        status = perbus_engine_disconnect_output(engine, own->node, step->bus, error);
        break;
    case SET_VOLUME:
        status = perbus_node_set_volume(own->node, step->volume, error);
        break;
    case SET_BUS:
        status = perbus_bus_set_volume(engine, world->items[step->to[0]].node, step->to_bus[0],
                                       step->volume, error);
        if (status == PERBUS_OK) {
            status = perbus_bus_set_pan(engine, world->items[step->to[0]].node, step->to_bus[0],
                                        step->pan, error);
        }
        break;
    case SET_BAND:
        status = perbus_equalizer_set_band(
            own->node, step->bus,
            &(perbus_band){PERBUS_FILTER_PARAMETRIC, step->frequency, 6.0f, 0.5f, false}, error);
        break;
    case RENDER:
    case VERBS:
        world_hear(world, 1, sound);
        break;
    }
    if (status == PERBUS_OK && (step->verb == CONNECT || step->verb == CONNECT_MANY)) {
        own->formats[step->bus] = step->format;
    }
    return status;
}

static bool is_connected(const world *world, const item *own, uint32_t bus) {
    perbus_point *points = NULL;
    size_t count = 0;
    if (own->engine >= 0) {
        WORKS(perbus_track_outputs(world->engines[own->engine], own->node, bus, &points, &count,
                                   &error));
    }
    perbus_points_free(points);
    return count > 0;
}

void world_play(world *world) {
    for (int n = 0; n < NODES; n++) {
        item *own = &world->items[n];
        if (own->kind != PLAYER || own->looping || !is_connected(world, own, 0)) {
            continue;
        }
        perbus_format format;
        WORKS(perbus_node_get_output_format(own->node, 0, &format, &error));
        perbus_buffer_release(own->buffer);
        WORKS(perbus_buffer_create(&format, 64, &own->buffer, &error));
        for (uint32_t c = 0; c < format.channels; c++) {
            for (int i = 0; i < 64; i++) {
                perbus_buffer_get_channel(own->buffer, c)[i] = c == 0 ? own->value : own->value / 2;
            }
        }
        perbus_schedule loop = {.start = PERBUS_FOLLOW, .flags = PERBUS_SCHEDULE_LOOPS};
        WORKS(perbus_player_schedule(own->node, own->buffer, &loop, &error));
        WORKS(perbus_player_play(own->node, &error));
        own->looping = true;
    }
}

static int number_of(const world *world, uint64_t id) {
    for (int n = 0; n < NODES; n++) {
        if (perbus_node_get_id(world->items[n].node) == id) {
            return n;
        }
    }
    return -1;
}

static char *describe_inputs(const world *world, const item *own, uint32_t inputs, char *at) {
    for (uint32_t bus = 0; bus < inputs; bus++) {
        perbus_point point;
        perbus_format format;
        perbus_engine *engine = world->engines[own->engine];
        if (perbus_track_input(engine, own->node, bus, &point, NULL) != PERBUS_OK) {
            continue;
        }
        WORKS(perbus_node_get_input_format(own->node, bus, &format, &error));
        at += sprintf(at, "  in %u: %d.%u at %g, %u channels in %d", bus,
                      number_of(world, point.node), point.bus, format.sample_rate, format.channels,
                      (int)format.layout);
        float volume, pan;
        if (perbus_bus_get_volume(engine, own->node, bus, &volume, NULL) == PERBUS_OK &&
            perbus_bus_get_pan(engine, own->node, bus, &pan, NULL) == PERBUS_OK) {
            at += sprintf(at, ", volume %g, pan %g", (double)volume, (double)pan);
        }
        at += sprintf(at, "\n");
    }
    return at;
}

static char *describe_outputs(const world *world, const item *own, uint32_t outputs, char *at) {
    for (uint32_t bus = 0; bus < outputs; bus++) {
        perbus_point *points = NULL;
        size_t count = 0;
        perbus_format format;
        WORKS(perbus_node_get_output_format(own->node, bus, &format, &error));
        at += sprintf(at, "  out %u at %g, %u channels in %d:", bus, format.sample_rate,
                      format.channels, (int)format.layout);
        WORKS(perbus_track_outputs(world->engines[own->engine], own->node, bus, &points, &count,
                                   &error));
        for (size_t i = 0; i < count; i++) {
            at += sprintf(at, " %d.%u", number_of(world, points[i].node), points[i].bus);
        }
        at += sprintf(at, "\n");
        perbus_points_free(points);
    }
    return at;
}

void world_describe(const world *world, char *text) {
    char *at = text;
    for (int n = 0; n < NODES; n++) {
        const item *own = &world->items[n];
        perbus_node_info info;
        float volume = -1;
        bool playing = false;
        WORKS(perbus_node_get_info(own->node, &info, &error));
        (void)perbus_node_get_volume(own->node, &volume, NULL);
        if (own->kind == PLAYER) {
            WORKS(perbus_player_is_playing(own->node, &playing, &error));
        }
        at +=
            sprintf(at, "%d: engine %d, attached %d, %u in, %u out, volume %g, playing %d\n", n,
                    own->engine, info.attached, info.inputs, info.outputs, (double)volume, playing);
        if (own->engine >= 0) {
            at = describe_inputs(world, own, info.inputs, at);
            at = describe_outputs(world, own, info.outputs, at);
        }
    }
    CHECK(at - text < DUMP);
}

void world_hear(world *world, int blocks, world_sound sound) {
    for (int e = 0; e < ENGINES; e++) {
        float *channels[] = {sound[e][0], sound[e][1]};
        bool running = false;
        WORKS(perbus_engine_is_running(world->engines[e], &running, &error));
        for (int b = 0; running && b < blocks; b++) {
            WORKS(perbus_engine_render(world->engines[e], BLOCK, channels, 2, &error));
        }
    }
}

static void connect_alike(const world *world, struct world *fresh, int n, uint32_t bus) {
    const item *own = &world->items[n];
    perbus_point *points = NULL;
    size_t count = 0;
    perbus_destination destinations[64];
    WORKS(
        perbus_track_outputs(world->engines[own->engine], own->node, bus, &points, &count, &error));
    CHECK(count <= 64);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        int to = number_of(world, points[i].node);
        /* The output is not an item: the main mixer is connected to it from the beginning. */
        if (to >= 0) {
            destinations[found++] = (perbus_destination){fresh->items[to].node, points[i].bus};
        }
    }
    if (found > 0) {
        for (size_t i = 0; i < found; i++) {
            perbus_node_info info;
            WORKS(perbus_node_get_info(destinations[i].node, &info, &error));
            if (info.inputs <= destinations[i].bus) {
                WORKS(perbus_mixer_reserve(destinations[i].node, destinations[i].bus + 1, &error));
            }
        }
        WORKS(perbus_engine_connect_many(fresh->engines[own->engine], fresh->items[n].node, bus,
                                         destinations, found, &own->formats[bus], &error));
    }
    perbus_points_free(points);
}

static void set_alike(const world *world, struct world *fresh, int n) {
    const item *own = &world->items[n];
    perbus_node_info info;
    WORKS(perbus_node_get_info(own->node, &info, &error));
    for (uint32_t bus = 0; bus < info.inputs; bus++) {
        float volume, pan;
        perbus_engine *engine = world->engines[own->engine];
        perbus_engine *other = fresh->engines[own->engine];
        if (perbus_bus_get_volume(engine, own->node, bus, &volume, NULL) == PERBUS_OK) {
            WORKS(perbus_bus_get_pan(engine, own->node, bus, &pan, &error));
            WORKS(perbus_bus_set_volume(other, fresh->items[n].node, bus, volume, &error));
            WORKS(perbus_bus_set_pan(other, fresh->items[n].node, bus, pan, &error));
        }
    }
}

void world_create_alike(const world *world, struct world *fresh) {
    world_create(fresh);
    for (int n = ENGINES; n < NODES; n++) {
        const item *own = &world->items[n];
        float volume;
        if (perbus_node_get_volume(own->node, &volume, NULL) == PERBUS_OK) {
            WORKS(perbus_node_set_volume(fresh->items[n].node, volume, &error));
        }
        perbus_band band;
        if (perbus_equalizer_get_band(own->node, 0, &band, NULL) == PERBUS_OK) {
            WORKS(perbus_equalizer_set_band(fresh->items[n].node, 0, &band, &error));
        }
        if (own->engine >= 0) {
            fresh->items[n].engine = own->engine;
            WORKS(perbus_engine_attach(fresh->engines[own->engine], fresh->items[n].node, &error));
        }
    }
    for (int n = 0; n < NODES; n++) {
        if (world->items[n].engine >= 0) {
            for (uint32_t bus = 0; bus < (world->items[n].kind == MATRIX ? 2u : 1u); bus++) {
                connect_alike(world, fresh, n, bus);
            }
        }
    }
    for (int n = 0; n < NODES; n++) {
        if (world->items[n].engine >= 0 && world->items[n].kind <= MIXER) {
            set_alike(world, fresh, n);
        }
    }
}

void step_print(const step *step) {
    static const char *const names[] = {"attach",       "detach",           "connect",
                                        "connect_many", "disconnect_input", "disconnect_output",
                                        "set_volume",   "set_bus",          "render"};
    printf("  %s: engine %d, node %d.%u, to", names[step->verb], step->engine, step->node,
           step->bus);
    for (int i = 0; i < step->count; i++) {
        printf(" %d.%u", step->to[i], step->to_bus[i]);
    }
    printf(", %g Hz, %u channels, layout %d, volume %g, pan %g\n", step->format.sample_rate,
           step->format.channels, (int)step->format.layout, (double)step->volume,
           (double)step->pan);
}
