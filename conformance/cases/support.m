// SPDX-License-Identifier: MIT OR Apache-2.0
#import "support.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// MARK: - Cases

int test_run(CaseBody body, char *message, size_t capacity) {
    CaseReport report = {message, capacity, 0};
    @autoreleasepool {
        @try {
            body(&report);
        } @catch (NSException *exception) {
            test_fail(&report, "uncaught exception", 0, "%s: %s", [[exception name] UTF8String],
                      [[exception reason] UTF8String]);
        }
    }
    return report.failed;
}

void test_fail(CaseReport *report, const char *file, int line, const char *format, ...) {
    if (report->failed || report->capacity == 0) {
        report->failed = 1;
        return;
    }
    report->failed = 1;
    const char *slash = strrchr(file, '/');
    int used =
        snprintf(report->message, report->capacity, "%s:%d: ", slash ? slash + 1 : file, line);
    if (used < 0 || (size_t)used >= report->capacity) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report->message + used, report->capacity - (size_t)used, format, arguments);
    va_end(arguments);
}

NSException *test_exception(void (^action)(void)) {
    NSException *caught = nil;
    @try {
        action();
    } @catch (NSException *exception) {
        caught = exception;
    }
    return caught;
}

// MARK: - Graph

AVAudioFormat *test_format(AVAudioChannelCount channels) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE
                                                           channels:channels] autorelease];
}

AVAudioFormat *test_laid_out(AudioChannelLayoutTag tag) {
    AVAudioChannelLayout *layout =
        [[[AVAudioChannelLayout alloc] initWithLayoutTag:tag] autorelease];
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE
                                                      channelLayout:layout] autorelease];
}

AVAudioEngine *test_engine_in(AVAudioFormat *format) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    NSError *error = nil;
    if (![engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline format:format
                         maximumFrameCount:TEST_MAXIMUM_FRAMES
                                     error:&error]) {
        [NSException raise:@"ConformanceSetUp" format:@"Offline mode was refused: %@", error];
    }
    return engine;
}

AVAudioEngine *test_engine_with_channels(AVAudioChannelCount channels) {
    return test_engine_in(test_format(channels));
}

AVAudioEngine *test_engine(void) {
    return test_engine_with_channels(2);
}

AVAudioPlayerNode *test_player(AVAudioEngine *engine) {
    AVAudioPlayerNode *player = [[[AVAudioPlayerNode alloc] init] autorelease];
    [engine attachNode:player];
    return player;
}

AVAudioMixerNode *test_mixer(AVAudioEngine *engine) {
    AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
    [engine attachNode:mixer];
    return mixer;
}

AVAudioSourceNode *test_source(AVAudioEngine *engine, AVAudioChannelCount channels, float left,
                               float right) {
    AVAudioSourceNodeRenderBlock block =
        ^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp, AVAudioFrameCount frameCount,
                  AudioBufferList *outputData) {
            (void)isSilence;
            (void)timestamp;
            for (UInt32 channel = 0; channel < outputData->mNumberBuffers; channel++) {
                float *samples = outputData->mBuffers[channel].mData;
                for (AVAudioFrameCount frame = 0; frame < frameCount; frame++) {
                    samples[frame] = channel == 0 ? left : right;
                }
            }
            return 0;
        };
    AVAudioSourceNode *source = [[[AVAudioSourceNode alloc] initWithFormat:test_format(channels)
                                                               renderBlock:block] autorelease];
    [engine attachNode:source];
    return source;
}

AVAudioSourceNode *test_source_of_one(AVAudioEngine *engine, AudioChannelLayoutTag layout,
                                      AVAudioChannelCount channel) {
    AVAudioSourceNodeRenderBlock block =
        ^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp, AVAudioFrameCount frameCount,
                  AudioBufferList *outputData) {
            (void)isSilence;
            (void)timestamp;
            for (UInt32 c = 0; c < outputData->mNumberBuffers; c++) {
                float *samples = outputData->mBuffers[c].mData;
                for (AVAudioFrameCount frame = 0; frame < frameCount; frame++) {
                    samples[frame] = c == channel ? 1.0f : 0.0f;
                }
            }
            return 0;
        };
    AVAudioSourceNode *source = [[[AVAudioSourceNode alloc] initWithFormat:test_laid_out(layout)
                                                               renderBlock:block] autorelease];
    [engine attachNode:source];
    return source;
}

AVAudioSourceNode *test_source_on_bus(AVAudioEngine *engine, AVAudioChannelCount channels,
                                      float value, AVAudioMixerNode *mixer, AVAudioNodeBus bus) {
    AVAudioSourceNode *source = test_source(engine, channels, value, value);
    [engine connect:source to:mixer fromBus:0 toBus:bus format:test_format(channels)];
    return source;
}

// MARK: - Sound

AVAudioPCMBuffer *test_ramp_buffer(AVAudioChannelCount channels, AVAudioFrameCount frames,
                                   float first, float step) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:test_format(channels)
                                                              frameCapacity:frames] autorelease];
    [buffer setFrameLength:frames];
    for (AVAudioChannelCount channel = 0; channel < channels; channel++) {
        float *samples = [buffer floatChannelData][channel];
        for (AVAudioFrameCount frame = 0; frame < frames; frame++) {
            float value = first + step * (float)frame;
            samples[frame] = channel == 0 ? value : -value;
        }
    }
    return buffer;
}

