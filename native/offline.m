// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Offline rendering, straight into the caller's buffers.
#import "formats.h"
#import "platform/platform.h"
#import "player_node.h"
#import "shim.h"

#include <string.h>

static perbus_status not_running(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NOT_RUNNING, @"render before start");
}

static perbus_status check_render(perbus_engine *engine, uint32_t frames, float *const *channels,
                                  uint32_t channel_count, perbus_error *error) {
    if (engine->max_frames == 0) {
        return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                            @"the engine plays to a device: only offline engines are rendered");
    }
    if (![engine->object isRunning]) {
        return not_running(error);
    }
    if (frames > engine->max_frames) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"%u frames are more than the engine's %u", frames, engine->max_frames);
    }
    if (engine->channels == 0) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"the engine renders samples that are not planar 32-bit float");
    }
    if (channel_count != engine->channels) {
        return perbus__fail(error, PERBUS_ERROR_FORMAT,
                            @"%u channels for an engine that renders %u", channel_count,
                            engine->channels);
    }
    for (uint32_t c = 0; frames > 0 && c < channel_count; c++) {
        PERBUS_REQUIRE(channels[c], error);
    }
    return PERBUS_OK;
}

static bool rendered(AVAudioEngineManualRenderingStatus status) {
    return status == AVAudioEngineManualRenderingStatusSuccess ||
           status == AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode;
}

// Finds out why the block failed. The reason may be temporary: this call waits.
static perbus_status render_patiently(perbus_engine *engine, uint32_t frames,
                                      float *const *channels, uint32_t channel_count,
                                      perbus_error *error) {
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_render(engine, frames, channels, channel_count, error));
        if (frames == 0) {
            return PERBUS_OK;
        }
        AVAudioPCMBuffer *buffer =
            [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[engine->object manualRenderingFormat]
                                           frameCapacity:engine->max_frames] autorelease];
        if (buffer == nil) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for blocks of %u frames",
                                engine->max_frames);
        }
        NSError *cause = nil;
        if (!rendered([engine->object renderOffline:frames toBuffer:buffer error:&cause])) {
            // Another thread may have stopped the engine since the check.
            return [cause code] == AVAudioEngineManualRenderingErrorNotRunning
                       ? not_running(error)
                       : perbus__fail_with(error, PERBUS_ERROR_RENDER, cause);
        }
        for (uint32_t c = 0; c < engine->channels; c++) {
            memcpy(channels[c], perbus__planes(buffer)[c], frames * sizeof(float));
        }
        return PERBUS_OK;
    });
}

// The fast path. If it is not possible, *done stays false, without a reason.
static perbus_status render_block(perbus_engine *engine, uint32_t frames, float *const *channels,
                                  uint32_t channel_count, bool *done, perbus_error *error) {
    // A device engine has no block.
    if (engine->render == NULL || frames > engine->max_frames ||
        channel_count != engine->channels) {
        return PERBUS_OK;
    }
    struct {
        AudioBufferList list;
        AudioBuffer more[PERBUS_MAX_CHANNELS - 1];
    } output;
    output.list.mNumberBuffers = engine->channels;
    AudioBuffer *buffers = output.list.mBuffers;
    for (uint32_t c = 0; c < engine->channels; c++) {
        if (channels[c] == NULL) {
            return PERBUS_OK;
        }
        buffers[c] = (AudioBuffer){1, (UInt32)(frames * sizeof(float)), channels[c]};
    }
    AVAudioEngineManualRenderingStatus status = AVAudioEngineManualRenderingStatusError;
    PERBUS_CHECK(perbus__render(engine->render, frames, &output.list, &status, error));
    *done = rendered(status);
    return PERBUS_OK;
}

perbus_status perbus_engine_render(perbus_engine *engine, uint32_t frames, float *const *channels,
                                   uint32_t channel_count, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(channels, error);
    PERBUS_CHECK(perbus__enter(error));
    // What has been set since the last block is heard as halts leave it.
    PERBUS_CHECK(perbus__attend_players(engine->object, error));
    bool done = false;
    if (frames > 0) {
        PERBUS_CHECK(render_block(engine, frames, channels, channel_count, &done, error));
    }
    if (!done) {
        PERBUS_CHECK(render_patiently(engine, frames, channels, channel_count, error));
    }
    return perbus__attend_players(engine->object, error);
}
