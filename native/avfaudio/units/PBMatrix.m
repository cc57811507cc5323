// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMatrix.h"

#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

PBMatrix *PBMatrixCreate(AVAudioNode *node) {
    PBMatrix *matrix = calloc(1, sizeof *matrix);
    if (matrix == NULL) {
        return NULL;
    }
    matrix->unit = PBMatrixCalls;
    matrix->node = node;
    pthread_mutex_init(&matrix->lock, NULL);
    for (int side = 0; side < 2; side++) {
        PBMatrixBuses *buses = &matrix->sides[side];
        buses->count = PBR_MATRIX_BUSES;
        for (uint32_t b = 0; b < PB_MAX_MATRIX_BUSES; b++) {
            buses->channels[b] = PBR_MATRIX_CHANNELS;
            buses->on[b] = YES;
        }
    }
    return matrix;
}

void PBMatrixFree(PBMatrix *matrix) {
    if (matrix != NULL) {
        pbr_matrix_release(matrix->levels);
        pthread_mutex_destroy(&matrix->lock);
        free(matrix);
    }
}

static uint32_t ChannelsBefore(const PBMatrix *matrix, PBMatrixSide side, AVAudioNodeBus bus) {
    uint32_t channels = 0;
    for (AVAudioNodeBus b = 0; b < bus; b++) {
        channels += matrix->sides[side].channels[b];
    }
    return channels;
}

uint32_t PBMatrixChannels(const PBMatrix *matrix, PBMatrixSide side) {
    return ChannelsBefore(matrix, side, matrix->sides[side].count);
}

uint32_t PBMatrixChannel(PBMatrix *matrix, PBMatrixSide side, AVAudioNodeBus bus) {
    pthread_mutex_lock(&matrix->lock);
    uint32_t channel = ChannelsBefore(matrix, side, bus);
    pthread_mutex_unlock(&matrix->lock);
    return channel;
}

// Copies every level whose channels still exist.
static void CopyLevels(pbr_matrix *to, const pbr_matrix *from) {
    uint32_t inputs = pbr_matrix_inputs(from), outputs = pbr_matrix_outputs(from);
    uint32_t new_inputs = pbr_matrix_inputs(to), new_outputs = pbr_matrix_outputs(to);
    for (uint32_t i = 0; i < inputs && i < new_inputs; i++) {
        for (uint32_t o = 0; o < outputs && o < new_outputs; o++) {
            pbr_matrix_set_level(to, i, o, pbr_matrix_level(from, i, o));
        }
        pbr_matrix_set_level(to, i, new_outputs, pbr_matrix_level(from, i, outputs));
    }
    for (uint32_t o = 0; o < outputs && o < new_outputs; o++) {
        pbr_matrix_set_level(to, new_inputs, o, pbr_matrix_level(from, inputs, o));
    }
    pbr_matrix_set_level(to, new_inputs, new_outputs, pbr_matrix_level(from, inputs, outputs));
}

void PBMatrixApplySwitches(const PBMatrix *matrix, pbr_matrix *to) {
    for (int side = 0; side < 2; side++) {
        const PBMatrixBuses *buses = &matrix->sides[side];
        uint32_t channel = 0;
        for (uint32_t b = 0; b < buses->count; b++) {
            for (uint32_t c = 0; c < buses->channels[b]; c++, channel++) {
                if (side == PB_MATRIX_INPUT) {
                    pbr_matrix_set_input_on(to, channel, buses->on[b]);
                } else {
                    pbr_matrix_set_output_on(to, channel, buses->on[b]);
                }
            }
        }
    }
}

pbr_matrix *PBMatrixLevels(PBMatrix *matrix) {
    uint32_t inputs = PBMatrixChannels(matrix, PB_MATRIX_INPUT);
    uint32_t outputs = PBMatrixChannels(matrix, PB_MATRIX_OUTPUT);
    pbr_matrix *levels = matrix->levels;
    if (levels == NULL || pbr_matrix_inputs(levels) != inputs ||
        pbr_matrix_outputs(levels) != outputs) {
        pbr_matrix *next = pbr_matrix_create(inputs, outputs);
        if (next == NULL) {
            return NULL;
        }
        if (levels != NULL) {
            CopyLevels(next, levels);
        }
        pbr_matrix_release(levels);
        matrix->levels = next;
        PBMatrixApplySwitches(matrix, next);
    }
    return matrix->levels;
}

pbr_matrix *PBMatrixCopyLevels(PBMatrix *matrix) {
    pthread_mutex_lock(&matrix->lock);
    pbr_matrix *levels = PBMatrixLevels(matrix);
    if (levels != NULL) {
        pbr_matrix_retain(levels);
        // Channels may have moved between buses.
        PBMatrixApplySwitches(matrix, levels);
        pbr_matrix_commit(levels);
    }
    pthread_mutex_unlock(&matrix->lock);
    return levels;
}

static AVAudioFormat *FormatOf(AVAudioNode *node, PBMatrixSide side, AVAudioNodeBus bus) {
    PBMatrix *matrix = node->_node->matrix;
    pthread_mutex_lock(&matrix->lock);
    uint32_t channels = matrix->sides[side].channels[bus];
    pthread_mutex_unlock(&matrix->lock);
    return PBFormatOf([PBEngineFormat(node->_node->engine) sampleRate], channels);
}

