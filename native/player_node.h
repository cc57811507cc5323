// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The shim's players: the format that one keeps, and what the shim does for an engine that neither
// says how a buffer ended nor fades a player out.
#ifndef PERBUS_PLAYER_NODE_H
#define PERBUS_PLAYER_NODE_H

#import "decoder_file.h"

typedef struct perbus__watch perbus__watch;

@interface PerbusPlayerNode : AVAudioPlayerNode {
  @public
    perbus_format _format;           // its last format; 0 Hz: none yet
    _Atomic(perbus__watch *) _watch; // NULL if the engine itself says how buffers end
    struct perbus__ramp *_ramp;
    // What the program has asked for last (restart.m).
    BOOL _wanted;        // it plays,
    AVAudioTime *_start; // from then on; nil: at once
}
@end

// Checks the kind and runs the body on the player.
perbus_status perbus__with_player(perbus_node *player, perbus_error *error,
                                  perbus_status (^body)(PerbusPlayerNode *object));
// Whether what is queued may have this format, at this or, if converts, any rate; and whether the
// schedule, which may be NULL, is one. what: "buffer" or "file", of so many frames.
perbus_status perbus__check_schedule(PerbusPlayerNode *player, perbus_format format, BOOL converts,
                                     const char *what, int64_t frames,
                                     const perbus_schedule *schedule, perbus_error *error);
// The schedule's start for AVFAudio; nil: after the previous one.
AVAudioTime *perbus__start(PerbusPlayerNode *player, const perbus_schedule *schedule);
// The schedule, or the default one for NULL.
perbus_schedule perbus__schedule_or_default(const perbus_schedule *schedule);

// A time in seconds in frames of the player's output.
uint64_t perbus__frames(AVAudioPlayerNode *player, double seconds);
// The format of a connection from the node: the one asked for, else the one that the node keeps
// (nil).
AVAudioFormat *perbus__format_for(perbus_node *source, const perbus_format *format);
// After a connection: a player keeps its format.
void perbus__remember_format(perbus_node *source);
// Refuses to give a player another format while something is queued. format NULL: the one it has.
perbus_status perbus__check_queued_format(perbus_node *player, const perbus_format *format,
                                          perbus_error *error);

// For engines that do not say how something ended, nor seek in files (player_ends.m,
// player_queue.m).

// Schedules the buffer and calls the completion with its end. NO_MEMORY without a reason.
perbus_status perbus__schedule_watched(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                       AVAudioTime *when, const perbus_schedule *how);
// The same for the frames `first` to `last` of a file.
perbus_status perbus__schedule_watched_file(PerbusPlayerNode *player, const perbus_file *file,
                                            int64_t first, int64_t last, AVAudioTime *when,
                                            const perbus_schedule *how);
// Where the player is.
perbus_position perbus__watched_position(PerbusPlayerNode *player);
// OUT_OF_RANGE with the segment, INVALID_ARGUMENT if no file is played, or NO_MEMORY.
perbus_status perbus__seek_watched(PerbusPlayerNode *player, int64_t frame, int64_t *first,
                                   int64_t *end);
// What is queued and not over at the player's last known time (perbus__watched_position) will have
// ended like this when its handler runs: the player is about to be stopped, or detached.
void perbus__decide_ends(PerbusPlayerNode *player, perbus_end end);
BOOL perbus__watches_nothing(PerbusPlayerNode *player);
// Hands the engine what it needs next.
void perbus__feed_watched(PerbusPlayerNode *player);
void perbus__forget_watch(PerbusPlayerNode *player);

// For engines that do not fade a player out (player_ramp.m).

void perbus__halt_in_steps(PerbusPlayerNode *player, double seconds, BOOL stops);
void perbus__end_steps(PerbusPlayerNode *player);
// The same between two blocks of an offline engine.
void perbus__step_halt(PerbusPlayerNode *player);

// For offline engines that need any of this (player_offline.m).

// So many more players halt or play files.
void perbus__attend_offline(int more);
// After a block.
perbus_status perbus__attend_players(AVAudioEngine *engine, perbus_error *error);

#endif
