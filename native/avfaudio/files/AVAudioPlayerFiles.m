// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on players. Each scheduled segment opens the file by itself, when its turn comes.
#import "PBFile.h"
#import "PBFileFormats.h"
#import "PBPlayerFiles.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

#include "reader.h"

// A file, as it was when it was scheduled.
typedef struct Source {
    atomic_uint references;
    double rate;
    uint32_t channels;
    char path[];
} Source;

static void RetainSource(void *context) {
    Source *source = context;
    atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
}

static void ReleaseSource(void *context) {
    Source *source = context;
    if (atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) == 1) {
        free(source);
    }
}

static void CloseReader(void *reader) {
    pbf_reader_close(reader);
}

static void *OpenReader(void *context) {
    const Source *source = context;
    int fd = -1;
    int64_t size = 0;
    pbf_failure failure;
    if (!pbf_open_regular(source->path, &fd, &size, &failure)) {
        return NULL;
    }
    pbf_reader *reader = pbf_reader_open(fd, size, pbf_tell(fd), &failure);
    if (reader == NULL) {
        return NULL;
    }
    // Another file may have taken its name.
    const pbf_info *info = pbf_reader_info(reader);
    if (info->channels != source->channels || info->rate != source->rate) {
        pbf_reader_close(reader);
        return NULL;
    }
    return reader;
}

static int64_t ReadReader(void *reader, float *const *planes, int64_t frames) {
    pbf_failure failure;
    return pbf_reader_read(reader, planes, frames, &failure);
}

static bool SeekReader(void *reader, int64_t frame) {
    pbf_failure failure;
    return frame <= pbf_reader_info(reader)->frames && pbf_reader_seek(reader, frame, &failure);
}

@implementation AVAudioPlayerNode (AVAudioPlayerNodeFiles)

- (void)scheduleFile:(AVAudioFile *)file
               atTime:(AVAudioTime *)when
    completionHandler:(AVAudioNodeCompletionHandler)completionHandler {
    PBScheduled item = {.handler = completionHandler};
    [self pbScheduleFile:file from:0 to:[file length] atTime:when options:0 item:&item];
}

- (void)scheduleFile:(AVAudioFile *)file
                    atTime:(AVAudioTime *)when
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(AVAudioPlayerNodeCompletionHandler)completionHandler {
    PBScheduled item = {.typedHandler = completionHandler, .type = callbackType};
    [self pbScheduleFile:file from:0 to:[file length] atTime:when options:0 item:&item];
}

static int64_t EndOfSegment(AVAudioFile *file, AVAudioFramePosition start,
                            AVAudioFrameCount frames) {
    AVAudioFramePosition length = [file length];
    PBRequire(start >= 0 && frames > 0 && start < length && frames <= length - start,
              @"%u frames from frame %lld on are not a segment of a file of %lld frames", frames,
              (long long)start, (long long)length);
    return start + frames;
}

- (void)scheduleSegment:(AVAudioFile *)file
          startingFrame:(AVAudioFramePosition)startFrame
             frameCount:(AVAudioFrameCount)numberFrames
                 atTime:(AVAudioTime *)when
      completionHandler:(AVAudioNodeCompletionHandler)completionHandler {
    PBScheduled item = {.handler = completionHandler};
    int64_t end = EndOfSegment(file, startFrame, numberFrames);
    [self pbScheduleFile:file from:startFrame to:end atTime:when options:0 item:&item];
}

- (void)scheduleSegment:(AVAudioFile *)file
             startingFrame:(AVAudioFramePosition)startFrame
                frameCount:(AVAudioFrameCount)numberFrames
                    atTime:(AVAudioTime *)when
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(AVAudioPlayerNodeCompletionHandler)completionHandler {
    PBScheduled item = {.typedHandler = completionHandler, .type = callbackType};
    int64_t end = EndOfSegment(file, startFrame, numberFrames);
    [self pbScheduleFile:file from:startFrame to:end atTime:when options:0 item:&item];
}

- (void)pbScheduleFile:(AVAudioFile *)file
                  from:(int64_t)first
                    to:(int64_t)end
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
                  item:(const PBScheduled *)wanted {
    PBRequire(file != nil, @"file != nil");
    PBRequire([file pbIsRead], @"a player takes a file that is read");
    NSData *path = PBFilePath([file url]);
    Source *source = malloc(sizeof *source + [path length]);
    PBRequireMemory(source != NULL, @"no memory for a scheduled file");
    AVAudioFormat *format = [file processingFormat];
    atomic_init(&source->references, 1);
    source->rate = [format sampleRate];
    source->channels = [format channelCount];
    memcpy(source->path, [path bytes], [path length]);
    pbr_feed feed = {
        .context = source,
        .retain = RetainSource,
        .release = ReleaseSource,
        .open = OpenReader,
        .read = ReadReader,
        .seek = SeekReader,
        .close = CloseReader,
        .rate = source->rate,
        .channels = source->channels,
        .frames = [file length],
    };
    [self pbScheduleFeed:&feed from:first to:end atTime:when options:options item:wanted];
}

- (void)pbScheduleFile:(AVAudioFile *)file
                  from:(int64_t)first
                    to:(int64_t)end
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
                 ended:(void (*)(void *context, unsigned end))ended
               context:(void *)context {
    PBScheduled item = {.ended = ended, .context = context};
    [self pbScheduleFile:file from:first to:end atTime:when options:options item:&item];
}

@end
