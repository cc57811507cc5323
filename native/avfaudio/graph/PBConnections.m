// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The connections of the graph, and which mixing source controls which mixer connection.
#import "PBConnections.h"

#import "PBEngine.h"
#import "PBManners.h"
#import "PBMixing.h"
#import "PBProposal.h"
#import "PBWalk.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"
#import "avfaudio/units/PBMixerBuses.h"

#include <stdlib.h>
#include <string.h>

AVAudioFormat *PBConnectionFormat(const PBConnection *connection) {
    return connection->format != nil ? connection->format
                                     : PBEngineFormat(connection->source->_node->engine);
}

double PBConnectionRate(const PBConnection *connection) {
    return connection->rate != 0 ? connection->rate : [PBConnectionFormat(connection) sampleRate];
}

pbr_layout PBConnectionLayout(const PBConnection *connection) {
    return connection->layout != 0 ? connection->layout
                                   : PBLayoutOf(PBConnectionFormat(connection));
}

AVAudioFormat *PBOutputFormat(AVAudioNode *node, AVAudioNodeBus bus) {
    const PBNode *own = node->_node;
    const PBOutput *output = &own->outputs[bus];
    // A free bus of a matrix keeps its channels but not its rate.
    BOOL set = output->format != nil && (own->matrix == NULL || output->count > 0);
    return set ? output->format : PBEngineFormat(own->engine);
}

static PBFader *FaderOf(const PBConnection *connection) {
    return &connection->destination->_node->faders[connection->destinationBus];
}

static void DropMixing(PBConnection *connection) {
    if (connection->mixing != nil) {
        // Remaining holders may still use it, with no effect.
        connection->mixing->_volume = connection->gain->source_volume;
        connection->mixing->_pan = connection->gain->source_pan;
        connection->mixing->_connection = NULL;
        [connection->mixing release];
        connection->mixing = nil;
        *FaderOf(connection) = (PBFader){nil, NULL};
    }
}

// A path from a source to mixer buses is about to be made: prepares the objects that will control
// them.
static void PrepareMixing(PBConnection *prepared, uint64_t ending) {
    AVAudioNode *source = PBControllerOf(prepared);
    if (source != nil) {
        PBEachMixerConnection(prepared, ending, ^(PBConnection *connection) {
            // Already prepared, for a destination that is listed twice.
            if (connection->nextMixing == nil) {
                connection->nextMixing = [[AVAudioMixingDestination alloc] _initForSource:source];
                PBRequireMemory(connection->nextMixing != nil, @"no memory for a connection");
            }
        });
    }
}

static void DropNextMixing(PBConnection *prepared) {
    PBEachMixerConnection(prepared, 0, ^(PBConnection *connection) {
        [connection->nextMixing release];
        connection->nextMixing = nil;
    });
}

// The path has been made: its values start at the source's.
static void TakeNextMixing(PBConnection *made) {
    AVAudioNode *source = PBControllerOf(made);
    if (source != nil) {
        PBEachMixerConnection(made, 0, ^(PBConnection *connection) {
            DropMixing(connection);
            connection->mixing = connection->nextMixing;
            connection->nextMixing = nil;
            [connection->mixing pbTakeConnection:connection of:source];
            *FaderOf(connection) = (PBFader){source, connection->gain};
        });
    }
}

// The connection is about to end, and the path with it.
static void EndMixing(PBConnection *connection) {
    if (PBControllerOf(connection) != nil) {
        PBEachMixerConnection(connection, 0, ^(PBConnection *below) {
            DropMixing(below);
        });
    }
}

NSUInteger PBLeaving(const PBNode *node) {
    NSUInteger count = 0;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        count += node->outputs[o].count;
    }
    return count;
}

static void UpdateConnection(const PBOutput *output, PBConnection *connection, BOOL alone) {
    connection->alone = alone;
    // A tap on the node itself needs its samples.
    connection->player = output->tap == NULL ? connection->source->_node->player : NULL;
}

void PBUpdateLeaving(const PBNode *node) {
    BOOL alone = PBLeaving(node) == 1;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        for (NSUInteger i = 0; i < node->outputs[o].count; i++) {
            UpdateConnection(&node->outputs[o], node->outputs[o].connections[i], alone);
        }
    }
}

void PBReserveOutput(PBOutput *output, NSUInteger more) {
    NSUInteger wanted = output->count + more;
    if (wanted <= output->room) {
        return;
    }
    NSUInteger room = wanted < 2 * output->room ? 2 * output->room : wanted;
    PBConnection **list = realloc(output->connections, room * sizeof *list);
    PBRequireMemory(list != NULL, @"no memory for %lu connections", (unsigned long)room);
    output->connections = list;
    output->room = room;
}

static void AddToOutput(PBOutput *output, PBConnection *connection) {
    const PBNode *source = connection->source->_node;
    output->connections[output->count++] = connection;
    NSUInteger leaving = PBLeaving(source);
    if (leaving == 2) {
        source->engine->_engine->splits++;
        PBUpdateLeaving(source);
    }
    UpdateConnection(output, connection, leaving == 1);
}

static void RemoveFromOutput(PBOutput *output, PBConnection *connection) {
    const PBNode *source = connection->source->_node;
    // Usually the last one, because they are ended from the back.
    NSUInteger i = output->count - 1;
    while (output->connections[i] != connection) {
        i--;
    }
    output->count--;
    memmove(&output->connections[i], &output->connections[i + 1],
            (output->count - i) * sizeof connection);
    if (PBLeaving(source) == 1) {
        source->engine->_engine->splits--;
        PBUpdateLeaving(source);
    }
}

