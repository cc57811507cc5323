// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on Apple's engine.
#ifndef PERBUS_PLATFORM_APPLE_FILE_H
#define PERBUS_PLATFORM_APPLE_FILE_H

#import "shim.h"

#include "avfaudio/files/container.h"

// Whether AVFAudio reads such files. The process's decoder gets the others.
static inline bool perbus__decodes(pbf_container container) {
    return container != PBF_OGG_VORBIS && container != PBF_OGG_OPUS && container != PBF_OGG_FLAC &&
           container != PBF_MATROSKA;
}

// Opened in the standard format, retained.
static inline AVAudioFile *perbus__open_file(const char *path, NSError **cause) {
    NSURL *url = [NSURL fileURLWithFileSystemRepresentation:path isDirectory:NO relativeToURL:nil];
    return [[AVAudioFile alloc] initForReading:url error:cause];
}

// Reads the next frames; 0 at the end, where AVAudioFile itself may fail.
static inline BOOL perbus__read_file(AVAudioFile *file, AVAudioPCMBuffer *buffer,
                                     AVAudioFrameCount frames, NSError **cause) {
    [buffer setFrameLength:0];
    if (frames == 0 || [file framePosition] >= [file length]) {
        return YES;
    }
    return [file readIntoBuffer:buffer frameCount:frames error:cause];
}

// A static string.
static inline const char *perbus__codec_of(AVAudioFile *file) {
    static const struct {
        AudioFormatID format;
        const char *name;
    } names[] = {
        {kAudioFormatMPEG4AAC, "AAC"},
        {kAudioFormatMPEG4AAC_HE, "HE-AAC"},
        {kAudioFormatMPEG4AAC_HE_V2, "HE-AAC"},
        {kAudioFormatAppleLossless, "ALAC"},
        {kAudioFormatFLAC, "FLAC"},
        {kAudioFormatMPEGLayer3, "MP3"},
        {kAudioFormatMPEGLayer2, "MPEG layer 2"},
        {kAudioFormatMPEGLayer1, "MPEG layer 1"},
        {kAudioFormatAppleIMA4, "IMA ADPCM"},
        {kAudioFormatULaw, "mu-law"},
        {kAudioFormatALaw, "A-law"},
        {kAudioFormatOpus, "Opus"},
    };
    const AudioStreamBasicDescription *disk = [[file fileFormat] streamDescription];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].format == disk->mFormatID) {
            return names[i].name;
        }
    }
    if (disk->mFormatID != kAudioFormatLinearPCM) {
        return "another codec";
    }
    bool is_float = disk->mFormatFlags & kAudioFormatFlagIsFloat;
    switch (disk->mBitsPerChannel) {
    case 8:
        return "PCM 8 bit";
    case 16:
        return "PCM 16 bit";
    case 24:
        return "PCM 24 bit";
    case 32:
        return is_float ? "float 32 bit" : "PCM 32 bit";
    default:
        return is_float ? "float 64 bit" : "PCM";
    }
}

// How many samples AVFAudio has read as 0 because they were no numbers: it reads them as they are.
static inline uint64_t perbus__invalid_samples(AVAudioFile *file) {
    (void)file;
    return 0;
}

#endif
