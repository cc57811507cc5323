// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A matrix mixer as a whole: reads or sets all levels at once.
#import "checks.h"

#include <math.h>
#include <stdlib.h>

// Copies the whole matrix into an array for free(). The property does not include the shape.
static perbus_status copy_levels(perbus_node *matrix, float **out_levels, uint32_t *out_rows,
                                 uint32_t *out_columns, perbus_error *error) {
    uint32_t inputs = 0;
    uint32_t outputs = 0;
    PERBUS_CHECK(perbus_matrix_get_dimensions(matrix, &inputs, &outputs, error));
    size_t count = ((size_t)inputs + 1) * ((size_t)outputs + 1);
    float *levels = calloc(count, sizeof *levels);
    if (levels == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu levels", count);
    }
    UInt32 size = (UInt32)(count * sizeof *levels);
    OSStatus problem = AudioUnitGetProperty([(AVAudioUnit *)matrix->object audioUnit],
                                            kAudioUnitProperty_MatrixLevels, kAudioUnitScope_Global,
                                            0, levels, &size);
    if (problem != 0 || size != count * sizeof *levels) {
        free(levels);
        perbus_status status =
            perbus__fail(error, PERBUS_ERROR_EXCEPTION,
                         @"the matrix does not return its levels (error %d)", (int)problem);
        if (error != NULL) {
            error->os_code = problem;
        }
        return status;
    }
    *out_levels = levels;
    *out_rows = inputs + 1;
    *out_columns = outputs + 1;
    return PERBUS_OK;
}

static perbus_status set_level(perbus_node *matrix, uint32_t row, uint32_t column, uint32_t rows,
                               uint32_t columns, float level, perbus_error *error) {
    if (row + 1 < rows && column + 1 < columns) {
        return perbus_matrix_set_crosspoint(matrix, row, column, level, error);
    }
    if (row + 1 < rows) {
        return perbus_matrix_set_input(matrix, row, level, error);
    }
    if (column + 1 < columns) {
        return perbus_matrix_set_output(matrix, column, level, error);
    }
    return perbus_matrix_set_master(matrix, level, error);
}

static perbus_status check_level(uint32_t row, uint32_t column, uint32_t rows, uint32_t columns,
                                 float level, perbus_error *error) {
    bool crosspoint = row + 1 < rows && column + 1 < columns;
    int least = crosspoint ? -1 : 0;
    int most = crosspoint ? 1 : PERBUS_MAX_VOLUME;
    if (level >= (float)least && level <= (float)most) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                        @"level %g in row %u, column %u is not in %d to %d", (double)level, row,
                        column, least, most);
}

// Sets the levels that differ from `before`.
static perbus_status replace(perbus_node *matrix, const float *before, const float *levels,
                             uint32_t rows, uint32_t columns, perbus_error *error) {
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < columns; column++) {
            size_t place = (size_t)row * columns + column;
            if (levels[place] != before[place]) {
                PERBUS_CHECK(set_level(matrix, row, column, rows, columns, levels[place], error));
            }
        }
    }
    return PERBUS_OK;
}

// Sets all of them or none: after a failure, those already set are restored.
static perbus_status replace_all(perbus_node *matrix, const float *before, const float *levels,
                                 uint32_t rows, uint32_t columns, perbus_error *error) {
    perbus_status status = replace(matrix, before, levels, rows, columns, error);
    for (uint32_t row = 0; status != PERBUS_OK && row < rows; row++) {
        for (uint32_t column = 0; column < columns; column++) {
            (void)set_level(matrix, row, column, rows, columns,
                            before[(size_t)row * columns + column], NULL);
        }
    }
    return status;
}

perbus_status perbus_matrix_copy_levels(perbus_node *matrix, float **out_levels, uint32_t *out_rows,
                                        uint32_t *out_columns, perbus_error *error) {
    PERBUS_REQUIRE(matrix, error);
    PERBUS_REQUIRE(out_levels, error);
    PERBUS_REQUIRE(out_rows, error);
    PERBUS_REQUIRE(out_columns, error);
    return perbus__guard(error, ^{
        return copy_levels(matrix, out_levels, out_rows, out_columns, error);
    });
}

