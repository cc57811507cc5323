// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Node handles, mixers and the sources' own volume and pan.
#import "shim.h"

#include <stdlib.h>

perbus_status perbus__wrap(AVAudioNode *object, perbus_kind kind, perbus_node **out_node,
                           perbus_error *error) {
    if (object == nil) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a node");
    }
    perbus_node *node = calloc(1, sizeof *node);
    if (node == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a node handle");
    }
    // By name: GNU's runtime leaves @protocol empty in a file where no class adopts it.
    BOOL mixes = [object conformsToProtocol:NSProtocolFromString(@"AVAudioMixing")];
    node->object = [object retain];
    node->mixing = mixes ? (id<AVAudioMixing>)object : nil;
    node->kind = kind;
    *out_node = node;
    return PERBUS_OK;
}

static void end_node(perbus__handle *handle) {
    perbus_node *node = (perbus_node *)handle;
    perbus__catch(NULL, ^{
        [node->object release];
        return PERBUS_OK;
    });
    free(node);
}

void perbus_node_release(perbus_node *node) {
    if (node != NULL) {
        perbus__end(&node->later, end_node);
    }
}

uint64_t perbus_node_get_id(const perbus_node *node) {
    return node != NULL ? (uint64_t)(uintptr_t)node->object : 0;
}

perbus_status perbus__check_kind(perbus_node *node, perbus_kind kind, perbus_error *error) {
    static const char *const names[] = {"an output",    "a mixer",  "a player",       "a source",
                                        "an equalizer", "a matrix", "of another kind"};
    if (node->kind == kind) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_WRONG_KIND, @"the node is %s, not %s",
                        names[node->kind], names[kind]);
}

perbus_status perbus_node_get_info(perbus_node *node, perbus_node_info *out_info,
                                   perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_info, error);
    return perbus__guard(error, ^{
        *out_info = (perbus_node_info){
            .attached = [node->object engine] != nil,
            .inputs = (uint32_t)[node->object numberOfInputs],
            .outputs = (uint32_t)[node->object numberOfOutputs],
            .kind = node->kind,
        };
        return PERBUS_OK;
    });
}

static perbus_status format_of(perbus_node *node, uint32_t bus, BOOL input,
                               perbus_format *out_format, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_format, error);
    return perbus__guard(error, ^{
        NSUInteger count = input ? [node->object numberOfInputs] : [node->object numberOfOutputs];
        PERBUS_CHECK(perbus__check_bus(input ? "input" : "output", bus, count, error));
        *out_format = perbus__describe(input ? [node->object inputFormatForBus:bus]
                                             : [node->object outputFormatForBus:bus]);
        return PERBUS_OK;
    });
}

perbus_status perbus_node_get_input_format(perbus_node *node, uint32_t bus,
                                           perbus_format *out_format, perbus_error *error) {
    return format_of(node, bus, YES, out_format, error);
}

perbus_status perbus_node_get_output_format(perbus_node *node, uint32_t bus,
                                            perbus_format *out_format, perbus_error *error) {
    return format_of(node, bus, NO, out_format, error);
}

static perbus_status check_mixing(perbus_node *node, perbus_error *error) {
    if (node->mixing != nil) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                        @"the node has no volume and pan of its own");
}

perbus_status perbus_node_set_volume(perbus_node *node, float volume, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        [node->mixing setVolume:volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_get_volume(perbus_node *node, float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_volume, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        *out_volume = [node->mixing volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_set_pan(perbus_node *node, float pan, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_CHECK(perbus__check_pan(pan, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        [node->mixing setPan:pan];
        return PERBUS_OK;
    });
}

perbus_status perbus_node_get_pan(perbus_node *node, float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_pan, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_mixing(node, error));
        *out_pan = [node->mixing pan];
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_create(perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
        return perbus__wrap(mixer, PERBUS_KIND_MIXER, out_node, error);
    });
}

perbus_status perbus_mixer_set_output_volume(perbus_node *mixer, float volume,
                                             perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        [(AVAudioMixerNode *)mixer->object setOutputVolume:volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_get_output_volume(perbus_node *mixer, float *out_volume,
                                             perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_volume, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        *out_volume = [(AVAudioMixerNode *)mixer->object outputVolume];
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_get_next_bus(perbus_node *mixer, uint32_t *out_bus,
                                        perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_bus, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        *out_bus = (uint32_t)[(AVAudioMixerNode *)mixer->object nextAvailableInputBus];
        return PERBUS_OK;
    });
}

perbus_status perbus__set_bus_count(AVAudioNode *mixer, NSUInteger buses, perbus_error *error) {
    NSError *cause = nil;
    if ([[[mixer AUAudioUnit] inputBusses] setBusCount:buses error:&cause]) {
        return PERBUS_OK;
    }
    return perbus__fail_with(error, PERBUS_ERROR_EXCEPTION, cause);
}

perbus_status perbus_mixer_reserve(perbus_node *mixer, uint32_t buses, perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    if (buses < 1 || buses > PERBUS_MAX_BUSES) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%u buses are not in 1 to %d", buses,
                            PERBUS_MAX_BUSES);
    }
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        return buses > [mixer->object numberOfInputs]
                   ? perbus__set_bus_count(mixer->object, buses, error)
                   : PERBUS_OK;
    });
}
