/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A call that runs out of memory says so and changes nothing, neither in the graph nor in the
 *  sound. Every allocation of every call fails once. */
#include "failing.h"
#include "graph.h"
#include "world.h"

enum { REQUESTS = 2000 };

/* Repeats a call until no request is left to fail. `same` says whether everything is as before a
 *  failed call. */
typedef perbus_status action(void *context, perbus_error *error);

static perbus_status call_until_it_works(const char *what, int who, action *act,
                                         bool (*same)(void *context), void *context) {
    perbus_status status = PERBUS_ERROR_NO_MEMORY, refusal = PERBUS_ERROR_NO_MEMORY;
    bool failed = true;
    for (unsigned n = 1; n < REQUESTS && failed && status != PERBUS_OK; n++) {
        perbus_error error = {0, ""};
        failing_begin(who, n);
        status = act(context, &error);
        failed = failing_end();
        bool unchanged = status == PERBUS_OK || same(context);
        bool told = status == PERBUS_OK || error.message[0] != '\0';
        if (!unchanged || !told || (!failed && status == PERBUS_ERROR_NO_MEMORY)) {
            printf("%s, request %u (%s): %s, \"%s\"%s\n", what, n, failed ? "failed" : "not made",
                   perbus_status_name(status), error.message, unchanged ? "" : ", and a change");
            check_failures++;
        }
        if (status != PERBUS_ERROR_NO_MEMORY) {
            refusal = status;
        }
    }
    /* Apart from memory, there is one reason for which a call is refused. */
    CHECK(!failed || status == PERBUS_OK);
    CHECK(refusal == status);
    return status;
}

/* Creates every kind of object and frees it again. */

static perbus_status make_engine(void *context, perbus_error *error) {
    return perbus_engine_create_offline(&STEREO, 64, context, error);
}

static perbus_status make_device_engine(void *context, perbus_error *error) {
    return perbus_engine_create(context, error);
}

static perbus_status make_mixer(void *context, perbus_error *error) {
    return perbus_mixer_create(context, error);
}

static perbus_status make_player(void *context, perbus_error *error) {
    return perbus_player_create(context, error);
}

static perbus_status make_source(void *context, perbus_error *error) {
    return perbus_source_create(&STEREO, render_half, &destroyed, count, context, error);
}

static perbus_status make_equalizer(void *context, perbus_error *error) {
    return perbus_equalizer_create(3, context, error);
}

static perbus_status make_matrix(void *context, perbus_error *error) {
    return perbus_matrix_create(3, 40, context, error);
}

static perbus_status make_buffer(void *context, perbus_error *error) {
    return perbus_buffer_create(&(perbus_format){.sample_rate = 48000.0, .channels = 6}, 100,
                                context, error);
}

static bool is_null(void *context) {
    return *(void **)context == NULL;
}

static void creations(int who) {
    static const struct {
        const char *name;
        action *make;
    } kinds[] = {{"an engine", make_engine}, {"a device engine", make_device_engine},
                 {"a mixer", make_mixer},    {"a player", make_player},
                 {"a source", make_source},  {"an equalizer", make_equalizer},
                 {"a matrix", make_matrix},  {"a buffer", make_buffer}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        void *made = NULL;
        call_until_it_works(kinds[i].name, who, kinds[i].make, is_null, &made);
        if (made == NULL) {
            continue;
        }
        if (i < 2) {
            perbus_engine_destroy(made);
        } else if (kinds[i].make == make_buffer) {
            perbus_buffer_release(made);
        } else {
            perbus_node_release(made);
        }
    }
    CHECK(atomic_exchange(&destroyed, 0) == 1);
}

/* Two worlds that receive the same calls; those of one fail before they succeed. */
typedef perbus_status call(world *world, const step *step, perbus_error *error);
typedef struct pair {
    world one, twin;
    call *call;
    step step;
    char before[DUMP], after[DUMP];
    world_sound sound, expected;
} pair;

static perbus_status take(void *context, perbus_error *error) {
    pair *pair = context;
    return pair->call(&pair->one, &pair->step, error);
}

