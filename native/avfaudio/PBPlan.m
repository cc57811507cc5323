// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Turns the graph into a render plan: upstream from the output node, each node once.
#import "PBCompiler.h"
#import "PBMatrix.h"

// The longest block that a device's plan renders in one go.
enum { DEVICE_FRAMES = 4096 };

static void MixInput(Compiler *compiler, PBConnection *connection, uint32_t bus);
static void RenderInto(Compiler *compiler, AVAudioNode *node, uint32_t bus);
static uint32_t TakeInput(Compiler *compiler, const PBConnection *connection);
static void GiveInput(Compiler *compiler, const PBConnection *connection, uint32_t bus);

static BOOL FirstVisit(Compiler *compiler, PBNode *node) {
    if (node->stamp == compiler->stamp) {
        return NO;
    }
    node->stamp = compiler->stamp;
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        node->outputs[o].bus = PBR_OUTPUT_BUS;
        node->outputs[o].uses = node->outputs[o].count;
    }
    return YES;
}

// Players are mixed from where their samples lie, unless somebody listens to the node itself.
static BOOL IsDirect(const PBConnection *connection) {
    return connection->player != NULL;
}

static void RenderMixer(Compiler *compiler, AVAudioNode *mixer, uint32_t bus) {
    const PBNode *node = mixer->_node;
    pbr_plan_add_clear(compiler->plan, bus);
    // Direct inputs last and together: neighbours share a pass over the accumulator.
    for (int direct = 0; direct < 2; direct++) {
        for (NSUInteger i = 0; i < node->inputCount; i++) {
            PBConnection *input = node->inputs[i];
            if (input != NULL && IsDirect(input) == direct) {
                MixInput(compiler, input, bus);
            }
        }
    }
    pbr_plan_add_gain(compiler->plan, bus, node->gain);
}

static void ConvertSource(Compiler *compiler, AVAudioNode *source, uint32_t bus) {
    uint32_t channels = [[source pbPullFormat] channelCount];
    pbr_convert *convert = PBEnterDomain(compiler, [[source pbPullFormat] sampleRate], channels,
                                         &source->_node->convert);
    if (convert == NULL) {
        return;
    }
    uint32_t own = pbr_plan_take_bus(compiler->plan, channels);
    pbr_plan_add_source(compiler->plan, own, source->_node->source);
    pbr_plan_add_feed(compiler->plan, own, convert);
    pbr_plan_give_bus(compiler->plan, own);
    PBLeaveDomain(compiler);
    uint32_t converted = pbr_plan_take_bus(compiler->plan, channels);
    pbr_plan_add_convert(compiler->plan, converted, convert);
    pbr_plan_add_clear(compiler->plan, bus);
    pbr_plan_mix_bus(compiler->plan, bus, converted, NULL);
    pbr_plan_give_bus(compiler->plan, converted);
}

static void RenderSource(Compiler *compiler, AVAudioNode *source, uint32_t bus) {
    uint32_t channels = [[source pbPullFormat] channelCount];
    if ([[source pbPullFormat] sampleRate] != compiler->domain->rate) {
        ConvertSource(compiler, source, bus);
        return;
    }
    if (channels == pbr_plan_bus_channels(compiler->plan, bus)) {
        pbr_plan_add_source(compiler->plan, bus, source->_node->source);
        return;
    }
    uint32_t own = pbr_plan_take_bus(compiler->plan, channels);
    pbr_plan_add_source(compiler->plan, own, source->_node->source);
    pbr_plan_add_clear(compiler->plan, bus);
    pbr_plan_mix_bus(compiler->plan, bus, own, NULL);
    pbr_plan_give_bus(compiler->plan, own);
}

// The effect works where its input already lies, when that is nobody else's.
static void RenderEffect(Compiler *compiler, AVAudioNode *effect, uint32_t bus) {
    PBConnection *input = effect->_node->inputs[0];
    if (input != NULL && !IsDirect(input) &&
        input->source->_node->outputs[input->sourceBus].count == 1 &&
        input->source->_node->source == NULL && input->source->_node->matrix == NULL &&
        PBConnectionRate(input) == compiler->domain->rate &&
        PBConnectionChannels(input) == pbr_plan_bus_channels(compiler->plan, bus)) {
        FirstVisit(compiler, input->source->_node);
        RenderInto(compiler, input->source, bus);
    } else {
        pbr_plan_add_clear(compiler->plan, bus);
        if (input != NULL) {
            MixInput(compiler, input, bus);
        }
    }
    if (![effect pbPrepareAtRate:compiler->domain->rate error:compiler->error]) {
        compiler->refused = YES;
    }
    if (effect->_node->process != NULL) {
        pbr_plan_add_process(compiler->plan, bus, effect->_node->process);
    }
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
    } else if ([format channelCount] == pbr_plan_bus_channels(compiler->plan, bus)) {
        pbr_plan_add_tap(compiler->plan, bus, tap->ring);
    }
}

