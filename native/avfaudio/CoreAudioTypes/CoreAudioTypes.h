// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The basic Core Audio types in AVFAudio's signatures, for systems without Apple's headers.
// Planar float32 is the one sample format that the portable engine renders.
#ifndef PB_COREAUDIOTYPES_H
#define PB_COREAUDIOTYPES_H

#import <Foundation/Foundation.h>
#include <stdint.h>

typedef uint8_t UInt8;
typedef uint16_t UInt16;
typedef int16_t SInt16;
typedef uint32_t UInt32;
typedef int32_t SInt32;
typedef uint64_t UInt64;
typedef int64_t SInt64;
typedef float Float32;
typedef double Float64;
typedef SInt32 OSStatus;
typedef UInt32 FourCharCode;
typedef FourCharCode OSType;

enum { kAudio_NoError = 0, kAudio_ParamError = -50, kAudio_MemFullError = -108 };

typedef UInt32 AudioFormatID;
typedef UInt32 AudioFormatFlags;

enum {
    kAudioFormatLinearPCM = 0x6c70636d /* 'lpcm' */,
    kAudioFormatMPEG4AAC = 0x61616320 /* 'aac ' */,
    kAudioFormatMPEGLayer1 = 0x2e6d7031 /* '.mp1' */,
    kAudioFormatMPEGLayer2 = 0x2e6d7032 /* '.mp2' */,
    kAudioFormatMPEGLayer3 = 0x2e6d7033 /* '.mp3' */,
    kAudioFormatULaw = 0x756c6177 /* 'ulaw' */,
    kAudioFormatALaw = 0x616c6177 /* 'alaw' */,
    kAudioFormatFLAC = 0x666c6163 /* 'flac' */,
    kAudioFormatOpus = 0x6f707573 /* 'opus' */
};

enum {
    kAudioFormatFlagIsFloat = 1u << 0,
    kAudioFormatFlagIsBigEndian = 1u << 1,
    kAudioFormatFlagIsSignedInteger = 1u << 2,
    kAudioFormatFlagIsPacked = 1u << 3,
    kAudioFormatFlagIsNonInterleaved = 1u << 5,
    kAudioFormatFlagsNativeEndian = 0,
    kAudioFormatFlagsNativeFloatPacked = kAudioFormatFlagIsFloat | kAudioFormatFlagIsPacked
};

/// The sample format of a stream. For planar formats, the byte counts are those of a single
/// channel.
struct AudioStreamBasicDescription {
    Float64 mSampleRate;
    AudioFormatID mFormatID;
    AudioFormatFlags mFormatFlags;
    UInt32 mBytesPerPacket;
    UInt32 mFramesPerPacket;
    UInt32 mBytesPerFrame;
    UInt32 mChannelsPerFrame;
    UInt32 mBitsPerChannel;
    UInt32 mReserved;
};
typedef struct AudioStreamBasicDescription AudioStreamBasicDescription;

/// Samples of one channel (planar) or of all channels (interleaved).
struct AudioBuffer {
    UInt32 mNumberChannels;
    UInt32 mDataByteSize;
    void *_Nullable mData;
};
typedef struct AudioBuffer AudioBuffer;

/// mNumberBuffers buffers; the array is as long as the list was allocated.
struct AudioBufferList {
    UInt32 mNumberBuffers;
    AudioBuffer mBuffers[1];
};
typedef struct AudioBufferList AudioBufferList;

typedef UInt32 AudioTimeStampFlags;
enum { kAudioTimeStampSampleTimeValid = 1u << 0, kAudioTimeStampHostTimeValid = 1u << 1 };

struct SMPTETime {
    SInt16 mSubframes;
    SInt16 mSubframeDivisor;
    UInt32 mCounter;
    UInt32 mType;
    UInt32 mFlags;
    SInt16 mHours;
    SInt16 mMinutes;
    SInt16 mSeconds;
    SInt16 mFrames;
};
typedef struct SMPTETime SMPTETime;

struct AudioTimeStamp {
    Float64 mSampleTime;
    UInt64 mHostTime;
    Float64 mRateScalar;
    UInt64 mWordClockTime;
    SMPTETime mSMPTETime;
    AudioTimeStampFlags mFlags;
    UInt32 mReserved;
};
typedef struct AudioTimeStamp AudioTimeStamp;

typedef UInt32 AudioChannelLayoutTag;
/// The low 16 bits of a tag are its channel count. L R C LFE are the fronts, the centre and the
/// bass; Ls Rs the surrounds, Rls Rrs those in the back.
enum {
    kAudioChannelLayoutTag_Mono = (100u << 16) | 1,
    kAudioChannelLayoutTag_Stereo = (101u << 16) | 2,
    kAudioChannelLayoutTag_Quadraphonic = (108u << 16) | 4, // L R Ls Rs
    kAudioChannelLayoutTag_MPEG_3_0_A = (113u << 16) | 3,   // L R C
    kAudioChannelLayoutTag_MPEG_5_0_A = (117u << 16) | 5,   // L R C Ls Rs
    kAudioChannelLayoutTag_MPEG_5_1_A = (121u << 16) | 6,   // L R C LFE Ls Rs
    kAudioChannelLayoutTag_MPEG_7_1_C = (128u << 16) | 8,   // L R C LFE Ls Rs Rls Rrs
    kAudioChannelLayoutTag_ITU_2_2 = (132u << 16) | 4,      // L R Ls Rs
    kAudioChannelLayoutTag_AudioUnit_4 = kAudioChannelLayoutTag_Quadraphonic,
    kAudioChannelLayoutTag_AudioUnit_5_1 = kAudioChannelLayoutTag_MPEG_5_1_A,
    kAudioChannelLayoutTag_AudioUnit_7_1 = kAudioChannelLayoutTag_MPEG_7_1_C,
    kAudioChannelLayoutTag_WAVE_3_0 = kAudioChannelLayoutTag_MPEG_3_0_A,
    kAudioChannelLayoutTag_WAVE_4_0_A = kAudioChannelLayoutTag_ITU_2_2,
    kAudioChannelLayoutTag_WAVE_4_0_B = (185u << 16) | 4, // L R Rls Rrs
    kAudioChannelLayoutTag_WAVE_5_0_A = kAudioChannelLayoutTag_MPEG_5_0_A,
    kAudioChannelLayoutTag_WAVE_5_0_B = (186u << 16) | 5, // L R C Rls Rrs
    kAudioChannelLayoutTag_WAVE_5_1_A = kAudioChannelLayoutTag_MPEG_5_1_A,
    kAudioChannelLayoutTag_WAVE_5_1_B = (187u << 16) | 6, // L R C LFE Rls Rrs
    kAudioChannelLayoutTag_WAVE_7_1 = (189u << 16) | 8,   // L R C LFE Rls Rrs Ls Rs
    kAudioChannelLayoutTag_DiscreteInOrder = (147u << 16) | 0,
    kAudioChannelLayoutTag_Unknown = 0xFFFF0000u
};

#endif
