/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines and nodes of all kinds that random calls rewire: what the tests of the graph share. */
#ifndef WORLD_H
#define WORLD_H

#include "../check.h"

enum { ENGINES = 3, BLOCK = 256, DUMP = 1 << 16 };

typedef enum kind { MAIN, MIXER, SOURCE, PLAYER, EQUALIZER, MATRIX } kind;

/* The first of the nodes are the engines' main mixers. */
enum { MIXERS = 4, SOURCES = 4, PLAYERS = 3, EQUALIZERS = 3, MATRICES = 2 };
enum { NODES = ENGINES + MIXERS + SOURCES + PLAYERS + EQUALIZERS + MATRICES };

typedef struct item {
    perbus_node *node;
    kind kind;
    int engine;  /* -1: attached to none */
    float value; /* what a source or player plays, on the left; half of it on the right */
    perbus_format formats[2]; /* of its output buses' last connections */
    bool looping;
    perbus_buffer *buffer;
} item;

typedef struct world {
    perbus_engine *engines[ENGINES];
    item items[NODES];
    atomic_int ended; /* how many buffers have */
} world;

typedef enum verb {
    ATTACH,
    DETACH,
    CONNECT,
    CONNECT_MANY,
    DISCONNECT_INPUT,
    DISCONNECT_OUTPUT,
    SET_VOLUME,
    SET_BUS,
    SET_BAND,
    RENDER,
    VERBS
} verb;

/* A call in terms of node numbers, the same in every world. */
typedef struct step {
    verb verb;
    int engine, node;
    uint32_t bus;
    int to[3];
    uint32_t to_bus[3];
    int count;
    perbus_format format;
    float volume, pan, frequency;
} step;

/* Repeatable. */
uint32_t random_below(uint32_t limit);
void random_seed(uint32_t seed);
/* From now on a byte a choice, and when they are used up, whatever follows from 0 as a seed. */
void random_feed(const uint8_t *bytes, size_t count);

void world_create(world *world);
void world_destroy(world *world);
step world_random_step(const world *world);
/* RENDER gives PERBUS_OK. */
perbus_status world_take(world *world, const step *step, perbus_error *error);
/* Starts connected players that are not playing. */
void world_play(world *world);
/* Everything that the engines report, as text of less than DUMP characters, with nodes by
 *  number. */
void world_describe(const world *world, char *text);
/* Renders that many blocks on every engine and returns the last of them:
 *  [engine][channel][frame]. */
typedef float world_sound[ENGINES][2][BLOCK];
void world_hear(world *world, int blocks, world_sound sound);
/* New engines with new nodes, connected and set like the world's. */
void world_create_alike(const world *world, struct world *fresh);
/* So many random steps from a new world on, which is compared with others like it. */
void world_walk(size_t steps);
void step_print(const step *step);

#endif
