/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Matrix mixers and pan laws. */
#include "check.h"

/* Four inputs and six outputs, hence five rows of seven. */
static void whole_matrices(perbus_node *matrix, float *levels) {
    uint32_t inputs = 0, outputs = 0;
    float value = 7.0f;
    WORKS(perbus_matrix_get_dimensions(matrix, &inputs, &outputs, &error));
    CHECK(inputs == 4 && outputs == 6);
    WORKS(perbus_matrix_set_identity(matrix, &error));
    WORKS(perbus_matrix_get_crosspoint(matrix, 3, 3, &value, &error));
    CHECK(value == 1.0f);
    WORKS(perbus_matrix_clear(matrix, &error));
    WORKS(perbus_matrix_get_crosspoint(matrix, 3, 3, &value, &error));
    CHECK(value == 0.0f);
    WORKS(perbus_matrix_set_levels(matrix, levels, 5, 7, &error));
    WORKS(perbus_matrix_get_crosspoint(matrix, 3, 5, &value, &error));
    CHECK(value == -0.5f);
    levels[0] = 1.5f;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_levels, matrix, levels, 5, 7);
    levels[0] = 0.0f;
    levels[4 * 7 + 6] = 4.01f;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_levels, matrix, levels, 5, 7);
    levels[4 * 7 + 6] = 4.0f;
    WORKS(perbus_matrix_set_levels(matrix, levels, 5, 7, &error));
    WORKS(perbus_matrix_get_master(matrix, &value, &error));
    CHECK(value == 4.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_enable_input, matrix, 2, true);
    WORKS(perbus_matrix_enable_output(matrix, 2, true, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_enable_output, matrix, 3, true);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_crosspoint, matrix, 0, 0, -1.5f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_input, matrix, 4, 1.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_output, matrix, 6, 1.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_master, matrix, NAN);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_set_master, matrix, 4.01f);
    WORKS(perbus_matrix_get_crosspoint(matrix, 0, 0, &value, &error));
    CHECK(value == 0.0f);
}

static void matrices(void) {
    perbus_node *matrix = NULL;
    perbus_node *untouched = (perbus_node *)&check_failures;
    REJECTS(perbus_matrix_create, 1, 1, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_create, 0, 1, &untouched);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_create, 1, PERBUS_MAX_MATRIX_BUSES + 1,
          &untouched);
    CHECK(untouched == (perbus_node *)&check_failures);
    WORKS(perbus_matrix_create(2, 3, &matrix, &error));

    perbus_node_info info;
    WORKS(perbus_node_get_info(matrix, &info, &error));
    CHECK(!info.attached && info.inputs == 2 && info.outputs == 3);
    float value = 7.0f, other = 7.0f;
    float *levels = &value;
    uint32_t rows = 7, columns = 7;
    const float one[1] = {1.0f};

    /* Without a matrix, with another kind of node, without outs. */
    perbus_node *const wrong[] = {NULL, mixer};
    for (int i = 0; i < 2; i++) {
        perbus_status status = i == 0 ? PERBUS_ERROR_INVALID_ARGUMENT : PERBUS_ERROR_WRONG_KIND;
        FAILS(status, perbus_matrix_get_dimensions, wrong[i], &rows, &columns);
        FAILS(status, perbus_matrix_set_crosspoint, wrong[i], 0, 0, 1.0f);
        FAILS(status, perbus_matrix_get_crosspoint, wrong[i], 0, 0, &value);
        FAILS(status, perbus_matrix_set_input, wrong[i], 0, 1.0f);
        FAILS(status, perbus_matrix_get_input, wrong[i], 0, &value);
        FAILS(status, perbus_matrix_set_output, wrong[i], 0, 1.0f);
        FAILS(status, perbus_matrix_get_output, wrong[i], 0, &value);
        FAILS(status, perbus_matrix_set_master, wrong[i], 1.0f);
        FAILS(status, perbus_matrix_get_master, wrong[i], &value);
        FAILS(status, perbus_matrix_enable_input, wrong[i], 0, true);
        FAILS(status, perbus_matrix_enable_output, wrong[i], 0, true);
        FAILS(status, perbus_matrix_copy_levels, wrong[i], &levels, &rows, &columns);
        FAILS(status, perbus_matrix_set_levels, wrong[i], one, 1, 1);
        FAILS(status, perbus_matrix_set_identity, wrong[i]);
        FAILS(status, perbus_matrix_clear, wrong[i]);
        FAILS(status, perbus_matrix_invert, wrong[i]);
    }
    REJECTS(perbus_matrix_get_dimensions, matrix, NULL, &columns);
    REJECTS(perbus_matrix_get_dimensions, matrix, &rows, NULL);
    REJECTS(perbus_matrix_get_crosspoint, matrix, 0, 0, NULL);
    REJECTS(perbus_matrix_get_input, matrix, 0, NULL);
    REJECTS(perbus_matrix_get_output, matrix, 0, NULL);
    REJECTS(perbus_matrix_get_master, matrix, NULL);
    REJECTS(perbus_matrix_copy_levels, matrix, NULL, &rows, &columns);
    REJECTS(perbus_matrix_copy_levels, matrix, &levels, NULL, &columns);
    REJECTS(perbus_matrix_copy_levels, matrix, &levels, &rows, NULL);
    REJECTS(perbus_matrix_set_levels, matrix, NULL, 5, 7);
    REJECTS(perbus_matrix_set_levels, matrix, one, 1, 1);
    REJECTS(perbus_pan_constant_power, 0.0f, NULL, &other);
    REJECTS(perbus_pan_constant_power, 0.0f, &value, NULL);
    REJECTS(perbus_pan_linear, 0.0f, NULL, &other);
    REJECTS(perbus_pan_linear, 0.0f, &value, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_pan_linear, 1.5f, &value, &other);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_get_crosspoint, matrix, 4, 0, &value);
    CHECK(value == 7.0f && other == 7.0f && rows == 7 && columns == 7 && levels == &value);

    /* Stereo on every bus until connected; rows are inputs. */
    WORKS(perbus_matrix_set_crosspoint(matrix, 3, 5, -0.5f, &error));
    WORKS(perbus_matrix_set_input(matrix, 3, 0.25f, &error));
    WORKS(perbus_matrix_set_output(matrix, 5, 0.75f, &error));
    WORKS(perbus_matrix_set_master(matrix, 1.0f, &error));
    WORKS(perbus_matrix_copy_levels(matrix, &levels, &rows, &columns, &error));
    CHECK(rows == 5 && columns == 7);
    CHECK(levels[3 * 7 + 5] == -0.5f && levels[3 * 7 + 6] == 0.25f);
    CHECK(levels[4 * 7 + 5] == 0.75f && levels[4 * 7 + 6] == 1.0f);
    WORKS(perbus_matrix_get_crosspoint(matrix, 3, 5, &value, &error));
    CHECK(value == -0.5f);
    WORKS(perbus_matrix_get_input(matrix, 3, &value, &error));
    CHECK(value == 0.25f);
    WORKS(perbus_matrix_get_output(matrix, 5, &value, &error));
    CHECK(value == 0.75f);
    WORKS(perbus_matrix_get_master(matrix, &value, &error));
    CHECK(value == 1.0f);
    whole_matrices(matrix, levels);
    perbus_levels_free(levels);
    perbus_levels_free(NULL);
    perbus_node_release(matrix);
}

