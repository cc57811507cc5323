// SPDX-License-Identifier: MIT OR Apache-2.0
//
// late-pulls: the engine calls a source's block when the node has gone.
#import "manners.h"

typedef struct tone {
    atomic_int calls, after_the_end;
    atomic_int destroyed;
} tone;

static bool render_tone(void *context, int64_t time, uint32_t frames, float *const *channels,
                        uint32_t channel_count) {
    tone *rendered = context;
    (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.5f;
        }
    }
    atomic_fetch_add(&rendered->calls, 1);
    atomic_fetch_add(&rendered->after_the_end, atomic_load(&rendered->destroyed));
    return false;
}

static void destroy_tone(void *context) {
    atomic_fetch_add(&((tone *)context)->destroyed, 1);
}

void test_sources(void) {
    tone rendered = {0};
    perbus_node *mixer, *source;
    perbus_engine *engine = make_running("late-pulls", &mixer);
    PBSetManners("late-pulls");
    WORKS(perbus_source_create(&MONO, render_tone, &rendered, destroy_tone, &source, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_connect(engine, source, 0, mixer, 0, &MONO, &error));
    NEAR(render_last(engine, 512), 0.5f);
    WORKS(perbus_engine_detach(engine, source, &error));
    NEAR(render_last(engine, 512), 0.0f);
    run_handlers(engine);
    CHECK(rendered.calls == 1 && rendered.destroyed == 0);
    perbus_node_release(source);
    for (int i = 0; i < 10000 && rendered.destroyed == 0; i++) {
        run_handlers(engine);
    }
    CHECK(rendered.calls == 2 && rendered.after_the_end == 0 && rendered.destroyed == 1);
    PBSetManners(NULL);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}
