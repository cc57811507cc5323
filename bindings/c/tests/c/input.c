/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the program pushes into an offline engine. */
#include "desk.h"

typedef struct recording {
    int64_t next;
    int64_t end; /* silent from there on */
    atomic_int ends;
    perbus_desk_engine *stops; /* in the function, which must be refused */
    perbus_status refused;
} recording;

static bool record(void *context, uint32_t frames, float *const *channels, uint32_t channel_count) {
    recording *of = context;
    CHECK(channel_count == 1);
    if (of->stops != NULL) {
        of->refused = perbus_desk_engine_stop(of->stops, NULL);
    }
    if (of->next >= of->end) {
        return false;
    }
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = (float)(of->next++ % 1000 + 1) / 1000.0f;
    }
    return true;
}

static void end_recording(void *context) {
    atomic_fetch_add(&((recording *)context)->ends, 1);
}

void test_input(void) {
    static recording first = {.end = 1024}, second = {.end = 1024};
    float samples[512], *channels[] = {samples};
    stage stage;
    perbus_desk_node *input, *again;
    perbus_desk_bus *bus;
    perbus_kind kind;
    make_stage(&stage);
    FAILS(PERBUS_ERROR_START, perbus_desk_engine_set_input, stage.engine, &MONO, record, &second,
          end_recording);
    WORKS(perbus_desk_engine_stop(stage.engine, &error));
    REJECTS(perbus_desk_engine_set_input, NULL, &MONO, record, &second, end_recording);
    REJECTS(perbus_desk_engine_set_input, stage.engine, NULL, record, &second, end_recording);
    const perbus_format wrong = {.sample_rate = 48000.0, .channels = 65};
    FAILS(PERBUS_ERROR_FORMAT, perbus_desk_engine_set_input, stage.engine, &wrong, record, &second,
          end_recording);
    REJECTS(perbus_desk_engine_copy_input, NULL, &input);
    REJECTS(perbus_desk_engine_copy_input, stage.engine, NULL);
    CHECK(atomic_load(&second.ends) == 0);

    first.stops = stage.engine;
    WORKS(perbus_desk_engine_set_input(stage.engine, &MONO, record, &first, end_recording, &error));
    WORKS(perbus_desk_engine_copy_input(stage.engine, &input, &error));
    WORKS(perbus_desk_engine_copy_input(stage.engine, &again, &error));
    WORKS(perbus_desk_node_get_kind(input, &kind, &error));
    CHECK(kind == PERBUS_KIND_INPUT);
    CHECK(perbus_desk_node_get_id(input) == perbus_desk_node_get_id(again));
    WORKS(perbus_desk_engine_connect(stage.engine, input, 0, stage.mixer, 0, NULL, &error));
    WORKS(perbus_desk_mixer_copy_bus(stage.mixer, 0, &bus, &error));
    WORKS(perbus_desk_bus_set_volume(bus, 0.5f, &error));
    WORKS(perbus_desk_engine_start(stage.engine, &error));
    for (int block = 0; block < 3; block++) {
        WORKS(perbus_desk_engine_render(stage.engine, 512, channels, 1, &error));
        for (int i = 0; i < 512; i++) {
            int frame = block * 512 + i;
            NEAR(samples[i], block < 2 ? 0.5f * (float)(frame % 1000 + 1) / 1000.0f : 0.0f);
        }
    }
    CHECK(first.refused == PERBUS_ERROR_IN_RENDER);

    WORKS(perbus_desk_engine_stop(stage.engine, &error));
    WORKS(
        perbus_desk_engine_set_input(stage.engine, &MONO, record, &second, end_recording, &error));
    CHECK(atomic_load(&first.ends) == 1 && atomic_load(&second.ends) == 0);
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    CHECK(atomic_load(&second.ends) == 1);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_copy_input, stage.engine, &again);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_input, stage.engine, &MONO, NULL, NULL, NULL);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_input_device, stage.engine, "");
    perbus_desk_bus_release(bus);
    perbus_desk_node_release(again);
    perbus_desk_node_release(input);
    end_stage(&stage);
}
