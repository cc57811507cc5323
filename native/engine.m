// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Engine lifecycle.
#import "engine.h"

#import "device.h"
#import "formats.h"
#import "input.h"
#import "platform/platform.h"
#import "restart.h"

#include <Block.h>
#include <stdlib.h>

enum { MAX_BLOCK = 1048576 };

// In a program linked without the classes, messages to them would go to nil and return zeros. The
// look-up also keeps the library that has them in the link.
perbus_status perbus__check_classes(perbus_error *error) {
    static NSString *const names[] = {@"AVAudioEngine",     @"AVAudioMixerNode",
                                      @"AVAudioPlayerNode", @"AVAudioSourceNode",
                                      @"AVAudioPCMBuffer",  @"AVAudioMixingDestination"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (NSClassFromString(names[i]) == Nil) {
            return perbus__fail(error, PERBUS_ERROR_UNAVAILABLE, @"the class %@ is not linked in",
                                names[i]);
        }
    }
    if (!perbus__is_only_copy()) {
        return perbus__fail(error, PERBUS_ERROR_UNAVAILABLE,
                            @"this process has loaded two copies of perbus: it may have one only");
    }
    // gnustep-base exports block functions that copy nothing. If they are linked first, handlers
    // would stay on stacks that no longer exist.
    void (^on_stack)(void) = ^{
        (void)error;
    };
    void (^copied)(void) = Block_copy(on_stack);
    if (copied == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
    }
    BOOL works = copied != on_stack;
    Block_release(copied);
    if (!works) {
        return perbus__fail(error, PERBUS_ERROR_UNAVAILABLE,
                            @"blocks are not copied: link the blocks runtime before gnustep-base");
    }
    return PERBUS_OK;
}

static perbus_status go_offline(perbus_engine *engine, const perbus_format *format,
                                uint32_t max_frames, perbus_error *error) {
    AVAudioFormat *wanted = perbus__format(format);
    NSError *cause = nil;
    if (![engine->object enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                            format:wanted
                                 maximumFrameCount:max_frames
                                             error:&cause]) {
        return perbus__fail_with(error, PERBUS_ERROR_FORMAT, cause);
    }
    return perbus__take_render_block(engine, error);
}

perbus_status perbus__take_render_block(perbus_engine *engine, perbus_error *error) {
    AVAudioFormat *format = [engine->object manualRenderingFormat];
    BOOL planar = [format commonFormat] == AVAudioPCMFormatFloat32 && ![format isInterleaved];
    engine->max_frames = [engine->object manualRenderingMaximumFrameCount];
    engine->channels = planar ? [format channelCount] : 0;
    AVAudioEngineManualRenderingBlock render = [engine->object manualRenderingBlock];
    engine->render = render != NULL ? Block_copy(render) : NULL;
    return engine->render != NULL
               ? PERBUS_OK
               : perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
}

// format NULL: an engine for an output device.
static perbus_status create(const perbus_format *format, uint32_t max_frames,
                            const perbus_device_options *options, perbus_engine **out_engine,
                            perbus_error *error) {
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_classes(error));
        perbus_engine *engine = calloc(1, sizeof *engine);
        if (engine == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
        }
        perbus_status status = PERBUS_OK;
        @try {
            engine->object = [[AVAudioEngine alloc] init];
            if (engine->object == nil) {
                status = perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
            } else if (format != NULL) {
                status = go_offline(engine, format, max_frames, error);
            } else {
                status = perbus__set_device_options(engine->object, options, error);
                if (status == PERBUS_OK && options->restarts && !perbus__set_up_restarts(engine)) {
                    status =
                        perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for an engine");
                }
            }
            if (status == PERBUS_OK) {
                // An engine without a main mixer has nothing to start.
                engine->main = [engine->object mainMixerNode];
                status = engine->main != nil ? PERBUS_OK
                                             : perbus__fail(error, PERBUS_ERROR_NO_MEMORY,
                                                            @"no memory for a main mixer");
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

perbus_status perbus_engine_create(perbus_engine **out_engine, perbus_error *error) {
    PERBUS_REQUIRE(out_engine, error);
    const perbus_device_options defaults = {.output = NULL};
    return create(NULL, 0, &defaults, out_engine, error);
}

perbus_status perbus_engine_create_for_device(const perbus_device_options *options,
                                              perbus_engine **out_engine, perbus_error *error) {
    PERBUS_REQUIRE(options, error);
    PERBUS_REQUIRE(out_engine, error);
    PERBUS_CHECK(perbus__check_device_options(options, error));
    return create(NULL, 0, options, out_engine, error);
}

perbus_status perbus_engine_create_offline(const perbus_format *format, uint32_t max_frames,
                                           perbus_engine **out_engine, perbus_error *error) {
    PERBUS_REQUIRE(out_engine, error);
    PERBUS_CHECK(perbus__check_format(format, error));
    if (max_frames < 1 || max_frames > MAX_BLOCK) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"max_frames %u is not in 1 to %d",
                            max_frames, MAX_BLOCK);
    }
    return create(format, max_frames, NULL, out_engine, error);
}

// Where the engine does not say so itself: what their players have queued has not been played.
static void end_players(AVAudioEngine *engine) {
    for (AVAudioNode *node in [engine attachedNodes]) {
        if ([node isKindOfClass:[PerbusPlayerNode class]]) {
            perbus__take_back_halt((PerbusPlayerNode *)node);
            perbus__will_end((PerbusPlayerNode *)node, PERBUS_END_DETACHED);
        }
    }
}

