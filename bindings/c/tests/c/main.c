/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the tests of the desk's C API: with 0 at the end when all is as perbus/desk.h says.
 * With the argument "device", those that play to the server of tools/with-pulse.sh. */
#include "desk.h"

#include <sched.h>
#include <stdlib.h>

int check_failures;

static float rendered[4096];

void count_end(void *context, perbus_desk_fade_end end) {
    ends *ended = context;
    atomic_fetch_add(end == PERBUS_DESK_FADE_FINISHED ? &ended->finished : &ended->replaced, 1);
}

void make_stage(stage *stage) {
    atomic_init(&stage->destroyed, 0);
    WORKS(perbus_desk_engine_create_offline(&MONO, 512, &stage->engine, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(stage->engine, &stage->mixer, &error));
    WORKS(perbus_desk_source_create(stage->engine, &MONO, render_half, &stage->destroyed, count,
                                    &stage->source, &error));
    WORKS(
        perbus_desk_engine_connect(stage->engine, stage->source, 0, stage->mixer, 0, NULL, &error));
    WORKS(perbus_desk_mixer_copy_bus(stage->mixer, 0, &stage->bus, &error));
    WORKS(perbus_desk_engine_start(stage->engine, &error));
}

void make_stage_with_manners(stage *stage, const char *manners) {
    const char *set = getenv("PERBUS_MANNERS");
    char *before = set != NULL ? strdup(set) : NULL;
    setenv("PERBUS_MANNERS", manners, 1);
    make_stage(stage);
    if (before != NULL) {
        setenv("PERBUS_MANNERS", before, 1);
    } else {
        unsetenv("PERBUS_MANNERS");
    }
    free(before);
}

void end_stage(stage *stage) {
    perbus_desk_bus_release(stage->bus);
    perbus_desk_node_release(stage->source);
    perbus_desk_node_release(stage->mixer);
    perbus_desk_engine_release(stage->engine);
    CHECK(atomic_load(&stage->destroyed) == 1);
}

float last_of(stage *stage, uint32_t frames) {
    for (uint32_t done = 0; done < frames;) {
        uint32_t block = frames - done < 512 ? frames - done : 512;
        float *channels[] = {rendered + done};
        WORKS(perbus_desk_engine_render(stage->engine, block, channels, 1, &error));
        done += block;
    }
    return rendered[frames - 1];
}

void *render_until_closed(void *context) {
    float samples[64], *channels[] = {samples};
    perbus_status status;
    do {
        status = perbus_desk_engine_render(((stage *)context)->engine, 64, channels, 1, NULL);
    } while (status == PERBUS_OK);
    return (void *)(intptr_t)status;
}

void wait_for(atomic_int *number, int expected) {
    for (int i = 0; i < 100000000 && atomic_load(number) < expected; i++) {
        sched_yield();
    }
    CHECK(atomic_load(number) == expected);
}

float settled(stage *stage) {
    return last_of(stage, 1024);
}

float first_of(stage *stage, uint32_t frames) {
    last_of(stage, frames);
    return rendered[0];
}

int main(int argument_count, char **arguments) {
    if (argument_count == 2 && strcmp(arguments[1], "device") == 0) {
        test_playing_to_a_device();
        return check_failures == 0 ? 0 : 1;
    }
    test_nothing();
    test_adopting();
    test_strips();
    test_by_number();
    test_fades();
    test_output_fades();
    test_automation();
    test_output_automation();
    test_refused_automation();
    test_group_automation();
    test_pan_laws();
    test_scenes();
    test_engine_scenes();
    test_scene_groups();
    test_scene_taps_and_laws();
    test_groups();
    test_group_meters();
    test_sends();
    test_connections();
    test_connecting_buses();
    test_kinds();
    test_playing();
    test_batches_and_ramps();
    test_sound_files();
    test_playing_files();
    test_taps();
    test_recorders();
    test_devices();
    test_input();
    test_closing();
    test_waiting();
    return check_failures == 0 ? 0 : 1;
}
