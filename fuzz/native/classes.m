// SPDX-License-Identifier: MIT OR Apache-2.0
// Messages to AVFAudio's classes, with nodes of other engines, buses that do not exist, nil and
// absurd numbers among them: each is obeyed or throws, and what is rendered stays a number.
#import "objects.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

enum { COUNTERS = 1 << 12 };

int perbus_fuzz_classes(const uint8_t *data, size_t size);

static AVAudioPCMBuffer *output, *buffers[4];
static int faults;

// How often the handlers of each scheduled buffer have run.
static atomic_int ran[COUNTERS];
static int counters;

static void schedule(AVAudioPlayerNode *player) {
    // GCC's runtime does not know the type of a block, and ends the process when it is to describe a
    // message that an object does not have.
    if (counters == COUNTERS || ![player isKindOfClass:[AVAudioPlayerNode class]]) {
        return;
    }
    atomic_int *counter = &ran[counters++];
    AVAudioPCMBuffer *buffer = buffers[draw_below(4)];
    AVAudioNodeCompletionHandler handler = Block_copy(^{
        atomic_fetch_add(counter, 1);
    });
    @try {
        [player scheduleBuffer:draw_below(32) == 0 ? nil : buffer atTime:any_time()
                       options:draw_below(draw_below(8) == 0 ? 256 : 8)
             completionHandler:handler];
    } @finally {
        Block_release(handler);
    }
}

static void render(AVAudioEngine *engine) {
    NSError *error = nil;
    AVAudioFrameCount frames = draw_below(16) > 0 ? draw_below(FRAMES + 1) : draw_u32();
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:frames toBuffer:output
                                                                error:&error];
    if (status != AVAudioEngineManualRenderingStatusSuccess) {
        return;
    }
    for (int c = 0; c < 2; c++) {
        for (AVAudioFrameCount i = 0; i < [output frameLength]; i++) {
            if (!isfinite([output floatChannelData][c][i])) {
                printf("a sample is no number\n");
                faults++;
                return;
            }
        }
    }
}

static void edit(AVAudioEngine *engine) {
    switch (draw_below(9)) {
    case 0:
    case 1:
        [engine attachNode:any_node()];
        break;
    case 2:
        [engine detachNode:any_node()];
        break;
    case 3:
    case 4:
        [engine connect:any_node() to:any_node() fromBus:draw_u32() toBus:draw_u32()
                 format:any_format()];
        break;
    case 5:
        [engine connect:any_node() to:any_node() format:any_format()];
        break;
    case 6:
        [engine connect:any_node() toConnectionPoints:any_points() fromBus:draw_u32()
                        format:any_format()];
        break;
    case 7:
        [engine disconnectNodeInput:any_node() bus:draw_u32()];
        break;
    default:
        [engine disconnectNodeOutput:any_node() bus:draw_u32()];
        break;
    }
}

static void run(AVAudioEngine *engine) {
    switch (draw_below(8)) {
    case 0:
        [engine stop];
        break;
    case 1:
        [engine pause];
        break;
    case 2:
        [engine reset];
        break;
    case 3:
        [engine prepare];
        break;
    case 4:
        [engine enableManualRenderingMode:draw_below(2) format:any_format()
                        maximumFrameCount:draw_u32()
                                    error:NULL];
        break;
    default:
        [engine startAndReturnError:NULL];
        break;
    }
}

static void ask(AVAudioEngine *engine, AVAudioNode *node) {
    [engine inputConnectionPointForNode:node inputBus:draw_u32()];
    [engine outputConnectionPointsForNode:node outputBus:draw_u32()];
    [engine attachedNodes];
    [node inputFormatForBus:draw_below([node numberOfInputs] + 1)];
    [node outputFormatForBus:draw_below([node numberOfOutputs] + 1)];
    [node lastRenderTime];
    if (draw_below(8) == 0) {
        [node reset];
    }
}

static void set(AVAudioNode *node) {
    float number = (float)draw_number();
    // The engine does not refuse gains beyond the range, but does what they say.
    float gain = (float)draw_below(1024) / 256;
    switch (draw_below(8)) {
    case 0:
        [(AVAudioMixerNode *)node setOutputVolume:gain];
        break;
    case 1:
        [(id<AVAudioMixing>)node setVolume:gain];
        break;
    case 2:
        [(id<AVAudioMixing>)node setPan:gain / 2 - 1];
        break;
    case 3: {
        AVAudioMixingDestination *destination =
            [(id<AVAudioMixing>)node destinationForMixer:any_node() bus:draw_u32()];
        [destination setVolume:gain];
        [destination setPan:gain / 2 - 1];
        break;
    }
    case 4: {
        AVAudioUnitEQFilterParameters *band =
            [[(AVAudioUnitEQ *)node bands] objectAtIndex:draw_below(4)];
        [band setFilterType:(AVAudioUnitEQFilterType)draw_below(13)];
        [band setFrequency:number * 24000];
        [band setBandwidth:number * 5];
        [band setGain:number * 24];
        [band setBypass:draw_below(2)];
        break;
    }
    case 5:
        [(AVAudioUnitEQ *)node setGlobalGain:number * 24];
        break;
    case 6: {
        AVAudioNodeTapBlock block = Block_copy(^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
            (void)buffer;
            (void)when;
        });
        @try {
            [node installTapOnBus:draw_u32() bufferSize:draw_u32() format:any_format() block:block];
        } @finally {
            Block_release(block);
        }
        break;
    }
    default:
        [node removeTapOnBus:draw_u32()];
        break;
    }
}

