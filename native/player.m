// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Players.
#import "checks.h"
#import "formats.h"
#import "platform/platform.h"
#import "restart.h"

#include <math.h>
#include <stdlib.h>

enum {
    ALL_FLAGS = PERBUS_SCHEDULE_LOOPS | PERBUS_SCHEDULE_INTERRUPTS |
    PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP | PERBUS_SCHEDULE_HOST_TIME
};

_Static_assert((int)PERBUS_SCHEDULE_LOOPS == (int)AVAudioPlayerNodeBufferLoops, "same bits");
_Static_assert((int)PERBUS_SCHEDULE_INTERRUPTS == (int)AVAudioPlayerNodeBufferInterrupts,
               "same bits");
_Static_assert((int)PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP ==
                   (int)AVAudioPlayerNodeBufferInterruptsAtLoop,
               "same bits");

_Static_assert(sizeof(perbus_end) == sizeof(unsigned), "passed as one");

@implementation PerbusPlayerNode

- (void)dealloc {
    perbus__forget_watch(self);
    free(_ramp);
    [_start release];
    [super dealloc];
}

@end

static perbus_status create(const perbus_format *format, perbus_node **out_node,
                            perbus_error *error) {
    return perbus__guard(error, ^{
        PerbusPlayerNode *player = [[[PerbusPlayerNode alloc] init] autorelease];
        if (player != nil && format != NULL) {
            player->_format = *format;
        }
        return perbus__wrap(player, PERBUS_KIND_PLAYER, out_node, error);
    });
}

perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    return create(NULL, out_node, error);
}

perbus_status perbus_player_create_with_format(const perbus_format *format, perbus_node **out_node,
                                               perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return create(format, out_node, error);
}

// The player's last format: from its creation or its last connection.
static perbus_format format_of(PerbusPlayerNode *player) {
    return player->_format.sample_rate > 0 ? player->_format
                                           : perbus__describe([player outputFormatForBus:0]);
}

// Channels without a layout match any layout.
static BOOL same_format(perbus_format left, perbus_format right) {
    perbus_layout one = perbus__resolve(left).layout;
    perbus_layout other = perbus__resolve(right).layout;
    return left.sample_rate == right.sample_rate && left.channels == right.channels &&
           (one == other || one == PERBUS_LAYOUT_DISCRETE || other == PERBUS_LAYOUT_DISCRETE);
}

AVAudioFormat *perbus__format_for(perbus_node *source, const perbus_format *format) {
    if (format == NULL && source->kind == PERBUS_KIND_PLAYER) {
        PerbusPlayerNode *player = (PerbusPlayerNode *)source->object;
        format = player->_format.sample_rate > 0 ? &player->_format : NULL;
    }
    return format != NULL ? perbus__format(format) : nil;
}

void perbus__remember_format(perbus_node *source) {
    if (source->kind == PERBUS_KIND_PLAYER) {
        PerbusPlayerNode *player = (PerbusPlayerNode *)source->object;
        player->_format = perbus__describe([player outputFormatForBus:0]);
    }
}

perbus_status perbus__check_queued_format(perbus_node *source, const perbus_format *format,
                                          perbus_error *error) {
    if (source->kind != PERBUS_KIND_PLAYER || format == NULL) {
        return PERBUS_OK;
    }
    PerbusPlayerNode *player = (PerbusPlayerNode *)source->object;
    perbus_format queued = format_of(player);
    if (same_format(queued, *format) || perbus__queue_is_empty(player)) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_FORMAT,
                        @"a connection of %@ for a player whose queued buffers have %@: connect it "
                        @"with their format, or stop it first",
                        perbus__named(*format), perbus__named(queued));
}

uint64_t perbus__frames(AVAudioPlayerNode *player, double seconds) {
    return (uint64_t)llround(seconds * [[player outputFormatForBus:0] sampleRate]);
}

perbus_status perbus__with_player(perbus_node *player, perbus_error *error,
                                  perbus_status (^body)(PerbusPlayerNode *object)) {
    PERBUS_REQUIRE(player, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(player, PERBUS_KIND_PLAYER, error));
        return body((PerbusPlayerNode *)player->object);
    });
}

