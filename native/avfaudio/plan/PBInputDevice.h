// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The device that an engine records from.
#ifndef PB_INPUT_DEVICE_H
#define PB_INPUT_DEVICE_H

#import "avfaudio/graph/PBEngine.h"

// The watch thread's: whether the device still records, and whether it is to record at all. The
// engine plays on without it.
void PBWatchInput(AVAudioEngine *engine);

@interface AVAudioEngine (AVAudioEngineInput)

// The device's own; 0 Hz and 0 channels without a device. Asks the sound system until there is one.
- (AVAudioFormat *)pbInputDeviceFormat;
// What the input node makes of it, unless a connection or a tap says otherwise.
- (AVAudioFormat *)pbInputNodeFormat;

// All locked. Nothing is recorded unless the input node is connected or tapped.
- (BOOL)pbRecords;
- (pbr_input_wish)pbInputWish;
// Opens the device unless it is open, and starts it. True without a need for one.
- (BOOL)pbStartInput:(pbr_reason *)reason;
- (void)pbHaltInput;
// The stream that records, which the caller closes, or NULL: the engine does without.
- (pbr_input *)pbTakeInput;

// What to record from, from now on. NO and a reason, and nothing changed, if that cannot be.
- (BOOL)pbChooseInput:(const char *)name error:(NSError **)error;
// NO if nothing is recorded.
- (BOOL)pbReadInput:(pbr_input_status *)status;

@end

#endif
