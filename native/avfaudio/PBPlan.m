// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Turns the graph into a render plan: upstream from the output node, each node once.
#import "PBInternal.h"
#import "PBMatrix.h"

// The longest block that a device's plan renders in one go.
enum { DEVICE_FRAMES = 4096 };

typedef struct Compiler {
    PBEngine *engine;
    pbr_plan *plan;
    uint64_t stamp;
    BOOL failed; // memory ran out outside the plan
} Compiler;

static void MixInput(Compiler *compiler, const PBConnection *connection, uint32_t bus);
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

static uint32_t ChannelsOf(const PBConnection *connection) {
    return [PBConnectionFormat(connection) channelCount];
}

// Players are mixed from where their samples lie, unless somebody listens to the node itself.
static BOOL IsDirect(const PBConnection *connection) {
    const PBNode *node = connection->source->_node;
    return node->player != NULL && node->outputs[connection->sourceBus].tap == NULL;
}

static void RenderMixer(Compiler *compiler, AVAudioNode *mixer, uint32_t bus) {
    const PBNode *node = mixer->_node;
    pbr_plan_add_clear(compiler->plan, bus);
    // Direct inputs last and together: neighbours share a pass over the accumulator.
    for (int direct = 0; direct < 2; direct++) {
        for (NSUInteger i = 0; i < node->inputCount; i++) {
            const PBConnection *input = node->inputs[i];
            if (input != NULL && IsDirect(input) == direct) {
                MixInput(compiler, input, bus);
            }
        }
    }
    pbr_plan_add_gain(compiler->plan, bus, node->gain);
}

static void RenderSource(Compiler *compiler, AVAudioNode *source, uint32_t bus) {
    uint32_t channels = [[source pbPullFormat] channelCount];
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

static void AddPlayer(Compiler *compiler, AVAudioNode *player) {
    if (FirstVisit(compiler, player->_node)) {
        pbr_plan_add_player(compiler->plan, player->_node->player);
    }
}

static void AddTap(Compiler *compiler, const PBOutput *output, uint32_t bus) {
    const PBTap *tap = output->tap;
    if (tap != NULL && [tap->format channelCount] == pbr_plan_bus_channels(compiler->plan, bus)) {
        pbr_plan_add_tap(compiler->plan, bus, tap->ring);
    }
}

// Renders the node's output into `bus`.
static void RenderInto(Compiler *compiler, AVAudioNode *node, uint32_t bus) {
    if ([node pbIsMixer]) {
        RenderMixer(compiler, node, bus);
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
    AddTap(compiler, &node->_node->outputs[0], bus);
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
            output->bus = pbr_plan_take_bus(compiler->plan, ChannelsOf(output->connections[0]));
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
            AddTap(compiler, &node->outputs[o], node->outputs[o].bus);
        }
    }
    uint32_t port = 0;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        if (node->inputs[i] != NULL) {
            GiveInput(compiler, node->inputs[i], ports[port++].bus);
        }
    }
}

