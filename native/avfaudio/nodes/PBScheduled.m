// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBScheduled.h"
#import "avfaudio/graph/PBManners.h"

#include <Block.h>
#include <stdlib.h>

static void ReleaseStreams(PBScheduled *item) {
    pbr_stream_release(item->stream);
    pbr_stream_release(item->sought);
    item->stream = item->sought = NULL;
}

static void Drop(PBScheduled *item) {
    if (atomic_fetch_sub_explicit(&item->owners, 1, memory_order_acq_rel) != 1) {
        return;
    }
    [item->buffer release];
    ReleaseStreams(item);
    if (item->handler != NULL) {
        Block_release(item->handler);
    }
    if (item->typedHandler != NULL) {
        Block_release(item->typedHandler);
    }
    free(item);
}

static void RunHandler(PBEntry *entry) {
    PBScheduled *item = (PBScheduled *)entry;
    @try {
        if (item->handler != NULL) {
            item->handler();
        }
        if (item->typedHandler != NULL) {
            item->typedHandler(item->type);
        }
        if (item->ended != NULL) {
            item->ended(item->context, item->end);
        }
    } @finally {
        Drop(item);
    }
}

// Nothing is played back offline.
static BOOL IsUnheard(const PBScheduled *item, AVAudioEngine *engine) {
    return PBHasManner(engine, PB_MANNER_EARLY_COMPLETIONS) && item->end == PBR_END_PLAYED &&
           item->typedHandler != NULL && item->type == AVAudioPlayerNodeCompletionDataPlayedBack &&
           engine->_engine->mode == PB_OFFLINE;
}

void PBScheduledWasQueued(PBScheduled *item, uint32_t flags) {
    AVAudioEngine *engine = item->player->_node->engine;
    BOOL consumed =
        item->handler != NULL ||
        (item->typedHandler != NULL && item->type == AVAudioPlayerNodeCompletionDataConsumed);
    item->early = consumed && (flags & PBR_ITEM_LOOPS) == 0 &&
                  PBHasManner(engine, PB_MANNER_EARLY_COMPLETIONS);
    if (item->early) {
        PBCallbacksPut(engine->_engine->callbacks, &item->entry);
    }
}

// The handler runs on the engine's callback thread. A player without an engine has an empty queue:
// everything queued ends when it is detached, while it still has an engine.
static void Ended(void *owner, pbr_end end) {
    PBScheduled *item = owner;
    AVAudioEngine *engine = item->player->_node->engine;
    BOOL handled = item->handler != NULL || item->typedHandler != NULL || item->ended != NULL;
    item->end = end;
    if (item->stream != NULL) {
        pbr_feeder_remove(item->stream);
    }
    if (item->sought != NULL) {
        pbr_feeder_remove(item->sought);
    }
    if (item->early) {
        return;
    }
    if (engine != nil && handled && !IsUnheard(item, engine)) {
        PBCallbacksPut(engine->_engine->callbacks, &item->entry);
    } else {
        Drop(item);
    }
}

static void Discard(void *owner) {
    ReleaseStreams(owner);
    Drop(owner);
}

const pbr_player_callbacks PBScheduledCallbacks = {Ended, Discard};

PBScheduled *PBNewScheduled(const PBScheduled *wanted, AVAudioNode *player,
                            AVAudioPCMBuffer *buffer) {
    PBScheduled *item = calloc(1, sizeof *item);
    if (item == NULL) {
        return NULL;
    }
    *item = *wanted;
    item->entry.run = RunHandler;
    item->buffer = [buffer retain];
    item->player = player;
    item->handler = wanted->handler != NULL ? Block_copy(wanted->handler) : NULL;
    item->typedHandler = wanted->typedHandler != NULL ? Block_copy(wanted->typedHandler) : NULL;
    // The player and the handler.
    atomic_init(&item->owners, 2);
    if ((item->handler == NULL) != (wanted->handler == NULL) ||
        (item->typedHandler == NULL) != (wanted->typedHandler == NULL)) {
        PBForgetScheduled(item);
        return NULL;
    }
    return item;
}

void PBForgetScheduled(PBScheduled *item) {
    if (item != NULL) {
        atomic_init(&item->owners, 1);
        Drop(item);
    }
}

uint32_t PBItemFlags(AVAudioPlayerNodeBufferOptions options) {
    return (options & AVAudioPlayerNodeBufferLoops ? PBR_ITEM_LOOPS : 0) |
           (options & AVAudioPlayerNodeBufferInterrupts ? PBR_ITEM_INTERRUPTS : 0) |
           (options & AVAudioPlayerNodeBufferInterruptsAtLoop ? PBR_ITEM_INTERRUPTS_AT_LOOP : 0);
}
