// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBFileFormats.h"

#import <AudioToolbox/AudioToolbox.h>

#import "avfaudio/support/PBErrors.h"

#include <ctype.h>
#include <unistd.h>

BOOL PBFailFile(NSError **error, const pbf_failure *failure) {
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

NSURL *PBFileURL(const char *path) {
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

NSData *PBFilePath(NSURL *url) {
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

AVAudioFormat *PBFileProcessingFormat(const pbf_info *info, AVAudioCommonFormat common,
                                      BOOL interleaved) {
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
AVAudioFormat *PBFileDiskFormat(const pbf_info *info) {
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
