// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBDevice.h"
#import "PBInputDevice.h"
#import "PBPublish.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/support/PBErrors.h"
#import "render/device/rtkit.h"

void PBWatchDevice(void *context) {
    AVAudioEngine *engine = context;
    PBEngine *state = engine->_engine;
    unsigned seen = 0;
    pbr_device *lost = NULL;
    pbr_input *unheard = NULL;
    pbr_thread ordinary = 0;
    PBLocked(engine) {
        if (state->device != NULL) {
            seen = pbr_device_poll(state->device);
            ordinary = pbr_device_next_ordinary(state->device);
        }
        if (seen & PBR_DEVICE_LOST) {
            lost = state->device;
            pbr_device_silence(lost);
            state->device = NULL;
            state->lostLibrary = pbr_device_library(lost);
            unheard = [engine pbTakeInput];
            if (!PBHasManner(engine, PB_MANNER_CONFIGURATION)) {
                [engine stop];
            }
        }
    }
    if (seen & PBR_DEVICE_XRUN) {
        PBEventsPut(state->notices, PB_XRUN);
    }
    if (atomic_exchange(&state->decoderLate, NO)) {
        PBEventsPut(state->notices, PB_DECODER_LATE);
    }
    if (seen & PBR_DEVICE_MOVED) {
        PBEventsPut(state->notices, PB_DEVICE_CHANGED);
    }
    if (seen & PBR_DEVICE_LOST) {
        PBEventsPut(state->notices, PB_DEVICE_LOST);
        PBEventsPut(state->notices, PB_CONFIGURATION_CHANGED);
    }
    // A sound system that has died may take its time: nobody has to wait for it.
    pbr_device_close(lost);
    pbr_input_close(unheard);
    PBWatchInput(engine);
    if (ordinary != 0) {
        pbr_rtkit_raise(ordinary);
    }
}

BOOL PBFailFor(NSError **error, const pbr_reason *reason) {
    OSStatus code = reason->no_memory ? kAudio_MemFullError : kAudioUnitErr_FailedInitialization;
    return PBFail(error, code, @"%@", [NSString stringWithUTF8String:reason->text]);
}

@implementation AVAudioEngine (AVAudioEngineDevice)

- (BOOL)pbStartDevice:(NSError **)error {
    pbr_reason reason = {"", false};
    NSError *cause = nil;
    AVAudioFormat *format = PBEngineFormat(self);
    pbr_device_wish wish = _engine->wish;
    wish.rate = [format sampleRate];
    wish.channels = [format channelCount];
    BOOL started = NO;
    // One that was lost during a pause is opened anew.
    for (BOOL fresh = NO; !started && !fresh;) {
        fresh = _engine->device == NULL;
        if (fresh) {
            const pbr_input_wish input = [self pbInputWish];
            _engine->device =
                pbr_device_open(_engine->core, &wish, [self pbRecords] ? &input : NULL, &reason);
            _engine->recorded.duplex = _engine->recorded.choice;
        }
        started = _engine->device != NULL && [self pbStartInput:&reason] &&
                  (!_engine->dirty || PBCompile(self, &cause)) &&
                  pbr_device_start(_engine->device, &reason);
        if (!started) {
            [self pbCloseDevice];
        }
    }
    if (!started && cause != nil) {
        if (error != NULL) {
            *error = cause;
        }
        return NO;
    }
    if (!started) {
        return PBFailFor(error, &reason);
    }
    PBCallbacksSetPolling(_engine->watch, true);
    return YES;
}

- (BOOL)pbStartAgain:(NSError **)error {
    BOOL started = NO;
    PBLocked(self) {
        _engine->wish.library = _engine->lostLibrary;
        _engine->recorded.optional = YES;
        started = [self startAndReturnError:error];
        _engine->recorded.optional = NO;
        _engine->wish.library = NULL;
    }
    return started;
}

- (void)pbCloseDevice {
    pbr_input_close([self pbTakeInput]);
    pbr_device_close(_engine->device);
    _engine->device = NULL;
    PBCallbacksSetPolling(_engine->watch, false);
}

- (pbr_device_wish)pbDeviceWish {
    pbr_device_wish wish = {.channels = 0};
    PBLocked(self) {
        wish = _engine->wish;
    }
    return wish;
}

- (BOOL)pbChooseDevice:(const pbr_device_wish *)wish error:(NSError **)error {
    pbr_device_info info;
    pbr_reason reason = {"", false};
    // Without the lock: the sound system may take its time.
    if (wish->id[0] != '\0' && !pbr_device_find(wish->id, &info, &reason)) {
        return PBFailFor(error, &reason);
    }
    BOOL chosen = NO;
    PBLocked(self) {
        chosen = _engine->phase == PB_STOPPED;
        if (chosen) {
            _engine->wish = *wish;
        }
    }
    return chosen || PBFail(error, kAudio_ParamError,
                            @"the device can be chosen only while the engine is stopped");
}

- (BOOL)pbReadDevice:(pbr_device_status *)status {
    BOOL open = NO;
    PBLocked(self) {
        open = _engine->device != NULL;
        if (open) {
            pbr_device_get_status(_engine->device, status);
        }
    }
    return open;
}

- (void)pbSetListener:(PBListener)listener {
    PBEventsSetListener(_engine->notices, listener);
}

- (void)pbReport:(PBEvent)event {
    PBEventsPut(_engine->notices, event);
}

@end