static perbus_status check_time(int64_t frame, perbus_error *error) {
    if (frame >= -PERBUS_MAX_TIME && frame <= PERBUS_MAX_TIME) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"frame %lld is past %lld",
                        (long long)frame, (long long)PERBUS_MAX_TIME);
}

static perbus_status check_host_time(AVAudioPlayerNode *player, int64_t time, perbus_error *error) {
    if (time < 0) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"host time %lld is not in 0 to 2^63 - 1", (long long)time);
    }
    return ![[player engine] isInManualRenderingMode]
               ? PERBUS_OK
               : perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                              @"the engine is offline: it has no host time");
}

static perbus_status check_owned(AVAudioPlayerNode *player, perbus_error *error) {
    if ([player engine] != nil) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED, @"the player is attached to no engine");
}

perbus_status perbus__check_schedule(PerbusPlayerNode *player, perbus_format format, BOOL converts,
                                     const char *what, int64_t frames,
                                     const perbus_schedule *schedule, perbus_error *error) {
    PERBUS_CHECK(check_owned(player, error));
    perbus_format want = format_of(player);
    perbus_format have = format;
    have.sample_rate = converts ? want.sample_rate : have.sample_rate;
    if (!same_format(have, want)) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"a %s of %@ on a player of %@: create the player with the "
                            @"%s's format, or connect it with that format; its mixer converts",
                            what, perbus__named(format), perbus__named(want), what);
    }
    if (!same_format(want, perbus__describe([player outputFormatForBus:0]))) {
        return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                            @"the player was made for %@, but is not connected yet: connect it "
                            @"before it gets %ss",
                            perbus__named(want), what);
    }
    if (schedule == NULL) {
        return PERBUS_OK;
    }
    if ((schedule->flags & ~(uint32_t)ALL_FLAGS) != 0) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"unknown schedule flags 0x%x",
                            schedule->flags & ~(uint32_t)ALL_FLAGS);
    }
    if ((schedule->flags & PERBUS_SCHEDULE_LOOPS) != 0 && frames == 0) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"a %s of 0 frames cannot loop: 1 is the least", what);
    }
    if ((schedule->flags & PERBUS_SCHEDULE_HOST_TIME) != 0) {
        return check_host_time(player, schedule->start, error);
    }
    return schedule->start != PERBUS_FOLLOW ? check_time(schedule->start, error) : PERBUS_OK;
}

AVAudioTime *perbus__start(PerbusPlayerNode *player, const perbus_schedule *schedule) {
    double rate = [[player outputFormatForBus:0] sampleRate];
    if (schedule != NULL && (schedule->flags & PERBUS_SCHEDULE_HOST_TIME) != 0) {
        return perbus__time_at_host((uint64_t)schedule->start);
    }
    BOOL timed = schedule != NULL && schedule->start != PERBUS_FOLLOW;
    return timed ? [AVAudioTime timeWithSampleTime:schedule->start atRate:rate] : nil;
}

perbus_schedule perbus__schedule_or_default(const perbus_schedule *schedule) {
    perbus_schedule how =
        schedule != NULL ? *schedule : (perbus_schedule){PERBUS_FOLLOW, 0, NULL, NULL};
    how.flags &= ~(uint32_t)PERBUS_SCHEDULE_HOST_TIME; // perbus__start has it
    return how;
}

perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error) {
    PERBUS_REQUIRE(buffer, error);
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        PERBUS_CHECK(perbus__check_schedule(object, perbus__describe([buffer->object format]), NO,
                                            "buffer", [buffer->object frameLength], schedule,
                                            error));
        perbus_schedule how = perbus__schedule_or_default(schedule);
        perbus_status status =
            perbus__schedule(object, buffer->object, perbus__start(object, schedule), &how);
        return status == PERBUS_OK ? status
                                   : perbus__fail(error, status, @"no memory for a queued buffer");
    });
}

static perbus_status check_playable(PerbusPlayerNode *player, perbus_error *error) {
    PERBUS_CHECK(check_owned(player, error));
    if (![[player engine] isRunning]) {
        return perbus__fail(error, PERBUS_ERROR_NOT_RUNNING, @"play before the engine's start");
    }
    if ([[[player engine] outputConnectionPointsForNode:player outputBus:0] count] == 0) {
        return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                            @"play while the player is connected to nothing");
    }
    return PERBUS_OK;
}

