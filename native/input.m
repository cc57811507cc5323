// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The input: a node of every engine, and what feeds it offline.
#import "formats.h"
#import "input.h"

#include <stdlib.h>

// Frames that may be asked for beyond the rate's share of a block.
enum { SPARE = 1024 };

// What an offline engine's input block fills.
struct perbus__feed {
    perbus_input_function input;
    void *context;
    void (*destroy)(void *context);
    uint32_t channels;
    uint32_t room; // frames
    float *planes[PERBUS_MAX_CHANNELS];
    struct {
        AudioBufferList list;
        AudioBuffer more[PERBUS_MAX_CHANNELS - 1];
    } buffers;
};

perbus_status perbus_engine_copy_input(perbus_engine *engine, perbus_node **out_node,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        AVAudioInputNode *input = [engine->object inputNode];
        AVAudioFormat *format = engine->max_frames == 0 ? [input inputFormatForBus:0] : nil;
        if (format != nil && ([format channelCount] == 0 || !([format sampleRate] > 0.0))) {
            return perbus__fail(error, PERBUS_ERROR_START,
                                @"there is no input device: %g Hz and %u channels",
                                [format sampleRate], [format channelCount]);
        }
        return perbus__wrap(input, PERBUS_KIND_INPUT, out_node, error);
    });
}

static void free_feed(perbus__feed *feed, bool destroys) {
    if (feed == NULL) {
        return;
    }
    if (destroys && feed->destroy != NULL) {
        feed->destroy(feed->context);
    }
    free(feed->planes[0]);
    free(feed);
}

void perbus__end_feed(perbus_engine *engine) {
    free_feed(engine->feed, true);
    engine->feed = NULL;
}

// NULL without memory.
static perbus__feed *create_feed(const perbus_engine *engine, const perbus_format *format) {
    perbus__feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL) {
        return NULL;
    }
    double rate = [[engine->object manualRenderingFormat] sampleRate];
    double share = (double)engine->max_frames * format->sample_rate / rate;
    feed->channels = format->channels;
    feed->room = (uint32_t)share + SPARE;
    feed->planes[0] = calloc((size_t)feed->room * feed->channels, sizeof(float));
    if (feed->planes[0] == NULL) {
        free(feed);
        return NULL;
    }
    for (uint32_t c = 1; c < feed->channels; c++) {
        feed->planes[c] = feed->planes[c - 1] + feed->room;
    }
    return feed;
}

// Audio thread: no Objective-C message. NULL if there is no sound.
static const AudioBufferList *fill(perbus__feed *feed, uint32_t frames) {
    if (feed->input == NULL || frames > feed->room) {
        return NULL;
    }
    bool outside = perbus__in_render;
    perbus__in_render = true;
    bool filled = feed->input(feed->context, frames, feed->planes, feed->channels);
    perbus__in_render = outside;
    feed->buffers.list.mNumberBuffers = feed->channels;
    AudioBuffer *buffers = feed->buffers.list.mBuffers;
    for (uint32_t c = 0; c < feed->channels; c++) {
        buffers[c] = (AudioBuffer){1, (UInt32)(frames * sizeof(float)), feed->planes[c]};
    }
    return filled ? &feed->buffers.list : NULL;
}

perbus_status perbus_engine_set_input(perbus_engine *engine, const perbus_format *format,
                                      perbus_input_function input, void *context,
                                      void (*destroy)(void *context), perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return perbus__guard(error, ^{
        if (engine->max_frames == 0) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                @"the engine plays to a device, which has the input");
        }
        if (engine->adopted) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                @"the engine is adopted: its input is the program's own matter");
        }
        if ([engine->object isRunning]) {
            return perbus__fail(error, PERBUS_ERROR_START,
                                @"the input cannot change while the engine runs");
        }
        perbus__feed *feed = create_feed(engine, format);
        if (feed == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an input");
        }
        feed->input = input;
        feed->context = context;
        feed->destroy = destroy;
        BOOL set = NO;
        @try {
            set = [[engine->object inputNode]
                setManualRenderingInputPCMFormat:perbus__format(format)
                                      inputBlock:^(AVAudioFrameCount frames) {
                                          return fill(feed, frames);
                                      }];
        } @finally {
            if (!set) {
                free_feed(feed, false);
            }
        }
        if (!set) {
            return perbus__fail(error, PERBUS_ERROR_FORMAT, @"the engine takes no input of %@",
                                perbus__named(*format));
        }
        perbus__end_feed(engine);
        engine->feed = feed;
        return PERBUS_OK;
    });
}