AVAudioPCMBuffer *test_constant_buffer(AVAudioChannelCount channels, AVAudioFrameCount frames,
                                       float value) {
    AVAudioPCMBuffer *buffer = test_ramp_buffer(channels, frames, value, 0.0f);
    for (AVAudioChannelCount channel = 1; channel < channels; channel++) {
        memcpy([buffer floatChannelData][channel], [buffer floatChannelData][0],
               frames * sizeof(float));
    }
    return buffer;
}

TestAudio *test_audio(AVAudioChannelCount channels) {
    TestAudio *audio = [[NSMutableData dataWithLength:sizeof(TestAudio)] mutableBytes];
    audio->channels = channels;
    return audio;
}

AVAudioEngineManualRenderingStatus test_render_once(AVAudioEngine *engine, AVAudioFrameCount frames,
                                                    TestAudio *audio, NSError **error) {
    AVAudioPCMBuffer *buffer =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[engine manualRenderingFormat]
                                       frameCapacity:frames] autorelease];
    // Samples that the engine leaves alone shall not look right by chance.
    for (AVAudioChannelCount channel = 0; channel < audio->channels; channel++) {
        memset([buffer floatChannelData][channel], 0x55, frames * sizeof(float));
    }
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:frames toBuffer:buffer
                                                                error:error];
    AVAudioFrameCount made = [buffer frameLength];
    if (audio->frames + made > TEST_AUDIO_CAPACITY) {
        [NSException raise:@"ConformanceSetUp" format:@"the case renders too much"];
    }
    for (AVAudioChannelCount channel = 0; channel < audio->channels; channel++) {
        memcpy(audio->samples[channel] + audio->frames, [buffer floatChannelData][channel],
               made * sizeof(float));
    }
    audio->frames += made;
    return status;
}

int test_render(AVAudioEngine *engine, AVAudioFrameCount frames, AVAudioFrameCount block,
                TestAudio *audio, CaseReport *report, const char *file, int line) {
    AVAudioFrameCount left = frames;
    while (left > 0) {
        AVAudioFrameCount now = left < block ? left : block;
        AVAudioFrameCount before = audio->frames;
        NSError *error = nil;
        AVAudioEngineManualRenderingStatus status = test_render_once(engine, now, audio, &error);
        if (status != AVAudioEngineManualRenderingStatusSuccess || audio->frames != before + now) {
            test_fail(report, file, line,
                      "rendering %u frames: expected status 0 and all of them, got status %ld, "
                      "%u frames, error %ld",
                      now, (long)status, audio->frames - before, (long)[error code]);
            return 0;
        }
        left -= now;
    }
    return 1;
}

static int is_off(float sample, float value, float tolerance) {
    // Written so that a NaN is off.
    return !(fabsf(sample - value) <= tolerance);
}

AVAudioFrameCount test_first_off(const TestAudio *audio, AVAudioChannelCount channel,
                                 AVAudioFrameCount from, float value, float tolerance) {
    AVAudioFrameCount frame = from;
    while (frame < audio->frames && !is_off(audio->samples[channel][frame], value, tolerance)) {
        frame++;
    }
    return frame;
}

AVAudioFrameCount test_ramp_break(const TestAudio *audio, AVAudioChannelCount channel,
                                  AVAudioFrameCount from, float before, float after) {
    const float *samples = audio->samples[channel];
    float direction = after < before ? -1.0f : 1.0f;
    float largest = CHOICE_LARGEST_STEP * fabsf(after - before) + TEST_TOLERANCE;
    float previous = before;
    for (AVAudioFrameCount frame = from; frame < audio->frames; frame++) {
        float step = direction * (samples[frame] - previous);
        if (!(step >= -TEST_TOLERANCE && step <= largest)) {
            return frame;
        }
        if (frame >= from + CHOICE_SETTLE_FRAMES && is_off(samples[frame], after, TEST_TOLERANCE)) {
            return frame;
        }
        previous = samples[frame];
    }
    return audio->frames;
}

// MARK: - Waiting

// One pair for all cases: a wake-up too many does no harm.
static pthread_mutex_t waitMutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t waitCondition = PTHREAD_COND_INITIALIZER;

void test_count(int *counter) {
    pthread_mutex_lock(&waitMutex);
    *counter += 1;
    pthread_cond_broadcast(&waitCondition);
    pthread_mutex_unlock(&waitMutex);
}

int test_counted(const int *counter) {
    pthread_mutex_lock(&waitMutex);
    int counted = *counter;
    pthread_mutex_unlock(&waitMutex);
    return counted;
}

BOOL test_wait(const int *counter, int wanted) {
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 5;
    int status = 0;
    pthread_mutex_lock(&waitMutex);
    while (*counter < wanted && status == 0) {
        status = pthread_cond_timedwait(&waitCondition, &waitMutex, &deadline);
    }
    BOOL reached = *counter >= wanted;
    pthread_mutex_unlock(&waitMutex);
    return reached;
}
