// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Codes of errors about audio files.
#ifndef PB_AUDIOFILE_H
#define PB_AUDIOFILE_H

#import <CoreAudioTypes/CoreAudioTypes.h>

enum {
    kAudioFileUnspecifiedError = 0x7768743f /* 'wht?' */,
    kAudioFileUnsupportedFileTypeError = 0x7479703f /* 'typ?' */,
    kAudioFileUnsupportedDataFormatError = 0x666d743f /* 'fmt?' */,
    kAudioFileInvalidFileError = 0x6474613f /* 'dta?' */
};

#endif
