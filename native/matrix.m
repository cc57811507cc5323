// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A matrix mixer's levels and switches.
#import "checks.h"

// The element of the global scope that is the master volume.
static const AudioUnitElement MASTER = 0xFFFFFFFFu;

// Above this, (input << 16) | output would be ambiguous, or the number of the master.
enum { MAX_CHANNELS = 0xFFFE };

// The shape of a matrix: the channels across all buses of each side.
typedef struct Shape {
    uint32_t inputs;
    uint32_t outputs;
} Shape;

// The node is known to be a matrix.
static AudioUnit unit_of(perbus_node *matrix) {
    return [(AVAudioUnit *)matrix->object audioUnit];
}

static perbus_status refused(const char *what, OSStatus problem, perbus_error *error) {
    perbus_status status = perbus__fail(error, PERBUS_ERROR_EXCEPTION,
                                        @"the matrix refuses %s (error %d)", what, (int)problem);
    if (error != NULL) {
        error->os_code = problem;
    }
    return status;
}

static perbus_status get_shape(perbus_node *matrix, Shape *shape, perbus_error *error) {
    UInt32 dimensions[2] = {0, 0};
    UInt32 size = sizeof dimensions;
    OSStatus problem = AudioUnitGetProperty(unit_of(matrix), kAudioUnitProperty_MatrixDimensions,
                                            kAudioUnitScope_Global, 0, dimensions, &size);
    if (problem != 0) {
        return refused("to tell its dimensions", problem, error);
    }
    if (dimensions[0] > MAX_CHANNELS || dimensions[1] > MAX_CHANNELS) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"%u input and %u output channels: a side has at most %d",
                            (unsigned)dimensions[0], (unsigned)dimensions[1], MAX_CHANNELS);
    }
    *shape = (Shape){dimensions[0], dimensions[1]};
    return PERBUS_OK;
}

static perbus_status check_channel(const char *role, uint32_t channel, uint32_t count,
                                   perbus_error *error) {
    if (channel < count) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%s channel %u: there are %u", role,
                        channel, count);
}

static perbus_status check_gain(float gain, perbus_error *error) {
    if (gain >= -1.0f && gain <= 1.0f) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"crosspoint gain %g is not in -1 to 1",
                        (double)gain);
}

// A level by its place in the whole matrix. The row after the last input has the output volumes,
// the column after the last output the input volumes.
static void address(Shape shape, uint32_t row, uint32_t column, AudioUnitScope *scope,
                    AudioUnitElement *element) {
    *scope = kAudioUnitScope_Global;
    if (row < shape.inputs && column < shape.outputs) {
        *element = (row << 16) | column;
    } else if (row < shape.inputs) {
        *scope = kAudioUnitScope_Input;
        *element = row;
    } else if (column < shape.outputs) {
        *scope = kAudioUnitScope_Output;
        *element = column;
    } else {
        *element = MASTER;
    }
}

static perbus_status set_level(perbus_node *matrix, Shape shape, uint32_t row, uint32_t column,
                               float level, perbus_error *error) {
    AudioUnitScope scope;
    AudioUnitElement element;
    address(shape, row, column, &scope, &element);
    OSStatus problem =
        AudioUnitSetParameter(unit_of(matrix), kMatrixMixerParam_Volume, scope, element, level, 0);
    return problem == 0 ? PERBUS_OK : refused("a level", problem, error);
}

static perbus_status get_level(perbus_node *matrix, Shape shape, uint32_t row, uint32_t column,
                               float *out_level, perbus_error *error) {
    AudioUnitScope scope;
    AudioUnitElement element;
    AudioUnitParameterValue level = 0;
    address(shape, row, column, &scope, &element);
    OSStatus problem =
        AudioUnitGetParameter(unit_of(matrix), kMatrixMixerParam_Volume, scope, element, &level);
    if (problem != 0) {
        return refused("to tell a level", problem, error);
    }
    *out_level = level;
    return PERBUS_OK;
}

// Checks that the node is a matrix and runs the body with its shape.
static perbus_status with_shape(perbus_node *matrix, perbus_error *error,
                                perbus_status (^body)(Shape shape)) {
    PERBUS_REQUIRE(matrix, error);
    return perbus__guard(error, ^{
        Shape shape = {0, 0};
        PERBUS_CHECK(perbus__check_kind(matrix, PERBUS_KIND_MATRIX, error));
        PERBUS_CHECK(get_shape(matrix, &shape, error));
        return body(shape);
    });
}

