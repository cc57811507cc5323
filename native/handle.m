// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Node handles, and the end of every handle. A handle that is released in a render function is only
// put on a list: ending it there would wait for the block being rendered, or free memory on the
// audio thread.
#import "shim.h"

#include <stdlib.h>

_Thread_local bool perbus__in_render;
_Atomic(perbus__handle *) perbus__ended;

void perbus__end(perbus__handle *handle, void (*end)(perbus__handle *handle)) {
    if (!perbus__in_render) {
        end(handle);
        return;
    }
    handle->end = end;
    handle->next = atomic_load_explicit(&perbus__ended, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&perbus__ended, &handle->next, handle,
                                                  memory_order_release, memory_order_relaxed)) {
    }
}

void perbus__end_all(void) {
    perbus__handle *last = atomic_exchange_explicit(&perbus__ended, NULL, memory_order_acquire);
    perbus__handle *first = NULL;
    while (last != NULL) {
        perbus__handle *before = last->next;
        last->next = first;
        first = last;
        last = before;
    }
    // In the order of their release, so that an engine ends after nodes released before it.
    while (first != NULL) {
        perbus__handle *next = first->next;
        first->end(first);
        first = next;
    }
}

perbus_status perbus__wrap(AVAudioNode *object, perbus_kind kind, perbus_node **out_node,
                           perbus_error *error) {
    if (object == nil) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a node");
    }
    perbus_node *node = calloc(1, sizeof *node);
    if (node == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a node handle");
    }
    // By name: with GNU's runtime, @protocol is empty in a file in which no class adopts it.
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