static bool sound_the_same(pair *pair) {
    world_hear(&pair->one, 1, pair->sound);
    world_hear(&pair->twin, 1, pair->expected);
    return memcmp(pair->sound, pair->expected, sizeof pair->sound) == 0;
}

static bool as_before(void *context) {
    pair *pair = context;
    world_describe(&pair->one, pair->after);
    return strcmp(pair->before, pair->after) == 0 && sound_the_same(pair);
}

static void both(pair *pair, const char *what, int who, call *call) {
    perbus_error error = {0, ""};
    pair->call = call;
    world_describe(&pair->twin, pair->before);
    perbus_status status = call_until_it_works(what, who, take, as_before, pair);
    CHECK(call(&pair->twin, &pair->step, &error) == status);
    world_describe(&pair->twin, pair->before);
    CHECK(as_before(pair));
    if (check_failures > 0) {
        printf("%s: %s, \"%s\"\n", what, perbus_status_name(status), error.message);
    }
}

static void random_calls(int who, uint32_t seed, int count) {
    static pair pair;
    random_seed(seed);
    world_create(&pair.one);
    world_create(&pair.twin);
    for (int i = 0; i < count && check_failures == 0; i++) {
        pair.step = world_random_step(&pair.twin);
        both(&pair, "a step", who, world_take);
        if (i % 8 == 0) {
            world_play(&pair.one);
            world_play(&pair.twin);
        }
        if (check_failures > 0) {
            printf("seed %u, step %d\n", seed, i);
            step_print(&pair.step);
        }
    }
    world_destroy(&pair.one);
    world_destroy(&pair.twin);
}

/* One of each kind, on the first engine: the source and an effect on bus 0 of a mixer and, by a
 * second way, on the main mixer; the player on another bus of that. */
enum {
    AUX = ENGINES,
    LOUD = AUX + MIXERS,
    PLAYS = LOUD + SOURCES,
    EFFECT = PLAYS + PLAYERS,
    CROSSED = EFFECT + EQUALIZERS
};

static perbus_node *at(world *world, int number) {
    return world->items[number].node;
}

static void set_up(world *world) {
    perbus_engine *engine = world->engines[0];
    const perbus_destination two[] = {{at(world, AUX), 0}, {at(world, 0), 5}};
    static const int used[] = {AUX, AUX + 1, LOUD, LOUD + 1, PLAYS, EFFECT, CROSSED};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        world->items[used[i]].engine = 0;
        WORKS(perbus_engine_attach(engine, at(world, used[i]), &error));
    }
    WORKS(perbus_engine_connect(engine, at(world, LOUD), 0, at(world, EFFECT), 0, &STEREO, &error));
    WORKS(perbus_engine_connect_many(engine, at(world, EFFECT), 0, two, 2, &STEREO, &error));
    WORKS(perbus_engine_connect(engine, at(world, AUX), 0, at(world, 0), 0, &STEREO, &error));
    WORKS(perbus_engine_connect(engine, at(world, PLAYS), 0, at(world, 0), 1, &STEREO, &error));
    WORKS(perbus_engine_connect(engine, at(world, LOUD + 1), 0, at(world, CROSSED), 0, &STEREO,
                                &error));
    WORKS(perbus_engine_connect(engine, at(world, CROSSED), 0, at(world, 0), 2, &STEREO, &error));
    world_play(world);
}

#define CALL(name, ...)                                                              \
    static perbus_status name(world *world, const step *step, perbus_error *error) { \
        perbus_engine *engine = world->engines[0];                                   \
        (void)step;                                                                  \
        (void)engine;                                                                \
        return __VA_ARGS__;                                                          \
    }

CALL(reserve, perbus_mixer_reserve(at(world, AUX), 100, error))
CALL(fade_volume, perbus_connection_fade_volume(at(world, PLAYS), at(world, 0), 1, 0.25f, 2000,
                                                PERBUS_CURVE_LINEAR, error))
CALL(fade_pan, perbus_connection_fade_pan(at(world, LOUD), at(world, AUX), 0, 1.0f, 500, error))
CALL(set_volume, perbus_connection_set_volume(at(world, LOUD), at(world, AUX), 0, 0.5f, error))
CALL(set_bus, perbus_bus_set_volume(engine, at(world, 0), 2, 0.5f, error))
CALL(fade_bus,
     perbus_bus_fade_volume(engine, at(world, 0), 2, 0.25f, 900, PERBUS_CURVE_LINEAR, error))
