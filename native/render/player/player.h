// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A player's queue. The control side appends items to a linked list; the audio thread walks it and
// publishes how far it has come; the control side frees what is behind it. Neither waits. Engine
// time is counted here, like all frames, at the rate of the player's output.
#ifndef PBR_PLAYER_H
#define PBR_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct pbr_player pbr_player;
struct pbr_progress;
struct pbr_stream;
struct pbr_moment;

enum { PBR_ITEM_LOOPS = 1, PBR_ITEM_INTERRUPTS = 2, PBR_ITEM_INTERRUPTS_AT_LOOP = 4 };

#define PBR_INTERRUPTIONS ((uint32_t)PBR_ITEM_INTERRUPTS | PBR_ITEM_INTERRUPTS_AT_LOOP)

// Start time of an item that follows the previous one.
#define PBR_FOLLOW INT64_MIN
// Start time of a player that starts with the next block.
#define PBR_NOW INT64_MIN

// One scheduled buffer: planar float32, channel_count pointers to `frames` samples. Or a stream,
// which has the channels and the frames itself.
typedef struct pbr_clip {
    const float *const *channels;
    uint32_t channel_count;
    uint32_t frames;
    uint32_t flags; // PBR_ITEM_*
    int64_t start;  // in the player's own time, or PBR_FOLLOW
    uint64_t host;  // the host time of the start instead, for one that does not interrupt; or 0
    void *owner;    // passed to the two callbacks below
    struct pbr_stream *stream; // NULL: a buffer
} pbr_clip;

// How a clip ended.
typedef enum pbr_end {
    PBR_END_PLAYED,
    PBR_END_INTERRUPTED,
    PBR_END_STOPPED,
    PBR_END_DETACHED,
    PBR_END_FAILED // a stream that could not be read to its end
} pbr_end;

// What happens at the end of a ramp to silence.
typedef enum pbr_halt { PBR_HALT_NONE, PBR_HALT_PAUSE, PBR_HALT_STOP } pbr_halt;

// Both run on control threads, once per clip: `ended` when it has ended, `discard` when the audio
// thread can no longer read its samples.
typedef struct pbr_player_callbacks {
    void (*ended)(void *owner, pbr_end end);
    void (*discard)(void *owner);
} pbr_player_callbacks;

// NULL when memory runs out. Reference-counted; the last release discards what is still queued. The
// callbacks must outlive the player.
pbr_player *pbr_player_create(const pbr_player_callbacks *callbacks);
pbr_player *pbr_player_retain(pbr_player *player);
void pbr_player_release(pbr_player *player);

// Control side, one thread at a time (the caller locks). stamp: the engine's change with which the
// call takes effect (pbr_core_stamp); blocks that have not come up to it do not see the call.
#define PBR_AT_ONCE 0

// False if memory runs out.
bool pbr_player_schedule(pbr_player *player, const pbr_clip *clip, uint64_t stamp);
// The item that plays, or plays next, if it has this place in the queue: it goes on with the beginning
// of another stream of the same file, which has to live as long as the item unless it is replaced.
// Returns whether the seek before this one is revoked: no block has taken it up, or will.
bool pbr_player_seek(pbr_player *player, uint64_t place, struct pbr_stream *stream, uint64_t stamp);
// The number that the next seek gets, counted from 1.
uint64_t pbr_player_next_seek(const pbr_player *player);
// Streams that are scheduled or sought from here on are heard by blocks that pbr_player_await has
// prepared.
void pbr_player_set_offline(pbr_player *player, bool offline);
// at: engine time of the first frame, or PBR_NOW. Reverses a ramp to silence: the gain returns as
// fast as it fell.
void pbr_player_play(pbr_player *player, int64_t at, uint64_t stamp);
// The same, from the frame that is heard at a host time (not 0). At once if that is not known.
void pbr_player_play_at_host(pbr_player *player, uint64_t host, uint64_t stamp);
void pbr_player_pause(pbr_player *player, uint64_t stamp);
// Empties the queue, whose clips end like this, and resets the player's time to 0.
void pbr_player_stop(pbr_player *player, pbr_end end, uint64_t stamp);
// A linear ramp from the current gain to silence over `frames` frames (1 or more), then a pause or
// a stop. False, without effect, if the player does not play.
bool pbr_player_halt(pbr_player *player, pbr_halt halt, uint64_t frames, uint64_t stamp);
bool pbr_player_is_playing(const pbr_player *player);
// Whether a ramp to a stop is in progress, as far as the control side knows.
bool pbr_player_is_stopping(const pbr_player *player);
// Whether nothing is queued or playing.
bool pbr_player_is_empty(const pbr_player *player);
// The place that the next item gets in the queue, counted from 1.
uint64_t pbr_player_next_place(const pbr_player *player);
// The owner and the place of the item that plays or plays next. NULL if there is none.
void *pbr_player_current(const pbr_player *player, uint64_t *place);
// The newest stamp that was given.
uint64_t pbr_player_stamp(const pbr_player *player);
// Before the first call with a new stamp: whether no block has rendered, or will render, exactly up
// to the last one (pbr_core_shows). Blocks before it go on with the wish of that time.
void pbr_player_skip(pbr_player *player, bool skipped);
// For a player that joins an engine: its stamps so far were those of another one.
void pbr_player_forget_stamps(pbr_player *player);
// Reports clips that have ended and frees what is behind the audio thread. idle: no audio thread
// can be using this player now, so that a stopped queue is freed at once.
void pbr_player_collect(pbr_player *player, bool idle);
// The engine time at which the player's time was 0, as of the last block. False before the first
// one and after a stop.
bool pbr_player_origin(const pbr_player *player, int64_t *origin);
// When the player was last asked to play from: an engine time or PBR_NOW, or else a host time, not 0.
int64_t pbr_player_start(const pbr_player *player, uint64_t *host);

