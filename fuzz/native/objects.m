// SPDX-License-Identifier: MIT OR Apache-2.0
#import "objects.h"

AVAudioEngine *engines[ENGINES_HERE];
AVAudioNode *nodes[NODES_HERE];

AVAudioEngine *any_engine(void) {
    return engines[draw_below(ENGINES_HERE)];
}

AVAudioNode *any_node(void) {
    return draw_below(64) == 0 ? nil : nodes[draw_below(NODES_HERE)];
}

AVAudioFormat *any_format(void) {
    perbus_format format = draw_format();
    switch (draw_below(8)) {
    case 0:
        return nil;
    case 1:
        return [[[AVAudioFormat alloc] initWithCommonFormat:(AVAudioCommonFormat)draw_below(6)
                                                 sampleRate:format.sample_rate
                                                   channels:format.channels
                                                interleaved:draw_below(2)] autorelease];
    case 2: {
        AVAudioChannelLayout *layout = [[[AVAudioChannelLayout alloc]
            initWithLayoutTag:draw_u32() << 16 | draw_below(10)] autorelease];
        return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:format.sample_rate
                                                          channelLayout:layout] autorelease];
    }
    case 3: {
        AudioStreamBasicDescription description = {format.sample_rate, draw_u32(), draw_u32(),
                                                   draw_u32(),         draw_u32(), draw_u32(),
                                                   format.channels,    draw_u32(), 0};
        return [[[AVAudioFormat alloc] initWithStreamDescription:&description] autorelease];
    }
    default:
        return
            [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:format.sample_rate
                                                            channels:format.channels] autorelease];
    }
}

AVAudioTime *any_time(void) {
    switch (draw_below(4)) {
    case 0:
        return [AVAudioTime timeWithSampleTime:(int64_t)draw_u64() atRate:draw_number() * 48000];
    case 1:
        return [AVAudioTime timeWithHostTime:draw_u64()];
    default:
        return nil;
    }
}

NSArray *any_points(void) {
    NSMutableArray *points = [NSMutableArray array];
    for (uint32_t left = draw_below(4); left > 0; left--) {
        [points addObject:[[[AVAudioConnectionPoint alloc] initWithNode:any_node()
                                                                    bus:draw_u32()] autorelease]];
    }
    return points;
}

AVAudioNode *make_node(uint32_t kind) {
    switch (kind % 5) {
    case 0:
        return [[AVAudioMixerNode alloc] init];
    case 1:
        return [[AVAudioPlayerNode alloc] init];
    case 2:
        return [[AVAudioUnitEQ alloc] initWithNumberOfBands:draw_below(4)];
    case 3: {
        AVAudioSourceNodeRenderBlock block =
            Block_copy(^OSStatus(BOOL *silence, const AudioTimeStamp *time,
                                 AVAudioFrameCount frames, AudioBufferList *list) {
                (void)silence;
                (void)time;
                for (UInt32 b = 0; b < list->mNumberBuffers; b++) {
                    float *samples = list->mBuffers[b].mData;
                    for (AVAudioFrameCount i = 0; i < frames; i++) {
                        samples[i] = 0.25f;
                    }
                }
                return 0;
            });
        AVAudioNode *made = [[AVAudioSourceNode alloc] initWithRenderBlock:block];
        Block_release(block);
        return made;
    }
    default:
        return [any_engine() mainMixerNode] == nil ? nil : [[any_engine() mainMixerNode] retain];
    }
}

void make_engine(uint32_t at) {
    AVAudioFormat *format =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:at == 1 ? 44100 : 48000
                                                        channels:2] autorelease];
    engines[at] = [[AVAudioEngine alloc] init];
    [engines[at] enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline format:format
                         maximumFrameCount:FRAMES
                                     error:NULL];
}
