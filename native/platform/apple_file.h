// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on Apple's engine.
#ifndef PERBUS_PLATFORM_APPLE_FILE_H
#define PERBUS_PLATFORM_APPLE_FILE_H

#import "decoder_file.h"
#import "formats.h"
#import "player_node.h"

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

// Made for writing, in the standard format, retained.
static inline AVAudioFile *
perbus__create_file(const char *path, const perbus_file_settings *settings, NSError **cause) {
    static const int bits[] = {32, 24, 16};
    AVAudioFormat *format = perbus__format(&settings->format);
    if (settings->type == PERBUS_FILE_OGG_VORBIS) {
        *cause = [NSError errorWithDomain:NSOSStatusErrorDomain
                                     code:kAudioFileUnsupportedFileTypeError
                                 userInfo:nil];
        return nil;
    }
    BOOL is_flac = settings->type == PERBUS_FILE_FLAC;
    NSMutableDictionary *values = [NSMutableDictionary dictionary];
    [values setObject:[NSNumber
                          numberWithUnsignedInt:is_flac ? kAudioFormatFLAC : kAudioFormatLinearPCM]
               forKey:AVFormatIDKey];
    [values setObject:[NSNumber numberWithDouble:[format sampleRate]] forKey:AVSampleRateKey];
    [values setObject:[NSNumber numberWithUnsignedInt:[format channelCount]]
               forKey:AVNumberOfChannelsKey];
    [values setObject:[NSNumber numberWithInt:bits[settings->samples]]
               forKey:is_flac ? AVEncoderBitDepthHintKey : AVLinearPCMBitDepthKey];
    if (!is_flac) {
        [values setObject:[NSNumber numberWithBool:settings->samples == PERBUS_FILE_FLOAT_32]
                   forKey:AVLinearPCMIsFloatKey];
    }
    if ([format channelLayout] != nil) {
        const AudioChannelLayout *layout = [[format channelLayout] layout];
        [values setObject:[NSData dataWithBytes:layout length:sizeof *layout]
                   forKey:AVChannelLayoutKey];
    }
    NSURL *url = [NSURL fileURLWithFileSystemRepresentation:path isDirectory:NO relativeToURL:nil];
    return [[AVAudioFile alloc] initForWriting:url settings:values
                                  commonFormat:AVAudioPCMFormatFloat32
                                   interleaved:NO
                                         error:cause];
}

// Completes the file, and releases the object: only deallocating closes it before macOS 15.
static inline BOOL perbus__finish_file(AVAudioFile *file, NSError **cause) {
    (void)cause;
    [file release];
    return YES;
}

// Files on players: the shim hands them over in pieces, and keeps what is queued for a seek.

// Whether such a file can be played at that rate. AVFAudio converts the files that it reads itself.
static inline BOOL perbus__can_convert(const perbus_file *file, double rate) {
    return file->object != nil || file->info.format.sample_rate == rate;
}

// Schedules the frames `first` to `end`. NO_MEMORY without a reason.
static inline perbus_status perbus__schedule_file(PerbusPlayerNode *player, perbus_file *file,
                                                  int64_t first, int64_t end, AVAudioTime *when,
                                                  const perbus_schedule *how) {
    return perbus__schedule_watched_file(player, file, first, end, when, how);
}

static inline perbus_position perbus__position_of(PerbusPlayerNode *player) {
    return perbus__watched_position(player);
}

static inline perbus_status perbus__seek_file(PerbusPlayerNode *player, int64_t frame,
                                              int64_t *first, int64_t *end) {
    return perbus__seek_watched(player, frame, first, end);
}

#endif
