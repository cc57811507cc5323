// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which nodes an engine has, and a node's kind, buses and formats.
#import "inspect.h"

#import "checks.h"
#import "formats.h"
#import "player_node.h"

#include <stdlib.h>

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

static BOOL is_matrix(AVAudioNode *object) {
    if (![object isKindOfClass:[AVAudioUnit class]]) {
        return NO;
    }
    AudioComponentDescription what = [(AVAudioUnit *)object audioComponentDescription];
    return what.componentType == kAudioUnitType_Mixer &&
           what.componentSubType == kAudioUnitSubType_MatrixMixer;
}

perbus_kind perbus__kind_of(AVAudioNode *object) {
    if ([object isKindOfClass:[AVAudioOutputNode class]]) {
        return PERBUS_KIND_OUTPUT;
    }
    if ([object isKindOfClass:[AVAudioInputNode class]]) {
        return PERBUS_KIND_INPUT;
    }
    if ([object isKindOfClass:[AVAudioMixerNode class]]) {
        return PERBUS_KIND_MIXER;
    }
    if ([object isKindOfClass:[PerbusPlayerNode class]]) {
        return PERBUS_KIND_PLAYER;
    }
    if ([object isKindOfClass:[AVAudioSourceNode class]]) {
        return PERBUS_KIND_SOURCE;
    }
    // Looked up by name: engines work without this class.
    Class equalizer = NSClassFromString(@"AVAudioUnitEQ");
    if (equalizer != Nil && [object isKindOfClass:equalizer]) {
        return PERBUS_KIND_EQUALIZER;
    }
    return is_matrix(object) ? PERBUS_KIND_MATRIX : PERBUS_KIND_OTHER;
}

perbus_status perbus_engine_copy_nodes(perbus_engine *engine, perbus_node ***out_nodes,
                                       size_t *out_count, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_nodes, error);
    PERBUS_REQUIRE(out_count, error);
    return perbus__guard(error, ^{
        NSSet *attached = [engine->object attachedNodes];
        size_t count = [attached count];
        perbus_node **nodes = calloc(count > 0 ? count : 1, sizeof *nodes);
        if (nodes == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu nodes", count);
        }
        size_t done = 0;
        for (AVAudioNode *object in attached) {
            perbus_status status =
                perbus__wrap(object, perbus__kind_of(object), &nodes[done], error);
            if (status != PERBUS_OK) {
                perbus_nodes_free(nodes, done);
                return status;
            }
            done++;
        }
        *out_nodes = nodes;
        *out_count = count;
        return PERBUS_OK;
    });
}

void perbus_nodes_free(perbus_node **nodes, size_t count) {
    for (size_t i = 0; nodes != NULL && i < count; i++) {
        perbus_node_release(nodes[i]);
    }
    free(nodes);
}

perbus_status perbus_engine_copy_node(perbus_engine *engine, uint64_t id, perbus_node **out_node,
                                      perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        for (AVAudioNode *object in [engine->object attachedNodes]) {
            if ((uint64_t)(uintptr_t)object == id) {
                return perbus__wrap(object, perbus__kind_of(object), out_node, error);
            }
        }
        return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED, @"the engine has no node 0x%llx",
                            (unsigned long long)id);
    });
}
