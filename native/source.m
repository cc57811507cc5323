// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sources: sound from a render function of the client's.
#import "formats.h"

// Destroys the client's context with the node. An object captured by the block could not do that:
// with GNU's runtime, a copied block does not retain it.
@interface PerbusSourceNode : AVAudioSourceNode {
  @public
    void *_context;
    void (*_destroy)(void *context);
    perbus_format _format;
}
@end

@implementation PerbusSourceNode

- (void)dealloc {
    void *context = _context;
    void (*destroy)(void *context) = _destroy;
    [super dealloc];
    if (destroy != NULL) {
        destroy(context);
    }
}

@end

perbus_status perbus_source_create(const perbus_format *format, perbus_render render, void *context,
                                   void (*destroy)(void *context), perbus_node **out_node,
                                   perbus_error *error) {
    PERBUS_REQUIRE(render, error);
    PERBUS_REQUIRE(out_node, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return perbus__guard(error, ^{
        // Audio thread: no Objective-C message in this block.
        AVAudioSourceNodeRenderBlock block =
            ^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp,
                      AVAudioFrameCount frameCount, AudioBufferList *outputData) {
                float *channels[PERBUS_MAX_CHANNELS];
                uint32_t count = outputData->mNumberBuffers;
                count = count < PERBUS_MAX_CHANNELS ? count : PERBUS_MAX_CHANNELS;
                for (uint32_t c = 0; c < count; c++) {
                    channels[c] = outputData->mBuffers[c].mData;
                    if (channels[c] == NULL) {
                        return kAudio_ParamError;
                    }
                }
                bool outside = perbus__in_render;
                perbus__in_render = true;
                bool silent =
                    render(context, (int64_t)timestamp->mSampleTime, frameCount, channels, count);
                perbus__in_render = outside;
                for (uint32_t c = 0; silent && c < count; c++) {
                    // The flag is only a hint: the samples must be zeros anyway.
                    memset(channels[c], 0, frameCount * sizeof(float));
                }
                *isSilence = silent;
                return 0;
            };
        AVAudioFormat *made_in = perbus__format(format);
        PerbusSourceNode *source = [[[PerbusSourceNode alloc] initWithFormat:made_in
                                                                 renderBlock:block] autorelease];
        perbus_status status = perbus__wrap(source, PERBUS_KIND_SOURCE, out_node, error);
        if (status == PERBUS_OK) {
            source->_context = context;
            source->_destroy = destroy;
            source->_format = perbus__describe(made_in);
        }
        return status;
    });
}

perbus_format perbus__made_in(perbus_node *node) {
    if (node->kind == PERBUS_KIND_SOURCE && [node->object isKindOfClass:[PerbusSourceNode class]]) {
        return ((PerbusSourceNode *)node->object)->_format;
    }
    return (perbus_format){0.0, 0, PERBUS_LAYOUT_USUAL};
}
