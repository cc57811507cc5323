// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The steps of a plan that each kind of node becomes.
#import "PBCompiler.h"
#import "avfaudio/units/PBMatrix.h"
#import "avfaudio/graph/PBWalk.h"

#include <stdlib.h>

// Of a buffer that is not taken yet: a node takes its own as late as it can, so that a chain of any
// length needs two.
static const uint32_t NO_BUS = UINT32_MAX;

static void Push(Compiler *compiler, Task task) {
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

static BOOL FirstVisit(Compiler *compiler, PBNode *node) {
    if (node->stamp == compiler->stamp) {
        return NO;
    }
    node->stamp = compiler->stamp;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        node->outputs[o].bus = NO_BUS;
        node->outputs[o].begun = NO;
        node->outputs[o].uses = node->outputs[o].count;
    }
    return YES;
}

// The node's output into `bus`, or a buffer of its own.
static void PushRender(Compiler *compiler, AVAudioNode *node, uint32_t bus, pbr_layout layout) {
    node->_node->outputs[0].bus = bus;
    node->_node->outputs[0].layout = layout;
    Push(compiler, (Task){.work = PB_RENDER, .node = node});
}

// What the node's output is written to.
static uint32_t BusOf(Compiler *compiler, AVAudioNode *node) {
    PBOutput *output = &node->_node->outputs[0];
    if (output->bus == NO_BUS) {
        output->bus = pbr_plan_take_bus(compiler->plan, output->layout);
    }
    return output->bus;
}

// What it is added to.
static uint32_t SumOf(Compiler *compiler, AVAudioNode *node) {
    uint32_t bus = BusOf(compiler, node);
    if (!node->_node->outputs[0].begun) {
        pbr_plan_add_clear(compiler->plan, bus);
        node->_node->outputs[0].begun = YES;
    }
    return bus;
}

// What comes into the node's buffer in this layout loses no channel, or the plan is lost.
static void RequireLayout(Compiler *compiler, AVAudioNode *node, pbr_layout from) {
    NSString *problem = PBLayoutProblem(from, node->_node->outputs[0].layout);
    compiler->problem = problem != nil ? problem : compiler->problem;
}

static void MixBus(Compiler *compiler, AVAudioNode *node, uint32_t from, pbr_cell *cell) {
    RequireLayout(compiler, node, pbr_plan_bus_layout(compiler->plan, from));
    pbr_plan_mix_bus(compiler->plan, SumOf(compiler, node), from, cell);
}

// Players are mixed from where their samples lie, unless somebody listens to the node itself.
static BOOL IsDirect(const PBConnection *connection) {
    return connection->player != NULL;
}

// Adds the player of a direct connection to the plan, unless another one has.
static void AddPlayer(Compiler *compiler, const PBConnection *connection) {
    if (connection->alone || FirstVisit(compiler, connection->source->_node)) {
        pbr_plan_add_player(compiler->plan, connection->player);
    }
}

static void AddTap(Compiler *compiler, AVAudioNode *node, NSUInteger output, uint32_t bus) {
    PBTap *tap = node->_node->outputs[output].tap;
    if (tap == NULL) {
        return;
    }
    AVAudioFormat *format = [node outputFormatForBus:output];
    if (!PBTapFollow(tap, format, node->_node->engine)) {
        compiler->failed = YES;
    } else if ([format channelCount] ==
               pbr_layout_channels(pbr_plan_bus_layout(compiler->plan, bus))) {
        pbr_plan_add_tap(compiler->plan, bus, tap->ring);
    }
}

