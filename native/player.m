// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Players and the buffers they play.
#import "shim.h"

#include <Block.h>
#include <stdlib.h>

enum {
    ALL_FLAGS = PERBUS_SCHEDULE_LOOPS | PERBUS_SCHEDULE_INTERRUPTS |
    PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP
};

_Static_assert((int)PERBUS_SCHEDULE_LOOPS == (int)AVAudioPlayerNodeBufferLoops, "same bits");
_Static_assert((int)PERBUS_SCHEDULE_INTERRUPTS == (int)AVAudioPlayerNodeBufferInterrupts,
               "same bits");
_Static_assert((int)PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP ==
                   (int)AVAudioPlayerNodeBufferInterruptsAtLoop,
               "same bits");

perbus_status perbus_buffer_create(const perbus_format *format, uint32_t frames,
                                   perbus_buffer **out_buffer, perbus_error *error) {
    PERBUS_REQUIRE(out_buffer, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return perbus__guard(error, ^{
        AVAudioPCMBuffer *object =
            [[AVAudioPCMBuffer alloc] initWithPCMFormat:perbus__format(format)
                                          frameCapacity:frames];
        perbus_buffer *buffer = object != nil ? calloc(1, sizeof *buffer) : NULL;
        if (buffer == NULL) {
            [object release];
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY,
                                @"no memory for a buffer of %u frames and %u channels", frames,
                                format->channels);
        }
        [object setFrameLength:frames];
        buffer->object = object;
        *out_buffer = buffer;
        return PERBUS_OK;
    });
}

static void end_buffer(perbus__handle *handle) {
    perbus_buffer *buffer = (perbus_buffer *)handle;
    perbus__catch(NULL, ^{
        [buffer->object release];
        return PERBUS_OK;
    });
    free(buffer);
}

void perbus_buffer_release(perbus_buffer *buffer) {
    if (buffer != NULL) {
        perbus__end(&buffer->later, end_buffer);
    }
}

float *perbus_buffer_get_channel(perbus_buffer *buffer, uint32_t channel) {
    __block float *samples = NULL;
    if (buffer != NULL) {
        perbus__catch(NULL, ^{
            if (channel < [[buffer->object format] channelCount]) {
                samples = [buffer->object floatChannelData][channel];
            }
            return PERBUS_OK;
        });
    }
    return samples;
}

perbus_status perbus_buffer_set_frames(perbus_buffer *buffer, uint32_t frames,
                                       perbus_error *error) {
    PERBUS_REQUIRE(buffer, error);
    return perbus__guard(error, ^{
        if (frames > [buffer->object frameCapacity]) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"%u frames in a buffer made for %u", frames,
                                [buffer->object frameCapacity]);
        }
        [buffer->object setFrameLength:frames];
        return PERBUS_OK;
    });
}

uint32_t perbus_buffer_get_frames(const perbus_buffer *buffer) {
    return buffer != NULL ? [buffer->object frameLength] : 0;
}

perbus_status perbus_player_create(perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        AVAudioPlayerNode *player = [[[AVAudioPlayerNode alloc] init] autorelease];
        return perbus__wrap(player, PERBUS_KIND_PLAYER, out_node, error);
    });
}

// Checks the kind and runs `use` on the player.
static perbus_status with_player(perbus_node *player, perbus_error *error,
                                 perbus_status (^use)(AVAudioPlayerNode *object)) {
    PERBUS_REQUIRE(player, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(player, PERBUS_KIND_PLAYER, error));
        return use((AVAudioPlayerNode *)player->object);
    });
}

static perbus_status check_time(int64_t frame, perbus_error *error) {
    if (frame >= -PERBUS_MAX_TIME && frame <= PERBUS_MAX_TIME) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"frame %lld is past %lld",
                        (long long)frame, (long long)PERBUS_MAX_TIME);
}

static perbus_status check_owned(AVAudioPlayerNode *player, perbus_error *error) {
    if ([player engine] != nil) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED, @"the player is attached to no engine");
}

