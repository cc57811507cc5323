// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What files are named and made of, between C and AVFAudio.
#ifndef PB_FILEFORMATS_H
#define PB_FILEFORMATS_H

#import <AVFAudio/AVFAudio.h>

#include "reader.h"

// Returns NO, with the failure in *error unless error is NULL.
BOOL PBFailFile(NSError **error, const pbf_failure *failure);
// With escapes for bytes that are not ASCII: the path may not be UTF-8.
NSURL *PBFileURL(const char *path);
// The path's bytes, whatever their encoding, and a NUL.
NSData *PBFilePath(NSURL *url);
// Both are owned by the caller; nil without memory.
AVAudioFormat *PBFileProcessingFormat(const pbf_info *info, AVAudioCommonFormat common,
                                      BOOL interleaved);
AVAudioFormat *PBFileDiskFormat(const pbf_info *info);

#endif
