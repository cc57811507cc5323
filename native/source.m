// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sources: sound from a render function of the client's.
#import "formats.h"
#import "platform/platform.h"

// Set while a node goes.
static _Thread_local BOOL node_ends;

// Owns the client's context. The node and its block hold it: the audio unit may call the block when
// the node has gone.
@interface PerbusRenderer : NSObject {
  @public
    perbus_render _render;
    void *_context;
    void (*_destroy)(void *context);
}
@end

@implementation PerbusRenderer

- (void)dealloc {
    void *context = _context;
    void (*destroy)(void *context) = _destroy;
    [super dealloc];
    if (destroy == NULL) {
        return;
    }
    if (node_ends) {
        destroy(context);
        return;
    }
    // The audio unit has let go of the block, on whatever thread, holding whatever lock.
    perbus__run_later(0, ^{
        destroy(context);
    });
}

@end

@interface PerbusSourceNode : AVAudioSourceNode {
  @public
    PerbusRenderer *_renderer;
    perbus_format _format;
}
@end

@implementation PerbusSourceNode

- (void)dealloc {
    PerbusRenderer *renderer = _renderer;
    BOOL outside = node_ends;
    [super dealloc];
    node_ends = YES;
    [renderer release];
    node_ends = outside;
}

@end

perbus_status perbus_source_create(const perbus_format *format, perbus_render render, void *context,
                                   void (*destroy)(void *context), perbus_node **out_node,
                                   perbus_error *error) {
    PERBUS_REQUIRE(render, error);
    PERBUS_REQUIRE(out_node, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return perbus__guard(error, ^{
        PerbusRenderer *renderer = [[[PerbusRenderer alloc] init] autorelease];
        if (renderer == nil) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a source");
        }
        renderer->_render = render;
        renderer->_context = context;
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
                bool silent = renderer->_render(renderer->_context, (int64_t)timestamp->mSampleTime,
                                                frameCount, channels, count);
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
            renderer->_destroy = destroy;
            source->_renderer = [renderer retain];
            perbus__let_block_own(source, renderer);
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