// Renders the node's output into `bus`.
static void RenderInto(Compiler *compiler, AVAudioNode *node, uint32_t bus) {
    if ([node pbIsMixer]) {
        RenderMixer(compiler, node, bus);
    } else if ([node pbIsEffect]) {
        RenderEffect(compiler, node, bus);
    } else if (node->_node->player != NULL) {
        pbr_plan_add_player(compiler->plan, node->_node->player);
        pbr_plan_add_clear(compiler->plan, bus);
        pbr_plan_mix_player(compiler->plan, bus, node->_node->player,
                            pbr_plan_bus_channels(compiler->plan, bus), NULL);
    } else if (node->_node->source != NULL) {
        RenderSource(compiler, node, bus);
    } else {
        pbr_plan_add_clear(compiler->plan, bus);
    }
    AddTap(compiler, node, 0, bus);
}

// Every output that is connected, at once: they are made from the same inputs.
static void RenderMatrix(Compiler *compiler, AVAudioNode *mixer) {
    PBNode *node = mixer->_node;
    pbr_port ports[2 * PB_MAX_MATRIX_BUSES];
    uint32_t inputs = 0;
    uint32_t outputs = 0;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        if (node->inputs[i] != NULL) {
            uint32_t bus = TakeInput(compiler, node->inputs[i]);
            ports[inputs++] = (pbr_port){bus, PBMatrixChannel(node->matrix, PB_MATRIX_INPUT, i)};
        }
    }
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        PBOutput *output = &node->outputs[o];
        if (output->count > 0) {
            output->bus =
                pbr_plan_take_bus(compiler->plan, PBConnectionChannels(output->connections[0]));
            ports[inputs + outputs++] =
                (pbr_port){output->bus, PBMatrixChannel(node->matrix, PB_MATRIX_OUTPUT, o)};
        }
    }
    pbr_matrix *levels = PBMatrixCopyLevels(node->matrix);
    if (levels == NULL) {
        compiler->failed = YES;
    } else {
        pbr_plan_add_matrix(compiler->plan, levels, ports, inputs, outputs);
        pbr_matrix_release(levels);
    }
    for (NSUInteger o = 0; o < node->outputCount; o++) {
        if (node->outputs[o].count > 0) {
            AddTap(compiler, mixer, o, node->outputs[o].bus);
        }
    }
    uint32_t port = 0;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        if (node->inputs[i] != NULL) {
            GiveInput(compiler, node->inputs[i], ports[port++].bus);
        }
    }
}

// On any thread: a plan of its own renders the node and all that feeds it.
static void RenderBranch(Compiler *compiler, const PBConnection *connection) {
    uint32_t *bus = &connection->source->_node->outputs[0].bus;
    if (PBEnterBranch(compiler, PBConnectionChannels(connection), bus)) {
        RenderInto(compiler, connection->source, PBR_OUTPUT_BUS);
        PBLeaveDomain(compiler);
    }
}

// The buffer with what the connection carries, until GiveInput.
static uint32_t TakeInput(Compiler *compiler, const PBConnection *connection) {
    PBNode *source = connection->source->_node;
    if (IsDirect(connection)) {
        uint32_t bus = pbr_plan_take_bus(compiler->plan, PBConnectionChannels(connection));
        AddPlayer(compiler, connection);
        pbr_plan_add_clear(compiler->plan, bus);
        pbr_plan_mix_player(compiler->plan, bus, connection->player,
                            PBConnectionChannels(connection), NULL);
        return bus;
    }
    if (FirstVisit(compiler, source)) {
        if (source->matrix != NULL) {
            RenderMatrix(compiler, connection->source);
        } else if (PBStartsBranch(compiler, connection->source)) {
            RenderBranch(compiler, connection);
        } else {
            source->outputs[0].bus =
                pbr_plan_take_bus(compiler->plan, PBConnectionChannels(connection));
            RenderInto(compiler, connection->source, source->outputs[0].bus);
        }
    }
    return source->outputs[connection->sourceBus].bus;
}

static void GiveInput(Compiler *compiler, const PBConnection *connection, uint32_t bus) {
    if (IsDirect(connection) ||
        --connection->source->_node->outputs[connection->sourceBus].uses == 0) {
        pbr_plan_give_bus(compiler->plan, bus);
    }
}