// A frame of the engine's time, as the player has it. On a device the output may count from elsewhere
// than the player, but host times are the same for both.
static AVAudioTime *time_at(PerbusPlayerNode *player, int64_t frame) {
    double rate = [[player outputFormatForBus:0] sampleRate];
    AVAudioEngine *engine = [player engine];
    AVAudioTime *now = perbus__counts_alike(engine) ? nil : [[engine outputNode] lastRenderTime];
    if (now == nil || ![now isSampleTimeValid] || ![now isHostTimeValid]) {
        return [AVAudioTime timeWithSampleTime:frame atRate:rate];
    }
    double later = (double)frame / rate - (double)[now sampleTime] / [now sampleRate];
    int64_t host = (int64_t)perbus__host_time_of(now) + llround(later * 1e9);
    return perbus__time_at_host(host > 0 ? (uint64_t)host : 1);
}

// host: `at` is a host time.
static perbus_status play(perbus_node *player, const int64_t *at, BOOL host, perbus_error *error) {
    // The call throws if another thread stops the engine after the check.
    enum { ATTEMPTS = 3 };
    if (at != NULL && !host) {
        PERBUS_CHECK(check_time(*at, error));
    }
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        for (int attempt = 1;; attempt++) {
            PERBUS_CHECK(check_playable(object, error));
            AVAudioTime *when = nil;
            if (host) {
                PERBUS_CHECK(check_host_time(object, *at, error));
                when = perbus__time_at_host((uint64_t)*at);
            } else if (at != NULL) {
                when = time_at(object, *at);
            }
            perbus__take_back_halt(object);
            perbus__note_play(object, when);
            if (perbus__defer_play(object, when)) {
                return PERBUS_OK;
            }
            @try {
                [object playAtTime:when];
                return PERBUS_OK;
            } @catch (NSException *exception) {
                if (attempt == ATTEMPTS) {
                    perbus__note_halt(object);
                    @throw;
                }
            }
        }
    });
}

perbus_status perbus_player_play(perbus_node *player, perbus_error *error) {
    return play(player, NULL, NO, error);
}

perbus_status perbus_player_play_at(perbus_node *player, int64_t engine_frame,
                                    perbus_error *error) {
    return play(player, &engine_frame, NO, error);
}

perbus_status perbus_player_play_at_host_time(perbus_node *player, uint64_t host_time,
                                              perbus_error *error) {
    if (host_time > INT64_MAX) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"host time %llu is not in 0 to 2^63 - 1",
                            (unsigned long long)host_time);
    }
    int64_t time = (int64_t)host_time;
    return play(player, &time, YES, error);
}

perbus_status perbus_player_pause(perbus_node *player, perbus_error *error) {
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        perbus__take_back_halt(object);
        perbus__note_halt(object);
        [object pause];
        return PERBUS_OK;
    });
}

perbus_status perbus_player_stop(perbus_node *player, perbus_error *error) {
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        perbus__take_back_halt(object);
        perbus__note_halt(object);
        perbus__will_end(object, PERBUS_END_STOPPED);
        [object stop];
        return PERBUS_OK;
    });
}

static perbus_status halt_after(perbus_node *player, double seconds, bool stops,
                                perbus_error *error) {
    if (!(seconds >= 0 && seconds <= PERBUS_MAX_HALT)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%.10g seconds are not in 0 to %d",
                            seconds, PERBUS_MAX_HALT);
    }
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        perbus__note_halt(object);
        perbus__halt_after(object, seconds, stops);
        return PERBUS_OK;
    });
}

perbus_status perbus_player_pause_after(perbus_node *player, double seconds, perbus_error *error) {
    return halt_after(player, seconds, false, error);
}

perbus_status perbus_player_stop_after(perbus_node *player, double seconds, perbus_error *error) {
    return halt_after(player, seconds, true, error);
}

perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing,
                                       perbus_error *error) {
    PERBUS_REQUIRE(out_playing, error);
    return perbus__with_player(player, error, ^(PerbusPlayerNode *object) {
        *out_playing = [object isPlaying];
        return PERBUS_OK;
    });
}
