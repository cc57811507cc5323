// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBDevice.h"
#import "PBInputDevice.h"
#import "PBPublish.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

// The output's stream, if it records what is chosen now.
static pbr_capture *Duplex(const PBEngine *state) {
    BOOL chosen = state->device != NULL && state->recorded.duplex == state->recorded.choice;
    return chosen ? pbr_device_capture(state->device) : NULL;
}

// From now on the input node pulls from it. Locked.
static BOOL Use(AVAudioEngine *engine, pbr_capture *capture, pbr_reason *reason) {
    PBEngine *state = engine->_engine;
    BOOL used = NO;
    @try {
        double rate = [engine pbInputWish].rate;
        used = [state->input pbUseCapture:capture rate:rate];
    } @catch (NSException *exception) {
        // Foundation's way to say so. Whoever has opened the device has to close it.
        (void)exception;
    }
    if (!used) {
        pbr_say_no_memory(reason, "an input node");
    }
    return used;
}

void PBWatchInput(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    pbr_input_wish wish = {.rate = 0};
    pbr_input *ended = NULL;
    unsigned seen = 0, choice = 0;
    BOOL opens = NO;
    PBLocked(engine) {
        PBRecorded *recorded = &state->recorded;
        BOOL records = state->phase == PB_RUNNING && [engine pbRecords];
        if (recorded->input != NULL) {
            seen = pbr_input_poll(recorded->input);
        } else if (records && Duplex(state) != NULL) {
            uint64_t losses = pbr_capture_losses(Duplex(state));
            seen = losses != recorded->losses ? PBR_DEVICE_XRUN : 0;
            recorded->losses = losses;
        }
        if (seen & PBR_DEVICE_LOST || (recorded->input != NULL && ![engine pbRecords])) {
            ended = [engine pbTakeInput];
            recorded->lost = (seen & PBR_DEVICE_LOST) != 0;
        }
        // Another connection is another attempt.
        recorded->lost = recorded->lost && records;
        opens = records && recorded->input == NULL && Duplex(state) == NULL && !recorded->lost;
        wish = [engine pbInputWish];
        choice = recorded->choice;
    }
    pbr_input_close(ended);
    // Without the lock: the sound system may take its time.
    pbr_reason reason;
    pbr_input *opened = opens ? pbr_input_open(&wish, &reason) : NULL;
    if (opens) {
        BOOL used = NO, wanted = NO;
        PBLocked(engine) {
            PBRecorded *recorded = &state->recorded;
            wanted = state->phase == PB_RUNNING && [engine pbRecords] && recorded->input == NULL &&
                     recorded->choice == choice;
            used = wanted && opened != NULL && pbr_input_start(opened, &reason) &&
                   Use(engine, pbr_input_capture(opened), &reason);
            recorded->input = used ? opened : recorded->input;
            recorded->lost = wanted && !used;
        }
        if (!used) {
            pbr_input_close(opened);
        }
        seen |= wanted && !used ? PBR_DEVICE_LOST : 0;
    }
    if (seen & PBR_DEVICE_XRUN) {
        PBEventsPut(state->notices, PB_XRUN);
    }
    if (seen & PBR_DEVICE_MOVED) {
        PBEventsPut(state->notices, PB_DEVICE_CHANGED);
    }
    if (seen & PBR_DEVICE_LOST) {
        PBEventsPut(state->notices, PB_INPUT_LOST);
    }
}

@implementation AVAudioEngine (AVAudioEngineInput)

- (AVAudioFormat *)pbInputDeviceFormat {
    AVAudioFormat *format = nil;
    PBLocked(self) {
        PBRecorded *recorded = &_engine->recorded;
        pbr_device_info info;
        pbr_reason reason;
        if (recorded->format == nil && pbr_input_find(recorded->id, &info, &reason)) {
            recorded->format = [PBFormatOf(info.rate, info.inputs) retain];
        }
        format = recorded->format != nil ? [[recorded->format retain] autorelease] : PBNoFormat();
    }
    return format;
}

- (AVAudioFormat *)pbInputNodeFormat {
    AVAudioFormat *own = [self pbInputDeviceFormat];
    return [own channelCount] > 0
               ? PBFormatOf([PBEngineFormat(self) sampleRate], [own channelCount])
               : own;
}

- (BOOL)pbRecords {
    if (_engine->mode != PB_DEVICE || _engine->input == nil) {
        return NO;
    }
    const PBOutput *output = &((AVAudioNode *)_engine->input)->_node->outputs[0];
    return output->count > 0 || output->tap != NULL;
}

