// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOFILE_H
#define PB_AVAUDIOFILE_H

#import <AVFAudio/AVAudioBuffer.h>

NS_ASSUME_NONNULL_BEGIN

/// An audio file, opened for sequential reading or writing, with frames converted between its format
/// and a processing format.
/// It may be used on any thread, but on one at a time.
///
/// The kind of file is recognized by its first bytes, not by its name. Errors of the system are in
/// NSPOSIXErrorDomain, others have a code of AudioToolbox/AudioFile.h.
@interface AVAudioFile : NSObject {
  @private
    NSURL *_url;
    AVAudioFormat *_fileFormat;
    AVAudioFormat *_processingFormat;
    struct pbf_reader *_reader;
    struct pbf_writer *_writer;
    AVAudioFramePosition _written;
    float *_planes;
}

/// The processing format is the standard one.
- (nullable instancetype)initForReading:(NSURL *)fileURL error:(NSError **)outError;
/// Throws for a common format of AVAudioOtherFormat.
- (nullable instancetype)initForReading:(NSURL *)fileURL
                           commonFormat:(AVAudioCommonFormat)format
                            interleaved:(BOOL)interleaved
                                  error:(NSError **)outError;

/// Fills the buffer from framePosition on. At the end of the file its frameLength is 0 afterwards.
/// Throws for a buffer that has not the processing format.
- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer error:(NSError **)outError;
/// The same, with no more than that many frames.
- (BOOL)readIntoBuffer:(AVAudioPCMBuffer *)buffer
            frameCount:(AVAudioFrameCount)frames
                 error:(NSError **)outError;

@property (nonatomic, readonly) NSURL *url;
/// The format on disk.
@property (nonatomic, readonly) AVAudioFormat *fileFormat;
@property (nonatomic, readonly) AVAudioFormat *processingFormat;
/// In frames, without what the encoder has added at both ends.
@property (nonatomic, readonly) AVAudioFramePosition length;
/// Where the next read begins. Throws for a position before 0 or past the length.
@property (nonatomic) AVAudioFramePosition framePosition;

@end

@interface AVAudioFile (AVAudioFileWriting)

/// Makes a file, or empties the one that is there. Its name's extension says which kind: wav or flac.
/// The processing format is the standard one. The file is complete when the object is deallocated.
- (nullable instancetype)initForWriting:(NSURL *)fileURL
                               settings:(NSDictionary<NSString *, id> *)settings
                                  error:(NSError **)outError;
/// Throws for a common format of AVAudioOtherFormat.
- (nullable instancetype)initForWriting:(NSURL *)fileURL
                               settings:(NSDictionary<NSString *, id> *)settings
                           commonFormat:(AVAudioCommonFormat)format
                            interleaved:(BOOL)interleaved
                                  error:(NSError **)outError;
/// Appends all frames of the buffer. Throws for one that has not the processing format.
- (BOOL)writeFromBuffer:(const AVAudioPCMBuffer *)buffer error:(NSError **)outError;

@end

NS_ASSUME_NONNULL_END

#endif
