// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBHostTime.h"

#include <math.h>

#include "render/device/clock.h"

// The last block began no longer ago than that; otherwise the engine's time has been set meanwhile.
static const double LongestBlock = 2e9; // nanoseconds

uint64_t PBHostNow(void) {
    return pbr_device_now();
}

AVAudioTime *PBTimeWithHost(AVAudioEngine *engine, int64_t engineTime, int64_t sample,
                            double rate) {
    int64_t frame = 0;
    pbr_moment moment;
    if (pbr_core_get_moment(engine->_engine->core, &frame, &moment)) {
        double since = (double)(engineTime - frame) / moment.pace;
        if (since >= 0.0 && since < LongestBlock) {
            return [AVAudioTime timeWithHostTime:moment.host + (uint64_t)llround(since)
                                      sampleTime:sample
                                          atRate:rate];
        }
    }
    return [AVAudioTime timeWithSampleTime:sample atRate:rate];
}

BOOL PBFrameAtHost(AVAudioEngine *engine, uint64_t host, double rate, int64_t *frame) {
    int64_t from = 0;
    pbr_moment moment;
    if (!pbr_core_get_moment(engine->_engine->core, &from, &moment)) {
        return NO;
    }
    double later = (double)(int64_t)(host - moment.host);
    double at = (double)from + later * moment.pace;
    *frame = llround(at * rate * 1e-9 / moment.pace);
    return YES;
}

PBStart PBStartOf(AVAudioTime *when, AVAudioEngine *engine) {
    PBStart start = {NO, PBR_FOLLOW, 0};
    if (when != nil && [when isSampleTimeValid]) {
        start.timed = YES;
        start.frame = [when sampleTime];
    } else if (when != nil && [when isHostTimeValid] && engine != nil &&
               engine->_engine->mode == PB_DEVICE) {
        start.host = [when hostTime];
    }
    return start;
}
