// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Engines and nodes that the program has made itself.
#import "engine.h"
#import "formats.h"
#import "inspect.h"

#include <stdlib.h>

static perbus_status check_class(id object, Class wanted, perbus_error *error) {
    if ([object isKindOfClass:wanted]) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_WRONG_KIND, @"the object is a %@, not an %@",
                        NSStringFromClass([object class]), NSStringFromClass(wanted));
}

perbus_status perbus_engine_adopt(void *av_engine, perbus_engine **out_engine,
                                  perbus_error *error) {
    PERBUS_REQUIRE(av_engine, error);
    PERBUS_REQUIRE(out_engine, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_classes(error));
        PERBUS_CHECK(check_class((id)av_engine, [AVAudioEngine class], error));
        perbus_engine *engine = calloc(1, sizeof *engine);
        if (engine == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
        }
        engine->object = [(AVAudioEngine *)av_engine retain];
        engine->adopted = true;
        perbus_status status = PERBUS_OK;
        @try {
            if ([engine->object isInManualRenderingMode]) {
                status = perbus__take_render_block(engine, error);
            }
        } @catch (NSException *exception) {
            status = perbus__caught(error, exception);
        }
        if (status != PERBUS_OK) {
            perbus_engine_destroy(engine);
            return status;
        }
        *out_engine = engine;
        return PERBUS_OK;
    });
}

perbus_status perbus_node_adopt(void *av_node, perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(av_node, error);
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_class((id)av_node, [AVAudioNode class], error));
        AVAudioNode *object = (AVAudioNode *)av_node;
        return perbus__wrap(object, perbus__kind_of(object), out_node, error);
    });
}

perbus_status perbus_format_from_native(void *av_format, perbus_format *out_format,
                                        perbus_error *error) {
    PERBUS_REQUIRE(av_format, error);
    PERBUS_REQUIRE(out_format, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_class((id)av_format, [AVAudioFormat class], error));
        AVAudioFormat *format = (AVAudioFormat *)av_format;
        if (![format isStandard]) {
            return perbus__fail(error, PERBUS_ERROR_FORMAT,
                                @"the format is not planar 32-bit float");
        }
        perbus_format described = perbus__describe(format);
        PERBUS_CHECK(perbus__check_format(&described, error));
        *out_format = described;
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_get_native(perbus_engine *engine, void **out_av_engine,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_av_engine, error);
    *out_av_engine = engine->object;
    return PERBUS_OK;
}

perbus_status perbus_node_get_native(perbus_node *node, void **out_av_node, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_av_node, error);
    *out_av_node = node->object;
    return PERBUS_OK;
}

perbus_status perbus_engine_get_max_frames(perbus_engine *engine, uint32_t *out_frames,
                                           perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_frames, error);
    *out_frames = engine->max_frames;
    return PERBUS_OK;
}
