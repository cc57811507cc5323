// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Keys of the settings that AVAudioFile writes with. All values are NSNumbers.
#ifndef PB_AVAUDIOSETTINGS_H
#define PB_AVAUDIOSETTINGS_H

#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// An AudioFormatID.
extern NSString *const AVFormatIDKey;
/// Hz.
extern NSString *const AVSampleRateKey;
extern NSString *const AVNumberOfChannelsKey;
/// 16, 24 or 32.
extern NSString *const AVLinearPCMBitDepthKey;
extern NSString *const AVLinearPCMIsFloatKey;
/// Of FLAC: 16 or 24.
extern NSString *const AVEncoderBitDepthHintKey;

NS_ASSUME_NONNULL_END

#endif
