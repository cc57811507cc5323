/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Adopting: an engine of perbus.h's stands for one of the program's, since C cannot make one with
 * AVFAudio. What a program does that can is tested in bindings/objc. */
#include <pthread.h>

#include "desk.h"

/* An engine that the desk has not made, with a source on bus 0 of its main mixer. */
typedef struct program {
    perbus_engine *engine;
    perbus_node *mixer, *source;
    void *av_engine, *av_mixer, *av_source;
    atomic_int destroyed;
} program;

static void make_program(program *program) {
    atomic_init(&program->destroyed, 0);
    WORKS(perbus_engine_create_offline(&MONO, 512, &program->engine, &error));
    WORKS(perbus_engine_copy_main_mixer(program->engine, &program->mixer, &error));
    WORKS(perbus_source_create(&MONO, render_half, &program->destroyed, count, &program->source,
                               &error));
    WORKS(perbus_engine_attach(program->engine, program->source, &error));
    WORKS(perbus_engine_connect(program->engine, program->source, 0, program->mixer, 0, NULL,
                                &error));
    WORKS(perbus_engine_start(program->engine, &error));
    WORKS(perbus_engine_get_native(program->engine, &program->av_engine, &error));
    WORKS(perbus_node_get_native(program->mixer, &program->av_mixer, &error));
    WORKS(perbus_node_get_native(program->source, &program->av_source, &error));
}

static void end_program(program *program) {
    perbus_node_release(program->source);
    perbus_node_release(program->mixer);
    perbus_engine_destroy(program->engine);
    CHECK(atomic_load(&program->destroyed) == 1);
}

/* The last of two blocks, when ramps are over. */
static float heard(program *program) {
    float samples[512], *channels[] = {samples};
    for (int i = 0; i < 2; i++) {
        WORKS(perbus_engine_render(program->engine, 512, channels, 1, &error));
    }
    return samples[511];
}

static void strips_of_an_adopted_engine(void) {
    program program;
    perbus_desk_engine *engine, *again;
    perbus_desk_node *mixer, *source;
    perbus_desk_bus *bus;
    float volume = 0.0f;
    make_program(&program);
    WORKS(perbus_connection_set_volume(program.source, program.mixer, 0, 0.5f, &error));
    WORKS(perbus_desk_engine_adopt(program.av_engine, &engine, &error));
    WORKS(perbus_desk_engine_adopt(program.av_engine, &again, &error));
    WORKS(perbus_desk_node_adopt(engine, program.av_mixer, &mixer, &error));
    WORKS(perbus_desk_node_adopt(again, program.av_source, &source, &error));
    CHECK(perbus_desk_node_get_id(source) == perbus_node_get_id(program.source));
    WORKS(perbus_desk_mixer_copy_bus(mixer, 0, &bus, &error));
    WORKS(perbus_desk_bus_get_volume(bus, &volume, &error));
    CHECK(volume == 0.5f);
    WORKS(perbus_desk_bus_set_muted(bus, true, &error));
    NEAR(heard(&program), 0.0f);
    WORKS(perbus_desk_bus_set_muted(bus, false, &error));
    NEAR(heard(&program), 0.25f);
    /* What the program sets by itself. */
    WORKS(perbus_connection_set_volume(program.source, program.mixer, 0, 0.25f, &error));
    WORKS(perbus_desk_engine_sync(again, &error));
    WORKS(perbus_desk_bus_get_volume(bus, &volume, &error));
    CHECK(volume == 0.25f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_adopt, program.av_mixer, &engine);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_node_adopt, engine, program.av_engine, &source);
    perbus_desk_bus_release(bus);
    perbus_desk_node_release(source);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(again);
    perbus_desk_engine_release(engine);
    NEAR(heard(&program), 0.125f);
    end_program(&program);
}

/* Closing lets go of the program's engine, for all handles, and it may be adopted anew. */
static void closing_an_adopted_engine(void) {
    program program;
    perbus_desk_engine *engine, *second, *fresh;
    perbus_desk_node *mixer, *made;
    perbus_desk_bus *bus;
    atomic_int destroyed = 0;
    bool running = false;
    make_program(&program);
    WORKS(perbus_desk_engine_adopt(program.av_engine, &engine, &error));
    WORKS(perbus_desk_engine_adopt(program.av_engine, &second, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_desk_mixer_copy_bus(mixer, 0, &bus, &error));
    WORKS(perbus_desk_source_create(engine, &MONO, render_half, &destroyed, count, &made, &error));
    WORKS(perbus_desk_engine_connect(engine, made, 0, mixer, 1, NULL, &error));
    WORKS(perbus_desk_bus_set_volume(bus, 0.5f, &error));
    NEAR(heard(&program), 0.25f + 0.5f);
    WORKS(perbus_desk_engine_close(second, &error));
    CHECK(atomic_load(&destroyed) == 1);
    WORKS(perbus_engine_is_running(program.engine, &running, &error));
    CHECK(running);
    NEAR(heard(&program), 0.25f);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_sync, engine);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_bus_set_volume, bus, 1.0f);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_node_adopt, engine, program.av_source, &made);
    WORKS(perbus_desk_engine_adopt(program.av_engine, &fresh, &error));
    perbus_desk_node_release(mixer);
    WORKS(perbus_desk_engine_copy_main_mixer(fresh, &mixer, &error));
    perbus_desk_bus_release(bus);
    WORKS(perbus_desk_mixer_copy_bus(mixer, 0, &bus, &error));
    WORKS(perbus_desk_bus_set_volume(bus, 1.0f, &error));
    NEAR(heard(&program), 0.5f);
    perbus_desk_bus_release(bus);
    perbus_desk_node_release(made);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(fresh);
    perbus_desk_engine_release(second);
    perbus_desk_engine_release(engine);
    end_program(&program);
}

