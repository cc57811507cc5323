// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which kind perbus takes a node of the program for, and objects that are no nodes.
#import "program.h"

@interface OwnMixer : AVAudioMixerNode
@end

@implementation OwnMixer
@end

static void check_kind(AVAudioNode *node, perbus_kind kind) {
    perbus_node *handle = NULL;
    perbus_node_info info;
    WORKS(perbus_node_adopt(node, &handle, &error));
    WORKS(perbus_node_get_info(handle, &info, &error));
    CHECK(info.kind == kind && info.inputs == [node numberOfInputs]);
    perbus_node_release(handle);
}

static void kinds_of_nodes(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioSourceNode *own = make_source(0.5f);
    check_kind([av_engine outputNode], PERBUS_KIND_OUTPUT);
    check_kind([av_engine mainMixerNode], PERBUS_KIND_MIXER);
    check_kind([[[OwnMixer alloc] init] autorelease], PERBUS_KIND_MIXER);
    check_kind([[[AVAudioPlayerNode alloc] init] autorelease], PERBUS_KIND_OTHER);
    check_kind(own, PERBUS_KIND_SOURCE);
    check_kind([[[AVAudioUnitEQ alloc] initWithNumberOfBands:2] autorelease],
               PERBUS_KIND_EQUALIZER);
    [own release];
    [av_engine release];
}

// A player that perbus has not made: its faders work, its queue is the program's.
static void a_player_of_the_programs(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioMixerNode *main = [av_engine mainMixerNode];
    AVAudioPlayerNode *own = [[AVAudioPlayerNode alloc] init];
    feed(av_engine, own, main, 4);
    start(av_engine);
    AVAudioFormat *format = [own outputFormatForBus:0];
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                                              frameCapacity:2 * BLOCK] autorelease];
    [buffer setFrameLength:2 * BLOCK];
    for (uint32_t i = 0; i < 2 * BLOCK; i++) {
        [buffer floatChannelData][0][i] = [buffer floatChannelData][1][i] = 0.5f;
    }
    [own scheduleBuffer:buffer completionHandler:nil];
    [own play];
    perbus_node *handle = NULL, *mixer_handle = NULL;
    float left, right;
    WORKS(perbus_node_adopt(own, &handle, &error));
    WORKS(perbus_node_adopt(main, &mixer_handle, &error));
    WORKS(perbus_connection_set_volume(handle, mixer_handle, 4, 0.25f, &error));
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.125f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_stop, handle);
    perbus_node_release(handle);
    perbus_node_release(mixer_handle);
    [own release];
    [av_engine release];
}

static void what_is_neither(void) {
    perbus_engine *adopted = NULL;
    perbus_node *handle = NULL;
    AVAudioEngine *av_engine = make_engine();
    NSObject *plain = [[[NSObject alloc] init] autorelease];
    NSString *text = @"an engine";
    Class class_itself = [AVAudioEngine class];
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_adopt, plain, &adopted);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_adopt, text, &adopted);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_adopt, class_itself, &adopted);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_adopt, [av_engine mainMixerNode], &adopted);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_node_adopt, plain, &handle);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_node_adopt, av_engine, &handle);
    perbus_error error = {0, ""};
    CHECK(perbus_node_adopt(av_engine, &handle, &error) == PERBUS_ERROR_WRONG_KIND);
    CHECK(strcmp(error.message, "the object is a AVAudioEngine, not an AVAudioNode") == 0);
    CHECK(adopted == NULL && handle == NULL);
    [av_engine release];
}

static void formats_of_the_programs(void) {
    perbus_format format = {0};
    AVAudioChannelLayout *surround = [[[AVAudioChannelLayout alloc]
        initWithLayoutTag:kAudioChannelLayoutTag_MPEG_5_1_A] autorelease];
    AVAudioFormat *wide =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:44100.0
                                                   channelLayout:surround] autorelease];
    WORKS(perbus_format_from_native(wide, &format, &error));
    CHECK(format.sample_rate == 44100.0 && format.channels == 6);
    CHECK(format.layout == PERBUS_LAYOUT_5_1);
    AVAudioFormat *mono = [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:8000.0
                                                                          channels:1] autorelease];
    WORKS(perbus_format_from_native(mono, &format, &error));
    CHECK(format.channels == 1 && format.layout == PERBUS_LAYOUT_MONO);
    AVAudioFormat *integers = [[[AVAudioFormat alloc] initWithCommonFormat:AVAudioPCMFormatInt16
                                                                sampleRate:8000.0
                                                                  channels:2
                                                               interleaved:YES] autorelease];
    FAILS(PERBUS_ERROR_FORMAT, perbus_format_from_native, integers, &format);
    CHECK(format.channels == 1);
}

void test_kinds(void) {
    formats_of_the_programs();
    kinds_of_nodes();
    a_player_of_the_programs();
    what_is_neither();
}
