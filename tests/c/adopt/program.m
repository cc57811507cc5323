// SPDX-License-Identifier: MIT OR Apache-2.0
#import "program.h"

atomic_int sources_alive;

@interface CountedSource : AVAudioSourceNode
@end

@implementation CountedSource

- (void)dealloc {
    atomic_fetch_sub(&sources_alive, 1);
    [super dealloc];
}

@end

static AVAudioFormat *stereo(void) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000.0
                                                           channels:2] autorelease];
}

AVAudioSourceNode *make_source(float value) {
    atomic_fetch_add(&sources_alive, 1);
    return [[CountedSource alloc]
        initWithFormat:stereo()
           renderBlock:^OSStatus(BOOL *silent, const AudioTimeStamp *time, AVAudioFrameCount frames,
                                 AudioBufferList *list) {
               (void)time;
               *silent = NO;
               for (uint32_t c = 0; c < list->mNumberBuffers; c++) {
                   float *samples = list->mBuffers[c].mData;
                   for (uint32_t i = 0; i < frames; i++) {
                       samples[i] = value;
                   }
               }
               return 0;
           }];
}

AVAudioEngine *make_engine(void) {
    AVAudioEngine *made = [[AVAudioEngine alloc] init];
    CHECK([made enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline format:stereo()
                        maximumFrameCount:BLOCK
                                    error:NULL]);
    return made;
}

void feed(AVAudioEngine *av_engine, AVAudioNode *node, AVAudioNode *to, AVAudioNodeBus bus) {
    if ([node engine] == nil) {
        [av_engine attachNode:node];
    }
    [av_engine connect:node to:to fromBus:0 toBus:bus format:stereo()];
}

void start(AVAudioEngine *av_engine) {
    CHECK([av_engine startAndReturnError:NULL]);
}

void hear_program(AVAudioEngine *av_engine, float *left, float *right) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo()
                                                              frameCapacity:BLOCK] autorelease];
    for (int i = 0; i < 2; i++) {
        CHECK([av_engine renderOffline:BLOCK toBuffer:buffer
                                 error:NULL] == AVAudioEngineManualRenderingStatusSuccess);
    }
    *left = [buffer floatChannelData][0][BLOCK - 1];
    *right = [buffer floatChannelData][1][BLOCK - 1];
}