perbus_status perbus_matrix_get_dimensions(perbus_node *matrix, uint32_t *out_inputs,
                                           uint32_t *out_outputs, perbus_error *error) {
    PERBUS_REQUIRE(out_inputs, error);
    PERBUS_REQUIRE(out_outputs, error);
    return with_shape(matrix, error, ^(Shape shape) {
        *out_inputs = shape.inputs;
        *out_outputs = shape.outputs;
        return PERBUS_OK;
    });
}

perbus_status perbus_matrix_set_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float gain, perbus_error *error) {
    PERBUS_CHECK(check_gain(gain, error));
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("input", input, shape.inputs, error));
        PERBUS_CHECK(check_channel("output", output, shape.outputs, error));
        return set_level(matrix, shape, input, output, gain, error);
    });
}

perbus_status perbus_matrix_get_crosspoint(perbus_node *matrix, uint32_t input, uint32_t output,
                                           float *out_gain, perbus_error *error) {
    PERBUS_REQUIRE(out_gain, error);
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("input", input, shape.inputs, error));
        PERBUS_CHECK(check_channel("output", output, shape.outputs, error));
        return get_level(matrix, shape, input, output, out_gain, error);
    });
}

perbus_status perbus_matrix_set_input(perbus_node *matrix, uint32_t input, float volume,
                                      perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("input", input, shape.inputs, error));
        return set_level(matrix, shape, input, shape.outputs, volume, error);
    });
}

perbus_status perbus_matrix_get_input(perbus_node *matrix, uint32_t input, float *out_volume,
                                      perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("input", input, shape.inputs, error));
        return get_level(matrix, shape, input, shape.outputs, out_volume, error);
    });
}

perbus_status perbus_matrix_set_output(perbus_node *matrix, uint32_t output, float volume,
                                       perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("output", output, shape.outputs, error));
        return set_level(matrix, shape, shape.inputs, output, volume, error);
    });
}

perbus_status perbus_matrix_get_output(perbus_node *matrix, uint32_t output, float *out_volume,
                                       perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    return with_shape(matrix, error, ^(Shape shape) {
        PERBUS_CHECK(check_channel("output", output, shape.outputs, error));
        return get_level(matrix, shape, shape.inputs, output, out_volume, error);
    });
}

perbus_status perbus_matrix_set_master(perbus_node *matrix, float volume, perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return with_shape(matrix, error, ^(Shape shape) {
        return set_level(matrix, shape, shape.inputs, shape.outputs, volume, error);
    });
}

perbus_status perbus_matrix_get_master(perbus_node *matrix, float *out_volume,
                                       perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    return with_shape(matrix, error, ^(Shape shape) {
        return get_level(matrix, shape, shape.inputs, shape.outputs, out_volume, error);
    });
}

static perbus_status enable(perbus_node *matrix, BOOL input, uint32_t bus, bool enabled,
                            perbus_error *error) {
    PERBUS_REQUIRE(matrix, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(matrix, PERBUS_KIND_MATRIX, error));
        NSUInteger count =
            input ? [matrix->object numberOfInputs] : [matrix->object numberOfOutputs];
        PERBUS_CHECK(perbus__check_bus(input ? "input" : "output", bus, count, error));
        OSStatus problem = AudioUnitSetParameter(
            unit_of(matrix), kMatrixMixerParam_Enable,
            input ? kAudioUnitScope_Input : kAudioUnitScope_Output, bus, enabled ? 1.0f : 0.0f, 0);
        return problem == 0 ? PERBUS_OK : refused("a bus's switch", problem, error);
    });
}

perbus_status perbus_matrix_enable_input(perbus_node *matrix, uint32_t bus, bool enabled,
                                         perbus_error *error) {
    return enable(matrix, YES, bus, enabled, error);
}

perbus_status perbus_matrix_enable_output(perbus_node *matrix, uint32_t bus, bool enabled,
                                          perbus_error *error) {
    return enable(matrix, NO, bus, enabled, error);
}
