// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBPlayerStreams.h"

#import "PBPlayerEnds.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/support/PBErrors.h"

@implementation AVAudioPlayerNode (PBStreams)

// Throws if the player cannot play such a file. The engine's lock is held.
- (pbr_feeder *)pbFeederFor:(const pbr_feed *)feed rate:(double *)rate {
    AVAudioEngine *engine = _node->engine;
    PBRequire(engine != nil, @"the player has to be attached before it gets files");
    AVAudioFormat *format = [self outputFormatForBus:0];
    PBRequire(feed->channels == [format channelCount],
              @"a file of %u channels on a player whose output has %u", feed->channels,
              [format channelCount]);
    *rate = [format sampleRate];
    NSString *problem = PBRatioProblem(feed->rate, *rate);
    PBRequire(problem == nil, @"%@", problem);
    PBEngine *state = engine->_engine;
    if (state->feeder == NULL) {
        state->feeder = pbr_feeder_create();
    }
    PBRequireMemory(state->feeder != NULL && pbr_feeder_start(state->feeder),
                    @"no memory for a thread that reads files");
    return state->feeder;
}

// Whether the audio thread will not wait for the first frames of what is scheduled now.
- (BOOL)pbIsUrgent:(AVAudioPlayerNodeBufferOptions)options timed:(BOOL)timed {
    BOOL interrupts = !timed && (options & AVAudioPlayerNodeBufferInterrupts) != 0;
    AVAudioEngine *engine = _node->engine;
    return engine != nil && engine->_engine->mode != PB_OFFLINE && (interrupts || [self pbIsEmpty]);
}

- (void)pbScheduleFeed:(const pbr_feed *)feed
                  from:(int64_t)first
                    to:(int64_t)end
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
                  item:(const PBScheduled *)wanted {
    BOOL timed = when != nil && ([when isSampleTimeValid] || [when isHostTimeValid]);
    PBScheduled *item = NULL;
    pbr_stream *stream = NULL;
    bool queued = false;
    @try {
        double rate = 0;
        PBLocked(_node->engine) {
            [self pbFeederFor:feed rate:&rate];
        }
        feed->retain(feed->context);
        pbr_region region = {first, first, end, (options & AVAudioPlayerNodeBufferLoops) != 0};
        stream = pbr_stream_create(feed, region, rate);
        item = stream != NULL ? PBNewScheduled(wanted, self, nil) : NULL;
        if (item != NULL && [self pbIsUrgent:options timed:timed]) {
            pbr_stream_prime(stream);
        }
        PBLocked(_node->engine) {
            pbr_feeder *feeder = [self pbFeederFor:feed rate:&rate];
            PBStart start = [self pbStart:when options:options];
            pbr_clip clip = {
                .channel_count = feed->channels,
                .flags = PBItemFlags(options),
                .start = start.frame,
                .host = start.host,
                .stream = stream,
                .owner = item,
            };
            if (item != NULL) {
                uint64_t stamp = [self pbTakeLock];
                stream->place = pbr_player_next_place(_node->player);
                stream->start = clip.start;
                stream->interrupts = (clip.flags & PBR_INTERRUPTIONS) != 0;
                item->stream = stream;
                pbr_feeder_add(feeder, &_player->streams, stream, NULL);
                queued = pbr_player_schedule(_node->player, &clip, stamp);
                if (queued) {
                    PBScheduledWasQueued(item, clip.flags);
                } else {
                    pbr_feeder_remove(stream);
                }
                pthread_mutex_unlock(&_player->lock);
            }
        }
    } @finally {
        feed->release(feed->context);
        if (!queued && item != NULL) {
            item->stream = NULL;
            PBForgetScheduled(item);
        }
        if (!queued) {
            pbr_stream_release(stream);
        }
    }
    PBRequireMemory(queued, @"no memory for a scheduled file");
}

// The file that is played or comes next, NULL if there is none. The player's lock is held.
- (PBScheduled *)pbCurrent:(uint64_t *)place {
    PBScheduled *item = pbr_player_current(_node->player, place);
    if (item == NULL || item->stream == NULL) {
        return NULL;
    }
    if (item->sought != NULL && pbr_player_sought(_node->player) >= item->seek) {
        pbr_feeder_remove(item->stream);
        pbr_stream_release(item->stream);
        item->stream = item->sought;
        item->sought = NULL;
    }
    return item;
}

