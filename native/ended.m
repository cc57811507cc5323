// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Handles that a render function ends. To end one there would wait for the block that is being
// rendered, or free memory on the audio thread.
#import "shim.h"

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
    // In the order in which they were ended: an engine after the nodes that came before it.
    while (first != NULL) {
        perbus__handle *next = first->next;
        first->end(first);
        first = next;
    }
}
