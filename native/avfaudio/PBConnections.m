// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The records of the graph: connections, and which mixing source controls which mixer connection.
#import "PBInternal.h"

#include <stdlib.h>

AVAudioFormat *PBConnectionFormat(const PBConnection *connection) {
    return connection->format != nil ? connection->format
                                     : PBEngineFormat(connection->source->_node->engine);
}

double PBConnectionRate(const PBConnection *connection) {
    return connection->rate != 0 ? connection->rate : [PBConnectionFormat(connection) sampleRate];
}

uint32_t PBConnectionChannels(const PBConnection *connection) {
    return connection->channels != 0 ? connection->channels
                                     : [PBConnectionFormat(connection) channelCount];
}

AVAudioNode *PBMixingSource(const PBConnection *connection) {
    while (connection != NULL) {
        AVAudioNode *node = connection->source;
        if (node->_node->mixing) {
            return node;
        }
        // A matrix sums, whatever its bus count: nothing above it reaches the mixer alone.
        BOOL chain = node->_node->inputCount == 1 && node->_node->matrix == NULL;
        connection = chain ? node->_node->inputs[0] : NULL;
    }
    return nil;
}

static void EachMixerConnection(PBConnection *connection, void (^visit)(PBConnection *connection)) {
    if (connection->cell != NULL) {
        visit(connection);
        return;
    }
    const PBNode *node = connection->destination->_node;
    if (node->inputCount != 1 || node->mixing || node->matrix != NULL) {
        return;
    }
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        for (NSUInteger i = 0; i < node->outputs[o].count; i++) {
            EachMixerConnection(node->outputs[o].connections[i], visit);
        }
    }
}

void PBEachMixing(AVAudioNode *node, void (^visit)(AVAudioMixingDestination *destination)) {
    for (NSUInteger o = 0; o < node->_node->outputCount; o++) {
        PBOutput *output = &node->_node->outputs[o];
        for (NSUInteger i = 0; i < output->count; i++) {
            EachMixerConnection(output->connections[i], ^(PBConnection *connection) {
                if (connection->mixing != nil) {
                    visit(connection->mixing);
                }
            });
        }
    }
}

static PBFader *FaderOf(const PBConnection *connection) {
    return &connection->destination->_node->faders[connection->destinationBus];
}

static void DropMixing(PBConnection *connection) {
    if (connection->mixing != nil) {
        // Who holds it still may go on to set and read it, unheard.
        connection->mixing->_volume = connection->cell->said_volume;
        connection->mixing->_pan = connection->cell->said_pan;
        connection->mixing->_connection = NULL;
        [connection->mixing release];
        connection->mixing = nil;
        *FaderOf(connection) = (PBFader){nil, NULL};
    }
}

// A path from a source to a mixer bus has come or gone: its values start anew at the source's.
static void RenewMixing(PBConnection *changed) {
    EachMixerConnection(changed, ^(PBConnection *connection) {
        DropMixing(connection);
        AVAudioNode *source = PBMixingSource(connection);
        if (source != nil) {
            connection->mixing = [[AVAudioMixingDestination alloc] _initWithConnection:connection];
            [connection->mixing pbTakeValuesOf:source];
            *FaderOf(connection) = (PBFader){source, connection->cell};
        }
    });
}

NSUInteger PBLeaving(const PBNode *node) {
    NSUInteger count = 0;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        count += node->outputs[o].count;
    }
    return count;
}

void PBRenewLeaving(const PBNode *node) {
    BOOL alone = PBLeaving(node) == 1;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        for (NSUInteger i = 0; i < node->outputs[o].count; i++) {
            PBConnection *connection = node->outputs[o].connections[i];
            connection->alone = alone;
            // Who listens to the node itself has to be given its samples.
            connection->player = node->outputs[o].tap == NULL ? node->player : NULL;
        }
    }
}

static BOOL AddToOutput(PBOutput *output, PBConnection *connection) {
    PBConnection **list = realloc(output->connections, (output->count + 1) * sizeof *list);
    if (list == NULL) {
        return NO;
    }
    output->connections = list;
    list[output->count++] = connection;
    connection->source->_node->engine->_engine->splits += PBLeaving(connection->source->_node) == 2;
    PBRenewLeaving(connection->source->_node);
    return YES;
}

static void RemoveFromOutput(PBOutput *output, PBConnection *connection) {
    for (NSUInteger i = 0; i < output->count; i++) {
        if (output->connections[i] == connection) {
            output->count--;
            connection->source->_node->engine->_engine->splits -=
                PBLeaving(connection->source->_node) == 1;
            for (; i < output->count; i++) {
                output->connections[i] = output->connections[i + 1];
            }
            PBRenewLeaving(connection->source->_node);
            return;
        }
    }
}

static void FreeConnection(PBConnection *connection) {
    DropMixing(connection);
    pbr_cell_release(connection->cell);
    pbr_convert_release(connection->convert);
    [connection->format release];
    free(connection);
}

// An equal format that is there already: thousands of connections need no copies of their own.
static AVAudioFormat *SharedFormat(AVAudioNode *source, AVAudioFormat *format) {
    AVAudioFormat *engines = format != nil ? PBEngineFormat(source->_node->engine) : nil;
    return [engines isEqual:format] ? engines : format;
}

PBConnection *PBConnect(AVAudioNode *source, AVAudioNodeBus sourceBus, AVAudioNode *destination,
                        AVAudioNodeBus destinationBus, AVAudioFormat *format) {
    PBConnection *connection = calloc(1, sizeof *connection);
    PBRequire(connection != NULL, @"no memory for a connection");
    format = SharedFormat(source, format);
    connection->source = source;
    connection->sourceBus = (uint32_t)sourceBus;
    connection->destination = destination;
    connection->destinationBus = (uint32_t)destinationBus;
    connection->format = [format retain];
    connection->rate = [format sampleRate];
    connection->channels = [format channelCount];
    BOOL mixer = [destination pbIsMixer];
    if (mixer) {
        connection->cell = pbr_cell_create(1, 0);
    }
    PBOutput *output = &source->_node->outputs[sourceBus];
    if ((mixer && connection->cell == NULL) || !AddToOutput(output, connection)) {
        FreeConnection(connection);
        PBRaise(@"no memory for a connection");
    }
    if (format != nil) {
        [format retain];
        [output->format release];
        output->format = format;
    }
    destination->_node->inputs[destinationBus] = connection;
    PBMixerUnpark(connection);
    RenewMixing(connection);
    [source pbConnected:connection];
    [destination pbConnected:connection];
    return connection;
}

void PBDisconnect(PBConnection *connection) {
    PBMixerPark(connection);
    RemoveFromOutput(&connection->source->_node->outputs[connection->sourceBus], connection);
    connection->destination->_node->inputs[connection->destinationBus] = NULL;
    if (connection->cell == NULL) {
        RenewMixing(connection);
    }
    FreeConnection(connection);
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