void perbus_levels_free(float *levels) {
    free(levels);
}

perbus_status perbus_matrix_set_levels(perbus_node *matrix, const float *levels, uint32_t rows,
                                       uint32_t columns, perbus_error *error) {
    PERBUS_REQUIRE(matrix, error);
    PERBUS_REQUIRE(levels, error);
    return perbus__guard(error, ^{
        float *before = NULL;
        uint32_t own_rows = 0;
        uint32_t own_columns = 0;
        PERBUS_CHECK(copy_levels(matrix, &before, &own_rows, &own_columns, error));
        perbus_status status = PERBUS_OK;
        if (rows != own_rows || columns != own_columns) {
            status = perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                  @"%u rows of %u levels for a matrix with %u rows of %u", rows,
                                  columns, own_rows, own_columns);
        }
        for (uint32_t place = 0; status == PERBUS_OK && place < rows * columns; place++) {
            status =
                check_level(place / columns, place % columns, rows, columns, levels[place], error);
        }
        if (status == PERBUS_OK) {
            status = replace_all(matrix, before, levels, rows, columns, error);
        }
        free(before);
        return status;
    });
}

// Replaces every crosspoint by the result of `change`.
static perbus_status change_crosspoints(perbus_node *matrix, perbus_error *error,
                                        float (^change)(uint32_t row, uint32_t column,
                                                        float gain)) {
    PERBUS_REQUIRE(matrix, error);
    return perbus__guard(error, ^{
        float *before = NULL;
        uint32_t rows = 0;
        uint32_t columns = 0;
        PERBUS_CHECK(copy_levels(matrix, &before, &rows, &columns, error));
        size_t count = (size_t)rows * columns;
        float *levels = calloc(count, sizeof *levels);
        perbus_status status = PERBUS_OK;
        if (levels == NULL) {
            status =
                perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu levels", count);
        } else {
            memcpy(levels, before, count * sizeof *levels);
            for (uint32_t row = 0; row + 1 < rows; row++) {
                for (uint32_t column = 0; column + 1 < columns; column++) {
                    float *level = &levels[(size_t)row * columns + column];
                    *level = change(row, column, *level);
                }
            }
            status = replace_all(matrix, before, levels, rows, columns, error);
        }
        free(levels);
        free(before);
        return status;
    });
}

perbus_status perbus_matrix_set_identity(perbus_node *matrix, perbus_error *error) {
    return change_crosspoints(matrix, error, ^(uint32_t row, uint32_t column, float gain) {
        (void)gain;
        return row == column ? 1.0f : 0.0f;
    });
}

perbus_status perbus_matrix_clear(perbus_node *matrix, perbus_error *error) {
    return change_crosspoints(matrix, error, ^(uint32_t row, uint32_t column, float gain) {
        (void)row;
        (void)column;
        (void)gain;
        return 0.0f;
    });
}

perbus_status perbus_matrix_invert(perbus_node *matrix, perbus_error *error) {
    return change_crosspoints(matrix, error, ^(uint32_t row, uint32_t column, float gain) {
        (void)row;
        (void)column;
        // Not -gain, which would turn the zero of an open crosspoint into a negative zero.
        return 0.0f - gain;
    });
}

perbus_status perbus_pan_constant_power(float position, float *out_left, float *out_right,
                                        perbus_error *error) {
    PERBUS_REQUIRE(out_left, error);
    PERBUS_REQUIRE(out_right, error);
    PERBUS_CHECK(perbus__check_pan(position, error));
    double angle = ((double)position + 1.0) * (M_PI / 4.0);
    // Exact silence at the end: the cosine of the double nearest to pi / 2 is not 0.
    *out_left = position == 1.0f ? 0.0f : (float)cos(angle);
    *out_right = (float)sin(angle);
    return PERBUS_OK;
}

perbus_status perbus_pan_linear(float position, float *out_left, float *out_right,
                                perbus_error *error) {
    PERBUS_REQUIRE(out_left, error);
    PERBUS_REQUIRE(out_right, error);
    PERBUS_CHECK(perbus__check_pan(position, error));
    *out_left = (1.0f - position) / 2.0f;
    *out_right = (1.0f + position) / 2.0f;
    return PERBUS_OK;
}
