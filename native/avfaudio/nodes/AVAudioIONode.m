// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBNode.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/graph/PBMixing.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/plan/PBInputDevice.h"
#import "avfaudio/plan/PBPublish.h"
#import "avfaudio/support/PBErrors.h"

#include <Block.h>
#include <stdlib.h>

typedef struct Feeder {
    AVAudioIONodeInputBlock block;
} Feeder;

struct PBInput {
    AVAudioFormat *format; // of the block or of what a device records; nil without either
    pbr_source *dry;       // pulled from then
};

// Audio thread: no Objective-C message.
static pbr_pull Feed(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                     float **channels) {
    (void)time;
    Feeder *feeder = context;
    const AudioBufferList *list = feeder->block(frames);
    if (list == NULL || list->mNumberBuffers < channel_count) {
        return PBR_PULL_INSUFFICIENT;
    }
    for (uint32_t c = 0; c < channel_count; c++) {
        const AudioBuffer *buffer = &list->mBuffers[c];
        if (buffer->mData == NULL || buffer->mDataByteSize < frames * sizeof(float)) {
            return PBR_PULL_INSUFFICIENT;
        }
        channels[c] = buffer->mData;
    }
    return PBR_PULL_OK;
}

static pbr_pull FeedNothing(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                            float **channels) {
    (void)context;
    (void)time;
    (void)frames;
    (void)channel_count;
    (void)channels;
    return PBR_PULL_INSUFFICIENT;
}

static void DestroyNothing(void *context) {
    (void)context;
}

static void ReleaseCapture(void *context) {
    pbr_capture_release(context);
}

static void Destroy(void *context) {
    Feeder *feeder = context;
    if (feeder->block != NULL) {
        Block_release(feeder->block);
    }
    free(feeder);
}

@implementation AVAudioIONode
@end

@implementation AVAudioOutputNode

- (AVAudioFormat *)outputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioEngine *engine = _node->engine;
    if (engine != nil && engine->_engine->mode == PB_DEVICE) {
        if (PBHasManner(engine, PB_MANNER_NO_OUTPUT)) {
            return PBNoFormat();
        }
        if (PBHasManner(engine, PB_MANNER_WIDE_OUTPUT)) {
            // A count of more than two needs a layout.
            AVAudioChannelLayout *layout = [[[AVAudioChannelLayout alloc]
                initWithLayoutTag:kAudioChannelLayoutTag_Unknown | 16] autorelease];
            return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:96000.0
                                                              channelLayout:layout] autorelease];
        }
    }
    return [super outputFormatForBus:bus];
}

@end

@implementation AVAudioInputNode

PB_MIXING_FROM_NODE

- (instancetype)_initWithInputs:(NSUInteger)inputs outputs:(NSUInteger)outputs {
    self = [super _initWithInputs:inputs outputs:outputs];
    if (self == nil) {
        return nil;
    }
    _input = calloc(1, sizeof *_input);
    _node->source = pbr_source_create(FeedNothing, DestroyNothing, NULL);
    if (_input == NULL || _node->source == NULL) {
        [self release];
        return nil;
    }
    _input->dry = pbr_source_retain(_node->source);
    return self;
}

- (void)dealloc {
    if (_input != NULL) {
        [_input->format release];
        pbr_source_release(_input->dry);
        free(_input);
    }
    [super dealloc];
}

// The node takes the source over.
- (void)pbSetSource:(pbr_source *)source format:(AVAudioFormat *)format {
    pbr_source_release(_node->source);
    _node->source = source;
    [format retain];
    [_input->format release];
    _input->format = format;
}

- (BOOL)setManualRenderingInputPCMFormat:(AVAudioFormat *)format
                              inputBlock:(AVAudioIONodeInputBlock)block {
    if (block == NULL || ![format isStandard] || !([format sampleRate] > 0) ||
        [format channelCount] == 0 || [format channelCount] > PB_MAX_CHANNELS) {
        return NO;
    }
    Feeder *feeder = calloc(1, sizeof *feeder);
    PBRequireMemory(feeder != NULL, @"no memory for an input");
    feeder->block = Block_copy(block);
    pbr_source *source = feeder->block != NULL ? pbr_source_create(Feed, Destroy, feeder) : NULL;
    if (source == NULL) {
        Destroy(feeder);
        PBRaiseNoMemory(@"no memory for an input");
    }
    AVAudioEngine *engine = _node->engine;
    BOOL set = NO;
    PBLocked(engine) {
        set = ![engine isRunning] && [engine isInManualRenderingMode];
        if (set) {
            [self pbSetSource:source format:format];
            if (_node->outputs[0].count == 0) {
                [_node->outputs[0].format release];
                _node->outputs[0].format = [format retain];
            }
            PBGraphChanged(engine);
        }
    }
    if (!set) {
        pbr_source_release(source);
    }
    return set;
}

- (void)pbForgetBlock {
    [self pbSetSource:pbr_source_retain(_input->dry) format:nil];
}

- (BOOL)pbUseCapture:(pbr_capture *)capture rate:(double)rate {
    if (capture == NULL && _node->source == _input->dry) {
        return YES;
    }
    if (capture == NULL) {
        [self pbForgetBlock];
    } else {
        pbr_source *source = pbr_source_create(pbr_capture_pull, ReleaseCapture, capture);
        if (source == NULL) {
            return NO;
        }
        pbr_capture_retain(capture);
        AVAudioFormat *own = PBFormatOf(rate, pbr_capture_channels(capture));
        AVAudioFormat *output = [self outputFormatForBus:0];
        // Where its channels do not mix into the node's, it has as many as fit.
        BOOL mixes = PBLayoutProblem(PBLayoutOf(own), PBLayoutOf(output)) == nil;
        [self pbSetSource:source format:mixes ? own : PBFormatOf(rate, [output channelCount])];
    }
    PBGraphChanged(_node->engine);
    return YES;
}

- (AVAudioFormat *)inputFormatForBus:(AVAudioNodeBus)bus {
    PBRequire(bus == 0, @"input bus %lu of the input node, which has 1", (unsigned long)bus);
    AVAudioEngine *engine = _node->engine;
    AVAudioFormat *format = nil;
    PBLocked(engine) {
        if ([engine isInManualRenderingMode]) {
            format = _input->format != nil ? _input->format : PBEngineFormat(engine);
        } else {
            format = [engine pbInputDeviceFormat];
        }
        [[format retain] autorelease];
    }
    return format;
}

- (AVAudioFormat *)outputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioEngine *engine = _node->engine;
    AVAudioFormat *format = nil;
    PBLocked(engine) {
        if (bus == 0 && _node->outputs[0].format == nil && ![engine isInManualRenderingMode]) {
            format = [engine pbInputNodeFormat];
        } else {
            format = [super outputFormatForBus:bus];
        }
    }
    return format;
}

- (AVAudioFormat *)pbPullFormat {
    return _input->format != nil ? _input->format : PBOutputFormat(self, 0);
}

@end
