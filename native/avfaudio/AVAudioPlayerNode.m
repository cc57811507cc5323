// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBInternal.h"

#include <Block.h>
#include <stdlib.h>

// The control side's queue operations, one at a time.
struct PBPlayer {
    pthread_mutex_t lock;
};

// One scheduled buffer: kept until the audio thread is past it, its handler until it has ended.
typedef struct Scheduled {
    AVAudioPCMBuffer *buffer;
    AVAudioNodeCompletionHandler handler;
    AVAudioPlayerNodeCompletionHandler typedHandler;
    AVAudioPlayerNodeCompletionCallbackType type;
    AVAudioNode *player;
} Scheduled;

// The handler runs on the engine's callback thread. A player without an engine has none: its
// handlers are dropped with its queue.
static void Ended(void *owner) {
    Scheduled *item = owner;
    AVAudioEngine *engine = item->player->_node->engine;
    PBCallbacks *callbacks = engine != nil ? engine->_engine->callbacks : NULL;
    AVAudioNodeCompletionHandler handler = item->handler;
    AVAudioPlayerNodeCompletionHandler typed = item->typedHandler;
    AVAudioPlayerNodeCompletionCallbackType type = item->type;
    if (callbacks != NULL && handler != NULL) {
        PBCallbacksRun(callbacks, handler);
    }
    if (callbacks != NULL && typed != NULL) {
        PBCallbacksRun(callbacks, ^{
            typed(type);
        });
    }
}

static void Discard(void *owner) {
    Scheduled *item = owner;
    [item->buffer release];
    if (item->handler != NULL) {
        Block_release(item->handler);
    }
    if (item->typedHandler != NULL) {
        Block_release(item->typedHandler);
    }
    free(item);
}

@implementation AVAudioPlayerNode

PB_MIXING_FROM_NODE

- (instancetype)init {
    self = [super _initWithInputs:0 outputs:1];
    if (self == nil) {
        return nil;
    }
    static const pbr_player_callbacks callbacks = {Ended, Discard};
    _node->player = pbr_player_create(&callbacks);
    _player = calloc(1, sizeof *_player);
    if (_node->player == NULL || _player == NULL) {
        [self release];
        return nil;
    }
    pthread_mutex_init(&_player->lock, NULL);
    return self;
}

- (void)dealloc {
    if (_player != NULL) {
        // A plan may outlive the node: what is queued names it.
        if (_node->player != NULL) {
            pbr_player_stop(_node->player);
        }
        pthread_mutex_destroy(&_player->lock);
        free(_player);
    }
    [super dealloc];
}

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
     completionHandler:(AVAudioNodeCompletionHandler)completionHandler {
    [self scheduleBuffer:buffer atTime:nil options:0 completionHandler:completionHandler];
}

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(AVAudioPlayerNodeCompletionHandler)completionHandler {
    [self scheduleBuffer:buffer atTime:nil options:0 completionCallbackType:callbackType
             completionHandler:completionHandler];
}

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
     completionHandler:(AVAudioNodeCompletionHandler)completionHandler {
    [self pbSchedule:buffer atTime:when options:options handler:completionHandler typed:NULL
                type:0];
}

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                    atTime:(AVAudioTime *)when
                   options:(AVAudioPlayerNodeBufferOptions)options
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(AVAudioPlayerNodeCompletionHandler)completionHandler {
    [self pbSchedule:buffer atTime:when options:options handler:NULL typed:completionHandler
                type:callbackType];
}

