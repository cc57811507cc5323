// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBPlanInputs.h"

#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/nodes/PBTaps.h"

#include <stdlib.h>

void PBPushTask(Compiler *compiler, Task task) {
    if (compiler->taskCount == compiler->taskRoom) {
        size_t room = compiler->taskRoom > 0 ? 2 * compiler->taskRoom : 64;
        Task *tasks = realloc(compiler->tasks, room * sizeof *tasks);
        if (tasks == NULL) {
            compiler->failed = YES;
            return;
        }
        compiler->tasks = tasks;
        compiler->taskRoom = room;
    }
    compiler->tasks[compiler->taskCount++] = task;
}

BOOL PBFirstVisit(Compiler *compiler, PBNode *node) {
    if (node->stamp == compiler->stamp) {
        return NO;
    }
    node->stamp = compiler->stamp;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        node->outputs[o].bus = PB_NO_BUS;
        node->outputs[o].begun = NO;
        node->outputs[o].uses = node->outputs[o].count;
    }
    return YES;
}

void PBPushRender(Compiler *compiler, AVAudioNode *node, uint32_t bus, pbr_layout layout) {
    node->_node->outputs[0].bus = bus;
    node->_node->outputs[0].layout = layout;
    PBPushTask(compiler, (Task){.work = PB_RENDER, .node = node});
}

uint32_t PBBusOf(Compiler *compiler, AVAudioNode *node) {
    PBOutput *output = &node->_node->outputs[0];
    if (output->bus == PB_NO_BUS) {
        output->bus = pbr_plan_take_bus(compiler->plan, output->layout);
    }
    return output->bus;
}

uint32_t PBSumOf(Compiler *compiler, AVAudioNode *node) {
    uint32_t bus = PBBusOf(compiler, node);
    if (!node->_node->outputs[0].begun) {
        pbr_plan_add_clear(compiler->plan, bus);
        node->_node->outputs[0].begun = YES;
    }
    return bus;
}

void PBAddPlayer(Compiler *compiler, const PBConnection *connection) {
    if (connection->alone || PBFirstVisit(compiler, connection->source->_node)) {
        pbr_plan_add_player(compiler->plan, connection->player);
    }
}

void PBAddTap(Compiler *compiler, AVAudioNode *node, NSUInteger output, uint32_t bus) {
    PBTap *tap = node->_node->outputs[output].tap;
    if (tap == NULL) {
        return;
    }
    AVAudioFormat *format = [node outputFormatForBus:output];
    if (!PBTapRetarget(tap, format, node->_node->engine)) {
        compiler->failed = YES;
    } else if ([format channelCount] ==
               pbr_layout_channels(pbr_plan_bus_layout(compiler->plan, bus))) {
        pbr_plan_add_tap(compiler->plan, bus, tap->ring);
    }
}

void PBTakeInput(Compiler *compiler, const PBConnection *connection) {
    AVAudioNode *node = connection->source;
    PBNode *source = node->_node;
    if (!PBFirstVisit(compiler, source)) {
        return;
    }
    pbr_layout layout = PBConnectionLayout(connection);
    uint32_t outer = PB_NO_BUS;
    if (source->matrix != NULL) {
        PBPushTask(compiler, (Task){.work = PB_MATRIX, .node = node});
    } else if (!PBStartsBranch(compiler, node)) {
        PBPushRender(compiler, node, PB_NO_BUS, layout);
    } else if (PBEnterBranch(compiler, layout, &outer)) {
        // A plan of its own renders the node and everything that feeds it, on any thread.
        PBPushTask(compiler, (Task){.work = PB_LEAVE, .node = node, .bus = outer});
        PBPushRender(compiler, node, PBR_OUTPUT_BUS, layout);
    }
}

uint32_t PBInputBus(const PBConnection *connection) {
    return connection->source->_node->outputs[connection->sourceBus].bus;
}

void PBGiveInput(Compiler *compiler, const PBConnection *connection) {
    PBOutput *output = &connection->source->_node->outputs[connection->sourceBus];
    if (--output->uses == 0) {
        pbr_plan_give_bus(compiler->plan, output->bus);
    }
}