// What the input carries is asked for: it is rendered, unless it has been, by what is pushed here.
// Then it lies in its source's buffer until GiveInput.
static void TakeInput(Compiler *compiler, const PBConnection *connection) {
    AVAudioNode *node = connection->source;
    PBNode *source = node->_node;
    if (!FirstVisit(compiler, source)) {
        return;
    }
    pbr_layout layout = PBConnectionLayout(connection);
    uint32_t outer = NO_BUS;
    if (source->matrix != NULL) {
        Push(compiler, (Task){.work = PB_MATRIX, .node = node});
    } else if (!PBStartsBranch(compiler, node)) {
        PushRender(compiler, node, NO_BUS, layout);
    } else if (PBEnterBranch(compiler, layout, &outer)) {
        // On any thread: a plan of its own renders the node and all that feeds it.
        Push(compiler, (Task){.work = PB_LEAVE, .node = node, .bus = outer});
        PushRender(compiler, node, PBR_OUTPUT_BUS, layout);
    }
}

static uint32_t InputBus(const PBConnection *connection) {
    return connection->source->_node->outputs[connection->sourceBus].bus;
}

static void GiveInput(Compiler *compiler, const PBConnection *connection) {
    PBOutput *output = &connection->source->_node->outputs[connection->sourceBus];
    if (--output->uses == 0) {
        pbr_plan_give_bus(compiler->plan, output->bus);
    }
}

static void FeedPlayer(Compiler *compiler, const PBConnection *connection, pbr_convert *convert) {
    pbr_layout layout = PBConnectionLayout(connection);
    uint32_t own = pbr_plan_take_bus(compiler->plan, layout);
    AddPlayer(compiler, connection);
    pbr_plan_add_clear(compiler->plan, own);
    pbr_plan_mix_player(compiler->plan, own, connection->player, layout, NULL);
    pbr_plan_add_feed(compiler->plan, own, convert);
    pbr_plan_give_bus(compiler->plan, own);
}

// From the inner domain, where the converter has been fed, to the node's own. The source is
// converted as it is, with as many channels as it has; gain and channels come after.
static void MixConverted(Compiler *compiler, AVAudioNode *node, const PBConnection *input,
                         pbr_convert *convert) {
    PBLeaveDomain(compiler);
    uint32_t own = pbr_plan_take_bus(compiler->plan, PBConnectionLayout(input));
    pbr_plan_add_convert(compiler->plan, own, convert);
    MixBus(compiler, node, own, input->cell);
    pbr_plan_give_bus(compiler->plan, own);
}

static void MixInput(Compiler *compiler, AVAudioNode *node, PBConnection *input) {
    pbr_convert *convert = NULL;
    BOOL converts = PBConnectionRate(input) != compiler->domain->rate;
    if (converts) {
        convert = PBEnterDomain(compiler, PBConnectionRate(input),
                                pbr_layout_channels(PBConnectionLayout(input)), &input->convert);
        if (convert == NULL) {
            return;
        }
    }
    if (!IsDirect(input)) {
        Push(compiler, (Task){.work = converts ? PB_CONVERTED : PB_MIXED,
                              .node = node,
                              .input = input,
                              .convert = convert});
        TakeInput(compiler, input);
    } else if (converts) {
        FeedPlayer(compiler, input, convert);
        MixConverted(compiler, node, input, convert);
    } else {
        AddPlayer(compiler, input);
        pbr_layout layout = PBConnectionLayout(input);
        RequireLayout(compiler, node, layout);
        pbr_plan_mix_player(compiler->plan, SumOf(compiler, node), input->player, layout,
                            input->cell);
    }
}

static void RunMixed(Compiler *compiler, const Task *task) {
    MixBus(compiler, task->node, InputBus(task->input), task->input->cell);
    GiveInput(compiler, task->input);
}

static void RunConverted(Compiler *compiler, const Task *task) {
    pbr_plan_add_feed(compiler->plan, InputBus(task->input), task->convert);
    GiveInput(compiler, task->input);
    MixConverted(compiler, task->node, task->input, task->convert);
}

