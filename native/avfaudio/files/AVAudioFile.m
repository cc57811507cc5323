// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#import "PBFile.h"
#import "PBFileFormats.h"
#import "PBSamples.h"
#import "avfaudio/support/PBErrors.h"

#include "writer.h"

#include <stdlib.h>

// Frames that are converted at a time.
enum { PBBlock = 4096 };

@implementation AVAudioFile

@synthesize url = _url;
@synthesize fileFormat = _fileFormat;
@synthesize processingFormat = _processingFormat;

- (instancetype)initForReading:(NSURL *)fileURL error:(NSError **)outError {
    return [self initForReading:fileURL commonFormat:AVAudioPCMFormatFloat32 interleaved:NO
                          error:outError];
}

- (instancetype)initForReading:(NSURL *)fileURL
                  commonFormat:(AVAudioCommonFormat)format
                   interleaved:(BOOL)interleaved
                         error:(NSError **)outError {
    self = [self pbInitForReadingPath:[PBFilePath(fileURL) bytes] commonFormat:format
                          interleaved:interleaved
                                error:outError];
    if (self != nil) {
        [_url release];
        _url = [fileURL retain];
    }
    return self;
}

- (void)dealloc {
    if (_reader != NULL) {
        pbf_reader_close(_reader);
    }
    if (_writer != NULL) {
        [self pbFinish:NULL];
    }
    free(_planes);
    [_url release];
    [_fileFormat release];
    [_processingFormat release];
    [super dealloc];
}

- (AVAudioFramePosition)length {
    return _reader != NULL ? pbf_reader_info(_reader)->frames : _written;
}

- (AVAudioFramePosition)framePosition {
    return _reader != NULL ? pbf_reader_position(_reader) : _written;
}

- (void)setFramePosition:(AVAudioFramePosition)framePosition {
    PBRequire(framePosition >= 0 && framePosition <= [self length],
              @"framePosition %lld is not in 0 to %lld", (long long)framePosition,
              (long long)[self length]);
    // A fault is reported by the next read.
    PBRequire(_reader != NULL, @"a file that is written has no framePosition to set");
    pbf_failure failure;
    pbf_reader_seek(_reader, framePosition, &failure);
}

- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer error:(NSError **)outError {
    return [self readIntoBuffer:buffer frameCount:[buffer frameCapacity] error:outError];
}

- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer
            frameCount:(AVAudioFrameCount)frames
                 error:(NSError **)outError {
    PBRequire(_reader != NULL, @"the file is written, not read");
    PBRequire([[buffer format] isEqual:_processingFormat], @"the buffer has %@, not %@",
              [buffer format], _processingFormat);
    uint32_t channels = [_processingFormat channelCount];
    AVAudioFrameCount wanted = frames < [buffer frameCapacity] ? frames : [buffer frameCapacity];
    AVAudioFrameCount done = 0;
    float *planes[PBF_MAX_CHANNELS];
    BOOL isStandard = [_processingFormat isStandard];
    pbf_failure failure;
    while (done < wanted) {
        AVAudioFrameCount count = wanted - done;
        count = isStandard || count < PBBlock ? count : PBBlock;
        for (uint32_t c = 0; c < channels; c++) {
            planes[c] = isStandard ? [buffer floatChannelData][c] : _planes + (size_t)c * PBBlock;
        }
        int64_t got = pbf_reader_read(_reader, planes, count, &failure);
        if (got < 0 && done == 0) {
            [buffer setFrameLength:0];
            return PBFailFile(outError, &failure);
        }
        if (got <= 0) {
            break;
        }
        if (!isStandard) {
            PBFromFloats(buffer, done, planes, (AVAudioFrameCount)got);
        }
        done += (AVAudioFrameCount)got;
        if (isStandard) {
            break; // it reads all that there is
        }
    }
    [buffer setFrameLength:done];
    return YES;
}

@end

@implementation AVAudioFile (PBFile)

- (instancetype)pbInitForReadingPath:(const char *)path
                        commonFormat:(AVAudioCommonFormat)format
                         interleaved:(BOOL)interleaved
                               error:(NSError **)outError {
    self = [super init];
    if (self == nil) {
        return nil;
    }
    if (format == AVAudioOtherFormat || format > AVAudioPCMFormatInt32) {
        [self release];
        PBRaise(@"common format %lu is not one of 1 to 4", (unsigned long)format);
    }
    int fd = -1;
    int64_t size = 0;
    pbf_failure failure;
    if (pbf_open_regular(path, &fd, &size, &failure)) {
        _reader = pbf_reader_open(fd, size, pbf_tell(fd), &failure);
    }
    if (_reader == NULL) {
        PBFailFile(outError, &failure);
        [self release];
        return nil;
    }
    const pbf_info *info = pbf_reader_info(_reader);
    _url = [PBFileURL(path) retain];
    _fileFormat = PBFileDiskFormat(info);
    _processingFormat = PBFileProcessingFormat(info, format, interleaved);
    if (![_processingFormat isStandard]) {
        _planes = malloc(sizeof(float) * PBBlock * info->channels);
    }
    if (_fileFormat == nil || _processingFormat == nil ||
        (_planes == NULL && ![_processingFormat isStandard])) {
        PBFail(outError, kAudio_MemFullError, @"no memory to read the file");
        [self release];
        return nil;
    }
    return self;
}

- (BOOL)pbIsRead {
    return _reader != NULL;
}

- (const char *)pbContainerName {
    return pbf_reader_info(_reader)->container;
}

- (const char *)pbCodecName {
    return pbf_reader_info(_reader)->codec;
}

- (uint64_t)pbInvalidSamples {
    return pbf_reader_invalid(_reader);
}

@end
