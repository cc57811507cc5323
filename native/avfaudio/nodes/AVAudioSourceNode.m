// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBNode.h"
#import "PBSources.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/graph/PBMixing.h"
#import "avfaudio/support/PBErrors.h"
#import "avfaudio/support/PBLater.h"

#include <Block.h>
#include <stdlib.h>

// What the audio thread needs to call the block. Owned by the pbr_source, which plans share.
typedef struct Renderer {
    AVAudioSourceNodeRenderBlock block;
    AudioBufferList *list; // room for PB_MAX_CHANNELS buffers
    id owned;              // released after the block
} Renderer;

struct PBSource {
    AVAudioFormat *format; // of the block; nil: that of the connection
};

// Audio thread: no Objective-C message.
static pbr_pull Pull(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                     float **channels) {
    Renderer *renderer = context;
    AudioBufferList *list = renderer->list;
    list->mNumberBuffers = channel_count;
    for (uint32_t c = 0; c < channel_count; c++) {
        list->mBuffers[c] = (AudioBuffer){1, (UInt32)(frames * sizeof(float)), channels[c]};
    }
    AudioTimeStamp timestamp = {0};
    timestamp.mSampleTime = (Float64)time;
    timestamp.mFlags = kAudioTimeStampSampleTimeValid;
    BOOL silence = NO;
    if (renderer->block(&silence, &timestamp, frames, list) != kAudio_NoError) {
        return PBR_PULL_FAILED;
    }
    if (silence) {
        return PBR_PULL_SILENT;
    }
    for (uint32_t c = 0; c < channel_count; c++) {
        if (list->mBuffers[c].mData == NULL) {
            return PBR_PULL_FAILED;
        }
        channels[c] = list->mBuffers[c].mData;
    }
    return PBR_PULL_OK;
}

static void Destroy(void *context) {
    Renderer *renderer = context;
    Block_release(renderer->block);
    [renderer->owned release];
    free(renderer->list);
    free(renderer);
}

// Takes over a reference: the block is called once more after the node has gone.
static void PullLate(pbr_source *source, uint32_t channelCount) {
    enum { FRAMES = 64 };
    PBRunLater(0.001, ^{
        float samples[PB_MAX_CHANNELS][FRAMES], *channels[PB_MAX_CHANNELS];
        for (uint32_t c = 0; c < channelCount; c++) {
            channels[c] = samples[c];
        }
        source->pull(source->context, 0, FRAMES, channelCount, channels);
        pbr_source_release(source);
    });
}

static pbr_source *NewSource(AVAudioSourceNodeRenderBlock block) {
    Renderer *renderer = calloc(1, sizeof *renderer);
    if (renderer == NULL) {
        return NULL;
    }
    renderer->list = calloc(1, sizeof(AudioBufferList) + PB_MAX_CHANNELS * sizeof(AudioBuffer));
    renderer->block = renderer->list != NULL ? Block_copy(block) : NULL;
    pbr_source *source =
        renderer->block != NULL ? pbr_source_create(Pull, Destroy, renderer) : NULL;
    if (source == NULL) {
        if (renderer->block != NULL) {
            Block_release(renderer->block);
        }
        free(renderer->list);
        free(renderer);
    }
    return source;
}

@implementation AVAudioSourceNode

PB_MIXING_FROM_NODE

- (instancetype)initWithRenderBlock:(AVAudioSourceNodeRenderBlock)block {
    self = [super _initWithInputs:0 outputs:1];
    return [self pbSetFormat:nil block:block];
}

- (instancetype)initWithFormat:(AVAudioFormat *)format
                   renderBlock:(AVAudioSourceNodeRenderBlock)block {
    self = [super _initWithInputs:0 outputs:1];
    return [self pbSetFormat:format block:block];
}

// self, or nil with self released.
- (instancetype)pbSetFormat:(AVAudioFormat *)format block:(AVAudioSourceNodeRenderBlock)block {
    if (self == nil) {
        return nil;
    }
    @try {
        PBRequire(block != NULL, @"a source needs a render block");
        if (format != nil) {
            PBRequireFormat(format);
        }
    } @catch (NSException *exception) {
        [self release];
        @throw;
    }
    _node->source = NewSource(block);
    _source = calloc(1, sizeof *_source);
    if (_node->source == NULL || _source == NULL) {
        [self release];
        return nil;
    }
    _source->format = [format retain];
    _node->outputs[0].format = [format retain];
    return self;
}

- (void)pbOwn:(id)object {
    if (PBLatestHasManner(PB_MANNER_LATE_PULLS)) {
        ((Renderer *)_node->source->context)->owned = [object retain];
    }
}

- (void)dealloc {
    if (_source != NULL && _node->source != NULL && PBLatestHasManner(PB_MANNER_LATE_PULLS)) {
        PullLate(pbr_source_retain(_node->source), [[self pbPullFormat] channelCount]);
    }
    if (_source != NULL) {
        [_source->format release];
        free(_source);
    }
    [super dealloc];
}

- (AVAudioFormat *)pbPullFormat {
    return _source->format != nil ? _source->format : PBOutputFormat(self, 0);
}

@end