- (void)pbSchedule:(AVAudioPCMBuffer *)buffer
            atTime:(AVAudioTime *)when
           options:(AVAudioPlayerNodeBufferOptions)options
           handler:(AVAudioNodeCompletionHandler)handler
             typed:(AVAudioPlayerNodeCompletionHandler)typed
              type:(AVAudioPlayerNodeCompletionCallbackType)type {
    PBRequire(buffer != nil, @"buffer != nil");
    AVAudioFormat *format = [buffer format];
    PBRequire([format isStandard], @"a player takes planar float32 buffers, not %@", format);
    PBRequire([format channelCount] == [[self outputFormatForBus:0] channelCount],
              @"a buffer of %u channels on a player whose output has %u", [format channelCount],
              [[self outputFormatForBus:0] channelCount]);
    Scheduled *item = calloc(1, sizeof *item);
    PBRequire(item != NULL, @"no memory for a scheduled buffer");
    item->buffer = [buffer retain];
    item->handler = handler != NULL ? Block_copy(handler) : NULL;
    item->typedHandler = typed != NULL ? Block_copy(typed) : NULL;
    item->type = type;
    item->player = self;
    // Host times say nothing offline and are not followed: the buffer goes in order.
    BOOL timed = when != nil && [when isSampleTimeValid];
    pbr_clip clip = {
        .channels = (const float *const *)[buffer floatChannelData],
        .channel_count = [format channelCount],
        .frames = [buffer frameLength],
        .flags =
            (options & AVAudioPlayerNodeBufferLoops ? PBR_ITEM_LOOPS : 0) |
            (options & AVAudioPlayerNodeBufferInterrupts ? PBR_ITEM_INTERRUPTS : 0) |
            (options & AVAudioPlayerNodeBufferInterruptsAtLoop ? PBR_ITEM_INTERRUPTS_AT_LOOP : 0),
        .start = timed ? [when sampleTime] : PBR_FOLLOW,
        .owner = item,
    };
    pthread_mutex_lock(&_player->lock);
    bool queued = pbr_player_schedule(_node->player, &clip);
    pthread_mutex_unlock(&_player->lock);
    if (!queued) {
        Discard(item);
        PBRaise(@"no memory for a scheduled buffer");
    }
}

- (void)prepareWithFrameCount:(AVAudioFrameCount)frameCount {
    (void)frameCount;
}

- (void)play {
    [self playAtTime:nil];
}

- (void)playAtTime:(AVAudioTime *)when {
    BOOL timed = when != nil && [when isSampleTimeValid];
    // With the engine's lock: a stop halts every player, and this one comes before it or throws.
    PBLocked(_node->engine) {
        AVAudioEngine *engine = _node->engine;
        PBRequire(engine != nil && [engine isRunning], @"player started when engine not running");
        PBRequire(_node->outputs[0].count > 0, @"player started when in a disconnected state");
        pthread_mutex_lock(&_player->lock);
        pbr_player_play(_node->player, timed ? [when sampleTime] : PBR_NOW);
        pthread_mutex_unlock(&_player->lock);
    }
}

- (void)pause {
    pthread_mutex_lock(&_player->lock);
    pbr_player_pause(_node->player);
    pthread_mutex_unlock(&_player->lock);
}

- (void)stop {
    PBLocked(_node->engine) {
        pthread_mutex_lock(&_player->lock);
        pbr_player_stop(_node->player);
        pthread_mutex_unlock(&_player->lock);
        PBEngine *engine = _node->engine != nil ? _node->engine->_engine : NULL;
        [self pbCollect:engine != NULL ? engine->phase == PB_STOPPED : !_node->lingers];
    }
}

- (BOOL)isPlaying {
    return pbr_player_is_playing(_node->player);
}

- (void)pbEngineStopped {
    if (PBR_ENGINE_STOP_KEEPS_QUEUE) {
        [self pause];
    } else {
        [self stop];
    }
}

// Handlers run on an engine's thread: they are handed over while there is one.
- (void)pbWillDetach {
    [self stop];
}

- (void)pbCollect:(BOOL)idle {
    pthread_mutex_lock(&_player->lock);
    pbr_player_collect(_node->player, idle);
    pthread_mutex_unlock(&_player->lock);
}

// Engine time at which the player's time is 0; NO while it does not play.
- (BOOL)pbOrigin:(int64_t *)origin {
    return [self isPlaying] && pbr_player_origin(_node->player, origin);
}

- (AVAudioTime *)nodeTimeForPlayerTime:(AVAudioTime *)playerTime {
    int64_t origin;
    if (![playerTime isSampleTimeValid] || ![self pbOrigin:&origin]) {
        return nil;
    }
    return [AVAudioTime timeWithSampleTime:[playerTime sampleTime] + origin
                                    atRate:[[self outputFormatForBus:0] sampleRate]];
}

- (AVAudioTime *)playerTimeForNodeTime:(AVAudioTime *)nodeTime {
    int64_t origin;
    if (![nodeTime isSampleTimeValid] || ![self pbOrigin:&origin]) {
        return nil;
    }
    return [AVAudioTime timeWithSampleTime:[nodeTime sampleTime] - origin
                                    atRate:[[self outputFormatForBus:0] sampleRate]];
}

@end
