// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The device that an engine plays to.
#ifndef PB_DEVICE_H
#define PB_DEVICE_H

#import "avfaudio/graph/PBEngine.h"

// Why a device could not be had. Returns NO.
BOOL PBFailFor(NSError **error, const pbr_reason *reason);

// The watch thread's: whether the device still plays. An engine that has lost it stops.
void PBWatchDevice(void *engine);

@interface AVAudioEngine (AVAudioEngineDevice)

// Opens the device unless it is open, and starts it. Locked.
- (BOOL)pbStartDevice:(NSError **)error;
// Locked, while the device is stopped.
- (void)pbCloseDevice;
// Starts after a loss. The default output is that of the same sound system, even if it has to come
// back first.
- (BOOL)pbStartAgain:(NSError **)error;

// What to play to from the next start on, and how. The rate only counts before anybody has asked for
// the engine's format. NO and a reason while the engine is started, or if there is no such device.
- (pbr_device_wish)pbDeviceWish;
- (BOOL)pbChooseDevice:(const pbr_device_wish *)wish error:(NSError **)error;
// NO if no device is open.
- (BOOL)pbReadDevice:(pbr_device_status *)status;
- (void)pbSetListener:(PBListener)listener;
- (void)pbReport:(PBEvent)event;

@end

#endif
