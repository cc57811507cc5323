// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The AudioUnit of a matrix mixer. Levels and switches are parameters; the shape and the whole
// matrix are properties.
#import "PBMatrix.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/nodes/PBTaps.h"
#import "avfaudio/plan/PBPublish.h"

#include <math.h>
#include <stdlib.h>

// The element of the global scope that is the master; any other is (input << 16) | output.
enum { MASTER = 0xFFFFFFFFu };

typedef struct Place {
    uint32_t input;
    uint32_t output;
} Place;

static PBMatrix *MatrixOf(AudioUnit unit) {
    return (PBMatrix *)unit;
}

static OSStatus FindLevel(const PBMatrix *matrix, AudioUnitScope scope, AudioUnitElement element,
                          Place *place) {
    uint32_t inputs = PBMatrixChannels(matrix, PB_MATRIX_INPUT);
    uint32_t outputs = PBMatrixChannels(matrix, PB_MATRIX_OUTPUT);
    BOOL found;
    if (scope == kAudioUnitScope_Global && element == (AudioUnitElement)MASTER) {
        *place = (Place){inputs, outputs};
        found = YES;
    } else if (scope == kAudioUnitScope_Global) {
        *place = (Place){element >> 16, element & 0xFFFF};
        found = place->input < inputs && place->output < outputs;
    } else if (scope == kAudioUnitScope_Input) {
        *place = (Place){element, outputs};
        found = element < inputs;
    } else if (scope == kAudioUnitScope_Output) {
        *place = (Place){inputs, element};
        found = element < outputs;
    } else {
        return kAudioUnitErr_InvalidScope;
    }
    return found ? kAudio_NoError : kAudioUnitErr_InvalidElement;
}

static OSStatus FindSwitch(PBMatrix *matrix, AudioUnitScope scope, AudioUnitElement element,
                           BOOL **on) {
    if (scope != kAudioUnitScope_Input && scope != kAudioUnitScope_Output) {
        return kAudioUnitErr_InvalidScope;
    }
    PBMatrixBuses *buses = &matrix->sides[scope - kAudioUnitScope_Input];
    if (element >= buses->count) {
        return kAudioUnitErr_InvalidElement;
    }
    *on = &buses->on[element];
    return kAudio_NoError;
}

// value: read if `write`, written otherwise.
static OSStatus Parameter(PBMatrix *matrix, AudioUnitParameterID parameter, AudioUnitScope scope,
                          AudioUnitElement element, BOOL write, float *value) {
    Place place;
    BOOL *on;
    pbr_matrix *levels = PBMatrixLevels(matrix);
    if (levels == NULL) {
        return kAudio_MemFullError;
    }
    OSStatus status = kAudioUnitErr_InvalidParameter;
    if (parameter == kMatrixMixerParam_Volume) {
        status = FindLevel(matrix, scope, element, &place);
        if (status == kAudio_NoError && write) {
            pbr_matrix_set_level(levels, place.input, place.output, *value);
        } else if (status == kAudio_NoError) {
            *value = pbr_matrix_level(levels, place.input, place.output);
        }
    } else if (parameter == kMatrixMixerParam_Enable) {
        status = FindSwitch(matrix, scope, element, &on);
        if (status == kAudio_NoError && write) {
            *on = *value != 0.0f;
            PBMatrixApplySwitches(matrix, levels);
        } else if (status == kAudio_NoError) {
            *value = *on ? 1.0f : 0.0f;
        }
    }
    if (write) {
        pbr_matrix_commit(levels);
    }
    return status;
}

static OSStatus SetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue value) {
    PBMatrix *matrix = MatrixOf(unit);
    if (!isfinite(value)) {
        return kAudioUnitErr_InvalidParameterValue;
    }
    pthread_mutex_lock(&matrix->lock);
    OSStatus status = Parameter(matrix, parameter, scope, element, YES, &value);
    pthread_mutex_unlock(&matrix->lock);
    return status;
}

static OSStatus GetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue *value) {
    PBMatrix *matrix = MatrixOf(unit);
    pthread_mutex_lock(&matrix->lock);
    OSStatus status = Parameter(matrix, parameter, scope, element, NO, value);
    pthread_mutex_unlock(&matrix->lock);
    return status;
}

static BOOL HasConnections(const PBNode *node, PBMatrixSide side, uint32_t from) {
    NSUInteger count = side == PB_MATRIX_INPUT ? node->inputCount : node->outputCount;
    for (NSUInteger b = from; b < count; b++) {
        if (side == PB_MATRIX_INPUT ? node->inputs[b] != NULL : node->outputs[b].count > 0) {
            return YES;
        }
    }
    return NO;
}

