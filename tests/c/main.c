/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the tests of the C API; returns 0 if everything is as perbus.h says. */
#include "check.h"

#include <unistd.h>

int check_failures;
perbus_engine *engine;
perbus_node *mixer, *output, *player, *source;
atomic_int destroyed;

perbus_file *open_half(void) {
    enum { COUNT = 512 * 2 };
    uint8_t bytes[44 + COUNT] = "RIFF\044\4\0\0WAVEfmt \020\0\0\0\1\0\1\0\200\273\0\0\0"
                                "\167\1\0\2\0\020\0data\0\4\0";
    char path[] = "/tmp/perbus-half-XXXXXX";
    perbus_file *file = NULL;
    for (int i = 0; i < COUNT; i += 2) {
        bytes[44 + i + 1] = 0x40;
    }
    int made = mkstemp(path);
    CHECK(made >= 0 && write(made, bytes, sizeof bytes) == (ssize_t)sizeof bytes);
    close(made);
    WORKS(perbus_file_open(path, &file, &error));
    unlink(path);
    return file;
}

void hear(float *left, float *right) {
    static float samples[2][512];
    float *channels[] = {samples[0], samples[1]};
    WORKS(perbus_engine_render(engine, 512, channels, 2, &error));
    *left = samples[0][511];
    *right = samples[1][511];
}

/* Whatever GNUstep's classes allocate on first use is not a leak of the library. */
static void use_classes_once(void) {
#ifdef COUNTS_LEAKS
    perbus_engine *first;
    __lsan_disable();
    WORKS(perbus_engine_create_offline(&STEREO, 1, &first, &error));
    perbus_engine_destroy(first);
    __lsan_enable();
#endif
}

static void make(void) {
    WORKS(perbus_engine_create_offline(&STEREO, 512, &engine, &error));
    WORKS(perbus_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_engine_copy_output(engine, &output, &error));
    WORKS(perbus_player_create(&player, &error));
    WORKS(perbus_source_create(&STEREO, render_half, &destroyed, count, &source, &error));
    WORKS(perbus_engine_attach(engine, player, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, &STEREO, &error));
    WORKS(perbus_engine_connect(engine, source, 0, mixer, 1, NULL, &error));
    WORKS(perbus_engine_start(engine, &error));
}

static void end(void) {
    perbus_node_release(mixer);
    perbus_node_release(output);
    perbus_node_release(player);
    perbus_node_release(source);
    CHECK(atomic_load(&destroyed) == 0);
    perbus_engine_destroy(engine);
    CHECK(atomic_load(&destroyed) == 1);
}

int main(void) {
    CHECK(perbus_version() == PERBUS_VERSION);
    CHECK(strcmp(perbus_status_name(PERBUS_ERROR_CYCLE), "PERBUS_ERROR_CYCLE") == 0);
    CHECK(strcmp(perbus_status_name((perbus_status)1), "unknown status") == 0);
    use_classes_once();
    make();
    test_null_pointers();
    test_failures();
    test_engines();
    test_nodes();
    test_adopting();
    test_gains();
    test_fades_and_meters();
    test_automation();
    test_masters();
    test_pan_laws();
    test_equalizers();
    test_players();
    test_matrices();
    test_graph();
    test_layouts();
    test_taps();
    test_inputs();
    test_threads();
    test_render_functions();
    test_ends_in_render_functions();
    end();
    return check_failures == 0 ? 0 : 1;
}
