// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Samples for players.
#import "formats.h"

#include <stdlib.h>

perbus_status perbus_buffer_create(const perbus_format *format, uint32_t frames,
                                   perbus_buffer **out_buffer, perbus_error *error) {
    PERBUS_REQUIRE(out_buffer, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    return perbus__guard(error, ^{
        AVAudioPCMBuffer *object =
            [[AVAudioPCMBuffer alloc] initWithPCMFormat:perbus__format(format)
                                          frameCapacity:frames];
        perbus_buffer *buffer = object != nil ? calloc(1, sizeof *buffer) : NULL;
        if (buffer == NULL) {
            [object release];
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY,
                                @"no memory for a buffer of %u frames and %u channels", frames,
                                format->channels);
        }
        [object setFrameLength:frames];
        buffer->object = object;
        *out_buffer = buffer;
        return PERBUS_OK;
    });
}

static void end_buffer(perbus__handle *handle) {
    perbus_buffer *buffer = (perbus_buffer *)handle;
    perbus__catch(NULL, ^{
        [buffer->object release];
        return PERBUS_OK;
    });
    free(buffer);
}

void perbus_buffer_release(perbus_buffer *buffer) {
    if (buffer != NULL) {
        perbus__end(&buffer->later, end_buffer);
    }
}

float *perbus_buffer_get_channel(perbus_buffer *buffer, uint32_t channel) {
    __block float *samples = NULL;
    if (buffer != NULL) {
        perbus__catch(NULL, ^{
            if (channel < [[buffer->object format] channelCount]) {
                samples = perbus__planes(buffer->object)[channel];
            }
            return PERBUS_OK;
        });
    }
    return samples;
}

perbus_status perbus_buffer_set_frames(perbus_buffer *buffer, uint32_t frames,
                                       perbus_error *error) {
    PERBUS_REQUIRE(buffer, error);
    return perbus__guard(error, ^{
        if (frames > [buffer->object frameCapacity]) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"%u frames in a buffer made for %u", frames,
                                [buffer->object frameCapacity]);
        }
        [buffer->object setFrameLength:frames];
        return PERBUS_OK;
    });
}

uint32_t perbus_buffer_get_frames(const perbus_buffer *buffer) {
    return buffer != NULL ? [buffer->object frameLength] : 0;
}
