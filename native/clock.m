// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Host time.
#import "engine.h"
#import "platform/platform.h"

uint64_t perbus_get_host_time(void) {
    return perbus__host_now();
}

static perbus_render_time describe(AVAudioTime *time) {
    perbus_render_time described = {.sample_time = 0};
    if ([time isSampleTimeValid]) {
        described.sample_time = [time sampleTime];
        described.sample_rate = [time sampleRate];
        described.known |= PERBUS_TIME_SAMPLE;
    }
    if ([time isHostTimeValid]) {
        described.host_time = perbus__host_time_of(time);
        described.known |= PERBUS_TIME_HOST;
    }
    return described;
}

perbus_status perbus_engine_get_render_time(perbus_engine *engine, perbus_render_time *out_time,
                                            perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_time, error);
    return perbus__guard(error, ^{
        if (![engine->object isRunning]) {
            return perbus__fail(error, PERBUS_ERROR_NOT_RUNNING,
                                @"the engine is not running: its clock stands still");
        }
        if (engine->max_frames > 0) {
            *out_time = (perbus_render_time){
                .sample_time = [engine->object manualRenderingSampleTime],
                .sample_rate = [[engine->object manualRenderingFormat] sampleRate],
                .known = PERBUS_TIME_SAMPLE,
            };
        } else {
            *out_time = describe([perbus__output(engine) lastRenderTime]);
        }
        return PERBUS_OK;
    });
}