static void pan_laws(void) {
    float left = 7.0f, right = 7.0f;
    WORKS(perbus_pan_constant_power(0.5f, &left, &right, &error));
    NEAR(left, 0.38268343f);
    NEAR(right, 0.92387953f);
    WORKS(perbus_pan_linear(0.5f, &left, &right, &error));
    NEAR(left, 0.25f);
    NEAR(right, 0.75f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_pan_constant_power, NAN, &left, &right);
    NEAR(right, 0.75f);
}

/* One output channel; a matrix's levels apply from the start of the engine. */
static void a_matrix_is_heard(void) {
    perbus_engine *own = NULL;
    perbus_node *matrix = NULL, *half = NULL, *main_mixer = NULL;
    const perbus_format mono = {.sample_rate = 48000.0, .channels = 1};
    float samples[1024], *channels[] = {samples};
    WORKS(perbus_engine_create_offline(&mono, 1024, &own, &error));
    WORKS(perbus_engine_copy_main_mixer(own, &main_mixer, &error));
    WORKS(perbus_matrix_create(1, 1, &matrix, &error));
    WORKS(perbus_source_create(&mono, render_half, NULL, NULL, &half, &error));
    WORKS(perbus_engine_attach(own, matrix, &error));
    WORKS(perbus_engine_attach(own, half, &error));
    WORKS(perbus_engine_connect(own, half, 0, matrix, 0, &mono, &error));
    WORKS(perbus_engine_connect(own, matrix, 0, main_mixer, 0, &mono, &error));
    WORKS(perbus_engine_start(own, &error));
    WORKS(perbus_matrix_set_identity(matrix, &error));
    WORKS(perbus_matrix_set_input(matrix, 0, 0.5f, &error));
    WORKS(perbus_matrix_set_output(matrix, 0, 1.0f, &error));
    WORKS(perbus_matrix_set_master(matrix, 1.0f, &error));
    WORKS(perbus_matrix_invert(matrix, &error));
    WORKS(perbus_engine_render(own, 1024, channels, 1, &error));
    NEAR(samples[1023], -0.25f);
    WORKS(perbus_matrix_enable_input(matrix, 0, false, &error));
    WORKS(perbus_engine_render(own, 1024, channels, 1, &error));
    NEAR(samples[1023], 0.0f);
    WORKS(perbus_matrix_enable_input(matrix, 0, true, &error));
    WORKS(perbus_matrix_enable_output(matrix, 0, false, &error));
    WORKS(perbus_engine_render(own, 1024, channels, 1, &error));
    NEAR(samples[1023], 0.0f);
    perbus_node_release(main_mixer);
    perbus_node_release(matrix);
    perbus_node_release(half);
    perbus_engine_destroy(own);
}

void test_matrices(void) {
    matrices();
    pan_laws();
    a_matrix_is_heard();
}
