// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The records of the graph: nodes, buses and connections as the portable classes see them.
#ifndef PB_RECORDS_H
#define PB_RECORDS_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#include <stdatomic.h>

#include "render/plan/core.h"

// The most channels of a connection, and the most input buses of a mixer.
enum { PB_MAX_CHANNELS = 64, PB_MAX_BUSES = 65536 };

// A weak reference to a node.
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
    // Kept together: the compiler reads these of every connection. The rate and the layout are
    // those of the format, or 0 without one.
    double rate;
    pbr_layout layout;
    BOOL alone;           // nothing else leaves the source
    BOOL foreign;         // its rate differs from the engine's
    pbr_player *player;   // whose samples may be mixed in place, or NULL
    pbr_convert *convert; // NULL until a plan has to change the rate here
    // Prepared for a change of the graph: the next `mixing`.
    AVAudioMixingDestination *nextMixing; // owned
    uint64_t proposed;                    // the stamp of a proposal that ends this connection
    uint32_t bus;                         // while a plan is compiled: the bus of a matrix input
} PBConnection;

// A mixer bus as the per-connection calls see it: who controls its volume and pan, and where they
// are.
typedef struct PBFader {
    AVAudioNode *source; // nil unless a mixing source reaches the bus
    pbr_gain *gain;
} PBFader;

// The parameters of a mixer bus while nothing is connected there.
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
    uint64_t queued;  // blocks
    uint64_t dropped; // frames, but for those that the ring has counted
} PBTap;

typedef struct PBOutput {
    AVAudioFormat *format; // retained; nil until a connection or the node's kind sets it
    PBConnection **connections;
    NSUInteger count;
    NSUInteger room; // of the list
    PBTap *tap;
    // Marks of the plan compiler, valid with the node's stamp: the buffer, its layout, whether a
    // step clears it already, and how many connections are still to read it.
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
    PBFader *faders;       // one per input bus, close together
    PBConnection **inputs; // one per bus; NULL while free
    NSUInteger inputCount;
    NSUInteger inputRoom; // of both
    PBOutput *outputs;
    NSUInteger outputCount;
    BOOL mixing;           // conforms to AVAudioMixing
    BOOL lingers;          // detached in a batch: rendered until the batch ends
    AVAudioEngine *former; // retained while its plan may name the lingering node
    _Atomic(float) volume;
    _Atomic(float) pan;
    PBSpatial *spatial;   // NULL until one of its values is set
    AVAudioNode *older;   // in the engine's list of its nodes
    AVAudioNode *newer;   // in the same list
    uint64_t stamp;       // of the last compilation or walk that saw the node (PBWalk.m)
    AVAudioNode *later;   // in a walk's list
    NSUInteger reached;   // during a walk: how far it has come among the node's inputs
    uint32_t part;        // of the graph, by its changes of rate (PBRates.m)
    uint64_t proposed;    // the stamp of a proposal with a point here
    uint64_t weighed;     // the stamp with which weight and apart are valid (PBBranches.m)
    uint32_t weight;      // connected inputs, here and upstream
    BOOL apart;           // everything upstream leads only here
    pbr_convert *convert; // of a source whose rate differs from that of its connections
    pbr_gain *gain;       // a mixer's outputVolume
    pbr_player *player;   // a player's queue
    pbr_source *source;   // what a source or input node pulls from
    pbr_process *process; // what an effect does to its input; NULL passes it on
    AUAudioUnit *unit;    // nil until asked for
    PBBusValues *parked;  // of a mixer, one per bus; NULL until a parameter is set
    NSUInteger parkedCount;
    NSUInteger parkedRoom;
    pbr_pan_law law; // of a mixer's mono inputs
    pbr_master_list
        *masters; // of a mixer, one per bus, owned and retained; NULL until some are set
    NSUInteger masterRoom;
    PBMatrix *matrix; // a matrix mixer's levels; the node owns it
} PBNode;

#endif
