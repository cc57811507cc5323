// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Taps: the audio thread copies the output of a bus to a ring, and the callback thread hands it to
// the client's block.
#import "PBNode.h"
#import "PBTaps.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/plan/PBPublish.h"
#import "avfaudio/support/PBErrors.h"

#include <Block.h>
#include <math.h>
#include <stdlib.h>

// The ring has room for this many requested buffers and, while an audio thread fills it, at least
// this many frames, so that a late callback thread loses nothing.
enum { RING_BUFFERS = 4, RING_FRAMES = 65536 };

// The documented range of tap buffers, in seconds.
static const double ShortestBuffer = 0.1;
static const double LongestBuffer = 0.4;

static AVAudioFrameCount BufferFrames(AVAudioFrameCount requested, double rate) {
    AVAudioFrameCount least = (AVAudioFrameCount)(ShortestBuffer * rate);
    AVAudioFrameCount most = (AVAudioFrameCount)(LongestBuffer * rate);
    least = least > 0 ? least : 1;
    return requested < least ? least : (requested > most ? most : requested);
}

// Offline, the ring is emptied after every block: it has room for a whole one and for what was left
// before it.
static uint32_t RingFrames(AVAudioFrameCount frames, AVAudioFormat *format, AVAudioEngine *engine) {
    if (engine == nil || !PBIsOffline(engine->_engine)) {
        uint64_t buffers = (uint64_t)frames * RING_BUFFERS;
        return buffers > RING_FRAMES ? (uint32_t)buffers : RING_FRAMES;
    }
    double ratio = [format sampleRate] / [PBEngineFormat(engine) sampleRate];
    uint64_t room = frames + (uint64_t)(2 * ceil(ratio) * engine->_engine->manualFrames);
    return room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
}

// A job that passes the buffer on, and its time. NULL without memory.
static PBEntry *NewHanding(AVAudioNodeTapBlock block, AVAudioPCMBuffer *buffer, AVAudioTime *when) {
    if (buffer == nil || when == nil) {
        return NULL;
    }
    // With this runtime, a copied block retains the blocks that it captures but not the objects.
    return PBNewJob(^{
        @try {
            block(buffer, when);
        } @finally {
            [buffer release];
            [when release];
        }
    });
}

// Queues one block. NO without memory: it stays in the ring.
static BOOL Hand(PBTap *tap, PBCallbacks *callbacks, AVAudioFrameCount frames, int64_t time) {
    AVAudioPCMBuffer *buffer = nil;
    AVAudioTime *when = nil;
    PBEntry *job = NULL;
    @try {
        buffer = [[AVAudioPCMBuffer alloc] initWithPCMFormat:tap->format frameCapacity:frames];
        when = [[AVAudioTime alloc] initWithSampleTime:time atRate:[tap->format sampleRate]];
        job = NewHanding(tap->block, buffer, when);
    } @catch (NSException *exception) {
        // Foundation's way to say so.
        (void)exception;
    }
    if (job == NULL) {
        [buffer release];
        [when release];
        return NO;
    }
    pbr_tap_read(tap->ring, [buffer floatChannelData], frames);
    [buffer setFrameLength:frames];
    PBCallbacksPut(callbacks, job);
    tap->queued++;
    return YES;
}

// rest: also what is less than a whole buffer. In front of a gap there is no more to come.
static void Deliver(PBTap *tap, PBCallbacks *callbacks, BOOL rest) {
    int64_t time;
    bool gap;
    for (;;) {
        uint32_t ready = pbr_tap_ready(tap->ring, &time, &gap);
        AVAudioFrameCount frames = ready < tap->frames ? ready : tap->frames;
        BOOL whole = frames == tap->frames || gap || rest;
        if (frames == 0 || !whole || !Hand(tap, callbacks, frames, time)) {
            return;
        }
    }
}

// Gives the tap the format and room for the engine's blocks. NO, and nothing changed, without
// memory.
static BOOL Retarget(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine) {
    AVAudioFrameCount frames = BufferFrames(tap->requested, [format sampleRate]);
    uint32_t room = RingFrames(frames, format, engine);
    pbr_tap *ring = pbr_tap_create([format channelCount], room);
    if (ring == NULL) {
        return NO;
    }
    if (tap->ring != NULL) {
        if (engine != nil) {
            Deliver(tap, engine->_engine->callbacks, YES);
        }
        tap->dropped += pbr_tap_dropped(tap->ring);
        pbr_tap_release(tap->ring);
    }
    [format retain];
    [tap->format release];
    tap->ring = ring;
    tap->room = room;
    tap->format = format;
    tap->frames = frames;
    return YES;
}

