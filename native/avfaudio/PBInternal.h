// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the portable classes share among themselves: exceptions, graph records, the engine's state.
// Everything with the prefix PB is private to this folder.
#ifndef PB_INTERNAL_H
#define PB_INTERNAL_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#include <pthread.h>
#include <stdatomic.h>

#include "render/choices.h"
#include "render/plan/core.h"
#include "render/device/device.h"
#include "render/gain/meter.h"
#include "render/plan/parallel.h"
#include "avfaudio/nodes/PBCallbacks.h"
#include "avfaudio/graph/PBGraph.h"

// Nodes share one private initializer; a public designated one calls it on self's superclass.
#pragma clang diagnostic ignored "-Wobjc-designated-initializers"

// The most channels that a connection, and the most input buses that a mixer, may have.
enum { PB_MAX_CHANNELS = 64, PB_MAX_BUSES = 65536 };

// Throws an NSException the way AVFAudio does: com.apple.coreaudio.avfaudio, with a reason that
// names the values at fault.
void PBRaise(NSString *reason, ...) NS_FORMAT_FUNCTION(1, 2) __attribute__((noreturn));
#define PBRequire(condition, ...) \
    do {                          \
        if (!(condition)) {       \
            PBRaise(__VA_ARGS__); \
        }                         \
    } while (0)

// The same when memory has run out: an NSMallocException, as Foundation's own classes throw it.
void PBRaiseNoMemory(NSString *what, ...) NS_FORMAT_FUNCTION(1, 2) __attribute__((noreturn));
#define PBRequireMemory(condition, ...)   \
    do {                                  \
        if (!(condition)) {               \
            PBRaiseNoMemory(__VA_ARGS__); \
        }                                 \
    } while (0)

// NO, with an NSError of the audio-unit domain in *error when error is not NULL.
BOOL PBFail(NSError **error, OSStatus code, NSString *reason, ...) NS_FORMAT_FUNCTION(3, 4);

// Throws unless a connection can carry the format: planar float32, a rate, 1 to PB_MAX_CHANNELS.
void PBRequireFormat(AVAudioFormat *format);

// Lets a connection point see that its node is gone.
@interface PBNodeHolder : NSObject {
  @public
    AVAudioNode *node; // not retained; nil once deallocated
}
@end

// One source bus feeding one input bus. Lives while both nodes are attached and connected.
typedef struct PBConnection {
    AVAudioNode *source;
    AVAudioMixingDestination *mixing; // owned; nil unless a mixing source reaches the mixer bus
    pbr_cell *cell;                   // a mixer bus's gain; NULL for other destinations
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
    AVAudioMixingDestination *renewed; // owned
    uint64_t proposed;                 // by the stamp of a proposal: it puts an end to this
    uint32_t bus;                      // while a plan is compiled: of a matrix's input
} PBConnection;

// A mixer bus as the per-bus calls see it: whose its volume and pan are, and where they go.
typedef struct PBFader {
    AVAudioNode *source; // nil unless a mixing source reaches the bus
    pbr_cell *cell;
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
    PBNodeHolder *holder;
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
    pbr_cell *gain;       // a mixer's outputVolume
    pbr_player *player;   // a player's queue
    pbr_source *source;   // what a source or input node pulls from
    pbr_process *process; // what an effect does to its input; NULL passes it on
    AUAudioUnit *unit;    // nil until asked for
    PBBusValues *parked;  // a mixer's, one a bus; NULL until a parameter is set
    NSUInteger parkedCount;
    NSUInteger parkedRoom;
    PBMatrix *matrix; // a matrix mixer's levels; the node owns it
} PBNode;

// One word: who looks without the lock sees no state that never was.
typedef enum PBPhase { PB_STOPPED, PB_PAUSED, PB_RUNNING } PBPhase;
typedef enum PBMode { PB_DEVICE, PB_OFFLINE, PB_REALTIME } PBMode;

