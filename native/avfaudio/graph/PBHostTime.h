// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Host time of engines that play to a device: when a frame is heard, as far as the sound system
// knows. In manual rendering mode there is none.
#ifndef PB_HOST_TIME_H
#define PB_HOST_TIME_H

#import "PBEngine.h"

uint64_t PBHostNow(void);
// `sample` at a rate, with the host time at which that frame of the engine's is heard, if known.
AVAudioTime *PBTimeWithHost(AVAudioEngine *engine, int64_t engineTime, int64_t sample, double rate);
// The frame that is heard at a host time, at a rate. NO if that is not known.
BOOL PBFrameAtHost(AVAudioEngine *engine, uint64_t host, double rate, int64_t *frame);

// What an AVAudioTime asks for: a sample time if it has one, or else a host time.
typedef struct PBStart {
    BOOL timed;    // there is a sample time
    int64_t frame; // it
    uint64_t host; // or 0
} PBStart;
PBStart PBStartOf(AVAudioTime *when, AVAudioEngine *engine);

#endif
