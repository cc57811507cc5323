// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef AUDIO_THREAD_GRAPH_H
#define AUDIO_THREAD_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

// What the source does in every block.
typedef enum fault {
    FAULT_NONE,
    FAULT_ALLOCATION,
    FAULT_LOCK,
    FAULT_MESSAGE,
    FAULT_SYSTEM_CALL
} fault;

// Once, before the others. False when the graph cannot be made.
bool open_graph(void);
// Control thread: the next of several kinds of change.
void change_graph(uint32_t step);
void set_fault(fault fault);
// Audio thread: one block.
bool render_graph(void);

#endif
