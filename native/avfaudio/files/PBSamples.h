// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Samples between planar float and the formats of buffers.
#ifndef PB_SAMPLES_H
#define PB_SAMPLES_H

#import <AVFAudio/AVFAudio.h>

// Puts the planes into the buffer from that frame on, rounded and clipped where it has integers.
void PBFromFloats(AVAudioPCMBuffer *buffer, AVAudioFrameCount at, float *const *planes,
                  AVAudioFrameCount frames);
// The other way, from the buffer's frame on.
void PBToFloats(const AVAudioPCMBuffer *buffer, AVAudioFrameCount at, float *const *planes,
                AVAudioFrameCount frames);

#endif
