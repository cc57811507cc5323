// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Turns each kind of node, except for matrix mixers, into steps of a plan.
#import "PBPlanInputs.h"
#import "avfaudio/graph/PBBusMasters.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBPanLaws.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/graph/PBWalk.h"
#import "avfaudio/nodes/PBNode.h"

// The plan is lost if a channel would be lost between this layout and that of the node's bus.
static void RequireLayout(Compiler *compiler, AVAudioNode *node, pbr_layout from) {
    NSString *problem = PBLayoutProblem(from, node->_node->outputs[0].layout);
    compiler->problem = problem != nil ? problem : compiler->problem;
}

// After the input has been added to the plan.
static void LeadInput(Compiler *compiler, const PBConnection *input) {
    if (input->gain == NULL) {
        return;
    }
    PBUsePanLaw(input);
    pbr_master_list masters = PBMastersOfBus(input->destination->_node, input->destinationBus);
    if (masters.count == 0) {
        return;
    }
    if (!pbr_gain_prepare(input->gain)) {
        compiler->failed = YES;
        return;
    }
    pbr_plan_lead_last(compiler->plan, masters);
}

static void MixBus(Compiler *compiler, AVAudioNode *node, uint32_t from) {
    RequireLayout(compiler, node, pbr_plan_bus_layout(compiler->plan, from));
    pbr_plan_mix_bus(compiler->plan, PBSumOf(compiler, node), from, NULL);
}

static void MixInputBus(Compiler *compiler, AVAudioNode *node, uint32_t from,
                        const PBConnection *input) {
    RequireLayout(compiler, node, pbr_plan_bus_layout(compiler->plan, from));
    pbr_plan_mix_bus(compiler->plan, PBSumOf(compiler, node), from, input->gain);
    LeadInput(compiler, input);
}

static void FeedPlayer(Compiler *compiler, const PBConnection *connection, pbr_convert *convert) {
    pbr_layout layout = PBConnectionLayout(connection);
    uint32_t own = pbr_plan_take_bus(compiler->plan, layout);
    PBAddPlayer(compiler, connection);
    pbr_plan_add_clear(compiler->plan, own);
    pbr_plan_mix_player(compiler->plan, own, connection->player, layout, NULL);
    pbr_plan_add_feed(compiler->plan, own, convert);
    pbr_plan_give_bus(compiler->plan, own);
}

// Leaves the inner domain, where the converter has been fed, for that of the node. The source is
// converted with all of its channels; gain and channel conversion come after.
static void MixConverted(Compiler *compiler, AVAudioNode *node, const PBConnection *input,
                         pbr_convert *convert) {
    PBLeaveDomain(compiler);
    uint32_t own = pbr_plan_take_bus(compiler->plan, PBConnectionLayout(input));
    pbr_plan_add_convert(compiler->plan, own, convert);
    MixInputBus(compiler, node, own, input);
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
    if (!PBIsDirect(input)) {
        PBPushTask(compiler, (Task){.work = converts ? PB_CONVERTED : PB_MIXED,
                                    .node = node,
                                    .input = input,
                                    .convert = convert});
        PBTakeInput(compiler, input);
    } else if (converts) {
        FeedPlayer(compiler, input, convert);
        MixConverted(compiler, node, input, convert);
    } else {
        PBAddPlayer(compiler, input);
        pbr_layout layout = PBConnectionLayout(input);
        RequireLayout(compiler, node, layout);
        pbr_plan_mix_player(compiler->plan, PBSumOf(compiler, node), input->player, layout,
                            input->gain);
        LeadInput(compiler, input);
    }
}

static void RunMixed(Compiler *compiler, const Task *task) {
    MixInputBus(compiler, task->node, PBInputBus(task->input), task->input);
    PBGiveInput(compiler, task->input);
}

static void RunConverted(Compiler *compiler, const Task *task) {
    pbr_plan_add_feed(compiler->plan, PBInputBus(task->input), task->convert);
    PBGiveInput(compiler, task->input);
    MixConverted(compiler, task->node, task->input, task->convert);
}

// Direct inputs come last and together, because consecutive ones share a pass over the accumulator.
static void RunMixer(Compiler *compiler, Task task) {
    const PBNode *node = task.node->_node;
    PBCountSteps(node->inputCount - task.at);
    for (NSUInteger i = task.at; i < node->inputCount; i++) {
        PBConnection *input = node->inputs[i];
        if (input == NULL || PBIsDirect(input) != task.flag) {
            continue;
        }
        if (!task.flag) {
            PBPushTask(compiler, (Task){.work = PB_MIXER, .node = task.node, .at = i + 1});
            MixInput(compiler, task.node, input);
            return;
        }
        MixInput(compiler, task.node, input);
    }
    if (!task.flag) {
        PBPushTask(compiler, (Task){.work = PB_MIXER, .node = task.node, .flag = YES});
        return;
    }
    uint32_t bus = PBSumOf(compiler, task.node);
    pbr_plan_add_gain(compiler->plan, bus, node->gain);
    PBAddTap(compiler, task.node, 0, bus);
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
    MixBus(compiler, source, converted);
    pbr_plan_give_bus(compiler->plan, converted);
}

