// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The queue that the shim keeps for such an engine: files in pieces, loops pass by pass, and seeking
// by scheduling anew what is left.
#import "player_queue.h"

#import "formats.h"
#import "platform/platform.h"

#include <Block.h>

// Pieces of one file that the engine has at a time: as many as last so long, because the handler of one
// may run when the device has played the next. Their length if a decoder reads them.
enum { LEAST_PIECES = 2, MOST_PIECES = 512 };
static const double AHEAD_SECONDS = 1.0, PIECE_SECONDS = 0.5;

int64_t perbus__watch_time(PerbusPlayerNode *player, perbus__watch *watch) {
    AVAudioTime *node = [player lastRenderTime];
    AVAudioTime *time = node != nil ? [player playerTimeForNodeTime:node] : nil;
    if (time != nil && [time isSampleTimeValid]) {
        watch->now = [time sampleTime];
    }
    return watch->passed + watch->now;
}

// Frames of the item's file per frame of the player.
static double pace_of(PerbusPlayerNode *player, const watched *item) {
    double own = item->decoded != NULL ? item->decoded->format.sample_rate
                                       : [[item->file processingFormat] sampleRate];
    return own / [[player outputFormatForBus:0] sampleRate];
}

// The player's time at a host time; `otherwise` if the engine cannot say.
static int64_t at_host(PerbusPlayerNode *player, const perbus__watch *watch, uint64_t host,
                       int64_t otherwise) {
    AVAudioTime *node = [player lastRenderTime];
    AVAudioTime *then =
        node != nil ? [[AVAudioTime timeWithHostTime:host] extrapolateTimeFromAnchor:node] : nil;
    AVAudioTime *time = then != nil ? [player playerTimeForNodeTime:then] : nil;
    return time != nil && [time isSampleTimeValid] ? [time sampleTime] + watch->passed : otherwise;
}

int64_t perbus__pass_end(PerbusPlayerNode *player, const watched *item, int64_t time) {
    if ((item->flags & PERBUS_SCHEDULE_LOOPS) == 0) {
        return item->ends_at;
    }
    double pace = item->buffer != nil ? 1.0 : pace_of(player, item);
    int64_t pass = item->buffer != nil ? [item->buffer frameLength] : item->last - item->first;
    int64_t frames = item->buffer != nil ? pass : item->last - item->from;
    int64_t late = (int64_t)((double)(time - item->began) * pace) - frames;
    frames += late > 0 ? (late + pass - 1) / pass * pass : 0;
    return item->began + (int64_t)((double)frames / pace);
}

// When it begins: not before what precedes it has ended.
static int64_t beginning_of(PerbusPlayerNode *player, perbus__watch *watch, const watched *item) {
    int64_t begins = perbus__watch_time(player, watch);
    BOOL interrupts = (item->flags & PERBUS_SCHEDULE_INTERRUPTS) != 0;
    for (const watched *at = watch->queue; !interrupts && at != item; at = at->next) {
        begins = !at->halted && at->ends_at > begins ? at->ends_at : begins;
    }
    int64_t start = item->host != 0 ? at_host(player, watch, item->host, begins) : item->start;
    return (item->timed || item->host != 0) && start > begins ? start : begins;
}

static AVAudioTime *start_of(PerbusPlayerNode *player, const perbus__watch *watch,
                             const watched *item) {
    double rate = [[player outputFormatForBus:0] sampleRate];
    if (item->pieces > 0 || item->next_frame != item->from) {
        return nil;
    }
    if (item->host != 0) {
        return [AVAudioTime timeWithHostTime:item->host];
    }
    return item->timed ? [AVAudioTime timeWithSampleTime:item->start - watch->passed atRate:rate]
                       : nil;
}

// Files have no options: one frame of silence interrupts for them.
static AVAudioTime *announce(PerbusPlayerNode *player, watched *item, AVAudioTime *when) {
    uint32_t interrupts =
        item->flags & (PERBUS_SCHEDULE_INTERRUPTS | PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP);
    if (interrupts == 0 || item->announced) {
        return when;
    }
    AVAudioPCMBuffer *silence =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[player outputFormatForBus:0]
                                       frameCapacity:1] autorelease];
    [silence setFrameLength:1];
    for (uint32_t c = 0; c < [[silence format] channelCount]; c++) {
        perbus__planes(silence)[c][0] = 0.0f;
    }
    [player scheduleBuffer:silence atTime:when options:interrupts completionHandler:nil];
    item->announced = true;
    return nil;
}