// Any thread.

// How far its queue has been used up.
struct pbr_progress *pbr_player_progress(pbr_player *player);
// The number of the last seek that a block has taken up.
uint64_t pbr_player_sought(const pbr_player *player);
// Frames that were silent because streams were not ready.
uint64_t pbr_player_late(const pbr_player *player);

// Offline, before the block of so many frames at engine time `now`, up to the stamp `seen`: waits
// until the streams have what it needs. Returns how many of its frames can be rendered, at least 1.
uint32_t pbr_player_await(pbr_player *player, int64_t now, uint64_t seen, uint32_t frames);

// Audio thread from here on. The work per block is bounded, however much is queued.

struct pbr_item;

// A gain that moves linearly.
typedef struct pbr_ramp {
    double from;
    double to;
    uint64_t frames; // 0: no ramp, the gain is 1
} pbr_ramp;

static inline float pbr_ramp_gain(const pbr_ramp *ramp, uint64_t frame) {
    return (float)(ramp->from + (ramp->to - ramp->from) * ((double)frame / (double)ramp->frames));
}

typedef struct pbr_cursor {
    struct pbr_item *last; // the newest item that has been used up
    int64_t time;          // the player's time
    uint64_t ramped;       // frames of the ramp so far
    uint64_t position;     // frames of the current item, or pass over a stream, already played
    uint64_t pass;         // over the stream
    int64_t base;          // the stream's frame where the pass began
    uint32_t delay;        // silent frames left before the player starts
    uint32_t empty;        // items without frames that this block has passed
    pbr_halt halted;       // the ramp has ended in this block
} pbr_cursor;

// A run of frames from one item; channels is NULL for silence, and for frames of a stream that is not
// ready.
typedef struct pbr_span {
    const float *const *channels;
    uint32_t channel_count;
    uint32_t offset;
    uint32_t frames;
    const pbr_ramp *ramp;      // scales the samples, or NULL
    uint64_t ramped;           // the ramp's frame at the first sample
    struct pbr_stream *stream; // NULL: silence, or a buffer
    int64_t frame;             // the stream's
} pbr_span;

// A block is one begin, any number of walks, and one commit. A block in which the player just runs
// on (player_state.h) needs none of them.

// For the block that starts at engine time `now`: takes up the control side's changes up to the
// stamp `seen`. moment: of the block.
void pbr_player_begin(pbr_player *player, int64_t now, uint64_t seen,
                      const struct pbr_moment *moment);
// Where the block starts; every destination of the player walks a copy of its own.
pbr_cursor pbr_player_cursor(const pbr_player *player);
// The next run of at most `want` frames (want > 0); never empty.
pbr_span pbr_player_next(const pbr_player *player, pbr_cursor *cursor, uint32_t want);
// Inside a block that has begun: whether the sound of the previous block, which ended at the time
// `since`, goes on in its first frame. Not across a stop, nor if the queue had run out.
bool pbr_player_joins(const pbr_player *player, int64_t since);
// Ends the block. True if clips were used up or a stream was late, so that the callback thread has
// work.
bool pbr_player_commit(pbr_player *player, int64_t now, uint32_t frames);

#endif