/* An engine of the desk's own has one life, however it was found. */
static void adopting_the_desks_own(void) {
    stage stage;
    void *native = NULL, *av_source = NULL;
    perbus_desk_engine *again, *none = NULL;
    make_stage(&stage);
    perbus_engine *raw = perbus_desk_engine_get_raw(stage.engine);
    WORKS(perbus_engine_get_native(raw, &native, &error));
    WORKS(perbus_node_get_native(perbus_desk_node_get_raw(stage.source), &av_source, &error));
    WORKS(perbus_desk_engine_adopt(native, &again, &error));
    CHECK(perbus_desk_engine_get_raw(again) == raw);
    WORKS(perbus_desk_engine_close(again, &error));
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_start, stage.engine);
    perbus_desk_engine_release(again);
    WORKS(perbus_desk_engine_adopt(native, &again, &error));
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_sync, again);
    perbus_desk_engine_release(again);
    REJECTS(perbus_desk_engine_adopt, NULL, &none);
    REJECTS(perbus_desk_engine_adopt, native, NULL);
    REJECTS(perbus_desk_node_adopt, stage.engine, NULL, &stage.source);
    REJECTS(perbus_desk_node_adopt, stage.engine, av_source, NULL);
    REJECTS(perbus_desk_node_adopt, NULL, av_source, &stage.source);
    REJECTS(perbus_desk_engine_sync, NULL);
    CHECK(none == NULL);
    end_stage(&stage);
}

static program *rendered_program;
static perbus_status in_render[3];

static bool adopt_in_render(void *context, int64_t time, uint32_t frames, float *const *channels,
                            uint32_t channel_count) {
    perbus_desk_engine *made, *engine = context;
    perbus_desk_node *node;
    in_render[0] = perbus_desk_engine_adopt(rendered_program->av_engine, &made, NULL);
    in_render[1] = perbus_desk_node_adopt(engine, rendered_program->av_source, &node, NULL);
    in_render[2] = perbus_desk_engine_sync(engine, NULL);
    return render_half(NULL, time, frames, channels, channel_count);
}

static void calls_from_a_render_function(void) {
    program program;
    perbus_desk_engine *engine;
    perbus_desk_node *mixer, *made;
    make_program(&program);
    rendered_program = &program;
    WORKS(perbus_desk_engine_adopt(program.av_engine, &engine, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_desk_source_create(engine, &MONO, adopt_in_render, engine, NULL, &made, &error));
    WORKS(perbus_desk_engine_connect(engine, made, 0, mixer, 1, NULL, &error));
    NEAR(heard(&program), 1.0f);
    for (int i = 0; i < 3; i++) {
        CHECK(in_render[i] == PERBUS_ERROR_IN_RENDER);
    }
    WORKS(perbus_desk_engine_detach(engine, made, &error));
    perbus_desk_node_release(made);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(engine);
    end_program(&program);
}

static void *adopt_and_release(void *context) {
    program *program = context;
    for (int i = 0; i < 200; i++) {
        perbus_desk_engine *engine;
        perbus_desk_node *source;
        WORKS(perbus_desk_engine_adopt(program->av_engine, &engine, &error));
        WORKS(perbus_desk_node_adopt(engine, program->av_source, &source, &error));
        WORKS(perbus_desk_engine_sync(engine, &error));
        perbus_desk_node_release(source);
        perbus_desk_engine_release(engine);
    }
    return NULL;
}

static void adopting_on_threads(void) {
    program program;
    pthread_t threads[3];
    make_program(&program);
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&threads[i], NULL, adopt_and_release, &program) == 0);
    }
    NEAR(heard(&program), 0.5f);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    NEAR(heard(&program), 0.5f);
    end_program(&program);
}

void test_adopting(void) {
    strips_of_an_adopted_engine();
    closing_an_adopted_engine();
    adopting_the_desks_own();
    calls_from_a_render_function();
    adopting_on_threads();
}
