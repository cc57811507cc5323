// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Portable AVFAudio: Apple's class names, selectors and types on top of the C core in
// native/render.
#ifndef PB_AVFAUDIO_H
#define PB_AVFAUDIO_H

#import <AVFAudio/AVAudioBuffer.h>
#import <AVFAudio/AVAudioChannelLayout.h>
#import <AVFAudio/AVAudioConnectionPoint.h>
#import <AVFAudio/AVAudioEngine.h>
#import <AVFAudio/AVAudioFile.h>
#import <AVFAudio/AVAudioFormat.h>
#import <AVFAudio/AVAudioIONode.h>
#import <AVFAudio/AVAudioMixerNode.h>
#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>
#import <AVFAudio/AVAudioPlayerNode.h>
#import <AVFAudio/AVAudioSettings.h>
#import <AVFAudio/AVAudioSourceNode.h>
#import <AVFAudio/AVAudioTime.h>
#import <AVFAudio/AVAudioTypes.h>
#import <AVFAudio/AVAudioUnit.h>
#import <AVFAudio/AVAudioUnitEQ.h>
#import <AVFAudio/AVAudioUnitEffect.h>

#endif