static void FeedPlayer(Compiler *compiler, const PBConnection *connection, pbr_convert *convert) {
    uint32_t channels = PBConnectionChannels(connection);
    uint32_t own = pbr_plan_take_bus(compiler->plan, channels);
    AddPlayer(compiler, connection);
    pbr_plan_add_clear(compiler->plan, own);
    pbr_plan_mix_player(compiler->plan, own, connection->player, channels, NULL);
    pbr_plan_add_feed(compiler->plan, own, convert);
    pbr_plan_give_bus(compiler->plan, own);
}

// The source is converted as it is, with as many channels as it has; gain and channels come after.
static void MixConverted(Compiler *compiler, PBConnection *connection, uint32_t bus) {
    uint32_t channels = PBConnectionChannels(connection);
    pbr_convert *convert =
        PBEnterDomain(compiler, PBConnectionRate(connection), channels, &connection->convert);
    if (convert == NULL) {
        return;
    }
    if (IsDirect(connection)) {
        FeedPlayer(compiler, connection, convert);
    } else {
        uint32_t from = TakeInput(compiler, connection);
        pbr_plan_add_feed(compiler->plan, from, convert);
        GiveInput(compiler, connection, from);
    }
    PBLeaveDomain(compiler);
    uint32_t own = pbr_plan_take_bus(compiler->plan, channels);
    pbr_plan_add_convert(compiler->plan, own, convert);
    pbr_plan_mix_bus(compiler->plan, bus, own, connection->cell);
    pbr_plan_give_bus(compiler->plan, own);
}

static void MixInput(Compiler *compiler, PBConnection *connection, uint32_t bus) {
    if (PBConnectionRate(connection) != compiler->domain->rate) {
        MixConverted(compiler, connection, bus);
        return;
    }
    if (IsDirect(connection)) {
        AddPlayer(compiler, connection);
        pbr_plan_mix_player(compiler->plan, bus, connection->player,
                            PBConnectionChannels(connection), connection->cell);
        return;
    }
    uint32_t from = TakeInput(compiler, connection);
    pbr_plan_mix_bus(compiler->plan, bus, from, connection->cell);
    GiveInput(compiler, connection, from);
}

static void RenderOutput(Compiler *compiler, AVAudioNode *output) {
    PBConnection *input = output->_node->inputs[0];
    if (input != NULL) {
        PBNode *source = input->source->_node;
        // The usual case: the main mixer sums straight into the caller's buffers.
        if (source->outputs[0].count == 1 && source->gain != NULL &&
            PBConnectionRate(input) == compiler->domain->rate &&
            PBConnectionChannels(input) == pbr_plan_bus_channels(compiler->plan, PBR_OUTPUT_BUS)) {
            FirstVisit(compiler, source);
            RenderInto(compiler, input->source, PBR_OUTPUT_BUS);
        } else {
            MixInput(compiler, input, PBR_OUTPUT_BUS);
        }
    }
    AddTap(compiler, output, 0, PBR_OUTPUT_BUS);
}

// NULL and a reason when the graph cannot be rendered.
pbr_plan *PBNewPlan(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    AVAudioFormat *format = PBEngineFormat(engine);
    uint32_t frames = state->manualFormat != nil ? state->manualFrames : DEVICE_FRAMES;
    pbr_plan *plan = pbr_plan_create([format channelCount], frames);
    Domain whole = {NULL, NULL, [format sampleRate], plan};
    // Connections outlive a change of the engine's own rate.
    NSString *problem = PBRatesProblem(engine, NULL);
    Compiler compiler = {state, plan, ++state->stamp, &whole, NULL, NO, problem, error, NO, 0};
    if (pbr_core_threads(state->core) > 1 && state->output != nil) {
        compiler.weight = PBWeighGraph(engine);
    }
    if (plan != NULL && problem == nil && state->output != nil) {
        RenderOutput(&compiler, state->output);
    }
    PBFreeDomains(&compiler);
    if (compiler.refused) {
        pbr_plan_free(plan);
        return NULL;
    }
    if (compiler.problem != nil) {
        pbr_plan_free(plan);
        PBFail(error, kAudioUnitErr_FormatNotSupported, @"%@", compiler.problem);
        return NULL;
    }
    if (plan == NULL || compiler.failed || !pbr_plan_finish(plan)) {
        pbr_plan_free(plan);
        PBFail(error, kAudio_MemFullError, @"no memory for a render plan");
        return NULL;
    }
    state->dirty = NO;
    return plan;
}
