// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#import "PBFile.h"
#import "PBSamples.h"
#import "avfaudio/support/PBErrors.h"

#include "reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

// Frames that are converted at a time.
enum { PBBlock = 4096 };

static BOOL FailFor(NSError **error, const pbf_failure *failure) {
    static const OSStatus codes[] = {[PBF_SYSTEM] = kAudioFileUnspecifiedError,
                                     [PBF_UNSUPPORTED] = kAudioFileUnsupportedFileTypeError,
                                     [PBF_DAMAGED] = kAudioFileInvalidFileError,
                                     [PBF_NO_MEMORY] = kAudio_MemFullError};
    // As an object: %s is not UTF-8 everywhere.
    NSString *text = [NSString stringWithUTF8String:failure->text];
    text = text != nil ? text : @"it cannot be read";
    if (failure->reason != PBF_SYSTEM) {
        return PBFail(error, codes[failure->reason], @"%@", text);
    }
    if (error != NULL) {
        NSDictionary *info = [NSDictionary dictionaryWithObject:text
                                                         forKey:NSLocalizedDescriptionKey];
        *error = [NSError errorWithDomain:NSPOSIXErrorDomain code:failure->number userInfo:info];
    }
    return NO;
}

// With escapes for bytes that are not ASCII: it may not be UTF-8.
static NSURL *URLOf(const char *path) {
    NSMutableString *text = [NSMutableString stringWithString:@"file://"];
    char folder[4096];
    if (path[0] != '/' && getcwd(folder, sizeof folder) != NULL) {
        size_t length = strlen(folder);
        snprintf(folder + length, sizeof folder - length, "/%s", path);
        path = folder;
    }
    for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++) {
        BOOL isPlain = isalnum(*c) || strchr("/-_.~", *c) != NULL;
        [text appendFormat:isPlain ? @"%c" : @"%%%02X", *c];
    }
    return [NSURL URLWithString:text];
}

// The path's bytes, whatever their encoding.
static NSData *PathOf(NSURL *url) {
    NSMutableData *path = [NSMutableData data];
    const char *text = [[url absoluteString] UTF8String];
    text = text != NULL ? text : "";
    if (strncmp(text, "file://", 7) == 0) {
        text += 7;
        // A host may stand there.
        text = *text == '/' ? text : strchr(text, '/') != NULL ? strchr(text, '/') : "";
    }
    for (; *text != '\0'; text++) {
        unsigned byte = (unsigned char)*text;
        if (*text == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
            sscanf(text + 1, "%2x", &byte);
            text += 2;
        }
        unsigned char stored = (unsigned char)byte;
        [path appendBytes:&stored length:1];
    }
    [path appendBytes:"" length:1];
    return path;
}

static AVAudioFormat *FormatOf(const pbf_info *info, AVAudioCommonFormat common, BOOL interleaved) {
    if (info->channels <= 2) {
        return [[AVAudioFormat alloc] initWithCommonFormat:common sampleRate:info->rate
                                                  channels:info->channels
                                               interleaved:interleaved];
    }
    AVAudioChannelLayout *layout =
        [[[AVAudioChannelLayout alloc] initWithLayoutTag:info->layout] autorelease];
    return [[AVAudioFormat alloc] initWithCommonFormat:common sampleRate:info->rate
                                           interleaved:interleaved
                                         channelLayout:layout];
}

// How the samples are kept on disk.
static AVAudioFormat *DiskFormatOf(const pbf_info *info) {
    static const struct {
        const char *codec;
        AudioFormatID format;
    } ids[] = {
        {"MP3", kAudioFormatMPEGLayer3},
        {"MPEG layer 2", kAudioFormatMPEGLayer2},
        {"MPEG layer 1", kAudioFormatMPEGLayer1},
        {"Opus", kAudioFormatOpus},
        {"A-law", kAudioFormatALaw},
        {"mu-law", kAudioFormatULaw},
    };
    AudioStreamBasicDescription description = {0};
    description.mSampleRate = info->rate;
    description.mChannelsPerFrame = info->channels;
    description.mFormatID = info->is_pcm                           ? kAudioFormatLinearPCM
                            : strncmp(info->codec, "FLAC", 4) == 0 ? kAudioFormatFLAC
                                                                   : 0;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (strcmp(ids[i].codec, info->codec) == 0) {
            description.mFormatID = ids[i].format;
        }
    }
    if (info->is_pcm) {
        description.mFormatFlags =
            kAudioFormatFlagIsPacked |
            (info->is_float ? kAudioFormatFlagIsFloat : kAudioFormatFlagIsSignedInteger);
        description.mBitsPerChannel = info->bits;
        description.mBytesPerFrame = info->bits / 8 * info->channels;
        description.mBytesPerPacket = description.mBytesPerFrame;
        description.mFramesPerPacket = 1;
    }
    AVAudioChannelLayout *layout =
        [[[AVAudioChannelLayout alloc] initWithLayoutTag:info->layout] autorelease];
    return [[AVAudioFormat alloc] initWithStreamDescription:&description channelLayout:layout];
}

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
    self = [self pbInitForReadingPath:[PathOf(fileURL) bytes] commonFormat:format
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
    free(_planes);
    [_url release];
    [_fileFormat release];
    [_processingFormat release];
    [super dealloc];
}

- (AVAudioFramePosition)length {
    return pbf_reader_info(_reader)->frames;
}

- (AVAudioFramePosition)framePosition {
    return pbf_reader_position(_reader);
}

- (void)setFramePosition:(AVAudioFramePosition)framePosition {
    PBRequire(framePosition >= 0 && framePosition <= [self length],
              @"framePosition %lld is not in 0 to %lld", (long long)framePosition,
              (long long)[self length]);
    // A fault is reported by the next read.
    pbf_failure failure;
    pbf_reader_seek(_reader, framePosition, &failure);
}

- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer error:(NSError **)outError {
    return [self readIntoBuffer:buffer frameCount:[buffer frameCapacity] error:outError];
}

- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer
            frameCount:(AVAudioFrameCount)frames
                 error:(NSError **)outError {
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
            return FailFor(outError, &failure);
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
        FailFor(outError, &failure);
        [self release];
        return nil;
    }
    const pbf_info *info = pbf_reader_info(_reader);
    _url = [URLOf(path) retain];
    _fileFormat = DiskFormatOf(info);
    _processingFormat = FormatOf(info, format, interleaved);
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
