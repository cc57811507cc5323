// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on the portable engine. The class is not there in a build without files, so it is looked up
// by name.
#ifndef PERBUS_PLATFORM_PORTABLE_FILE_H
#define PERBUS_PLATFORM_PORTABLE_FILE_H

#import "avfaudio/files/PBFile.h"
#import "formats.h"

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

// Made for writing, in the standard format, retained.
static inline AVAudioFile *
perbus__create_file(const char *path, const perbus_file_settings *settings, NSError **cause) {
    static const uint32_t bits[] = {32, 24, 16};
    static const pbf_type types[] = {PBF_WRITE_WAV, PBF_WRITE_FLAC, PBF_WRITE_VORBIS};
    AVAudioChannelLayout *layout = [perbus__format(&settings->format) channelLayout];
    uint32_t channels = settings->format.channels;
    pbf_writing writing = {
        .type = types[settings->type],
        .bits = bits[settings->samples],
        .rate = settings->format.sample_rate,
        .channels = channels,
        .layout = pbr_layout_of([layout layoutTag], channels),
        .quality = settings->quality > 0.0f ? (double)settings->quality : 0.5,
    };
    return [[NSClassFromString(@"AVAudioFile") alloc] pbInitForWritingPath:path writing:&writing
                                                              commonFormat:AVAudioPCMFormatFloat32
                                                               interleaved:NO
                                                                     error:cause];
}

// Completes the file, and releases the object.
static inline BOOL perbus__finish_file(AVAudioFile *file, NSError **cause) {
    BOOL works = [file pbFinish:cause];
    [file release];
    return works;
}

#endif
