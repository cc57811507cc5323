// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBNode.h"
#import "avfaudio/graph/PBManners.h"
#import "PBPlayerEnds.h"
#import "PBScheduled.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/graph/PBMixing.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

@implementation AVAudioPlayerNode

PB_MIXING_FROM_NODE

- (instancetype)init {
    self = [super _initWithInputs:0 outputs:1];
    if (self == nil) {
        return nil;
    }
    _node->player = pbr_player_create(&PBScheduledCallbacks);
    _player = calloc(1, sizeof *_player);
    if (_node->player == NULL || _player == NULL) {
        [self release];
        return nil;
    }
    pthread_mutex_init(&_player->lock, NULL);
    _player->streams.progress = pbr_player_progress(_node->player);
    return self;
}

- (void)dealloc {
    if (_player != NULL) {
        // A plan may outlive the node, and queued items name it.
        if (_node->player != NULL) {
            pbr_player_stop(_node->player, PBR_END_DETACHED, pbr_player_stamp(_node->player));
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
    PBScheduled item = {.handler = completionHandler};
    [self pbSchedule:buffer atTime:when options:options item:&item];
}

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                    atTime:(AVAudioTime *)when
                   options:(AVAudioPlayerNodeBufferOptions)options
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(AVAudioPlayerNodeCompletionHandler)completionHandler {
    PBScheduled item = {.typedHandler = completionHandler, .type = callbackType};
    [self pbSchedule:buffer atTime:when options:options item:&item];
}

- (void)pbSchedule:(AVAudioPCMBuffer *)buffer
            atTime:(AVAudioTime *)when
           options:(AVAudioPlayerNodeBufferOptions)options
              item:(const PBScheduled *)wanted {
    PBRequire(buffer != nil, @"buffer != nil");
    AVAudioFormat *format = [buffer format];
    PBRequire([format isStandard], @"a player takes planar float32 buffers, not %@", format);
    PBLocked(_node->engine) {
        uint32_t channels = [[self outputFormatForBus:0] channelCount];
        PBRequire([format channelCount] == channels,
                  @"a buffer of %u channels on a player whose output has %u", [format channelCount],
                  channels);
        PBStart start = [self pbStart:when options:options];
        PBScheduled *item = PBNewScheduled(wanted, self, buffer);
        pbr_clip clip = {
            .channels = (const float *const *)[buffer floatChannelData],
            .channel_count = [format channelCount],
            .frames = [buffer frameLength],
            .flags = PBItemFlags(options),
            .start = start.frame,
            .host = start.host,
            .owner = item,
        };
        uint64_t stamp = [self pbTakeLock];
        bool queued = item != NULL && pbr_player_schedule(_node->player, &clip, stamp);
        if (queued) {
            PBScheduledWasQueued(item, clip.flags);
        }
        pthread_mutex_unlock(&_player->lock);
        if (!queued) {
            PBForgetScheduled(item);
        }
        PBRequireMemory(queued, @"no memory for a scheduled buffer");
    }
}

- (PBStart)pbStart:(AVAudioTime *)when options:(AVAudioPlayerNodeBufferOptions)options {
    PBStart start = PBStartOf(when, _node->engine);
    if (start.host != 0 && (PBItemFlags(options) & PBR_INTERRUPTIONS) != 0) {
        // What interrupts has its place in the player's time from now on.
        int64_t frame, origin;
        double rate = [[self outputFormatForBus:0] sampleRate];
        start.timed =
            PBFrameAtHost(_node->engine, start.host, rate, &frame) && [self pbOrigin:&origin];
        start.frame = start.timed ? frame - origin : PBR_FOLLOW;
        start.host = 0;
    }
    return start;
}

// Everything asked of a player from here to the unlock takes effect with the returned stamp. The
// engine's lock is held.
- (uint64_t)pbTakeLock {
    AVAudioEngine *engine = _node->engine;
    pthread_mutex_lock(&_player->lock);
    if (engine == nil) {
        return pbr_player_stamp(_node->player);
    }
    pbr_core *core = engine->_engine->core;
    pbr_player_set_offline(_node->player, engine->_engine->mode == PB_OFFLINE);
    uint64_t stamp = pbr_core_stamp(core);
    // A player knows the newest request and the one before. A block that still follows an even
    // earlier one has to end first.
    if (stamp != pbr_player_stamp(_node->player)) {
        pbr_core_wait_until_seen(core, pbr_player_stamp(_node->player));
        pbr_player_skip(_node->player, !pbr_core_shows(core, pbr_player_stamp(_node->player)));
    }
    return stamp;
}

- (void)prepareWithFrameCount:(AVAudioFrameCount)frameCount {
    (void)frameCount;
}

- (void)play {
    [self playAtTime:nil];
}

- (void)playAtTime:(AVAudioTime *)when {
    // Under the engine's lock: a stop halts every player, and this call comes before it or throws.
    PBLocked(_node->engine) {
        AVAudioEngine *engine = _node->engine;
        PBRequire(engine != nil && [engine isRunning], @"player started when engine not running");
        PBRequire(_node->outputs[0].count > 0, @"player started when in a disconnected state");
        uint64_t stamp = [self pbTakeLock];
        PBStart start = PBStartOf(when, engine);
        if (start.host != 0) {
            pbr_player_play_at_host(_node->player, start.host, stamp);
        } else {
            pbr_player_play(_node->player, start.frame, stamp);
        }
        pthread_mutex_unlock(&_player->lock);
    }
}

- (void)pause {
    PBLocked(_node->engine) {
        uint64_t stamp = [self pbTakeLock];
        pbr_player_pause(_node->player, stamp);
        pthread_mutex_unlock(&_player->lock);
    }
}

- (void)stop {
    AVAudioEngine *engine = _node->engine;
    [self pbStop:PBR_END_STOPPED];
    PBMannersStopped(engine);
}

- (void)pbStop:(pbr_end)end {
    PBLocked(_node->engine) {
        uint64_t stamp = [self pbTakeLock];
        // A detached player is silent at once, even in a batch.
        pbr_player_stop(_node->player, end, end == PBR_END_DETACHED ? PBR_AT_ONCE : stamp);
        pthread_mutex_unlock(&_player->lock);
        PBEngine *engine = _node->engine != nil ? _node->engine->_engine : NULL;
        [self pbCollect:engine != NULL ? engine->phase == PB_STOPPED : !_node->lingers];
    }
}

- (BOOL)isPlaying {
    pthread_mutex_lock(&_player->lock);
    BOOL playing = pbr_player_is_playing(_node->player);
    pthread_mutex_unlock(&_player->lock);
    return playing;
}

- (void)pbEngineStopped {
    // A ramp was to end in a stop: stop now.
    if (PBR_ENGINE_STOP_KEEPS_QUEUE && !pbr_player_is_stopping(_node->player)) {
        [self pause];
    } else {
        [self pbStop:PBR_END_STOPPED];
    }
}

- (void)pbAttached {
    pthread_mutex_lock(&_player->lock);
    pbr_player_forget_stamps(_node->player);
    pthread_mutex_unlock(&_player->lock);
}

// Handlers run on an engine's thread, so they are handed over while there is one.
- (void)pbWillDetach {
    [self pbStop:PBR_END_DETACHED];
}

- (void)pbCollect:(BOOL)idle {
    pthread_mutex_lock(&_player->lock);
    pbr_player_collect(_node->player, idle);
    uint64_t late = pbr_player_late(_node->player);
    if (late != _player->late && _node->engine != nil) {
        _node->engine->_engine->decoderLate = YES;
    }
    _player->late = late;
    pthread_mutex_unlock(&_player->lock);
}

// When the player will begin, before the first block that plays it: with the next block, or later.
- (int64_t)pbUpcomingOrigin {
    uint64_t host = 0;
    int64_t now = PBTimeOfNode(self), at = pbr_player_start(_node->player, &host);
    double rate = [[self outputFormatForBus:0] sampleRate];
    if (host != 0 && !PBFrameAtHost(_node->engine, host, rate, &at)) {
        at = now;
    }
    return at > now ? at : now;
}

// The engine time at which the player's time is 0. NO while it does not play.
- (BOOL)pbOrigin:(int64_t *)origin {
    BOOL plays = NO;
    PBLocked(_node->engine) {
        pthread_mutex_lock(&_player->lock);
        plays = pbr_player_is_playing(_node->player) && _node->engine != nil;
        BOOL known = plays && pbr_player_origin(_node->player, origin);
        if (plays && !known) {
            *origin = [self pbUpcomingOrigin];
        }
        pthread_mutex_unlock(&_player->lock);
    }
    return plays;
}

// The time so many frames later on another timeline. nil if the player does not play, or knows no
// frame of the time.
- (AVAudioTime *)pbTime:(AVAudioTime *)time inDirection:(int)direction {
    double rate = [[self outputFormatForBus:0] sampleRate];
    int64_t origin, frame = [time sampleTime];
    if (![self pbOrigin:&origin]) {
        return nil;
    }
    if (![time isSampleTimeValid]) {
        // A host time is the same on both.
        if (![time isHostTimeValid] ||
            !PBFrameAtHost(_node->engine, [time hostTime], rate, &frame)) {
            return nil;
        }
        frame = direction > 0 ? frame - origin : frame;
    }
    frame += direction * origin;
    return [time isHostTimeValid] ? [AVAudioTime timeWithHostTime:[time hostTime] sampleTime:frame
                                                           atRate:rate]
                                  : [AVAudioTime timeWithSampleTime:frame atRate:rate];
}

- (AVAudioTime *)nodeTimeForPlayerTime:(AVAudioTime *)playerTime {
    return [self pbTime:playerTime inDirection:1];
}

- (AVAudioTime *)playerTimeForNodeTime:(AVAudioTime *)nodeTime {
    return [self pbTime:nodeTime inDirection:-1];
}

@end

@implementation AVAudioPlayerNode (AVAudioPlayerNodeEnds)

- (void)pbScheduleBuffer:(AVAudioPCMBuffer *)buffer
                  atTime:(AVAudioTime *)when
                 options:(AVAudioPlayerNodeBufferOptions)options
                   ended:(void (*)(void *context, unsigned end))ended
                 context:(void *)context {
    PBScheduled item = {.ended = ended, .context = context};
    [self pbSchedule:buffer atTime:when options:options item:&item];
}

// NO if the player makes no sound that could be ramped.
- (BOOL)pbHalt:(pbr_halt)halt after:(uint64_t)frames {
    AVAudioEngine *engine = _node->engine;
    if (frames == 0 || engine == nil || ![engine isRunning] || _node->outputs[0].count == 0) {
        return NO;
    }
    uint64_t stamp = [self pbTakeLock];
    BOOL ramps = pbr_player_halt(_node->player, halt, frames, stamp);
    pthread_mutex_unlock(&_player->lock);
    return ramps;
}

- (void)pbPauseAfter:(uint64_t)frames {
    PBLocked(_node->engine) {
        if (![self pbHalt:PBR_HALT_PAUSE after:frames]) {
            [self pause];
        }
    }
}

- (void)pbStopAfter:(uint64_t)frames {
    PBLocked(_node->engine) {
        if (![self pbHalt:PBR_HALT_STOP after:frames]) {
            [self pbStop:PBR_END_STOPPED];
        }
    }
}

- (BOOL)pbIsEmpty {
    pthread_mutex_lock(&_player->lock);
    BOOL empty = pbr_player_is_empty(_node->player);
    pthread_mutex_unlock(&_player->lock);
    return empty;
}

@end
