// SPDX-License-Identifier: MIT OR Apache-2.0
//
// P1 to P4: what volume, pan and channel conversion do to the sound.
#import "probe.h"

#include <math.h>

typedef AVAudioMixingDestination *Destination;

/// A source of that many channels on bus 0 of the main mixer.
static Destination join(AVAudioEngine *engine, AVAudioChannelCount channels, float left,
                        float right) {
    AVAudioSourceNode *source = test_source(engine, channels, left, right);
    [engine connect:source to:[engine mainMixerNode] fromBus:0 toBus:0
             format:test_format(channels)];
    return [source destinationForMixer:[engine mainMixerNode] bus:0];
}

PROBE(probe_p01_pan) {
    static const double pans[] = {-1, -0.5, 0, 0.5, 1};
    enum { COUNT = sizeof pans / sizeof pans[0] };
    static const struct {
        const char *left_path, *right_path;
        AVAudioChannelCount channels;
        float left, right;
    } kinds[] = {
        {"mono.left", "mono.right", 1, 1.0f, 1.0f},
        {"stereo_left_only.left", "stereo_left_only.right", 2, 1.0f, 0.0f},
        {"stereo_right_only.left", "stereo_right_only.right", 2, 0.0f, 1.0f},
    };
    probe_numbers(report, "pans", pans, COUNT);
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        AVAudioEngine *engine = test_engine();
        Destination destination =
            join(engine, kinds[kind].channels, kinds[kind].left, kinds[kind].right);
        double left[COUNT];
        double right[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            [destination setPan:(float)pans[i]];
            left[i] = probe_level(engine, 0);
            right[i] = probe_level(engine, 1);
        }
        probe_numbers(report, kinds[kind].left_path, left, COUNT);
        probe_numbers(report, kinds[kind].right_path, right, COUNT);
    }
}

/// Counts the frames that differ from the one before, after a step to silence, and the largest such
/// difference.
static void put_step(const ProbeReport *report, const char *name, AVAudioFrameCount block,
                     void (^silence)(AVAudioEngine *engine, Destination destination)) {
    AVAudioEngine *engine = test_engine();
    Destination destination = join(engine, 2, 1.0f, 1.0f);
    TestAudio *before = probe_render(engine, 8192, block);
    silence(engine, destination);
    TestAudio *after = probe_render(engine, 8192, block);
    float previous = before->samples[1][before->frames - 1];
    float largest = 0;
    int steps = 0;
    for (AVAudioFrameCount frame = 0; frame < after->frames; frame++) {
        float step = fabsf(after->samples[1][frame] - previous);
        steps += step > 0;
        largest = fmaxf(largest, step);
        previous = after->samples[1][frame];
    }
    NSString *path = [NSString stringWithFormat:@"%s_blocks_of_%u", name, block];
    probe_number(report, [[path stringByAppendingString:@".frames"] UTF8String], steps);
    probe_number(report, [[path stringByAppendingString:@".largest_step"] UTF8String],
                 (double)largest);
}

PROBE(probe_p02_step) {
    for (AVAudioFrameCount block = 64; block <= 512; block *= 8) {
        put_step(report, "volume", block, ^(AVAudioEngine *engine, Destination destination) {
            (void)engine;
            [destination setVolume:0.0f];
        });
        put_step(report, "pan", block, ^(AVAudioEngine *engine, Destination destination) {
            (void)engine;
            [destination setPan:-1.0f];
        });
        put_step(report, "output_volume", block, ^(AVAudioEngine *engine, Destination destination) {
            (void)destination;
            [[engine mainMixerNode] setOutputVolume:0.0f];
        });
    }
}

/// Sets one value beyond its range; what reads back and what is heard.
static void put_beyond(const ProbeReport *report, const char *name, float value,
                       float (^set)(AVAudioEngine *engine, Destination destination, float value)) {
    AVAudioEngine *engine = test_engine();
    Destination destination = join(engine, 2, 1.0f, 1.0f);
    probe_render(engine, 512, 512);
    __block float reads = 0;
    NSString *path = [NSString stringWithFormat:@"%s", name];
    if (test_exception(^{
            reads = set(engine, destination, value);
        }) != nil) {
        probe_text(report, name, "throws");
        return;
    }
    double heard[] = {probe_level(engine, 0), probe_level(engine, 1)};
    probe_number(report, [[path stringByAppendingString:@".reads"] UTF8String], (double)reads);
    probe_numbers(report, [[path stringByAppendingString:@".heard"] UTF8String], heard, 2);
}

