// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

#import "PBFile.h"
#import "PBFileFormats.h"
#import "PBSamples.h"
#import "avfaudio/support/PBErrors.h"

#include "backend.h"

#include <math.h>
#include <stdlib.h>

NSString *const AVFormatIDKey = @"AVFormatIDKey";
NSString *const AVSampleRateKey = @"AVSampleRateKey";
NSString *const AVNumberOfChannelsKey = @"AVNumberOfChannelsKey";
NSString *const AVLinearPCMBitDepthKey = @"AVLinearPCMBitDepthKey";
NSString *const AVLinearPCMIsFloatKey = @"AVLinearPCMIsFloatKey";
NSString *const AVEncoderBitDepthHintKey = @"AVEncoderBitDepthHintKey";

// Frames that are converted at a time.
enum { PBBlock = 4096 };

static double NumberOf(NSDictionary *settings, NSString *key, double otherwise) {
    NSNumber *number = [settings objectForKey:key];
    return number != nil ? [number doubleValue] : otherwise;
}

// What the settings ask for, in a file with such a name.
static BOOL ReadSettings(NSDictionary *settings, NSURL *url, pbf_writing *writing,
                         NSError **error) {
    NSString *extension = [[[url absoluteString] pathExtension] lowercaseString];
    BOOL isFLAC = [extension isEqualToString:@"flac"];
    UInt32 format = isFLAC ? kAudioFormatFLAC : kAudioFormatLinearPCM;
    if (!isFLAC && ![extension isEqualToString:@"wav"]) {
        return PBFail(error, kAudioFileUnsupportedFileTypeError,
                      @"%@ is no kind of file that is written: wav and flac are", extension);
    }
    if (NumberOf(settings, AVFormatIDKey, format) != format) {
        return PBFail(error, kAudioFileUnsupportedDataFormatError,
                      @"a %@ file cannot have the format %.0f", extension,
                      NumberOf(settings, AVFormatIDKey, 0.0));
    }
    double bits = isFLAC ? NumberOf(settings, AVEncoderBitDepthHintKey, 16.0)
                         : NumberOf(settings, AVLinearPCMBitDepthKey, 16.0);
    BOOL isFloat = !isFLAC && NumberOf(settings, AVLinearPCMIsFloatKey, 0.0) != 0.0;
    double channels = NumberOf(settings, AVNumberOfChannelsKey, 2.0);
    if (isFloat ? bits != 32.0 : bits != 16.0 && bits != 24.0) {
        return PBFail(error, kAudioFileUnsupportedDataFormatError,
                      @"%g bits are not 16 or 24 of integers, or 32 of floats", bits);
    }
    if (!(channels >= 1.0 && channels <= PBF_MAX_CHANNELS)) {
        return PBFail(error, kAudioFileUnsupportedDataFormatError, @"%g channels are not 1 to %d",
                      channels, PBF_MAX_CHANNELS);
    }
    writing->type = isFLAC ? PBF_WRITE_FLAC : PBF_WRITE_WAV;
    writing->bits = (uint32_t)bits;
    writing->rate = NumberOf(settings, AVSampleRateKey, 44100.0);
    writing->channels = (uint32_t)channels;
    writing->layout = pbf_fixed_layout(writing->channels);
    return YES;
}

@implementation AVAudioFile (AVAudioFileWriting)

- (instancetype)initForWriting:(NSURL *)fileURL
                      settings:(NSDictionary<NSString *, id> *)settings
                         error:(NSError **)outError {
    return [self initForWriting:fileURL settings:settings commonFormat:AVAudioPCMFormatFloat32
                    interleaved:NO
                          error:outError];
}

- (instancetype)initForWriting:(NSURL *)fileURL
                      settings:(NSDictionary<NSString *, id> *)settings
                  commonFormat:(AVAudioCommonFormat)format
                   interleaved:(BOOL)interleaved
                         error:(NSError **)outError {
    pbf_writing writing = {.bits = 16};
    if (!ReadSettings(settings, fileURL, &writing, outError)) {
        [self release];
        return nil;
    }
    self = [self pbInitForWritingPath:[PBFilePath(fileURL) bytes] writing:&writing
                         commonFormat:format
                          interleaved:interleaved
                                error:outError];
    if (self != nil) {
        [_url release];
        _url = [fileURL retain];
    }
    return self;
}

- (BOOL)writeFromBuffer:(const AVAudioPCMBuffer *)buffer error:(NSError **)outError {
    PBRequire(_writer != NULL, @"the file is not written, or it is complete");
    PBRequire([[buffer format] isEqual:_processingFormat], @"the buffer has %@, not %@",
              [buffer format], _processingFormat);
    uint32_t channels = [_processingFormat channelCount];
    AVAudioFrameCount frames = [buffer frameLength], count = frames;
    float *planes[PBF_MAX_CHANNELS];
    pbf_failure failure;
    for (AVAudioFrameCount done = 0; done < frames; done += count) {
        count = frames - done;
        if ([_processingFormat isStandard]) {
            for (uint32_t c = 0; c < channels; c++) {
                planes[c] = [buffer floatChannelData][c];
            }
        } else {
            count = count < PBBlock ? count : PBBlock;
            for (uint32_t c = 0; c < channels; c++) {
                planes[c] = _planes + (size_t)c * PBBlock;
            }
            PBToFloats(buffer, done, planes, count);
        }
        if (!pbf_writer_write(_writer, (const float *const *)planes, count, &failure)) {
            return PBFailFile(outError, &failure);
        }
        _written += count;
    }
    return YES;
}

@end

@implementation AVAudioFile (PBWriting)

- (instancetype)pbInitForWritingPath:(const char *)path
                             writing:(const pbf_writing *)writing
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
    pbf_info info = {.rate = writing->rate,
                     .channels = writing->channels,
                     .layout = writing->layout,
                     .codec = writing->type == PBF_WRITE_FLAC ? "FLAC" : "Vorbis",
                     .is_pcm = writing->type == PBF_WRITE_WAV,
                     .is_float = writing->bits == 32,
                     .bits = writing->bits};
    _url = [PBFileURL(path) retain];
    _fileFormat = PBFileDiskFormat(&info);
    _processingFormat = PBFileProcessingFormat(&info, format, interleaved);
    _planes = malloc(sizeof(float) * PBBlock * writing->channels);
    if (_fileFormat == nil || _processingFormat == nil || _planes == NULL) {
        PBFail(outError, kAudio_MemFullError, @"no memory to write the file");
        [self release];
        return nil;
    }
    pbf_failure failure;
    _writer = pbf_writer_open(path, writing, &failure);
    if (_writer == NULL) {
        PBFailFile(outError, &failure);
        [self release];
        return nil;
    }
    return self;
}

- (BOOL)pbFinish:(NSError **)outError {
    pbf_writer *writer = _writer;
    pbf_failure failure;
    _writer = NULL;
    return writer == NULL || pbf_writer_finish(writer, &failure) ? YES
                                                                 : PBFailFile(outError, &failure);
}

@end