// Reads the next piece. nil if it cannot be read.
static AVAudioPCMBuffer *decode(PerbusPlayerNode *player, watched *item) {
    perbus__decoded *decoded = item->decoded;
    int64_t left = item->last - item->next_frame;
    int64_t most = (int64_t)(decoded->format.sample_rate * PIECE_SECONDS) + 1;
    int64_t frames = left < most ? left : most, done = 0;
    BOOL is_anew =
        item->reader == NULL || item->next_frame == item->first || item->next_frame == item->from;
    if (item->reader == NULL) {
        item->reader = perbus__decoded_open(decoded);
    }
    AVAudioPCMBuffer *buffer =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[player outputFormatForBus:0]
                                       frameCapacity:(AVAudioFrameCount)frames] autorelease];
    if (buffer == nil || item->reader == NULL ||
        (is_anew && !perbus__decoded_seek(item->reader, item->next_frame))) {
        return nil;
    }
    while (done < frames) {
        float *planes[PERBUS_MAX_CHANNELS];
        for (uint32_t c = 0; c < decoded->format.channels; c++) {
            planes[c] = perbus__planes(buffer)[c] + done;
        }
        int64_t got = perbus__decoded_read(item->reader, planes, frames - done);
        if (got <= 0) {
            break;
        }
        done += got;
    }
    [buffer setFrameLength:(AVAudioFrameCount)done];
    return done > 0 ? buffer : nil;
}

// Of a file: moves on by so many frames.
static void advance(PerbusPlayerNode *player, watched *item, int64_t frames) {
    item->next_frame += frames;
    item->ends_at += (int64_t)((double)frames / pace_of(player, item));
    if (item->next_frame == item->last) {
        item->next_frame = item->first;
        item->issued = (item->flags & PERBUS_SCHEDULE_LOOPS) == 0;
    }
}

static void issue_piece(PerbusPlayerNode *player, perbus__watch *watch, watched *item) {
    unsigned generation = watch->generation;
    AVAudioTime *when = start_of(player, watch, item);
    // The plain handlers run as soon as the data has been consumed, before it is heard.
    AVAudioPlayerNodeCompletionCallbackType heard = [[player engine] isInManualRenderingMode]
                                                        ? AVAudioPlayerNodeCompletionDataRendered
                                                        : AVAudioPlayerNodeCompletionDataPlayedBack;
    AVAudioPlayerNodeCompletionHandler handler =
        Block_copy(^(AVAudioPlayerNodeCompletionCallbackType type) {
            (void)type;
            // Not on the engine's own queue: a stop waits for that queue.
            perbus__run_later(0, ^{
                perbus__piece_is_over(player, item, generation);
                [player release];
            });
        });
    // Not every runtime lets a block retain what it captures.
    [player retain];
    BOOL handed = NO;
    @try {
        if (item->pieces == 0 && item->next_frame == item->from) {
            item->ends_at = item->began = beginning_of(player, watch, item);
        }
        if (item->buffer != nil) {
            [player scheduleBuffer:item->buffer atTime:when options:item->flags
                completionCallbackType:heard
                     completionHandler:handler];
            BOOL loops = (item->flags & PERBUS_SCHEDULE_LOOPS) != 0;
            int64_t end = item->began + [item->buffer frameLength];
            item->ends_at = loops && end < PERBUS_NEVER ? PERBUS_NEVER : end;
            item->issued = true;
        } else if (item->first == item->last) {
            item->issued = true;
            return;
        } else if (item->file == nil && item->decoded == NULL) {
            item->decided = item->issued = true;
            item->end = PERBUS_END_FAILED;
            return;
        } else if (item->file != nil) {
            int64_t left = item->last - item->next_frame;
            AVAudioFrameCount frames = (AVAudioFrameCount)(left < UINT32_MAX ? left : UINT32_MAX);
            when = announce(player, item, when);
            [player scheduleSegment:item->file startingFrame:item->next_frame frameCount:frames
                                atTime:when
                completionCallbackType:heard
                     completionHandler:handler];
            advance(player, item, frames);
        } else {
            AVAudioPCMBuffer *piece = decode(player, item);
            if (piece == nil) {
                item->decided = item->issued = true;
                item->end = PERBUS_END_FAILED;
                return;
            }
            when = announce(player, item, when);
            [player scheduleBuffer:piece atTime:when options:0 completionCallbackType:heard
                     completionHandler:handler];
            advance(player, item, [piece frameLength]);
        }
        item->pieces++;
        handed = YES;
    } @finally {
        Block_release(handler);
        if (!handed) {
            [player release];
        }
    }
}