static perbus_status check_schedule(AVAudioPlayerNode *player, perbus_buffer *buffer,
                                    const perbus_schedule *schedule, perbus_error *error) {
    PERBUS_CHECK(check_owned(player, error));
    uint32_t have = [[buffer->object format] channelCount];
    uint32_t want = [[player outputFormatForBus:0] channelCount];
    if (have != want) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"a buffer of %u channels on a player connected with %u", have, want);
    }
    if (schedule != NULL && (schedule->flags & ~(uint32_t)ALL_FLAGS) != 0) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"unknown schedule flags 0x%x",
                            schedule->flags & ~(uint32_t)ALL_FLAGS);
    }
    if (schedule != NULL && schedule->start != PERBUS_FOLLOW) {
        PERBUS_CHECK(check_time(schedule->start, error));
    }
    return PERBUS_OK;
}

// NULL without a completion; else to be ended with Block_release.
static AVAudioNodeCompletionHandler copy_handler(const perbus_schedule *schedule) {
    if (schedule == NULL || schedule->completion == NULL) {
        return NULL;
    }
    perbus_completion completion = schedule->completion;
    void *context = schedule->context;
    return Block_copy(^{
        completion(context);
    });
}

perbus_status perbus_player_schedule(perbus_node *player, perbus_buffer *buffer,
                                     const perbus_schedule *schedule, perbus_error *error) {
    PERBUS_REQUIRE(buffer, error);
    return with_player(player, error, ^(AVAudioPlayerNode *object) {
        PERBUS_CHECK(check_schedule(object, buffer, schedule, error));
        double rate = [[object outputFormatForBus:0] sampleRate];
        BOOL timed = schedule != NULL && schedule->start != PERBUS_FOLLOW;
        AVAudioTime *when =
            timed ? [AVAudioTime timeWithSampleTime:schedule->start atRate:rate] : nil;
        AVAudioNodeCompletionHandler handler = copy_handler(schedule);
        @try {
            [object scheduleBuffer:buffer->object atTime:when
                           options:schedule != NULL ? schedule->flags : 0
                 completionHandler:handler];
        } @finally {
            if (handler != NULL) {
                Block_release(handler);
            }
        }
        return PERBUS_OK;
    });
}

static perbus_status check_playable(AVAudioPlayerNode *player, perbus_error *error) {
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

static perbus_status play(perbus_node *player, const int64_t *at, perbus_error *error) {
    // Another thread may stop the engine between the check and the call, which then throws.
    enum { ATTEMPTS = 3 };
    if (at != NULL) {
        PERBUS_CHECK(check_time(*at, error));
    }
    return with_player(player, error, ^(AVAudioPlayerNode *object) {
        for (int attempt = 1;; attempt++) {
            PERBUS_CHECK(check_playable(object, error));
            double rate = [[object outputFormatForBus:0] sampleRate];
            AVAudioTime *when = at != NULL ? [AVAudioTime timeWithSampleTime:*at atRate:rate] : nil;
            @try {
                [object playAtTime:when];
                return PERBUS_OK;
            } @catch (NSException *exception) {
                if (attempt == ATTEMPTS) {
                    @throw;
                }
            }
        }
    });
}

perbus_status perbus_player_play(perbus_node *player, perbus_error *error) {
    return play(player, NULL, error);
}

perbus_status perbus_player_play_at(perbus_node *player, int64_t engine_frame,
                                    perbus_error *error) {
    return play(player, &engine_frame, error);
}

perbus_status perbus_player_pause(perbus_node *player, perbus_error *error) {
    return with_player(player, error, ^(AVAudioPlayerNode *object) {
        [object pause];
        return PERBUS_OK;
    });
}

perbus_status perbus_player_stop(perbus_node *player, perbus_error *error) {
    return with_player(player, error, ^(AVAudioPlayerNode *object) {
        [object stop];
        return PERBUS_OK;
    });
}

perbus_status perbus_player_is_playing(perbus_node *player, bool *out_playing,
                                       perbus_error *error) {
    PERBUS_REQUIRE(out_playing, error);
    return with_player(player, error, ^(AVAudioPlayerNode *object) {
        *out_playing = [object isPlaying];
        return PERBUS_OK;
    });
}