// Direct inputs last and together: neighbours share a pass over the accumulator.
static void RunMixer(Compiler *compiler, Task task) {
    const PBNode *node = task.node->_node;
    PBCountSteps(node->inputCount - task.at);
    for (NSUInteger i = task.at; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input == NULL || IsDirect(input) != task.flag) {
            continue;
        }
        if (!task.flag) {
            Push(compiler, (Task){.work = PB_MIXER, .node = task.node, .at = i + 1});
            MixInput(compiler, task.node, input);
            return;
        }
        MixInput(compiler, task.node, input);
    }
    if (!task.flag) {
        Push(compiler, (Task){.work = PB_MIXER, .node = task.node, .flag = YES});
        return;
    }
    uint32_t bus = SumOf(compiler, task.node);
    pbr_plan_add_gain(compiler->plan, bus, node->gain);
    AddTap(compiler, task.node, 0, bus);
}

static void ConvertSource(Compiler *compiler, AVAudioNode *source) {
    pbr_layout layout = PBLayoutOf([source pbPullFormat]);
    pbr_convert *convert = PBEnterDomain(compiler, [[source pbPullFormat] sampleRate],
                                         pbr_layout_channels(layout), &source->_node->convert);
    if (convert == NULL) {
        return;
    }
    uint32_t own = pbr_plan_take_bus(compiler->plan, layout);
    pbr_plan_add_source(compiler->plan, own, source->_node->source);
    pbr_plan_add_feed(compiler->plan, own, convert);
    pbr_plan_give_bus(compiler->plan, own);
    PBLeaveDomain(compiler);
    uint32_t converted = pbr_plan_take_bus(compiler->plan, layout);
    pbr_plan_add_convert(compiler->plan, converted, convert);
    MixBus(compiler, source, converted, NULL);
    pbr_plan_give_bus(compiler->plan, converted);
}

static void RenderSource(Compiler *compiler, AVAudioNode *source) {
    pbr_layout layout = PBLayoutOf([source pbPullFormat]);
    if ([[source pbPullFormat] sampleRate] != compiler->domain->rate) {
        ConvertSource(compiler, source);
    } else if (layout == source->_node->outputs[0].layout) {
        pbr_plan_add_source(compiler->plan, BusOf(compiler, source), source->_node->source);
    } else {
        uint32_t own = pbr_plan_take_bus(compiler->plan, layout);
        pbr_plan_add_source(compiler->plan, own, source->_node->source);
        MixBus(compiler, source, own, NULL);
        pbr_plan_give_bus(compiler->plan, own);
    }
}

// Whether the node may work where its input lies: it is nobody else's, and of the same shape.
static BOOL WorksInPlace(const Compiler *compiler, const PBNode *node, const PBConnection *input) {
    return input != NULL && !IsDirect(input) &&
           input->source->_node->outputs[input->sourceBus].count == 1 &&
           input->source->_node->source == NULL && input->source->_node->matrix == NULL &&
           PBConnectionRate(input) == compiler->domain->rate &&
           PBConnectionLayout(input) == node->outputs[0].layout;
}

// An effect, or the output: what has one input and passes it on.
static void RenderOnwards(Compiler *compiler, AVAudioNode *node, BOOL inPlace) {
    PBConnection *input = node->_node->inputs[0];
    Push(compiler, (Task){.work = PB_PROCESS, .node = node, .flag = inPlace});
    if (inPlace) {
        FirstVisit(compiler, input->source->_node);
        PushRender(compiler, input->source, node->_node->outputs[0].bus,
                   node->_node->outputs[0].layout);
    } else if (input != NULL) {
        MixInput(compiler, node, input);
    }
}

static void RunProcess(Compiler *compiler, const Task *task) {
    PBNode *node = task->node->_node;
    if (task->flag) {
        node->outputs[0].bus = InputBus(node->inputs[0]);
        node->outputs[0].begun = YES;
    }
    uint32_t bus = SumOf(compiler, task->node);
    if (![task->node pbPrepareAtRate:compiler->domain->rate error:compiler->error]) {
        compiler->refused = YES;
    }
    if (node->process != NULL) {
        pbr_plan_add_process(compiler->plan, bus, node->process);
    }
    AddTap(compiler, task->node, 0, bus);
}

