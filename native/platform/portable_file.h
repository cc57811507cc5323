// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on the portable engine. The class is not there in a build without files, so it is looked up
// by name.
#ifndef PERBUS_PLATFORM_PORTABLE_FILE_H
#define PERBUS_PLATFORM_PORTABLE_FILE_H

#import "avfaudio/files/PBFile.h"
#import "avfaudio/files/PBPlayerFiles.h"
#import "avfaudio/graph/PBProposal.h"
#import "decoder_file.h"
#import "formats.h"
#import "platform/portable.h"
#import "player_node.h"

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

// Files on players.

// Whether such a file can be played at that rate.
static inline BOOL perbus__can_convert(const perbus_file *file, double rate) {
    return PBRatioProblem(file->info.format.sample_rate, rate) == nil;
}

// Schedules the frames `first` to `end`. NO_MEMORY without a reason.
static inline perbus_status perbus__schedule_file(PerbusPlayerNode *player, perbus_file *file,
                                                  int64_t first, int64_t end, AVAudioTime *when,
                                                  const perbus_schedule *how) {
    if (perbus__watches(player)) {
        return perbus__schedule_watched_file(player, file, first, end, when, how);
    }
    if (file->object != nil) {
        [player pbScheduleFile:file->object from:first to:end atTime:when options:how->flags
                         ended:how->completion
                       context:how->context];
        return PERBUS_OK;
    }
    perbus__decoded *decoded = perbus__decoded_create(file);
    if (decoded == NULL) {
        return PERBUS_ERROR_NO_MEMORY;
    }
    pbr_feed feed = {
        .context = decoded,
        .retain = perbus__decoded_retain,
        .release = perbus__decoded_release,
        .open = perbus__decoded_open,
        .read = perbus__decoded_read,
        .seek = perbus__decoded_seek,
        .close = perbus__decoded_close,
        .rate = file->info.format.sample_rate,
        .channels = file->info.format.channels,
        .frames = file->info.frames,
    };
    PBScheduled item = {.ended = how->completion, .context = how->context};
    [player pbScheduleFeed:&feed from:first to:end atTime:when options:how->flags item:&item];
    return PERBUS_OK;
}

static inline perbus_position perbus__position_of(PerbusPlayerNode *player) {
    if (perbus__watches(player)) {
        return perbus__watched_position(player);
    }
    PBPosition position = [player pbPosition];
    return (perbus_position){position.playerFrame, position.fileFrame, position.fileFrames,
                             position.lateFrames};
}

// The file that is played goes on from the frame. OUT_OF_RANGE with the segment, INVALID_ARGUMENT if
// no file is played, or NO_MEMORY.
static inline perbus_status perbus__seek_file(PerbusPlayerNode *player, int64_t frame,
                                              int64_t *first, int64_t *end) {
    if (perbus__watches(player)) {
        return perbus__seek_watched(player, frame, first, end);
    }
    static const perbus_status statuses[] = {PERBUS_OK, PERBUS_ERROR_INVALID_ARGUMENT,
                                             PERBUS_ERROR_OUT_OF_RANGE, PERBUS_ERROR_NO_MEMORY};
    PBPosition position;
    PBSought sought = [player pbSeekTo:frame position:&position];
    *first = position.first;
    *end = position.end;
    return statuses[sought];
}

#endif