// An engine of Apple's may fail when sources and mixers outlive it, or go with it. Effects go with it:
// detaching one joins what is around it, which takes long in a long chain.
static void detach_nodes(AVAudioEngine *engine) {
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    AVAudioNode *main = [engine mainMixerNode];
    for (AVAudioNode *node in [engine attachedNodes]) {
        BOOL own = node == main || [node isKindOfClass:[AVAudioInputNode class]];
        if (!own && [node conformsToProtocol:mixing]) {
            [engine detachNode:node];
            if ([node isKindOfClass:[PerbusPlayerNode class]] &&
                perbus__watches((PerbusPlayerNode *)node)) {
                // Detaching alone may not run the handlers.
                [(AVAudioPlayerNode *)node stop];
            }
        }
    }
}

static void end_engine(perbus__handle *handle) {
    perbus_engine *engine = (perbus_engine *)handle;
    perbus__catch(NULL, ^{
        @try {
            if (!engine->adopted) {
                // First: a handler of events may be waiting for the end.
                perbus__end_batches(engine->object);
            }
            perbus__end_restarts(engine);
            perbus__end_events(engine);
            if (!engine->adopted) {
                end_players(engine->object);
                [engine->object stop];
                detach_nodes(engine->object);
            }
        } @finally {
            if (engine->render != NULL) {
                Block_release(engine->render);
            }
            [engine->object release];
            // The handler of events has looked at it until they ended.
            [engine->restarts release];
            perbus__end_feed(engine);
        }
        return PERBUS_OK;
    });
    free(engine);
}

void perbus_engine_destroy(perbus_engine *engine) {
    if (engine != NULL) {
        perbus__end(&engine->later, end_engine);
    }
}

AVAudioOutputNode *perbus__output(perbus_engine *engine) {
    AVAudioOutputNode *output = atomic_load_explicit(&engine->output, memory_order_relaxed);
    if (output != nil) {
        return output;
    }
    if (!engine->adopted) {
        output = [engine->object outputNode];
    } else {
        for (AVAudioNode *node in [engine->object attachedNodes]) {
            if ([node isKindOfClass:[AVAudioOutputNode class]]) {
                output = (AVAudioOutputNode *)node;
            }
        }
    }
    atomic_store_explicit(&engine->output, output, memory_order_relaxed);
    return output;
}

// What the main mixer puts out, or in an adopted engine whatever feeds the output: the output itself
// has the device's format.
static AVAudioFormat *format_of_mix(perbus_engine *engine) {
    if (!engine->adopted) {
        return [atomic_load_explicit(&engine->main, memory_order_relaxed) outputFormatForBus:0];
    }
    AVAudioOutputNode *output = perbus__output(engine);
    AVAudioConnectionPoint *feeding =
        output != nil ? [engine->object inputConnectionPointForNode:output inputBus:0] : nil;
    return feeding != nil ? [[feeding node] outputFormatForBus:[feeding bus]]
                          : [output outputFormatForBus:0];
}

// For a mix: the same with at most two channels, and never without any.
static perbus_format usable(AVAudioFormat *format) {
    perbus_format described = perbus__describe(format);
    if (described.channels == 0 || !(described.sample_rate > 0.0)) {
        return (perbus_format){44100.0, 2, PERBUS_LAYOUT_STEREO};
    }
    if (described.channels > 2) {
        described.channels = 2;
        described.layout = PERBUS_LAYOUT_STEREO;
    }
    return described;
}

perbus_status perbus_engine_get_format(perbus_engine *engine, perbus_format *out_format,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_format, error);
    return perbus__guard(error, ^{
        if (engine->max_frames > 0) {
            *out_format = perbus__describe([engine->object manualRenderingFormat]);
            return PERBUS_OK;
        }
        AVAudioFormat *format = format_of_mix(engine);
        if (format == nil) {
            return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                                @"the adopted engine has no output node yet");
        }
        *out_format = usable(format);
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_prepare(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        [engine->object prepare];
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_start(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        NSError *cause = nil;
        if (!perbus__start_engine(engine, &cause)) {
            return perbus__fail_with(error, PERBUS_ERROR_START, cause);
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_pause(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        perbus__pause_engine(engine);
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_stop(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        perbus__stop_engine(engine);
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_reset(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        [engine->object reset];
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_is_running(perbus_engine *engine, bool *out_running,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_running, error);
    return perbus__guard(error, ^{
        *out_running = [engine->object isRunning];
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_set_render_threads(perbus_engine *engine, uint32_t threads,
                                               perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    if (threads < 1 || threads > PERBUS_MAX_RENDER_THREADS) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"%u render threads are not in 1 to %d", threads,
                            PERBUS_MAX_RENDER_THREADS);
    }
    return perbus__guard(error, ^{
        if (!perbus__has_render_threads()) {
            return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                                @"this system's AVFAudio has no setting for its render threads");
        }
        if (!perbus__set_render_threads(engine->object, threads)) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY,
                                @"the system gives no %u render threads", threads);
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_get_sample_time(perbus_engine *engine, int64_t *out_frames,
                                            perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_frames, error);
    return perbus__guard(error, ^{
        if (engine->max_frames > 0) {
            *out_frames = [engine->object manualRenderingSampleTime];
            return PERBUS_OK;
        }
        // Before the first block there may be a host time alone.
        AVAudioTime *time = [perbus__output(engine) lastRenderTime];
        *out_frames = [time isSampleTimeValid] ? [time sampleTime] : 0;
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_copy_main_mixer(perbus_engine *engine, perbus_node **out_node,
                                            perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        AVAudioMixerNode *main = [engine->object mainMixerNode];
        atomic_store_explicit(&engine->main, main, memory_order_relaxed);
        return perbus__wrap(main, PERBUS_KIND_MIXER, out_node, error);
    });
}

perbus_status perbus_engine_copy_output(perbus_engine *engine, perbus_node **out_node,
                                        perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        return perbus__wrap([engine->object outputNode], PERBUS_KIND_OUTPUT, out_node, error);
    });
}