// The sum of the matrix's input channels once those of the points are this wide. A bus counts once.
static uint32_t ChannelsWith(PBMatrix *matrix, const PBPoint *points, NSUInteger count,
                             uint32_t channels) {
    PBMatrixBuses buses = matrix->sides[PB_MATRIX_INPUT];
    uint32_t sum = 0;
    for (NSUInteger i = 0; i < count; i++) {
        if (points[i].node == matrix->node) {
            buses.channels[points[i].bus] = channels;
        }
    }
    for (uint32_t b = 0; b < buses.count; b++) {
        sum += buses.channels[b];
    }
    return sum;
}

void PBMatrixRequireRoom(const PBPoint *points, NSUInteger count, uint32_t channels) {
    const PBMatrix *last = NULL;
    for (NSUInteger i = 0; i < count; i++) {
        PBMatrix *matrix = points[i].node->_node->matrix;
        if (matrix == NULL || matrix == last) {
            continue;
        }
        pthread_mutex_lock(&matrix->lock);
        uint32_t sum = ChannelsWith(matrix, points, count, channels);
        pthread_mutex_unlock(&matrix->lock);
        PBRequire(sum <= PB_MAX_MATRIX_CHANNELS,
                  @"%u input channels on one matrix mixer: the most is %d", sum,
                  PB_MAX_MATRIX_CHANNELS);
        last = matrix;
    }
}

static void PBRequireSameRate(double rate, const PBConnection *other) {
    double others = other != NULL ? [PBConnectionFormat(other) sampleRate] : rate;
    PBRequire(rate == others, @"a bus at %g Hz on a matrix mixer whose other buses run at %g Hz",
              rate, others);
}

@implementation PBMatrixMixer

- (instancetype)_initWithDescription:(AudioComponentDescription)description {
    self = [super _initWithDescription:description name:@"AUMatrixMixer" inputs:PBR_MATRIX_BUSES
                               outputs:PBR_MATRIX_BUSES];
    if (self != nil) {
        _node->matrix = PBMatrixCreate(self);
        if (_node->matrix == NULL) {
            [self release];
            return nil;
        }
        _unit = &_node->matrix->unit;
    }
    return self;
}

- (void)dealloc {
    if (_node != NULL) {
        PBMatrixFree(_node->matrix);
    }
    [super dealloc];
}

- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input {
    PBMatrix *matrix = _node->matrix;
    PBMatrixSide side = input ? PB_MATRIX_INPUT : PB_MATRIX_OUTPUT;
    pthread_mutex_lock(&matrix->lock);
    uint32_t others = PBMatrixChannels(matrix, side) - matrix->sides[side].channels[bus];
    pthread_mutex_unlock(&matrix->lock);
    PBRequire(others + [format channelCount] <= PB_MAX_MATRIX_CHANNELS,
              @"%u %s channels on one matrix mixer: the most is %d", others + [format channelCount],
              input ? "input" : "output", PB_MAX_MATRIX_CHANNELS);
    [self pbRequireRate:[format sampleRate] besides:bus input:input];
}

// All buses run at one rate, because a matrix does not convert. Except for the bus that is about to
// be reconnected, which may have had another one.
- (void)pbRequireRate:(double)rate besides:(AVAudioNodeBus)bus input:(BOOL)input {
    for (NSUInteger i = 0; i < _node->inputCount; i++) {
        PBRequireSameRate(rate, input && i == bus ? NULL : _node->inputs[i]);
    }
    for (NSUInteger o = 0; o < _node->outputCount; o++) {
        const PBOutput *output = &_node->outputs[o];
        for (NSUInteger i = 0; i < output->count; i++) {
            PBRequireSameRate(rate, !input && o == bus ? NULL : output->connections[i]);
        }
    }
}

// A bus keeps its channel count when its connection ends, so that channel numbers do not move.
- (void)pbConnected:(PBConnection *)connection {
    BOOL input = connection->destination == self;
    PBMatrix *matrix = _node->matrix;
    pthread_mutex_lock(&matrix->lock);
    PBMatrixBuses *buses = &matrix->sides[input ? PB_MATRIX_INPUT : PB_MATRIX_OUTPUT];
    buses->channels[input ? connection->destinationBus : connection->sourceBus] =
        [PBConnectionFormat(connection) channelCount];
    pthread_mutex_unlock(&matrix->lock);
}

- (AVAudioFormat *)inputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioFormat *format = nil;
    PBLocked(_node->engine) {
        BOOL open = bus < _node->inputCount && _node->inputs[bus] == NULL;
        format = open ? FormatOf(self, PB_MATRIX_INPUT, bus) : [super inputFormatForBus:bus];
    }
    return format;
}

- (AVAudioFormat *)outputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioFormat *format = nil;
    PBLocked(_node->engine) {
        BOOL open = bus < _node->outputCount && _node->outputs[bus].count == 0;
        format = open ? FormatOf(self, PB_MATRIX_OUTPUT, bus) : [super outputFormatForBus:bus];
    }
    return format;
}

@end
