// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Turns matrix mixers into steps of a plan.
#import "PBPlanInputs.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/units/PBMatrix.h"

static void MixPlayer(Compiler *compiler, PBConnection *connection) {
    pbr_layout layout = PBConnectionLayout(connection);
    connection->bus = pbr_plan_take_bus(compiler->plan, layout);
    PBAddPlayer(compiler, connection);
    pbr_plan_add_clear(compiler->plan, connection->bus);
    pbr_plan_mix_player(compiler->plan, connection->bus, connection->player, layout, NULL);
}

// Renders all connected outputs at once, from the same inputs.
static void RenderMatrix(Compiler *compiler, AVAudioNode *mixer) {
    PBNode *node = mixer->_node;
    pbr_port ports[2 * PB_MAX_MATRIX_BUSES];
    uint32_t inputs = 0;
    uint32_t outputs = 0;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL) {
            uint32_t bus = PBIsDirect(input) ? input->bus : PBInputBus(input);
            ports[inputs++] = (pbr_port){bus, PBMatrixChannel(node->matrix, PB_MATRIX_INPUT, i)};
        }
    }
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        PBOutput *output = &node->outputs[o];
        if (output->count > 0) {
            output->bus =
                pbr_plan_take_bus(compiler->plan, PBConnectionLayout(output->connections[0]));
            ports[inputs + outputs++] =
                (pbr_port){output->bus, PBMatrixChannel(node->matrix, PB_MATRIX_OUTPUT, o)};
        }
    }
    pbr_matrix *levels = PBMatrixCopyLevels(node->matrix);
    if (levels == NULL) {
        compiler->failed = YES;
        return;
    }
    pbr_plan_add_matrix(compiler->plan, levels, ports, inputs, outputs);
    pbr_matrix_release(levels);
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        if (node->outputs[o].count > 0) {
            PBAddTap(compiler, mixer, o, node->outputs[o].bus);
        }
    }
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL && PBIsDirect(input)) {
            pbr_plan_give_bus(compiler->plan, input->bus);
        } else if (input != NULL) {
            PBGiveInput(compiler, input);
        }
    }
}

void PBRunMatrix(Compiler *compiler, Task task) {
    const PBNode *node = task.node->_node;
    for (NSUInteger i = task.at; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL && PBIsDirect(input)) {
            MixPlayer(compiler, input);
        } else if (input != NULL) {
            PBPushTask(compiler, (Task){.work = PB_MATRIX, .node = task.node, .at = i + 1});
            PBTakeInput(compiler, input);
            return;
        }
    }
    RenderMatrix(compiler, task.node);
}
