// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For engines that neither say how something ended nor play files in the ways of perbus/player.h: the
// shim keeps a queue of its own, and schedules from its front what the engine needs next.
#ifndef PERBUS_PLAYER_QUEUE_H
#define PERBUS_PLAYER_QUEUE_H

#import "player_node.h"

// One scheduled buffer or file whose handler has not run yet.
typedef struct watched {
    struct watched *next;
    uint32_t flags;
    bool decided; // `end` is final
    perbus_end end;
    perbus_completion completion;
    void *context;
    bool timed;
    int64_t start; // then, in the player's time
    uint64_t host; // or then, as AVAudioTime has it; or 0
    // What is played: one of these three, and of the last two the frames first .. last. None: a file
    // that is not there any more.
    AVAudioPCMBuffer *buffer;
    AVAudioFile *file;
    perbus__decoded *decoded;
    void *reader; // of `decoded`, while it is open
    int64_t first;
    int64_t last;
    // How far it has been handed to the engine, in pieces.
    int64_t next_frame;
    int64_t from; // where it began, at the player's time `began`
    int64_t began;
    int64_t ends_at; // the player's time after the pieces so far; PERBUS_NEVER of a looping buffer
    unsigned pieces; // that the engine has
    bool issued;     // it has all
    bool announced;  // its interruption has been scheduled
    bool halted;     // the player has been stopped, or detached: the engine has forgotten it
} watched;

// Past all times, with room for the lengths of what follows.
#define PERBUS_NEVER (INT64_MAX / 2)

struct perbus__watch {
    pthread_mutex_t lock;
    watched *queue;
    unsigned generation; // counts seeks: pieces of earlier ones do not count any more
    int64_t passed;      // the player's time before the engine's began anew, at the last seek
    int64_t now;         // the engine's time for the player, as last known
};

// The player's watch; NULL without memory.
perbus__watch *perbus__watch_of(PerbusPlayerNode *player);
// Runs the body under the watch's lock. The engine's comes before it: a batch has that already.
void perbus__with_watch(PerbusPlayerNode *player, perbus__watch *watch, void (^body)(void));
// A piece has been handed over and its handler has run.
void perbus__piece_is_over(PerbusPlayerNode *player, watched *item, unsigned generation);
// Hands the engine what it needs next. The lock is held.
void perbus__issue(PerbusPlayerNode *player, perbus__watch *watch);
// When the pass that is played at that time of the player's ends. The lock is held.
int64_t perbus__pass_end(PerbusPlayerNode *player, const watched *item, int64_t time);
// The player's time. The lock is held.
int64_t perbus__watch_time(PerbusPlayerNode *player, perbus__watch *watch);

#endif