static void play(AVAudioPlayerNode *player) {
    switch (draw_below(9)) {
    case 0:
        [player stop];
        break;
    case 1:
        [player pause];
        break;
    case 2:
        [player playAtTime:any_time()];
        break;
    case 3:
        [player nodeTimeForPlayerTime:any_time()];
        [player playerTimeForNodeTime:any_time()];
        break;
    case 4:
    case 5:
        [player play];
        break;
    default:
        schedule(player);
        break;
    }
}

static void replace(void) {
    uint32_t at = draw_below(NODES_HERE);
    switch (draw_below(8)) {
    case 0:
        [engines[at % ENGINES_HERE] release];
        make_engine(at % ENGINES_HERE);
        break;
    case 1: {
        AVAudioFormat *format = any_format();
        AVAudioPCMBuffer *made = [[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                                               frameCapacity:draw_u32()];
        [buffers[at % 4] release];
        buffers[at % 4] = made;
        [made setFrameLength:draw_u32()];
        break;
    }
    default: {
        AVAudioNode *made = make_node(draw_below(5));
        [nodes[at] release];
        nodes[at] = made;
        break;
    }
    }
}

static void take(void) {
    AVAudioNode *node = any_node();
    switch (draw_below(16)) {
    case 0:
        replace();
        break;
    case 1:
        run(any_engine());
        break;
    case 2:
        ask(any_engine(), node);
        break;
    case 3:
    case 4:
    case 5:
        set(node);
        break;
    case 6:
    case 7:
    case 8:
        // Another kind does not have the messages, which throws as well.
        play((AVAudioPlayerNode *)node);
        break;
    case 9:
    case 10:
        render(any_engine());
        break;
    default:
        edit(any_engine());
        break;
    }
}

static void begin(void) {
    AVAudioFormat *stereo =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000 channels:2] autorelease];
    output = [[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo frameCapacity:FRAMES];
    for (int i = 0; i < 4; i++) {
        buffers[i] = [[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo frameCapacity:300];
        [buffers[i] setFrameLength:(AVAudioFrameCount)(300 - 90 * i)];
    }
    for (uint32_t e = 0; e < ENGINES_HERE; e++) {
        make_engine(e);
    }
    for (uint32_t n = 0; n < NODES_HERE; n++) {
        nodes[n] = make_node(n);
        AVAudioEngine *engine = engines[n % ENGINES_HERE];
        if (n % 5 < 4) {
            [engine attachNode:nodes[n]];
            [engine connect:nodes[n] to:[engine mainMixerNode] format:nil];
        }
    }
    for (uint32_t e = 0; e < ENGINES_HERE; e++) {
        [engines[e] startAndReturnError:NULL];
    }
}

static void end(void) {
    for (int n = 0; n < NODES_HERE; n++) {
        [nodes[n] release];
        nodes[n] = nil;
    }
    for (int e = 0; e < ENGINES_HERE; e++) {
        [engines[e] release];
        engines[e] = nil;
    }
    for (int i = 0; i < 4; i++) {
        [buffers[i] release];
        buffers[i] = nil;
    }
    [output release];
    for (int i = 0; i < counters; i++) {
        if (atomic_load(&ran[i]) > 1) {
            printf("the handler of buffer %d ran %d times\n", i, atomic_load(&ran[i]));
            faults++;
        }
    }
}

// A message takes about five bytes.
int perbus_fuzz_classes(const uint8_t *data, size_t size) {
    draw_from(data, size);
    faults = 0;
    // Handlers of an earlier run may still come.
    static int runs;
    counters = runs++ == 0 ? 0 : counters;
    if (counters > COUNTERS / 2) {
        counters = 0;
        for (int i = 0; i < COUNTERS; i++) {
            atomic_store(&ran[i], 0);
        }
    }
    @autoreleasepool {
        begin();
    }
    while (!draw_ended() && faults == 0) {
        @autoreleasepool {
            @try {
                take();
            } @catch (NSException *exception) {
                if ([[exception reason] length] == 0) {
                    printf("an exception without a reason\n");
                    faults++;
                }
            }
        }
    }
    @autoreleasepool {
        end();
    }
    return faults;
}