static BOOL has_enough(PerbusPlayerNode *player, perbus__watch *watch, const watched *item) {
    if (item->pieces < LEAST_PIECES || item->pieces == MOST_PIECES) {
        return item->pieces == MOST_PIECES;
    }
    int64_t now = perbus__watch_time(player, watch);
    int64_t from = now > item->began ? now : item->began;
    double ahead = (double)(item->ends_at - from);
    return ahead >= AHEAD_SECONDS * [[player outputFormatForBus:0] sampleRate];
}

void perbus__issue(PerbusPlayerNode *player, perbus__watch *watch) {
    for (watched *item = watch->queue; item != NULL; item = item->next) {
        while (!item->issued && !has_enough(player, watch, item)) {
            issue_piece(player, watch, item);
        }
        if (!item->issued) {
            break; // what follows waits until the engine has it
        }
    }
}

// The item that is played or comes next. The lock is held.
static watched *current(perbus__watch *watch, int64_t time) {
    watched *item = watch->queue;
    while (item != NULL &&
           (item->halted || (item->issued && item->ends_at <= time && item->next != NULL))) {
        item = item->next;
    }
    return item != NULL && item->buffer == nil ? item : NULL;
}

static perbus_position position_of(PerbusPlayerNode *player, perbus__watch *watch) {
    int64_t time = perbus__watch_time(player, watch);
    perbus_position position = {time, -1, 0, 0};
    const watched *item = current(watch, time);
    if (item == NULL) {
        return position;
    }
    int64_t played = time > item->began ? time - item->began : 0;
    int64_t frame = item->from + (int64_t)((double)played * pace_of(player, item));
    if (frame >= item->last) {
        BOOL loops = (item->flags & PERBUS_SCHEDULE_LOOPS) != 0;
        frame =
            loops ? item->first + (frame - item->last) % (item->last - item->first) : item->last;
    }
    position.file_frame = frame;
    position.file_frames = item->file != nil ? [item->file length] : item->decoded->frames;
    return position;
}

perbus_position perbus__watched_position(PerbusPlayerNode *player) {
    perbus__watch *watch = perbus__watch_of(player);
    if (watch == NULL) {
        return (perbus_position){0, -1, 0, 0};
    }
    __block perbus_position position;
    perbus__with_watch(player, watch, ^{
        position = position_of(player, watch);
    });
    return position;
}

// What is queued begins anew, the item at the frame.
static void rewind_to(perbus__watch *watch, watched *item, int64_t frame, int64_t time) {
    watch->generation++;
    for (watched *at = watch->queue; at != item; at = at->next) {
        at->issued = true; // they have been played
        at->pieces = 0;
    }
    item->timed = item->timed && item->began > time;
    item->from = frame;
    for (watched *at = item; at != NULL; at = at->next) {
        at->next_frame = at->from;
        at->pieces = 0;
        at->announced = at == item;
        at->issued = at->decided && at->end != PERBUS_END_PLAYED;
    }
    watch->passed = time;
    watch->now = 0;
}

perbus_status perbus__seek_watched(PerbusPlayerNode *player, int64_t frame, int64_t *first,
                                   int64_t *end) {
    perbus__watch *watch = perbus__watch_of(player);
    if (watch == NULL) {
        return PERBUS_ERROR_NO_MEMORY;
    }
    __block perbus_status status = PERBUS_OK;
    BOOL plays = [player isPlaying];
    perbus__with_watch(player, watch, ^{
        int64_t time = perbus__watch_time(player, watch);
        watched *item = current(watch, time);
        if (item == NULL) {
            status = PERBUS_ERROR_INVALID_ARGUMENT;
            return;
        }
        *first = item->first;
        *end = item->last;
        if (frame < item->first || frame >= item->last) {
            status = PERBUS_ERROR_OUT_OF_RANGE;
            return;
        }
        rewind_to(watch, item, frame, time);
        // Handlers only put off their work, so that this waits for nothing that needs the lock.
        [player stop];
        perbus__issue(player, watch);
        // An engine that has lost its device does not play, and the player goes on with it.
        if (plays && [[player engine] isRunning]) {
            [player play];
        }
    });
    return status;
}