static void RenderSource(Compiler *compiler, AVAudioNode *source) {
    pbr_layout layout = PBLayoutOf([source pbPullFormat]);
    if ([[source pbPullFormat] sampleRate] != compiler->domain->rate) {
        ConvertSource(compiler, source);
    } else if (layout == source->_node->outputs[0].layout) {
        pbr_plan_add_source(compiler->plan, PBBusOf(compiler, source), source->_node->source);
    } else {
        uint32_t own = pbr_plan_take_bus(compiler->plan, layout);
        pbr_plan_add_source(compiler->plan, own, source->_node->source);
        MixBus(compiler, source, own);
        pbr_plan_give_bus(compiler->plan, own);
    }
}

// Whether the node may work in place: nothing else reads its input, which has the same shape.
static BOOL WorksInPlace(const Compiler *compiler, const PBNode *node, const PBConnection *input) {
    return input != NULL && !PBIsDirect(input) &&
           input->source->_node->outputs[input->sourceBus].count == 1 &&
           input->source->_node->source == NULL && input->source->_node->matrix == NULL &&
           PBConnectionRate(input) == compiler->domain->rate &&
           PBConnectionLayout(input) == node->outputs[0].layout;
}

// An effect or the output: a node that passes its one input on.
static void RenderOnwards(Compiler *compiler, AVAudioNode *node, BOOL inPlace) {
    PBConnection *input = node->_node->inputs[0];
    PBPushTask(compiler, (Task){.work = PB_PROCESS, .node = node, .flag = inPlace});
    if (inPlace) {
        PBFirstVisit(compiler, input->source->_node);
        PBPushRender(compiler, input->source, node->_node->outputs[0].bus,
                     node->_node->outputs[0].layout);
    } else if (input != NULL) {
        MixInput(compiler, node, input);
    }
}

static void RunProcess(Compiler *compiler, const Task *task) {
    PBNode *node = task->node->_node;
    if (task->flag) {
        node->outputs[0].bus = PBInputBus(node->inputs[0]);
        node->outputs[0].begun = YES;
    }
    uint32_t bus = PBSumOf(compiler, task->node);
    if (![task->node pbPrepareAtRate:compiler->domain->rate error:compiler->error]) {
        compiler->refused = YES;
    }
    if (node->process != NULL) {
        pbr_plan_add_process(compiler->plan, bus, node->process);
    }
    PBAddTap(compiler, task->node, 0, bus);
}

static void RunRender(Compiler *compiler, const Task *task) {
    AVAudioNode *node = task->node;
    PBNode *own = node->_node;
    if ([node pbIsMixer]) {
        PBPushTask(compiler, (Task){.work = PB_MIXER, .node = node});
        return;
    }
    if ([node pbIsEffect]) {
        RenderOnwards(compiler, node, WorksInPlace(compiler, own, own->inputs[0]));
        return;
    }
    if (own->player != NULL) {
        pbr_plan_add_player(compiler->plan, own->player);
        pbr_plan_mix_player(compiler->plan, PBSumOf(compiler, node), own->player,
                            own->outputs[0].layout, NULL);
    } else if (own->source != NULL) {
        RenderSource(compiler, node);
    } else {
        PBSumOf(compiler, node);
    }
    PBAddTap(compiler, node, 0, PBBusOf(compiler, node));
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
        PBRunMatrix(compiler, *task);
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
    PBFirstVisit(compiler, node);
    node->outputs[0].bus = PBR_OUTPUT_BUS;
    node->outputs[0].layout = pbr_plan_bus_layout(compiler->plan, PBR_OUTPUT_BUS);
    // Usually, the main mixer sums straight into the caller's buffers.
    BOOL inPlace = WorksInPlace(compiler, node, input) && input->source->_node->gain != NULL;
    RenderOnwards(compiler, output, inPlace);
}

void PBPushTapped(Compiler *compiler, AVAudioNode *input) {
    PBNode *node = input->_node;
    AVAudioFormat *format = node->outputs[0].tap != NULL ? [input outputFormatForBus:0] : nil;
    if ([format channelCount] == 0 || !PBFirstVisit(compiler, node)) {
        return;
    }
    pbr_layout layout = PBLayoutOf(format);
    if ([format sampleRate] != compiler->domain->rate) {
        if (PBEnterRate(compiler, [format sampleRate])) {
            uint32_t bus = pbr_plan_take_bus(compiler->plan, layout);
            PBPushTask(compiler, (Task){.work = PB_LEAVE, .node = input, .bus = bus});
            PBPushRender(compiler, input, bus, layout);
        }
    } else {
        PBPushRender(compiler, input, pbr_plan_take_bus(compiler->plan, layout), layout);
    }
}
