/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One of everything that perbus.h has, twice: one desk's calls run out of memory, the other's do
 *  not, and both have to sound alike. */
#ifndef DESK_H
#define DESK_H

#include "../check.h"
#include "../graph/failing.h"

enum { BLOCK = 256, VOICES = 3, RESULT = 4096, TEXT = 1 << 14 };

typedef struct desk {
    perbus_engine *engine, *other, *device, *adopted, *made_engine;
    perbus_node *main_mixer, *subs[2], *voices[VOICES], *player, *streamer, *equalizer, *matrix;
    perbus_node *input, *spare, *made;
    perbus_buffer *buffer, *made_buffer;
    perbus_file *file, *writing, *made_file;
    perbus_master *master, *made_master;
    perbus_tap *tap, *made_tap;
    float samples[2][BLOCK];      /* of the last block */
    unsigned char result[RESULT]; /* what the last call returned, besides its status */
    int scheduled;                /* completions that are to come */
    int given;                    /* contexts that are to be destroyed */
    atomic_int ended, destroyed;
    char path[64], copy[64];
} desk;

/* The file of a second that all desks play, mono. */
void desk_make_file(void);
void desk_remove_file(void);
const char *desk_file_path(void);

void desk_create(desk *desk);
/* Checks that every completion has come and every context was destroyed, once each. */
void desk_destroy(desk *desk);
/* Renders a block if the engine runs. */
void desk_hear(desk *desk);
/* What the engine reports of all nodes, as text of less than TEXT characters, without ids. */
void desk_describe(desk *desk, char *text);
/* How a completion of this desk is to be scheduled; counts it when the call has worked. */
perbus_status desk_schedule(desk *desk, uint32_t flags,
                            perbus_status (*how)(struct desk *desk, const perbus_schedule *schedule,
                                                 perbus_error *error),
                            perbus_error *error);

/* One call of perbus.h. What it returns goes to `result`, which a failed call leaves alone. */
typedef perbus_status desk_call(desk *desk, perbus_error *error);
typedef struct step {
    const char *name;
    desk_call *call;
} step;

/* What ends gives back everything, although memory runs out. */
void test_ends(int who);
/* The first calls of threads. */
void test_first_calls(int who);
/* The engine's own threads run out of memory, and not its callers. */
void test_others(int who);

extern const step GRAPH_STEPS[], GAIN_STEPS[], PLAYER_STEPS[], OTHER_STEPS[];

#define CALL(name, ...)                                          \
    static perbus_status name(desk *desk, perbus_error *error) { \
        (void)desk;                                              \
        return __VA_ARGS__;                                      \
    }

/* A call that returns nothing. */
#define PLAIN(name, ...)                                         \
    static perbus_status name(desk *desk, perbus_error *error) { \
        (void)error, (void)desk;                                 \
        __VA_ARGS__;                                             \
        return PERBUS_OK;                                        \
    }

/* Where a call is to put what it returns. */
#define OUT(type, at) ((type *)(void *)(desk->result + (at)))

#endif