typedef struct PBEngine {
    pthread_mutex_t lock; // recursive: guards the graph and everything below
    AVAudioNode *oldest;  // of its nodes, each of which it retains
    AVAudioNode *newest;
    NSUInteger nodeCount;
    AVAudioOutputNode *output;
    AVAudioInputNode *input;
    AVAudioMixerNode *main;
    pbr_core *core;
    pbr_plan *prepared; // compiled by prepare, not published yet
    pbr_device *device;
    PBCallbacks *callbacks;
    _Atomic(PBPhase) phase;
    _Atomic(unsigned) changing; // batches open: compiling waits for the outermost one's end
    _Atomic(BOOL) behind;       // they were opened before the last changes had been compiled
    _Atomic(BOOL) torn;         // something was detached in them
    NSUInteger splits;          // nodes that several connections leave
    NSUInteger foreign;         // connections at another rate than the engine's
    _Atomic(BOOL) dirty;        // the graph has changed since the published plan was compiled
    BOOL starved;               // there was no memory to compile it
    _Atomic uint64_t events;    // seen so far
    AVAudioFormat *deviceFormat;
    _Atomic(PBMode) mode;
    AVAudioFormat *manualFormat; // nil outside manual rendering
    AVAudioChannelCount manualChannels;
    AVAudioFrameCount manualFrames;
    float *manualMemory; // for callers of the block that bring no buffers
    AVAudioEngineManualRenderingBlock renderBlock;
} PBEngine;

@interface AVAudioNode ()
- (instancetype)_initWithInputs:(NSUInteger)inputs
                        outputs:(NSUInteger)outputs NS_DESIGNATED_INITIALIZER;
// YES for a node whose input buses mix: it takes any channel count and grows on demand.
- (BOOL)pbIsMixer;
// Room for so many, unseen; NO without memory. Within it pbGrowInputs: cannot fail.
- (BOOL)pbReserveInputs:(NSUInteger)count;
- (BOOL)pbGrowInputs:(NSUInteger)count;
// YES for a node that passes its one input on, changed, as its one output.
- (BOOL)pbIsEffect;
// Before the node is rendered at a rate; NO and a reason when it cannot be.
- (BOOL)pbPrepareAtRate:(double)rate error:(NSError **)error;
// A connection in this format is about to be made, throws if it cannot be; and has been made.
- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input;
- (void)pbConnected:(PBConnection *)connection;
// Called with the engine's lock held, after attaching and before detaching.
- (void)pbAttached;
- (void)pbWillDetach;
- (void)pbEngineStopped;
// Hands finished work (buffers played) to the callback thread. idle: nothing renders the node.
- (void)pbCollect:(BOOL)idle;
@end

@interface AVAudioInputNode (PBInput)
// The block is invalid once the engine renders to its device.
- (void)pbForgetBlock;
@end

// Nodes that have a pbr_source.
@interface AVAudioNode (PBPull)
// The format in which it is to be called. The engine's lock is held.
- (AVAudioFormat *)pbPullFormat;
@end

// AVAudioNode implements AVAudioMixing once, for those of its subclasses that conform.
#define PB_MIXING_FROM_NODE                                                            \
    @dynamic volume, pan, renderingAlgorithm, sourceMode, pointSourceInHeadMode, rate, \
        reverbBlend, obstruction, occlusion, position;

@interface AVAudioMixingDestination ()
// For a connection that the source will control; not yet its.
- (instancetype)_initForSource:(AVAudioNode *)source;
// Now it is, and starts at the source's values.
- (void)pbTakeConnection:(PBConnection *)connection of:(AVAudioNode *)source;
- (void)pbTakeSpatial:(const PBSpatial *)spatial;
@end

@interface AVAudioNode (PBMixing)
- (AVAudioMixingDestination *)destinationForMixer:(AVAudioNode *)mixer bus:(AVAudioNodeBus)bus;
- (const PBSpatial *)pbSpatial;
- (PBSpatial *)pbMutableSpatial;
- (void)pbSpatialChanged;
@end