static BOOL ResizeOutputs(PBNode *node, uint32_t count) {
    for (NSUInteger b = count; b < node->outputCount; b++) {
        PBTapRemove(&node->outputs[b]);
        [node->outputs[b].format release];
        free(node->outputs[b].connections);
        node->outputs[b] = (PBOutput){0};
    }
    if (count > node->outputCount) {
        PBOutput *outputs = realloc(node->outputs, (count + 1) * sizeof *outputs);
        if (outputs == NULL) {
            return NO;
        }
        for (NSUInteger b = node->outputCount; b < count; b++) {
            outputs[b] = (PBOutput){0};
        }
        node->outputs = outputs;
    }
    node->outputCount = count;
    return YES;
}

// Sets the number of buses. The engine's lock is held, the matrix's is not.
static OSStatus Resize(PBMatrix *matrix, PBMatrixSide side, uint32_t count) {
    PBNode *node = matrix->node->_node;
    if (count < 1 || count > PB_MAX_MATRIX_BUSES) {
        return kAudioUnitErr_InvalidPropertyValue;
    }
    if (HasConnections(node, side, count)) {
        return kAudioUnitErr_Initialized;
    }
    pthread_mutex_lock(&matrix->lock);
    PBMatrixBuses *buses = &matrix->sides[side];
    uint32_t before = buses->count;
    buses->count = count;
    BOOL fits = PBMatrixChannels(matrix, side) <= PB_MAX_MATRIX_CHANNELS;
    BOOL done = fits && (side == PB_MATRIX_OUTPUT ? ResizeOutputs(node, count)
                                                  : [matrix->node pbGrowInputs:count]);
    if (!done) {
        buses->count = before;
    } else if (side == PB_MATRIX_INPUT) {
        node->inputCount = count;
    }
    pthread_mutex_unlock(&matrix->lock);
    if (!fits) {
        return kAudioUnitErr_InvalidPropertyValue;
    }
    return done ? kAudio_NoError : kAudio_MemFullError;
}

static OSStatus SetFormat(PBMatrix *matrix, PBMatrixSide side, AudioUnitElement bus,
                          const AudioStreamBasicDescription *format) {
    AVAudioEngine *engine = matrix->node->_node->engine;
    UInt32 flags = format->mFormatFlags;
    uint32_t channels = format->mChannelsPerFrame;
    if (format->mFormatID != kAudioFormatLinearPCM || (flags & kAudioFormatFlagIsFloat) == 0 ||
        (flags & kAudioFormatFlagIsNonInterleaved) == 0 || format->mBitsPerChannel != 32 ||
        channels < 1 || channels > PB_MAX_CHANNELS || !(format->mSampleRate > 0) ||
        (engine != nil && format->mSampleRate != [PBEngineFormat(engine) sampleRate])) {
        return kAudioUnitErr_FormatNotSupported;
    }
    pthread_mutex_lock(&matrix->lock);
    uint32_t *own = &matrix->sides[side].channels[bus];
    const PBNode *node = matrix->node->_node;
    BOOL connected =
        side == PB_MATRIX_INPUT ? node->inputs[bus] != NULL : node->outputs[bus].count > 0;
    OSStatus status = kAudio_NoError;
    if (connected && *own != channels) {
        status = kAudioUnitErr_Initialized;
    } else if (PBMatrixChannels(matrix, side) - *own + channels > PB_MAX_MATRIX_CHANNELS) {
        status = kAudioUnitErr_FormatNotSupported;
    } else {
        *own = channels;
    }
    pthread_mutex_unlock(&matrix->lock);
    return status;
}

// All levels, in the layout of MatrixLevels.
static OSStatus SetLevels(PBMatrix *matrix, const float *values, UInt32 size) {
    pthread_mutex_lock(&matrix->lock);
    pbr_matrix *levels = PBMatrixLevels(matrix);
    uint32_t rows = PBMatrixChannels(matrix, PB_MATRIX_INPUT) + 1;
    uint32_t columns = PBMatrixChannels(matrix, PB_MATRIX_OUTPUT) + 1;
    OSStatus status = levels != NULL ? kAudio_NoError : kAudio_MemFullError;
    if (status == kAudio_NoError && size != rows * columns * sizeof(float)) {
        status = kAudioUnitErr_InvalidPropertyValue;
    }
    for (uint32_t v = 0; status == kAudio_NoError && v < rows * columns; v++) {
        if (!isfinite(values[v])) {
            status = kAudioUnitErr_InvalidPropertyValue;
        }
    }
    for (uint32_t v = 0; status == kAudio_NoError && v < rows * columns; v++) {
        pbr_matrix_set_level(levels, v / columns, v % columns, values[v]);
    }
    if (status == kAudio_NoError) {
        pbr_matrix_commit(levels);
    }
    pthread_mutex_unlock(&matrix->lock);
    return status;
}

