// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on the portable engine. The class is not there in a build without files, so it is looked up
// by name.
#ifndef PERBUS_PLATFORM_PORTABLE_FILE_H
#define PERBUS_PLATFORM_PORTABLE_FILE_H

#import "avfaudio/files/PBFile.h"

#include "avfaudio/files/container.h"

// Whether AVFAudio reads such files. The process's decoder gets the others.
static inline bool perbus__decodes(pbf_container container) {
    return pbf_is_decoded(container);
}

// Opened in the standard format, retained.
static inline AVAudioFile *perbus__open_file(const char *path, NSError **cause) {
    return [[NSClassFromString(@"AVAudioFile") alloc] pbInitForReadingPath:path
                                                              commonFormat:AVAudioPCMFormatFloat32
                                                               interleaved:NO
                                                                     error:cause];
}

// Reads the next frames; 0 at the end.
static inline BOOL perbus__read_file(AVAudioFile *file, AVAudioPCMBuffer *buffer,
                                     AVAudioFrameCount frames, NSError **cause) {
    return [file readIntoBuffer:buffer frameCount:frames error:cause];
}

// A static string.
static inline const char *perbus__codec_of(AVAudioFile *file) {
    return [file pbCodecName];
}

// How many samples AVFAudio has read as 0 because they were no numbers.
static inline uint64_t perbus__invalid_samples(AVAudioFile *file) {
    return [file pbInvalidSamples];
}

#endif
