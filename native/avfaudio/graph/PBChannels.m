// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Channel layouts of formats and connections, and where a channel would be lost between two.
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBProposal.h"
#import "avfaudio/nodes/PBNode.h"

_Static_assert((uint32_t)PBR_LAYOUT_MONO == kAudioChannelLayoutTag_Mono, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_STEREO == kAudioChannelLayoutTag_Stereo, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_3_0 == kAudioChannelLayoutTag_MPEG_3_0_A, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_QUAD == kAudioChannelLayoutTag_Quadraphonic, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_QUAD_ITU == kAudioChannelLayoutTag_WAVE_4_0_A, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_QUAD_WAVE == kAudioChannelLayoutTag_WAVE_4_0_B, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_5_0 == kAudioChannelLayoutTag_WAVE_5_0_A, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_5_0_WAVE == kAudioChannelLayoutTag_WAVE_5_0_B, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_5_1 == kAudioChannelLayoutTag_WAVE_5_1_A, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_5_1_WAVE == kAudioChannelLayoutTag_WAVE_5_1_B, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_7_1 == kAudioChannelLayoutTag_WAVE_7_1, "same tag");
_Static_assert((uint32_t)PBR_LAYOUT_7_1_MPEG == kAudioChannelLayoutTag_MPEG_7_1_C, "same tag");
_Static_assert(PBR_LAYOUT_DISCRETE == kAudioChannelLayoutTag_Unknown, "same tag");

pbr_layout PBLayoutOf(AVAudioFormat *format) {
    return pbr_layout_of([[format channelLayout] layoutTag], [format channelCount]);
}

AVAudioFormat *PBFormatOf(double rate, uint32_t channels) {
    AVAudioChannelLayout *layout =
        [[AVAudioChannelLayout alloc] initWithLayoutTag:pbr_layout_usual(channels)];
    AVAudioFormat *format = [[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                                      channelLayout:layout];
    [layout release];
    return [format autorelease];
}

NSString *PBLayoutProblem(pbr_layout from, pbr_layout to) {
    if (pbr_layout_converts(from, to)) {
        return nil;
    }
    return
        [NSString stringWithFormat:@"%u channels%@ do not fit into %u%@, and without a layout "
                                   @"on both sides nothing says how to fold them",
                                   pbr_layout_channels(from),
                                   pbr_layout_speakers(from) == NULL ? @" without a layout" : @"",
                                   pbr_layout_channels(to),
                                   pbr_layout_speakers(to) == NULL ? @" without a layout" : @""];
}

// The input of a node is converted to the layout of its output, once the output leads anywhere. A
// matrix converts nothing.
static NSString *IntoNode(AVAudioNode *node, pbr_layout layout) {
    const PBNode *own = node->_node;
    if (node == (AVAudioNode *)own->engine->_engine->output) {
        return PBLayoutProblem(layout, PBLayoutOf(PBEngineFormat(own->engine)));
    }
    if (own->matrix != NULL || own->outputCount == 0 || own->outputs[0].count == 0) {
        return nil;
    }
    return PBLayoutProblem(layout, PBConnectionLayout(own->outputs[0].connections[0]));
}

NSString *PBChannelsProblem(const PBProposal *proposal) {
    const PBNode *source = proposal->source->_node;
    pbr_layout layout = PBLayoutOf(proposal->format);
    NSString *problem = source->source != NULL
                            ? PBLayoutProblem(PBLayoutOf([proposal->source pbPullFormat]), layout)
                            : nil;
    for (NSUInteger i = 0; i < source->inputCount && source->matrix == NULL && problem == nil;
         i++) {
        const PBConnection *input = source->inputs[i];
        problem = input != NULL ? PBLayoutProblem(PBConnectionLayout(input), layout) : nil;
    }
    for (NSUInteger i = 0; i < proposal->count && problem == nil; i++) {
        problem = IntoNode(proposal->points[i].node, layout);
    }
    return problem;
}