CALL(fade_source_bus, perbus_bus_fade_pan(engine, at(world, 0), 5, 0.25f, 900, error))
CALL(set_node, perbus_node_set_volume(at(world, LOUD), 0.75f, error))
CALL(set_band,
     perbus_equalizer_set_band(at(world, EFFECT), 0,
                               &(perbus_band){PERBUS_FILTER_LOW_SHELF, 100.0f, 3.0f, 0.5f, false},
                               error))
CALL(set_crosspoint, perbus_matrix_set_crosspoint(at(world, CROSSED), 1, 0, 0.5f, error))
CALL(enable, perbus_matrix_enable_output(at(world, CROSSED), 0, false, error))
CALL(disconnect, perbus_engine_disconnect_output(engine, at(world, EFFECT), 0, error))
CALL(pause_engine, perbus_engine_pause(engine, error))
CALL(stop, perbus_engine_stop(engine, error))
CALL(prepare, perbus_engine_prepare(engine, error))
CALL(start, perbus_engine_start(engine, error))
CALL(reset, perbus_engine_reset(engine, error))

static perbus_status move(world *world, int number, verb verb, perbus_error *error) {
    const step step = {.verb = verb, .node = number};
    return world_take(world, &step, error);
}

CALL(detach_effect, move(world, EFFECT, DETACH, error))
CALL(detach_matrix, move(world, CROSSED, DETACH, error))
CALL(attach, move(world, AUX + 2, ATTACH, error))

static perbus_status with_many(perbus_status (*use)(perbus_engine *engine, perbus_node *source,
                                                    const perbus_destination *list, size_t count,
                                                    perbus_error *error),
                               world *world, perbus_error *error) {
    perbus_destination list[40];
    for (uint32_t i = 0; i < 40; i++) {
        list[i] = (perbus_destination){at(world, i % 2 ? AUX : 0), 3 + i};
    }
    return use(world->engines[0], at(world, EFFECT), list, 40, error);
}

static perbus_status use_all(perbus_engine *engine, perbus_node *source,
                             const perbus_destination *list, size_t count, perbus_error *error) {
    return perbus_engine_connect_many(engine, source, 0, list, count, &STEREO, error);
}

static perbus_status use_more(perbus_engine *engine, perbus_node *source,
                              const perbus_destination *list, size_t count, perbus_error *error) {
    return perbus_engine_add_destinations(engine, source, 0, list, count, error);
}

CALL(connect_all, with_many(use_all, world, error))
CALL(connect_more, with_many(use_more, world, error))

static void count_end(void *context, perbus_end end) {
    (void)end;
    atomic_fetch_add((atomic_int *)context, 1);
}

static perbus_status queue(world *world, uint32_t flags, perbus_error *error) {
    perbus_schedule schedule = {PERBUS_FOLLOW, flags, count_end, &world->ended};
    return perbus_player_schedule(at(world, PLAYS), world->items[PLAYS].buffer, &schedule, error);
}

CALL(interrupt, queue(world, PERBUS_SCHEDULE_INTERRUPTS, error))
CALL(follow, queue(world, 0, error))
CALL(loop, queue(world, PERBUS_SCHEDULE_LOOPS, error))
CALL(play, perbus_player_play(at(world, PLAYS), error))
CALL(pause_after, perbus_player_pause_after(at(world, PLAYS), 0.001, error))
CALL(stop_after, perbus_player_stop_after(at(world, PLAYS), 0.001, error))
CALL(stop_player, perbus_player_stop(at(world, PLAYS), error))
CALL(detach_player, move(world, PLAYS, DETACH, error))
/* What is scheduled above and has an end of its own. */
enum { QUEUED = 7 };

static perbus_status batch(world *world, const step *step, perbus_error *error) {
    perbus_status status = perbus_engine_begin_batch(world->engines[0], error);
    if (status == PERBUS_OK) {
        status = connect_more(world, step, error);
        perbus_status ended = perbus_engine_end_batch(world->engines[0], error);
        status = status == PERBUS_OK ? ended : status;
    }
    return status;
}