static OSStatus GetLevels(PBMatrix *matrix, float *values, UInt32 *size) {
    pthread_mutex_lock(&matrix->lock);
    pbr_matrix *levels = PBMatrixLevels(matrix);
    uint32_t rows = PBMatrixChannels(matrix, PB_MATRIX_INPUT) + 1;
    uint32_t columns = PBMatrixChannels(matrix, PB_MATRIX_OUTPUT) + 1;
    UInt32 length = (UInt32)(rows * columns * sizeof(float));
    OSStatus status = levels != NULL ? kAudio_NoError : kAudio_MemFullError;
    if (status == kAudio_NoError && values != NULL && *size < length) {
        status = kAudioUnitErr_InvalidPropertyValue;
    } else if (status == kAudio_NoError) {
        for (uint32_t v = 0; values != NULL && v < rows * columns; v++) {
            values[v] = pbr_matrix_level(levels, v / columns, v % columns);
        }
        *size = length;
    }
    pthread_mutex_unlock(&matrix->lock);
    return status;
}

static OSStatus GetDimensions(PBMatrix *matrix, void *data, UInt32 *size) {
    pthread_mutex_lock(&matrix->lock);
    UInt32 dimensions[2] = {PBMatrixChannels(matrix, PB_MATRIX_INPUT),
                            PBMatrixChannels(matrix, PB_MATRIX_OUTPUT)};
    pthread_mutex_unlock(&matrix->lock);
    return PBUnitAnswer(dimensions, sizeof dimensions, data, size);
}

// Whether a property is known and available.
static OSStatus CheckProperty(const PBMatrix *matrix, AudioUnitPropertyID property,
                              AudioUnitScope scope, AudioUnitElement element) {
    BOOL whole = property == kAudioUnitProperty_MatrixLevels ||
                 property == kAudioUnitProperty_MatrixDimensions;
    BOOL bus = property == kAudioUnitProperty_StreamFormat;
    if (!whole && !bus && property != kAudioUnitProperty_ElementCount) {
        return kAudioUnitErr_InvalidProperty;
    }
    if (whole ? scope != kAudioUnitScope_Global
              : scope != kAudioUnitScope_Input && scope != kAudioUnitScope_Output) {
        return kAudioUnitErr_InvalidScope;
    }
    if (bus && element >= matrix->sides[scope - kAudioUnitScope_Input].count) {
        return kAudioUnitErr_InvalidElement;
    }
    return kAudio_NoError;
}

static OSStatus SetProperty(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, const void *data, UInt32 size) {
    PBMatrix *matrix = MatrixOf(unit);
    OSStatus status = kAudio_NoError;
    PBLocked(matrix->node->_node->engine) {
        status = CheckProperty(matrix, property, scope, element);
        BOOL count = property == kAudioUnitProperty_ElementCount;
        BOOL levels = property == kAudioUnitProperty_MatrixLevels;
        size_t expected = count ? sizeof(UInt32) : sizeof(AudioStreamBasicDescription);
        if (status != kAudio_NoError) {
            break;
        }
        if (property == kAudioUnitProperty_MatrixDimensions) {
            status = kAudioUnitErr_PropertyNotWritable;
        } else if (data == NULL || (!levels && size != expected)) {
            status = kAudioUnitErr_InvalidPropertyValue;
        } else if (levels) {
            status = SetLevels(matrix, data, size);
        } else if (count) {
            status = Resize(matrix, scope - kAudioUnitScope_Input, *(const UInt32 *)data);
        } else {
            status = SetFormat(matrix, scope - kAudioUnitScope_Input, element, data);
        }
        if (status == kAudio_NoError && !levels) {
            PBGraphChanged(matrix->node->_node->engine);
        }
    }
    return status;
}

static OSStatus GetProperty(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, void *data, UInt32 *size) {
    PBMatrix *matrix = MatrixOf(unit);
    OSStatus status = kAudio_NoError;
    PBLocked(matrix->node->_node->engine) {
        status = CheckProperty(matrix, property, scope, element);
        if (status != kAudio_NoError) {
            break;
        }
        if (property == kAudioUnitProperty_MatrixLevels) {
            status = GetLevels(matrix, data, size);
        } else if (property == kAudioUnitProperty_MatrixDimensions) {
            status = GetDimensions(matrix, data, size);
        } else if (property == kAudioUnitProperty_ElementCount) {
            UInt32 count = matrix->sides[scope - kAudioUnitScope_Input].count;
            status = PBUnitAnswer(&count, sizeof count, data, size);
        } else {
            AVAudioFormat *format = scope == kAudioUnitScope_Input
                                        ? [matrix->node inputFormatForBus:element]
                                        : [matrix->node outputFormatForBus:element];
            status = PBUnitAnswer([format streamDescription], sizeof(AudioStreamBasicDescription),
                                  data, size);
        }
    }
    return status;
}

const struct ComponentInstanceRecord PBMatrixCalls = {SetParameter, GetParameter, SetProperty,
                                                      GetProperty};
