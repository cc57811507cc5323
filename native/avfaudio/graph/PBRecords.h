// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The graph as records: what a node, a bus and a connection are to the portable classes.
#ifndef PB_RECORDS_H
#define PB_RECORDS_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#include <stdatomic.h>

#include "render/plan/core.h"

// The most channels that a connection, and the most input buses that a mixer, may have.
enum { PB_MAX_CHANNELS = 64, PB_MAX_BUSES = 65536 };

// Lets a connection point see that its node is gone.
@interface PBWeakNode : NSObject {
  @public
    AVAudioNode *node; // not retained; nil once deallocated
}
@end

// One source bus feeding one input bus. Lives while both nodes are attached and connected.
typedef struct PBConnection {
    AVAudioNode *source;
    AVAudioMixingDestination *mixing; // owned; nil unless a mixing source reaches the mixer bus
    pbr_gain *gain;                   // a mixer bus's gain; NULL for other destinations
    AVAudioNode *destination;
    uint32_t sourceBus; // below PB_MAX_BUSES
    uint32_t destinationBus;
    AVAudioFormat *format; // retained; nil follows the engine's format
    // What the compiler needs of every connection of a graph, together. The rate and the layout
    // are the format's, or 0 without one.
    double rate;
    pbr_layout layout;
    BOOL alone;           // nothing else leaves the source
    BOOL foreign;         // its rate is not the engine's
    pbr_player *player;   // whose samples may be mixed from where they lie, or NULL
    pbr_convert *convert; // NULL until a plan has to change the rate here
    // Made ready for a change of the graph that is about to be made: what `mixing` will be.
    AVAudioMixingDestination *nextMixing; // owned
    uint64_t proposed;                    // by the stamp of a proposal: it puts an end to this
    uint32_t bus;                         // while a plan is compiled: of a matrix's input
} PBConnection;

// A mixer bus as the per-bus calls see it: whose its volume and pan are, and where they go.
typedef struct PBFader {
    AVAudioNode *source; // nil unless a mixing source reaches the bus
    pbr_gain *gain;
} PBFader;

// What a mixer bus's parameters hold while nothing is connected there.
typedef struct PBBusValues {
    float volume;
    float pan;
    BOOL enabled;
} PBBusValues;

typedef struct PBTap {
    pbr_tap *ring;
    uint32_t room; // of the ring, in frames
    AVAudioFormat *format;
    AVAudioFrameCount requested;
    AVAudioFrameCount frames;
    AVAudioNodeTapBlock block;
} PBTap;

typedef struct PBOutput {
    AVAudioFormat *format; // retained; nil until a connection or the node's kind sets it
    PBConnection **connections;
    NSUInteger count;
    NSUInteger room; // of the list
    PBTap *tap;
    // Marks of the plan compiler, valid with the node's stamp: its buffer, its layout, whether a
    // step clears it already, and the connections that are still to read it.
    uint32_t bus;
    pbr_layout layout;
    BOOL begun;
    NSUInteger uses;
} PBOutput;

typedef struct PBSpatial {
    AVAudio3DMixingRenderingAlgorithm renderingAlgorithm;
    AVAudio3DMixingSourceMode sourceMode;
    AVAudio3DMixingPointSourceInHeadMode pointSourceInHeadMode;
    float rate;
    float reverbBlend;
    float obstruction;
    float occlusion;
    AVAudio3DPoint position;
} PBSpatial;

extern const PBSpatial PBSpatialDefaults;

// See PBMatrix.h.
typedef struct PBMatrix PBMatrix;

typedef struct PBNode {
    AVAudioEngine *engine; // not retained; nil while unattached
    PBWeakNode *weakNode;
    PBFader *faders;       // one an input bus, close together
    PBConnection **inputs; // one a bus; NULL while free
    NSUInteger inputCount;
    NSUInteger inputRoom; // of both
    PBOutput *outputs;
    NSUInteger outputCount;
    BOOL mixing;           // conforms to AVAudioMixing
    BOOL lingers;          // detached in a batch: rendered to its end
    AVAudioEngine *former; // retained while its plan may name the node, which lingers
    _Atomic(float) volume;
    _Atomic(float) pan;
    PBSpatial *spatial;   // NULL until one of its values is set
    AVAudioNode *older;   // in the engine's list of its nodes
    AVAudioNode *newer;   // in the same
    uint64_t stamp;       // of the compilation or walk that saw the node last (PBWalk.m)
    AVAudioNode *later;   // in a walk's list
    NSUInteger reached;   // while a walk goes on: how far it has come among the node's inputs
    uint32_t domain;      // the part of the graph that renders the node (PBRates.m)
    uint64_t proposed;    // by the stamp of a proposal: one of its points is here
    uint64_t weighed;     // by which stamp weight and apart hold (PBBranches.m)
    uint32_t weight;      // inputs that are connected, here and upstream
    BOOL apart;           // what is upstream leads nowhere but here
    pbr_convert *convert; // of a source whose rate is not that of its connections
    pbr_gain *gain;       // a mixer's outputVolume
    pbr_player *player;   // a player's queue
    pbr_source *source;   // what a source or input node pulls from
    pbr_process *process; // what an effect does to its input; NULL passes it on
    AUAudioUnit *unit;    // nil until asked for
    PBBusValues *parked;  // a mixer's, one a bus; NULL until a parameter is set
    NSUInteger parkedCount;
    NSUInteger parkedRoom;
    PBMatrix *matrix; // a matrix mixer's levels; the node owns it
} PBNode;

#endif