// The player's lock is held.
- (PBPosition)pbPositionOf:(const PBScheduled *)item {
    PBPosition position = {.fileFrame = -1, .lateFrames = pbr_player_late(_node->player)};
    if (item != NULL) {
        pbr_stream *stream = item->sought != NULL ? item->sought : item->stream;
        int64_t consumed = atomic_load_explicit(&stream->consumed, memory_order_acquire);
        position.fileFrame = pbr_stream_file_frame(stream, consumed);
        position.fileFrames = stream->feed.frames;
        position.first = stream->region.start;
        position.end = stream->region.end;
    }
    return position;
}

- (PBPosition)pbPosition {
    PBPosition position;
    PBLocked(_node->engine) {
        uint64_t place;
        int64_t origin;
        pthread_mutex_lock(&_player->lock);
        position = [self pbPositionOf:[self pbCurrent:&place]];
        BOOL known = pbr_player_origin(_node->player, &origin);
        pthread_mutex_unlock(&_player->lock);
        if (known && _node->engine != nil) {
            position.playerFrame = PBTimeOfNode(self) - origin;
        }
    }
    return position;
}

// The engine's and the player's lock are held.
- (BOOL)pbReplaceStreamOf:(PBScheduled *)item
                    place:(uint64_t)place
                       by:(pbr_stream *)stream
                    stamp:(uint64_t)stamp {
    uint64_t number = pbr_player_next_seek(_node->player);
    stream->place = place;
    stream->start = item->stream->start;
    stream->interrupts = item->stream->interrupts;
    // Until it is known whether a block takes up the seek before this one.
    pbr_feeder_set_replaced(item->stream, 0);
    pbr_feeder_add(_node->engine->_engine->feeder, &_player->streams, stream,
                   item->sought != NULL ? item->sought : item->stream);
    BOOL revoked = pbr_player_seek(_node->player, place, stream, stamp);
    if (item->sought != NULL) {
        pbr_stream *unused = revoked ? item->sought : item->stream;
        item->stream = revoked ? item->stream : item->sought;
        pbr_feeder_remove(unused);
        pbr_stream_release(unused);
    }
    item->sought = stream;
    item->seek = number;
    pbr_feeder_set_replaced(item->stream, number);
    return YES;
}

- (PBSought)pbSeekTo:(int64_t)frame position:(PBPosition *)position {
    PBSought result = PB_SOUGHT;
    pbr_stream *stream = NULL;
    uint64_t place = 0, found = 0;
    BOOL urgent = NO;
    PBLocked(_node->engine) {
        double rate = [[self outputFormatForBus:0] sampleRate];
        urgent = _node->engine != nil && _node->engine->_engine->mode != PB_OFFLINE;
        pthread_mutex_lock(&_player->lock);
        PBScheduled *item = [self pbCurrent:&place];
        *position = [self pbPositionOf:item];
        if (item == NULL) {
            result = PB_SOUGHT_NOTHING;
        } else if (frame < position->first || frame >= position->end) {
            result = PB_SOUGHT_OUTSIDE;
        } else {
            pbr_region region = item->stream->region;
            pbr_feed feed = item->stream->feed;
            region.from = frame;
            feed.retain(feed.context);
            stream = pbr_stream_create(&feed, region, rate);
            result = stream != NULL ? PB_SOUGHT : PB_SOUGHT_NO_MEMORY;
        }
        pthread_mutex_unlock(&_player->lock);
    }
    if (result != PB_SOUGHT) {
        return result;
    }
    // What plays goes on until then.
    if (urgent) {
        pbr_stream_prime(stream);
    }
    PBLocked(_node->engine) {
        uint64_t stamp = [self pbTakeLock];
        PBScheduled *item = [self pbCurrent:&found];
        if (item != NULL && found == place) {
            [self pbReplaceStreamOf:item place:place by:stream stamp:stamp];
        } else {
            result = PB_SOUGHT_NOTHING;
        }
        pthread_mutex_unlock(&_player->lock);
    }
    if (result != PB_SOUGHT) {
        pbr_stream_release(stream);
    }
    return result;
}

@end
