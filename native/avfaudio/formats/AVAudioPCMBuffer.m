// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>

#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

@implementation AVAudioBuffer

@synthesize format = _format;

- (void)dealloc {
    free(_list);
    free(_lengthList);
    [_format release];
    [super dealloc];
}

- (const AudioBufferList *)audioBufferList {
    return _lengthList;
}

- (AudioBufferList *)mutableAudioBufferList {
    return _list;
}

@end

static AudioBufferList *NewList(UInt32 buffers) {
    size_t size = sizeof(AudioBufferList) + (buffers - 1) * sizeof(AudioBuffer);
    AudioBufferList *list = calloc(1, size);
    if (list != NULL) {
        list->mNumberBuffers = buffers;
    }
    return list;
}

// Whether a frame has room for the samples that it is said to have.
static BOOL HasRoom(const AudioStreamBasicDescription *description, BOOL isInterleaved) {
    uint64_t samples = isInterleaved ? description->mChannelsPerFrame : 1;
    return description->mBytesPerFrame >= samples * (description->mBitsPerChannel / 8);
}

@implementation AVAudioPCMBuffer

@synthesize frameCapacity = _frameCapacity;
@synthesize frameLength = _frameLength;

- (instancetype)initWithPCMFormat:(AVAudioFormat *)format
                    frameCapacity:(AVAudioFrameCount)frameCapacity {
    const AudioStreamBasicDescription *description = [format streamDescription];
    if (description == NULL || description->mFormatID != kAudioFormatLinearPCM ||
        description->mBytesPerFrame == 0 || description->mChannelsPerFrame == 0) {
        [self release];
        PBRaise(@"a PCM buffer takes a PCM format with at least one channel, not %@", format);
    }
    if (!HasRoom(description, [format isInterleaved])) {
        [self release];
        PBRaise(@"a frame of %u channels of %u bits does not fit into %u bytes",
                description->mChannelsPerFrame, description->mBitsPerChannel,
                description->mBytesPerFrame);
    }
    self = [super init];
    if (self == nil) {
        return nil;
    }
    UInt32 channels = description->mChannelsPerFrame;
    UInt32 buffers = [format isInterleaved] ? 1 : channels;
    size_t bytes = (size_t)frameCapacity * description->mBytesPerFrame, size;
    if (__builtin_mul_overflow(bytes, buffers, &size) || size == SIZE_MAX) {
        [self release];
        return nil;
    }
    _format = [format retain];
    _frameCapacity = frameCapacity;
    _list = NewList(buffers);
    _lengthList = NewList(buffers);
    _channels = calloc(channels, sizeof *_channels);
    _samples = calloc(size + 1, 1);
    if (_list == NULL || _lengthList == NULL || _channels == NULL || _samples == NULL) {
        [self release];
        return nil;
    }
    size_t sample = description->mBitsPerChannel / 8;
    for (UInt32 i = 0; i < channels; i++) {
        _channels[i] = (char *)_samples + i * ([format isInterleaved] ? sample : bytes);
    }
    for (UInt32 i = 0; i < buffers; i++) {
        AudioBuffer buffer = {
            [format isInterleaved] ? channels : 1, (UInt32)bytes, (char *)_samples + i * bytes};
        _list->mBuffers[i] = _lengthList->mBuffers[i] = buffer;
        _lengthList->mBuffers[i].mDataByteSize = 0;
    }
    return self;
}

- (void)dealloc {
    free(_channels);
    free(_samples);
    [super dealloc];
}

// An earlier caller may have shortened the list to what was used.
- (AudioBufferList *)mutableAudioBufferList {
    UInt32 bytes = _frameCapacity * [_format streamDescription]->mBytesPerFrame;
    for (UInt32 i = 0; i < _list->mNumberBuffers; i++) {
        _list->mBuffers[i].mDataByteSize = bytes;
    }
    return _list;
}

- (void)setFrameLength:(AVAudioFrameCount)frameLength {
    PBRequire(frameLength <= _frameCapacity, @"frameLength %u is past the frameCapacity %u",
              frameLength, _frameCapacity);
    _frameLength = frameLength;
    UInt32 bytes = frameLength * [_format streamDescription]->mBytesPerFrame;
    for (UInt32 i = 0; i < _lengthList->mNumberBuffers; i++) {
        _lengthList->mBuffers[i].mDataByteSize = bytes;
    }
}

- (NSUInteger)stride {
    return [_format isInterleaved] ? [_format channelCount] : 1;
}

- (float *const *)floatChannelData {
    return [_format commonFormat] == AVAudioPCMFormatFloat32 ? (float *const *)_channels : NULL;
}

- (int16_t *const *)int16ChannelData {
    return [_format commonFormat] == AVAudioPCMFormatInt16 ? (int16_t *const *)_channels : NULL;
}

- (int32_t *const *)int32ChannelData {
    return [_format commonFormat] == AVAudioPCMFormatInt32 ? (int32_t *const *)_channels : NULL;
}

@end
