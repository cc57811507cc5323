// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOTYPES_H
#define PB_AVAUDIOTYPES_H

#import <CoreAudioTypes/CoreAudioTypes.h>

typedef int64_t AVAudioFramePosition;
typedef uint32_t AVAudioFrameCount;
typedef uint32_t AVAudioPacketCount;
typedef uint32_t AVAudioChannelCount;
typedef NSUInteger AVAudioNodeBus;

/// Runs on the engine's callback thread, never on the audio thread and never on the caller's.
typedef void (^AVAudioNodeCompletionHandler)(void);

struct AVAudio3DPoint {
    float x;
    float y;
    float z;
};
typedef struct AVAudio3DPoint AVAudio3DPoint;

#endif