static void FreeConnection(PBConnection *connection) {
    DropMixing(connection);
    [connection->nextMixing release];
    pbr_gain_release(connection->gain);
    pbr_convert_release(connection->convert);
    [connection->format release];
    free(connection);
}

// An equal format that exists already, so that thousands of connections share one.
static AVAudioFormat *SharedFormat(AVAudioNode *source, AVAudioFormat *format) {
    AVAudioFormat *engines = format != nil ? PBEngineFormat(source->_node->engine) : nil;
    return [engines isEqual:format] ? engines : format;
}

static PBConnection *NewConnection(AVAudioNode *source, AVAudioNodeBus sourceBus,
                                   AVAudioNode *destination, AVAudioNodeBus destinationBus,
                                   AVAudioFormat *format) {
    PBConnection *connection = calloc(1, sizeof *connection);
    PBRequireMemory(connection != NULL, @"no memory for a connection");
    format = SharedFormat(source, format);
    connection->source = source;
    connection->sourceBus = (uint32_t)sourceBus;
    connection->destination = destination;
    connection->destinationBus = (uint32_t)destinationBus;
    connection->format = [format retain];
    connection->rate = [format sampleRate];
    connection->layout = format != nil ? PBLayoutOf(format) : 0;
    if ([destination pbIsMixer]) {
        connection->gain = pbr_gain_create(1, 0);
        if (connection->gain == NULL) {
            FreeConnection(connection);
            PBRaiseNoMemory(@"no memory for a connection");
        }
    }
    return connection;
}

PBConnection *PBPrepareConnection(AVAudioNode *source, AVAudioNodeBus sourceBus,
                                  AVAudioNode *destination, AVAudioNodeBus destinationBus,
                                  AVAudioFormat *format, uint64_t ending) {
    PBConnection *connection =
        NewConnection(source, sourceBus, destination, destinationBus, format);
    @try {
        PBReserveOutput(&source->_node->outputs[sourceBus], 1);
        PBRequireMemory([destination pbReserveInputs:destinationBus + 1],
                        @"no memory for %lu input buses", (unsigned long)destinationBus + 1);
        PrepareMixing(connection, ending);
    } @catch (NSException *exception) {
        PBDropConnection(connection);
        @throw;
    }
    return connection;
}

void PBDropConnection(PBConnection *prepared) {
    if (prepared != NULL) {
        DropNextMixing(prepared);
        FreeConnection(prepared);
    }
}

static void UpdateForeign(PBConnection *connection, PBEngine *engine, BOOL foreign) {
    engine->foreign += foreign;
    engine->foreign -= connection->foreign;
    connection->foreign = foreign;
}

void PBMakeConnection(PBConnection *connection) {
    AVAudioNode *source = connection->source;
    AVAudioNode *destination = connection->destination;
    AVAudioEngine *engine = source->_node->engine;
    PBOutput *output = &source->_node->outputs[connection->sourceBus];
    AddToOutput(output, connection);
    UpdateForeign(connection, engine->_engine,
                  connection->rate != 0 && connection->rate != [PBEngineFormat(engine) sampleRate]);
    if (connection->format != nil) {
        [connection->format retain];
        [output->format release];
        output->format = connection->format;
    }
    [destination pbGrowInputs:connection->destinationBus + 1];
    destination->_node->inputs[connection->destinationBus] = connection;
    PBMixerUnpark(connection);
    TakeNextMixing(connection);
    PBMannersConnected(source);
    [source pbConnected:connection];
    [destination pbConnected:connection];
}

void PBDisconnect(PBConnection *connection) {
    PBMixerPark(connection);
    EndMixing(connection);
    UpdateForeign(connection, connection->source->_node->engine->_engine, NO);
    RemoveFromOutput(&connection->source->_node->outputs[connection->sourceBus], connection);
    connection->destination->_node->inputs[connection->destinationBus] = NULL;
    FreeConnection(connection);
}

void PBUpdateForeign(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    double rate = [PBEngineFormat(engine) sampleRate];
    for (AVAudioNode *node = state->oldest; node != nil; node = node->_node->newer) {
        for (NSUInteger o = 0; o < node->_node->outputCount; o++) {
            for (NSUInteger i = 0; i < node->_node->outputs[o].count; i++) {
                PBConnection *connection = node->_node->outputs[o].connections[i];
                UpdateForeign(connection, state, connection->rate != 0 && connection->rate != rate);
            }
        }
    }
}

AVAudioNodeBus PBNextInputBus(AVAudioNode *node) {
    AVAudioNodeBus bus = 0;
    PBLocked(node->_node->engine) {
        while (bus < node->_node->inputCount && node->_node->inputs[bus] != NULL) {
            bus++;
        }
    }
    return bus;
}

void PBRequireFormat(AVAudioFormat *format) {
    PBRequire([format sampleRate] > 0 && [format sampleRate] <= 768000 &&
                  [format channelCount] > 0 && [format channelCount] <= PB_MAX_CHANNELS,
              @"a format of %g Hz and %u channels cannot be connected (0 < rate <= 768000, "
              @"1 to %d channels)",
              [format sampleRate], [format channelCount], PB_MAX_CHANNELS);
    PBRequire([format isStandard], @"connections carry planar float32 only (error %d)",
              kAudioUnitErr_FormatNotSupported);
}