// Locks for a scope, exceptions included.
#define PBLocked(engine)                                                                        \
    for (PBLock pbLock __attribute__((cleanup(PBUnlock))) = PBLockEngine(engine); !pbLock.done; \
         pbLock.done = YES)
typedef struct PBLock {
    PBEngine *engine;
    BOOL done;
} PBLock;
PBLock PBLockEngine(AVAudioEngine *engine);
void PBUnlock(PBLock *lock);

// The format that nodes get unless they are told otherwise: that of the output.
AVAudioFormat *PBEngineFormat(AVAudioEngine *engine);
AVAudioFormat *PBNominalFormat(void);
AVAudioFormat *PBConnectionFormat(const PBConnection *connection);
double PBConnectionRate(const PBConnection *connection);
// Of the format that the bus has, connected or not.
AVAudioFormat *PBOutputFormat(AVAudioNode *node, AVAudioNodeBus bus);
pbr_layout PBConnectionLayout(const PBConnection *connection);

// Channels (PBChannels.m).
pbr_layout PBLayoutOf(AVAudioFormat *format);
// Planar float32 of so many channels, in their usual layout.
AVAudioFormat *PBFormatOf(double rate, uint32_t channels);
// Why one layout cannot be converted to another; nil when it can.
NSString *PBLayoutProblem(pbr_layout from, pbr_layout to);

// Rates. Every node renders at the rate of its output; the inputs that have another one convert.

// The rate that a node's inputs are converted to.
double PBRateOfNode(AVAudioNode *node);
// A connection that is about to be made: from one output bus to every one of the points.
typedef struct PBProposal {
    AVAudioNode *source;
    AVAudioNodeBus sourceBus;
    AVAudioFormat *format;
    const PBPoint *points;
    NSUInteger count;
    BOOL keeps; // what leaves the output bus already
} PBProposal;
// Why the proposal's rates do not fit, or the graph cannot be rendered with it in place of what it
// ends (NULL: as it is); nil when it can. Throws without memory.
NSString *PBRatesProblem(AVAudioEngine *engine, const PBProposal *proposal);
// Which connections have another rate than the engine, after the engine's own has changed.
void PBRenewForeign(AVAudioEngine *engine);
// Why one rate cannot be converted to another; nil when it can.
NSString *PBRatioProblem(double from, double to);
// Why a channel would be lost where the proposal's connections come in, or in its source; nil when
// none is.
NSString *PBChannelsProblem(const PBProposal *proposal);
// The engine's time, counted at the rate at which the node renders.
int64_t PBTimeOfNode(AVAudioNode *node);

// Branches, for rendering on several threads.

// Before PBIsBranch: how many inputs lead to the output.
NSUInteger PBWeighGraph(AVAudioEngine *engine);
// Whether the node and all upstream of it can be rendered apart, and are worth it.
BOOL PBIsBranch(AVAudioNode *node, NSUInteger whole);

// The graph has changed: where an audio thread is listening, compiles and publishes, now or at the
// end of a batch.
void PBGraphChanged(AVAudioEngine *engine);
// The graph as a plan; NULL and a reason when it cannot be rendered.
pbr_plan *PBNewPlan(AVAudioEngine *engine, NSError **error);
// Compiles and publishes; NO and a reason when the graph cannot be rendered.
BOOL PBCompile(AVAudioEngine *engine, NSError **error);
// Compiles only: a start publishes the plan, unless the graph has changed by then.
BOOL PBPrepare(AVAudioEngine *engine, NSError **error);
// Whether it runs, or is paused; NO for nil.
static inline BOOL PBIsStarted(AVAudioEngine *engine) {
    return engine != nil && engine->_engine->phase != PB_STOPPED;
}
// Manual rendering.
BOOL PBIsOffline(const PBEngine *engine);
// Offline: whether the block has the plan as it is, because what has changed belongs to a batch.
BOOL PBKeepsPlan(const PBEngine *engine);
// The reasons why a manual block cannot be rendered; 0 when it can.
OSStatus PBCheckManual(const PBEngine *engine, AVAudioFrameCount frames);
// Inside a block that has been entered.
AVAudioEngineManualRenderingStatus PBRender(PBEngine *state, AVAudioFrameCount frames,
                                            float *const *channels);