static void RunRender(Compiler *compiler, const Task *task) {
    AVAudioNode *node = task->node;
    PBNode *own = node->_node;
    if ([node pbIsMixer]) {
        Push(compiler, (Task){.work = PB_MIXER, .node = node});
        return;
    }
    if ([node pbIsEffect]) {
        RenderOnwards(compiler, node, WorksInPlace(compiler, own, own->inputs[0]));
        return;
    }
    if (own->player != NULL) {
        pbr_plan_add_player(compiler->plan, own->player);
        pbr_plan_mix_player(compiler->plan, SumOf(compiler, node), own->player,
                            own->outputs[0].layout, NULL);
    } else if (own->source != NULL) {
        RenderSource(compiler, node);
    } else {
        SumOf(compiler, node);
    }
    AddTap(compiler, node, 0, BusOf(compiler, node));
}

static void MixPlayer(Compiler *compiler, PBConnection *connection) {
    pbr_layout layout = PBConnectionLayout(connection);
    connection->bus = pbr_plan_take_bus(compiler->plan, layout);
    AddPlayer(compiler, connection);
    pbr_plan_add_clear(compiler->plan, connection->bus);
    pbr_plan_mix_player(compiler->plan, connection->bus, connection->player, layout, NULL);
}

// Every output that is connected, at once: they are made from the same inputs.
static void RenderMatrix(Compiler *compiler, AVAudioNode *mixer) {
    PBNode *node = mixer->_node;
    pbr_port ports[2 * PB_MAX_MATRIX_BUSES];
    uint32_t inputs = 0;
    uint32_t outputs = 0;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL) {
            uint32_t bus = IsDirect(input) ? input->bus : InputBus(input);
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
            AddTap(compiler, mixer, o, node->outputs[o].bus);
        }
    }
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL && IsDirect(input)) {
            pbr_plan_give_bus(compiler->plan, input->bus);
        } else if (input != NULL) {
            GiveInput(compiler, input);
        }
    }
}

static void RunMatrix(Compiler *compiler, Task task) {
    const PBNode *node = task.node->_node;
    for (NSUInteger i = task.at; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input != NULL && IsDirect(input)) {
            MixPlayer(compiler, input);
        } else if (input != NULL) {
            Push(compiler, (Task){.work = PB_MATRIX, .node = task.node, .at = i + 1});
            TakeInput(compiler, input);
            return;
        }
    }
    RenderMatrix(compiler, task.node);
}

void PBRunTask(Compiler *compiler, const Task *task) {
    switch (task->work) {
    case PB_RENDER:
        RunRender(compiler, task);
        break;
    case PB_MIXER:
        RunMixer(compiler, *task);
        break;
    case PB_MIXED:
        RunMixed(compiler, task);
        break;
    case PB_CONVERTED:
        RunConverted(compiler, task);
        break;
    case PB_PROCESS:
        RunProcess(compiler, task);
        break;
    case PB_MATRIX:
        RunMatrix(compiler, *task);
        break;
    case PB_LEAVE:
        PBLeaveDomain(compiler);
        task->node->_node->outputs[0].bus = task->bus;
        break;
    }
}

void PBPushOutput(Compiler *compiler, AVAudioNode *output) {
    PBNode *node = output->_node;
    PBConnection *input = node->inputs[0];
    FirstVisit(compiler, node);
    node->outputs[0].bus = PBR_OUTPUT_BUS;
    node->outputs[0].layout = pbr_plan_bus_layout(compiler->plan, PBR_OUTPUT_BUS);
    // The usual case: the main mixer sums straight into the caller's buffers.
    BOOL inPlace = WorksInPlace(compiler, node, input) && input->source->_node->gain != NULL;
    RenderOnwards(compiler, output, inPlace);
}
