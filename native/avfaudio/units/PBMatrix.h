// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The record of a matrix mixer: its buses and its levels.
#ifndef PB_MATRIX_H
#define PB_MATRIX_H

#import "PBAudioUnit.h"
#import "avfaudio/graph/PBGraph.h"

#include <pthread.h>

#include "render/effects/matrix.h"

// The limits of a side: its buses, and the channels across all of them.
enum { PB_MAX_MATRIX_BUSES = 64, PB_MAX_MATRIX_CHANNELS = 512 };

// The scopes of the two sides, minus 1.
typedef enum PBMatrixSide { PB_MATRIX_INPUT, PB_MATRIX_OUTPUT } PBMatrixSide;

typedef struct PBMatrixBuses {
    uint32_t count;
    uint32_t channels[PB_MAX_MATRIX_BUSES];
    BOOL on[PB_MAX_MATRIX_BUSES];
} PBMatrixBuses;

typedef struct PBMatrix {
    struct ComponentInstanceRecord unit;
    AVAudioNode *node;    // not retained: it owns this
    pthread_mutex_t lock; // taken after the engine's
    PBMatrixBuses sides[2];
    pbr_matrix *levels; // NULL or of other dimensions: must be created again
} PBMatrix;

PBMatrix *PBMatrixCreate(AVAudioNode *node);
void PBMatrixFree(PBMatrix *matrix);

// The matrix's lock is held.
uint32_t PBMatrixChannels(const PBMatrix *matrix, PBMatrixSide side);
// In the current dimensions; levels stay with their channel numbers. NULL when memory runs out.
pbr_matrix *PBMatrixLevels(PBMatrix *matrix);
// Switches the channels of the buses on and off. Heard once committed.
void PBMatrixApplySwitches(const PBMatrix *matrix, pbr_matrix *levels);

// The lock is not held.
// The number of a bus's first channel.
uint32_t PBMatrixChannel(PBMatrix *matrix, PBMatrixSide side, AVAudioNodeBus bus);
// PBMatrixLevels, retained for a plan.
pbr_matrix *PBMatrixCopyLevels(PBMatrix *matrix);

// Throws unless every matrix among the points' nodes has room for this many channels at each point.
void PBMatrixRequireRoom(const PBPoint *points, NSUInteger count, uint32_t channels);

// The calls of a matrix mixer's AudioUnit.
extern const struct ComponentInstanceRecord PBMatrixCalls;

#endif