// The buffer with what the connection carries, until GiveInput.
static uint32_t TakeInput(Compiler *compiler, const PBConnection *connection) {
    PBNode *source = connection->source->_node;
    if (IsDirect(connection)) {
        uint32_t bus = pbr_plan_take_bus(compiler->plan, ChannelsOf(connection));
        AddPlayer(compiler, connection->source);
        pbr_plan_add_clear(compiler->plan, bus);
        pbr_plan_mix_player(compiler->plan, bus, source->player, ChannelsOf(connection), NULL);
        return bus;
    }
    if (FirstVisit(compiler, source)) {
        if (source->matrix != NULL) {
            RenderMatrix(compiler, connection->source);
        } else {
            source->outputs[0].bus = pbr_plan_take_bus(compiler->plan, ChannelsOf(connection));
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

static void MixInput(Compiler *compiler, const PBConnection *connection, uint32_t bus) {
    AVAudioNode *source = connection->source;
    if (IsDirect(connection)) {
        AddPlayer(compiler, source);
        pbr_plan_mix_player(compiler->plan, bus, source->_node->player, ChannelsOf(connection),
                            connection->cell);
        return;
    }
    uint32_t from = TakeInput(compiler, connection);
    pbr_plan_mix_bus(compiler->plan, bus, from, connection->cell);
    GiveInput(compiler, connection, from);
}

static void RenderOutput(Compiler *compiler, AVAudioNode *output) {
    const PBConnection *input = output->_node->inputs[0];
    if (input != NULL) {
        PBNode *source = input->source->_node;
        // The usual case: the main mixer sums straight into the caller's buffers.
        if (source->outputs[0].count == 1 && source->gain != NULL &&
            ChannelsOf(input) == pbr_plan_bus_channels(compiler->plan, PBR_OUTPUT_BUS)) {
            FirstVisit(compiler, source);
            RenderInto(compiler, input->source, PBR_OUTPUT_BUS);
        } else {
            MixInput(compiler, input, PBR_OUTPUT_BUS);
        }
    }
    if (output->_node->outputs[0].tap != NULL) {
        pbr_plan_add_tap(compiler->plan, PBR_OUTPUT_BUS, output->_node->outputs[0].tap->ring);
    }
}

// Connections outlive a change of the engine's own rate.
static BOOL CheckRates(AVAudioEngine *engine, NSError **error) {
    double rate = [PBEngineFormat(engine) sampleRate];
    for (AVAudioNode *node in engine->_engine->nodes) {
        for (NSUInteger i = 0; i < node->_node->inputCount; i++) {
            const PBConnection *input = node->_node->inputs[i];
            if (input != NULL && [PBConnectionFormat(input) sampleRate] != rate) {
                return PBFail(error, kAudioUnitErr_FormatNotSupported,
                              @"input bus %lu is connected at %g Hz, the engine runs at %g Hz",
                              (unsigned long)i, [PBConnectionFormat(input) sampleRate], rate);
            }
        }
    }
    return YES;
}

// NULL and a reason when the graph cannot be rendered.
static pbr_plan *NewPlan(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    if (!CheckRates(engine, error)) {
        return NULL;
    }
    AVAudioFormat *format = PBEngineFormat(engine);
    uint32_t frames = state->manualFormat != nil ? state->manualFrames : DEVICE_FRAMES;
    Compiler compiler = {state, pbr_plan_create([format channelCount], frames), ++state->stamp, NO};
    if (compiler.plan != NULL && state->output != nil) {
        RenderOutput(&compiler, state->output);
    }
    if (compiler.plan == NULL || compiler.failed || !pbr_plan_finish(compiler.plan)) {
        pbr_plan_free(compiler.plan);
        PBFail(error, kAudio_MemFullError, @"no memory for a render plan");
        return NULL;
    }
    state->dirty = NO;
    return compiler.plan;
}

BOOL PBPrepare(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    if (state->prepared == NULL || state->dirty) {
        pbr_plan_free(state->prepared);
        state->prepared = NewPlan(engine, error);
    }
    return state->prepared != NULL;
}

BOOL PBCompile(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    if (!PBPrepare(engine, error)) {
        return NO;
    }
    pbr_core_publish(state->core, state->prepared);
    state->prepared = NULL;
    return YES;
}

void PBGraphChanged(AVAudioEngine *engine) {
    if (engine == nil) {
        return;
    }
    PBEngine *state = engine->_engine;
    state->dirty = YES;
    // Offline, the caller's next render compiles once for any number of changes.
    BOOL offline =
        state->manualFormat != nil && state->manualMode == AVAudioEngineManualRenderingModeOffline;
    // A graph that does not compile is silent: the old plan may name nodes that are gone.
    if (state->running && !offline && !PBCompile(engine, NULL)) {
        pbr_core_publish(state->core, NULL);
    }
}

void PBCollect(AVAudioEngine *engine) {
    PBLocked(engine) {
        PBEngine *state = engine->_engine;
        pbr_core_collect(state->core);
        uint64_t events = pbr_core_events(state->core);
        if (events != state->events) {
            state->events = events;
            for (AVAudioNode *node in state->nodes) {
                [node pbCollect:NO];
                PBTapDeliver(node, state->callbacks);
            }
        }
    }
}