// What manualRenderingBlock is; for the engine to release.
AVAudioEngineManualRenderingBlock PBNewRenderBlock(AVAudioEngine *engine);
// Runs what the audio thread left to do: buffers played, taps filled.
void PBCollect(AVAudioEngine *engine);

// Connections. The engine's lock is held.
// How many leave a node, by whichever bus: all of them are made by one rendering of it.
NSUInteger PBLeaving(const PBNode *node);
// Brings `alone` and `player` up to date where they leave the node: after one has come or gone, or a
// tap has.
void PBRenewLeaving(const PBNode *node);
// A connection that is not in the graph yet, with all that it takes to make it: throws without
// memory, and nothing has changed. It is made once its two ends are free, which cannot fail, or
// dropped. ending: the stamp in `proposed` of what ends before any is made; 0 for none.
PBConnection *PBPrepareConnection(AVAudioNode *source, AVAudioNodeBus sourceBus,
                                  AVAudioNode *destination, AVAudioNodeBus destinationBus,
                                  AVAudioFormat *format, uint64_t ending);
// Room for so many more at an output bus; throws without memory.
void PBReserveOutput(PBOutput *output, NSUInteger more);
void PBMakeConnection(PBConnection *prepared);
void PBDropConnection(PBConnection *prepared);
void PBDisconnect(PBConnection *connection);
// End all connections of one side of a node; NO when there were none.
BOOL PBEndInputs(AVAudioNode *node);
BOOL PBEndOutputs(AVAudioNode *node);
// Before a node is detached: connects an effect's source to its destinations, if formats agree.
// NO, and nothing changed, otherwise. Throws without memory, and nothing has changed.
BOOL PBRejoinAround(AVAudioNode *node);
// The lowest free input bus; the count when none is.
AVAudioNodeBus PBNextInputBus(AVAudioNode *node);
// Throws when ending the node's connections would rewire the output of a running engine.
void PBRequireStoppedOutputs(AVAudioNode *node);
// NO when there is no memory for a meter.
BOOL PBReadMeter(pbr_cell *cell, float *peak, float *rms, uint64_t *clips);

// A mixer's input bus by its unit's parameters: volume, enable and pan of the connection, or what
// the next one begins with. NO for a bus that the mixer does not have.
BOOL PBMixerParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                      float *value);
BOOL PBMixerSetParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                         float value);
// As PBMixerSetParameter, along a fade of so many of the engine's frames; not for the switch. NO, or
// an exception, and nothing has changed, without memory.
BOOL PBMixerFadeParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                          float value, uint64_t frames, int curve);
// So many of the engine's frames in those of the connection's destination: 1 to PBR_FADE_LONGEST.
uint64_t PBOwnFrames(const PBConnection *connection, uint64_t frames);
// Hands parked values to a connection's new gain, and takes them back when it ends.
void PBMixerUnpark(PBConnection *connection);
void PBMixerPark(const PBConnection *connection);

@interface AUAudioUnit ()
- (instancetype)_initWithNode:(AVAudioNode *)node;
@end

void PBTapDeliver(AVAudioNode *node, PBCallbacks *callbacks);
void PBTapRemove(PBOutput *output);
// The bus's format or the engine's blocks may have changed since the tap was installed: it goes on
// in the format that the bus has now. NO when there is no memory.
BOOL PBTapFollow(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine);

#endif