static perbus_status apply(world *world, const step *step, perbus_error *error) {
    (void)step;
    const perbus_connection_change changes[] = {{at(world, PLAYS), at(world, 0), 1, 0.5f, 1.0f},
                                                {at(world, LOUD), at(world, AUX), 0, 0.25f, 0.0f}};
    return perbus_connections_apply(world->engines[0], changes, 2, error);
}

static perbus_status meters(world *world, const step *step, perbus_error *error) {
    perbus_meter meter;
    (void)step;
    perbus_status status =
        perbus_connection_get_meter(at(world, PLAYS), at(world, 0), 1, &meter, error);
    return status == PERBUS_OK ? perbus_mixer_get_meter(at(world, AUX), &meter, error) : status;
}

static perbus_status handles(world *world, const step *step, perbus_error *error) {
    perbus_node *node = NULL, **nodes = NULL;
    perbus_point *points = NULL;
    size_t count = 0;
    (void)step;
    perbus_status status = perbus_engine_copy_output(world->engines[0], &node, error);
    if (status == PERBUS_OK) {
        status = perbus_engine_copy_nodes(world->engines[0], &nodes, &count, error);
        perbus_nodes_free(nodes, count);
    }
    if (status == PERBUS_OK) {
        status =
            perbus_track_outputs(world->engines[0], at(world, EFFECT), 0, &points, &count, error);
    }
    perbus_points_free(points);
    perbus_node_release(node);
    return status;
}

static void each_call(int who) {
    static const struct {
        const char *name;
        call *call;
    } calls[] = {{"reserve", reserve},
                 {"fade volume", fade_volume},
                 {"fade pan", fade_pan},
                 {"set volume", set_volume},
                 {"set by bus", set_bus},
                 {"set a node's volume", set_node},
                 {"fade by bus", fade_bus},
                 {"fade a source by bus", fade_source_bus},
                 {"set band", set_band},
                 {"set crosspoint", set_crosspoint},
                 {"enable", enable},
                 {"apply", apply},
                 {"meters", meters},
                 {"handles", handles},
                 {"interrupt", interrupt},
                 {"follow", follow},
                 {"pause after", pause_after},
                 {"play", play},
                 {"loop", loop},
                 {"follow a loop", follow},
                 {"stop after", stop_after},
                 {"queue for a stop", follow},
                 {"play for a stop", play},
                 {"stop a player", stop_player},
                 {"queue for a detach", follow},
                 {"one more", follow},
                 {"detach a player", detach_player},
                 {"attach", attach},
                 {"connect many", connect_all},
                 {"add destinations", connect_more},
                 {"a batch", batch},
                 {"detach an effect", detach_effect},
                 {"detach a matrix", detach_matrix},
                 {"pause", pause_engine},
                 {"start", start},
                 {"reset", reset},
                 {"stop", stop},
                 {"prepare", prepare},
                 {"start anew", start},
                 {"disconnect", disconnect}};
    static pair pair;
    world_create(&pair.one);
    world_create(&pair.twin);
    set_up(&pair.one);
    set_up(&pair.twin);
    for (size_t i = 0; i < sizeof calls / sizeof *calls && check_failures == 0; i++) {
        both(&pair, calls[i].name, who, calls[i].call);
    }
    world_destroy(&pair.one);
    world_destroy(&pair.twin);
    /* No end is lost, and none is reported twice. */
    CHECK(atomic_load(&pair.one.ended) == QUEUED);
    CHECK(atomic_load(&pair.twin.ended) == QUEUED);
}

/* Once without a failure, since Foundation and the runtime cannot cope if setting up a class on
 *  first use fails. */
static void warm_up(void) {
    creations(0);
    each_call(0);
}

void test_memory(void) {
    int who = LIBRARY | BLOCKS;
    warm_up();
    if (failing_can(who | FOUNDATION)) {
        who |= FOUNDATION;
    }
    creations(who);
    each_call(who);
    for (uint32_t seed = 1; seed <= 3; seed++) {
        random_calls(who, seed, 150);
    }
}