- (pbr_input_wish)pbInputWish {
    pbr_input_wish wish = {.rate = [PBEngineFormat(self) sampleRate],
                           .latency = _engine->wish.latency};
    memcpy(wish.id, _engine->recorded.id, sizeof wish.id);
    AVAudioNode *node = _engine->input;
    if (node != nil && node->_node->outputs[0].format != nil) {
        wish.rate = [node->_node->outputs[0].format sampleRate];
    }
    return wish;
}

// NO and a reason.
- (BOOL)pbOpenInput:(pbr_reason *)reason {
    PBRecorded *recorded = &_engine->recorded;
    for (BOOL fresh = NO; !fresh;) {
        fresh = recorded->input == NULL;
        if (fresh) {
            const pbr_input_wish wish = [self pbInputWish];
            recorded->input = pbr_input_open(&wish, reason);
            if (recorded->input == NULL) {
                return NO;
            }
        }
        if (pbr_input_start(recorded->input, reason)) {
            return !fresh || Use(self, pbr_input_capture(recorded->input), reason);
        }
        // One that was lost during a pause is opened anew.
        pbr_input_close([self pbTakeInput]);
    }
    return NO;
}

- (BOOL)pbStartInput:(pbr_reason *)reason {
    PBRecorded *recorded = &_engine->recorded;
    if (![self pbRecords]) {
        pbr_input_close([self pbTakeInput]);
        return YES;
    }
    recorded->lost = NO;
    pbr_capture *capture = Duplex(_engine);
    if (capture != NULL) {
        pbr_input_close([self pbTakeInput]);
        return Use(self, capture, reason);
    }
    if (![self pbOpenInput:reason]) {
        recorded->lost = recorded->optional;
        if (recorded->lost) {
            PBEventsPut(_engine->notices, PB_INPUT_LOST);
        }
        return recorded->lost;
    }
    return YES;
}

- (void)pbHaltInput {
    if (_engine->recorded.input != NULL) {
        pbr_input_stop(_engine->recorded.input);
    }
}

- (pbr_input *)pbTakeInput {
    pbr_input *taken = _engine->recorded.input;
    _engine->recorded.input = NULL;
    if (_engine->input != nil && _engine->mode == PB_DEVICE) {
        [_engine->input pbUseCapture:NULL rate:0];
    }
    return taken;
}

- (BOOL)pbChooseInput:(const char *)name error:(NSError **)error {
    pbr_device_info info;
    pbr_input_wish wish;
    pbr_reason reason = {"", false};
    BOOL records = NO;
    // Without the lock: the sound system may take its time.
    BOOL found = name[0] == '\0' || pbr_input_find(name, &info, &reason);
    pbr_input *opened = NULL;
    if (found) {
        PBLocked(self) {
            records = _engine->phase == PB_RUNNING && [self pbRecords];
            wish = [self pbInputWish];
        }
        memcpy(wish.id, name, strlen(name) + 1);
        opened = records ? pbr_input_open(&wish, &reason) : NULL;
        if (opened != NULL && !pbr_input_start(opened, &reason)) {
            pbr_input_close(opened);
            opened = NULL;
        }
    }
    if (!found || (records && opened == NULL)) {
        return PBFailFor(error, &reason);
    }
    pbr_input *former = NULL;
    PBLocked(self) {
        PBRecorded *recorded = &_engine->recorded;
        former = [self pbTakeInput];
        memcpy(recorded->id, wish.id, sizeof recorded->id);
        recorded->choice++;
        recorded->lost = NO;
        [recorded->format release];
        recorded->format = nil;
        if (opened != NULL && _engine->phase == PB_RUNNING && [self pbRecords] &&
            Use(self, pbr_input_capture(opened), &reason)) {
            recorded->input = opened;
            opened = NULL;
        }
    }
    pbr_input_close(opened);
    pbr_input_close(former);
    return YES;
}

- (BOOL)pbReadInput:(pbr_input_status *)status {
    BOOL records = NO;
    PBLocked(self) {
        const PBRecorded *recorded = &_engine->recorded;
        records = recorded->input != NULL || ([self pbRecords] && Duplex(_engine) != NULL);
        if (recorded->input != NULL) {
            pbr_input_get_status(recorded->input, status);
        } else if (records) {
            pbr_device_get_input_status(_engine->device, status);
        }
    }
    return records;
}

@end
