// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A matrix mixer's record: its buses and its levels.
#ifndef PB_MATRIX_H
#define PB_MATRIX_H

#import "PBAudioUnit.h"
#import "avfaudio/graph/PBGraph.h"

#include <pthread.h>

#include "render/effects/matrix.h"

// A side's limits: so many buses, and so many channels over all of them.
enum { PB_MAX_MATRIX_BUSES = 64, PB_MAX_MATRIX_CHANNELS = 512 };

// The scopes of the two sides, less 1.
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
    pbr_matrix *levels; // NULL or of other dimensions: to be made anew
} PBMatrix;

PBMatrix *PBMatrixCreate(AVAudioNode *node);
void PBMatrixFree(PBMatrix *matrix);

// With the matrix's lock held.
uint32_t PBMatrixChannels(const PBMatrix *matrix, PBMatrixSide side);
// In the present dimensions: levels stay with their channel numbers. NULL when memory runs out.
pbr_matrix *PBMatrixLevels(PBMatrix *matrix);
// Turns the channels of the buses on and off. Heard once committed.
void PBMatrixApplySwitches(const PBMatrix *matrix, pbr_matrix *levels);

// Without it.
// The number of a bus's first channel.
uint32_t PBMatrixChannel(PBMatrix *matrix, PBMatrixSide side, AVAudioNodeBus bus);
// PBMatrixLevels, retained for a plan.
pbr_matrix *PBMatrixCopyLevels(PBMatrix *matrix);

// Throws unless every matrix among the points' nodes has room for so many channels on each of them.
void PBMatrixRequireRoom(const PBPoint *points, NSUInteger count, uint32_t channels);

// The calls of a matrix mixer's AudioUnit.
extern const struct ComponentInstanceRecord PBMatrixCalls;

#endif
