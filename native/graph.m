// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Attach, detach and disconnect.
#import "checks.h"

perbus_status perbus_engine_attach(perbus_engine *engine, perbus_node *node, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        AVAudioEngine *owner = [node->object engine];
        if (owner != nil && owner != engine->object) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE,
                                @"the node is attached to another engine");
        }
        if (owner == nil && (node->kind == PERBUS_KIND_OUTPUT || node->kind == PERBUS_KIND_INPUT)) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                @"the output and the input go with their engine");
        }
        if (owner == nil) {
            [engine->object attachNode:node->object];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_detach(perbus_engine *engine, perbus_node *node, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        // Not asked for: an adopted engine may have none, and asking creates it.
        AVAudioNode *main = atomic_load_explicit(&engine->main, memory_order_relaxed);
        if (node->kind == PERBUS_KIND_OUTPUT || node->kind == PERBUS_KIND_INPUT ||
            node->object == main) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                @"the output, the input and the main mixer stay attached");
        }
        if (node->kind == PERBUS_KIND_PLAYER) {
            perbus__take_back_halt((PerbusPlayerNode *)node->object);
            perbus__will_end((PerbusPlayerNode *)node->object, PERBUS_END_DETACHED);
        }
        [engine->object detachNode:node->object];
        if (node->kind == PERBUS_KIND_PLAYER) {
            // Every queued buffer gets its completion; detaching alone may not run them.
            [(AVAudioPlayerNode *)node->object stop];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_disconnect_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                             perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        PERBUS_CHECK(perbus__check_bus("input", bus, [node->object numberOfInputs], error));
        // Checked first: the effect of disconnecting a free bus is not documented.
        if ([engine->object inputConnectionPointForNode:node->object inputBus:bus] != nil) {
            [engine->object disconnectNodeInput:node->object bus:bus];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_disconnect_output(perbus_engine *engine, perbus_node *node,
                                              uint32_t bus, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        PERBUS_CHECK(perbus__check_bus("output", bus, [node->object numberOfOutputs], error));
        if ([[engine->object outputConnectionPointsForNode:node->object outputBus:bus] count] > 0) {
            [engine->object disconnectNodeOutput:node->object bus:bus];
        }
        return PERBUS_OK;
    });
}
