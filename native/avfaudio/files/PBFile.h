// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the shim asks of files and Apple's class has no call for.
#ifndef PB_FILE_H
#define PB_FILE_H

#import <AVFAudio/AVFAudio.h>

#include "writer.h"

@interface AVAudioFile (PBFile)

// By a path of any bytes, which need not be UTF-8.
- (instancetype)pbInitForReadingPath:(const char *)path
                        commonFormat:(AVAudioCommonFormat)format
                         interleaved:(BOOL)interleaved
                               error:(NSError **)outError;
// Whether it was opened for reading.
- (BOOL)pbIsRead;
// Static strings.
- (const char *)pbContainerName;
- (const char *)pbCodecName;
// How many of the samples read so far were NaN or infinite, and were read as 0.
- (uint64_t)pbInvalidSamples;

@end

@interface AVAudioFile (PBWriting)

// The extension does not matter.
- (instancetype)pbInitForWritingPath:(const char *)path
                             writing:(const pbf_writing *)writing
                        commonFormat:(AVAudioCommonFormat)format
                         interleaved:(BOOL)interleaved
                               error:(NSError **)outError;
// Completes a file that is written. It takes no more frames, and says what deallocating cannot.
- (BOOL)pbFinish:(NSError **)outError;

@end

#endif
