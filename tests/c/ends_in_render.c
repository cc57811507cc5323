/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a render function ends lives on until the next call from elsewhere. */
#include "check.h"

enum { FRAMES = 64 };

static void ignore_block(void *context, const perbus_tap_block *block) {
    (void)context;
    (void)block;
}

/* Things that a render function ends: an engine, the last handle to a source, a buffer, a file, a
 *  tap, and one that cannot be discarded there. */
typedef struct Victims {
    perbus_engine *engine;
    perbus_node *source;
    perbus_buffer *buffer;
    perbus_file *file;
    perbus_tap *tap, *discarded;
} Victims;

static bool render_and_end(void *context, int64_t time, uint32_t frames, float *const *channels,
                           uint32_t channel_count) {
    Victims *victims = context;
    perbus_engine_destroy(victims->engine);
    perbus_node_release(victims->source);
    perbus_buffer_release(victims->buffer);
    perbus_file_destroy(victims->file);
    perbus_tap_destroy(victims->tap);
    perbus_tap_discard(victims->discarded);
    perbus_tap_destroy(victims->discarded);
    *victims = (Victims){NULL, NULL, NULL, NULL, NULL, NULL};
    return render_half(NULL, time, frames, channels, channel_count);
}

void test_ends_in_render_functions(void) {
    static float memory[2][FRAMES];
    float *channels[] = {memory[0], memory[1]};
    atomic_int ends = 0, tap_ends = 0;
    Victims victims;
    perbus_engine *outer;
    perbus_node *main_mixer, *killer, *inner_mixer;
    bool running;
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &outer, &error));
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &victims.engine, &error));
    WORKS(perbus_engine_start(victims.engine, &error));
    WORKS(perbus_source_create(&STEREO, render_half, &ends, count, &victims.source, &error));
    WORKS(perbus_engine_attach(victims.engine, victims.source, &error));
    WORKS(perbus_engine_copy_main_mixer(victims.engine, &inner_mixer, &error));
    WORKS(perbus_engine_connect(victims.engine, victims.source, 0, inner_mixer, 0, NULL, &error));
    WORKS(perbus_tap_create(inner_mixer, 0, 4800, ignore_block, &tap_ends, count,
                            &victims.discarded, &error));
    perbus_node_release(inner_mixer);
    WORKS(perbus_buffer_create(&STEREO, 9, &victims.buffer, &error));
    victims.file = open_half();
    WORKS(perbus_tap_create(victims.source, 0, 4800, ignore_block, &tap_ends, count, &victims.tap,
                            &error));
    WORKS(perbus_source_create(&STEREO, render_and_end, &victims, NULL, &killer, &error));
    WORKS(perbus_engine_copy_main_mixer(outer, &main_mixer, &error));
    WORKS(perbus_engine_attach(outer, killer, &error));
    WORKS(perbus_engine_connect(outer, killer, 0, main_mixer, 0, NULL, &error));
    WORKS(perbus_engine_start(outer, &error));
    WORKS(perbus_engine_render(outer, FRAMES, channels, 2, &error));
    NEAR(memory[0][0], 0.5f);
    CHECK(victims.engine == NULL && atomic_load(&ends) == 0 && atomic_load(&tap_ends) == 0);
    WORKS(perbus_engine_is_running(outer, &running, &error));
    CHECK(running && atomic_load(&ends) == 1 && atomic_load(&tap_ends) == 2);
    /* An engine destroyed by its own source. */
    victims.engine = outer;
    WORKS(perbus_engine_render(outer, FRAMES, channels, 2, &error));
    NEAR(memory[0][0], 0.5f);
    perbus_node_release(killer);
    perbus_node_release(main_mixer);
    WORKS(perbus_buffer_create(&STEREO, 9, &victims.buffer, &error));
    perbus_buffer_release(victims.buffer);
}