BOOL PBTapRetarget(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine) {
    BOOL fits =
        [tap->format isEqual:format] && tap->room >= RingFrames(tap->frames, format, engine);
    return fits || Retarget(tap, format, engine);
}

void PBTapRemove(PBOutput *output) {
    PBTap *tap = output->tap;
    if (tap != NULL) {
        output->tap = NULL;
        pbr_tap_release(tap->ring);
        [tap->format release];
        if (tap->block != NULL) {
            Block_release(tap->block);
        }
        free(tap);
    }
}

void PBTapDeliver(AVAudioNode *node, PBCallbacks *callbacks) {
    for (NSUInteger i = 0; i < node->_node->outputCount; i++) {
        if (node->_node->outputs[i].tap != NULL) {
            Deliver(node->_node->outputs[i].tap, callbacks, NO);
        }
    }
}

void PBTapDeliverRest(AVAudioNode *node, PBCallbacks *callbacks) {
    for (NSUInteger i = 0; i < node->_node->outputCount; i++) {
        if (node->_node->outputs[i].tap != NULL) {
            Deliver(node->_node->outputs[i].tap, callbacks, YES);
        }
    }
}

uint64_t PBTapQueued(AVAudioNode *node, AVAudioNodeBus bus, BOOL rest) {
    uint64_t queued = 0;
    PBLocked(node->_node->engine) {
        PBTap *tap = bus < node->_node->outputCount ? node->_node->outputs[bus].tap : NULL;
        AVAudioEngine *engine = node->_node->engine;
        if (tap != NULL && rest && engine != nil) {
            Deliver(tap, engine->_engine->callbacks, YES);
        }
        queued = tap != NULL ? tap->queued : 0;
    }
    return queued;
}

uint64_t PBTapDropped(AVAudioNode *node, AVAudioNodeBus bus) {
    uint64_t dropped = 0;
    PBLocked(node->_node->engine) {
        PBTap *tap = bus < node->_node->outputCount ? node->_node->outputs[bus].tap : NULL;
        dropped = tap != NULL ? tap->dropped + pbr_tap_dropped(tap->ring) : 0;
    }
    return dropped;
}

@implementation AVAudioNode (AVAudioNodeTaps)

- (void)installTapOnBus:(AVAudioNodeBus)bus
             bufferSize:(AVAudioFrameCount)bufferSize
                 format:(AVAudioFormat *)format
                  block:(AVAudioNodeTapBlock)tapBlock {
    PBRequire(tapBlock != NULL, @"a tap needs a block");
    PBLocked(_node->engine) {
        AVAudioFormat *output = [self outputFormatForBus:bus];
        PBOutput *target = &_node->outputs[bus];
        PBRequire(target->tap == NULL, @"output bus %lu has a tap already", (unsigned long)bus);
        BOOL sets = format != nil && ![format isEqual:output];
        BOOL fixed = target->count > 0 || [self isKindOfClass:[AVAudioOutputNode class]];
        PBRequire(!sets || !fixed, @"a tap's format %@ must be nil or that of the bus, %@", format,
                  output);
        PBRequireFormat(sets ? format : output);
        if (sets) {
            [self pbRequireFormat:format bus:bus input:NO];
        }
        // Whoever removes the tap may wait for its last block.
        PBRequireMemory(_node->engine == nil || PBCallbacksStart(_node->engine->_engine->callbacks),
                        @"no thread for a tap");
        PBTap *tap = calloc(1, sizeof *tap);
        PBRequireMemory(tap != NULL, @"no memory for a tap");
        tap->requested = bufferSize;
        tap->block = Block_copy(tapBlock);
        target->tap = tap;
        if (tap->block == NULL || !Retarget(tap, sets ? format : output, _node->engine)) {
            PBTapRemove(target);
            PBRaiseNoMemory(@"no memory for a tap");
        }
        if (sets) {
            [target->format release];
            target->format = [format retain];
        }
        PBUpdateLeaving(_node);
        PBGraphChanged(_node->engine);
    }
}

- (void)removeTapOnBus:(AVAudioNodeBus)bus {
    PBRequire(bus < _node->outputCount, @"output bus %lu of a node with %lu outputs",
              (unsigned long)bus, (unsigned long)_node->outputCount);
    PBLocked(_node->engine) {
        PBTapRemove(&_node->outputs[bus]);
        PBUpdateLeaving(_node);
        PBGraphChanged(_node->engine);
    }
}

@end