PROBE(probe_p03_beyond_the_range) {
    float (^volume)(AVAudioEngine *, Destination, float) =
        ^(AVAudioEngine *engine, Destination destination, float value) {
            (void)engine;
            [destination setVolume:value];
            return [destination volume];
        };
    float (^pan)(AVAudioEngine *, Destination, float) =
        ^(AVAudioEngine *engine, Destination destination, float value) {
            (void)engine;
            [destination setPan:value];
            return [destination pan];
        };
    float (^output)(AVAudioEngine *, Destination, float) =
        ^(AVAudioEngine *engine, Destination destination, float value) {
            (void)destination;
            [[engine mainMixerNode] setOutputVolume:value];
            return [[engine mainMixerNode] outputVolume];
        };
    put_beyond(report, "volume_2", 2.0f, volume);
    put_beyond(report, "volume_4", 4.0f, volume);
    put_beyond(report, "volume_minus_1", -1.0f, volume);
    put_beyond(report, "volume_nan", NAN, volume);
    put_beyond(report, "pan_2", 2.0f, pan);
    put_beyond(report, "pan_minus_2", -2.0f, pan);
    put_beyond(report, "pan_nan", NAN, pan);
    put_beyond(report, "output_volume_2", 2.0f, output);
    put_beyond(report, "output_volume_4", 4.0f, output);
    put_beyond(report, "output_volume_minus_1", -1.0f, output);
    put_beyond(report, "output_volume_nan", NAN, output);
}

/// The level on every output channel with 1 on one of a source's channels and 0 on the others.
static void hear_one(AudioChannelLayoutTag from, AVAudioChannelCount only, AudioChannelLayoutTag to,
                     float pan, double *levels) {
    AVAudioEngine *engine = test_engine_in(test_laid_out(to));
    AVAudioSourceNode *source = test_source_of_one(engine, from, only);
    [engine connect:source to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_laid_out(from)];
    [[source destinationForMixer:[engine mainMixerNode] bus:0] setPan:pan];
    TestAudio *audio = probe_render(engine, 8192, 512);
    for (AVAudioChannelCount c = 0; c < audio->channels; c++) {
        levels[c] = (double)audio->samples[c][audio->frames - 1];
    }
}

/// One row an output channel: what comes there of each of the source's channels.
static void put_fold(const ProbeReport *report, const char *name, AudioChannelLayoutTag from,
                     AudioChannelLayoutTag to) {
    double heard[TEST_AUDIO_CHANNELS][TEST_AUDIO_CHANNELS];
    AVAudioChannelCount channels = from & 0xFFFF;
    for (AVAudioChannelCount c = 0; c < channels; c++) {
        hear_one(from, c, to, 0.0f, heard[c]);
    }
    for (AVAudioChannelCount out = 0; out < (to & 0xFFFF); out++) {
        double row[TEST_AUDIO_CHANNELS];
        for (AVAudioChannelCount c = 0; c < channels; c++) {
            row[c] = heard[c][out];
        }
        NSString *path = [NSString stringWithFormat:@"%s.to_%u", name, (unsigned)out];
        probe_numbers(report, [path UTF8String], row, channels);
    }
}

/// The gain on each channel of a mixer, panned all the way.
static void put_pan(const ProbeReport *report, const char *name, AudioChannelLayoutTag layout,
                    float pan) {
    double gains[TEST_AUDIO_CHANNELS];
    double heard[TEST_AUDIO_CHANNELS];
    for (AVAudioChannelCount c = 0; c < (layout & 0xFFFF); c++) {
        hear_one(layout, c, layout, pan, heard);
        gains[c] = heard[c];
    }
    probe_numbers(report, name, gains, layout & 0xFFFF);
}

PROBE(probe_p04_channels) {
    AVAudioEngine *engine = test_engine();
    join(engine, 1, 1.0f, 1.0f);
    double up[] = {probe_level(engine, 0), probe_level(engine, 1)};
    probe_numbers(report, "mono_to_stereo", up, 2);
    double down[2];
    for (int channel = 0; channel < 2; channel++) {
        engine = test_engine_with_channels(1);
        join(engine, 2, channel == 0, channel == 1);
        down[channel] = probe_level(engine, 0);
    }
    probe_numbers(report, "stereo_to_mono", down, 2);
    AudioChannelLayoutTag mono = kAudioChannelLayoutTag_Mono;
    AudioChannelLayoutTag stereo = kAudioChannelLayoutTag_Stereo;
    AudioChannelLayoutTag quad = kAudioChannelLayoutTag_Quadraphonic;
    AudioChannelLayoutTag five = kAudioChannelLayoutTag_MPEG_5_1_A;
    AudioChannelLayoutTag seven = kAudioChannelLayoutTag_MPEG_7_1_C;
    put_fold(report, "quad_in_stereo", quad, stereo);
    put_fold(report, "5_1_in_mono", five, mono);
    put_fold(report, "5_1_in_stereo", five, stereo);
    put_fold(report, "5_1_in_quad", five, quad);
    put_fold(report, "7_1_in_stereo", seven, stereo);
    put_fold(report, "7_1_in_5_1", seven, five);
    put_fold(report, "mono_in_5_1", mono, five);
    put_fold(report, "stereo_in_5_1", stereo, five);
    put_pan(report, "5_1_pan_left", five, -1.0f);
    put_pan(report, "5_1_pan_right", five, 1.0f);
    // Five channels without a layout into stereo.
    probe_truth(report, "discrete_5_in_stereo_throws",
                test_exception(^{
                    double levels[TEST_AUDIO_CHANNELS];
                    hear_one(kAudioChannelLayoutTag_Unknown | 5, 4, stereo, 0.0f, levels);
                }) != nil);
}
