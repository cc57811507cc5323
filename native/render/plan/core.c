// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // nanosleep
#include "core.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "render/kernels/denormals.h"
#include "render/kernels/kernels.h"
#include "parallel.h"
#include "realtime.h"

// More output channels than any plan has.
enum { MAX_OUTPUT_CHANNELS = 64 };

// How often a block tries to find a gap between bulk changes that follow each other closely.
enum { READ_ATTEMPTS = 3 };

// Readers try again while it is being written: the sequence is odd then.
typedef struct pbr_shared_moment {
    _Atomic uint32_t sequence;
    _Atomic int64_t frame;
    _Atomic uint64_t host;
    _Atomic double pace;
} pbr_shared_moment;

struct pbr_core {
    _Atomic(pbr_plan *) plan;
    _Atomic uint64_t sequence; // odd while a block is rendered
    _Atomic int64_t time;
    _Atomic uint64_t events;
    pbr_shared_moment moment;
    pbr_moment heard; // audio thread: when the block's first frame is heard
    pbr_gate gate;
    atomic_bool anew;
    _Atomic uint64_t seen; // up to which change the last block that looked has come
    uint64_t entered;      // audio thread: the gate when the block began
    uint32_t last;         // audio thread: the stamp of the plan that rendered the last block, or 0
    bool closing;       // control side: the change is ending; what is published now has all of it
    uint64_t published; // control side: up to which change the newest plan had come then
    _Atomic(pbr_workers *) workers;
    atomic_bool realtime; // the audio thread is
    pbr_retired *retired; // control side only
};

pbr_core *pbr_core_create(void) {
    pbr_kernels_choose();
    return calloc(1, sizeof(pbr_core));
}

void pbr_core_free(pbr_core *core) {
    if (core == NULL) {
        return;
    }
    pbr_core_publish(core, NULL);
    while (core->retired != NULL) {
        pbr_retired *entry = core->retired;
        core->retired = entry->next;
        entry->free(entry);
    }
    pbr_workers_free(atomic_load_explicit(&core->workers, memory_order_relaxed));
    free(core);
}

// Up to which change a plan that is made now has come. It cannot count on any part of an open one.
static uint64_t changes_so_far(const pbr_core *core) {
    uint64_t gate = atomic_load_explicit(&((pbr_core *)core)->gate, memory_order_relaxed);
    if (gate % 2 == 0) {
        return gate;
    }
    return core->closing ? gate + 1 : gate - 1;
}

void pbr_core_publish(pbr_core *core, pbr_plan *plan) {
    if (plan != NULL) {
        core->published = changes_so_far(core);
        pbr_plan_set_seen(plan, core->published);
    }
    pbr_plan *old = atomic_exchange_explicit(&core->plan, plan, memory_order_seq_cst);
    if (old != NULL) {
        pbr_core_retire(core, pbr_plan_retired(old));
    } else {
        pbr_core_collect(core);
    }
}

void pbr_core_retire(pbr_core *core, pbr_retired *retired) {
    retired->sequence = atomic_load_explicit(&core->sequence, memory_order_seq_cst);
    retired->next = core->retired;
    core->retired = retired;
    pbr_core_collect(core);
}

void pbr_core_collect(pbr_core *core) {
    uint64_t now = atomic_load_explicit(&core->sequence, memory_order_seq_cst);
    for (pbr_retired **link = &core->retired; *link != NULL;) {
        pbr_retired *entry = *link;
        // Even: no block was running when it was replaced. Changed: that block is over.
        if (entry->sequence % 2 == 0 || entry->sequence != now) {
            *link = entry->next;
            entry->free(entry);
        } else {
            link = &entry->next;
        }
    }
}

void pbr_core_wait(pbr_core *core) {
    uint64_t now = atomic_load_explicit(&core->sequence, memory_order_seq_cst);
    const struct timespec pause = {0, 200 * 1000};
    while (now % 2 == 1 && atomic_load_explicit(&core->sequence, memory_order_seq_cst) == now) {
        nanosleep(&pause, NULL);
    }
}

void pbr_core_set_time(pbr_core *core, int64_t time) {
    atomic_store_explicit(&core->time, time, memory_order_relaxed);
}

void pbr_core_start_anew(pbr_core *core) {
    atomic_store_explicit(&core->anew, true, memory_order_relaxed);
}

bool pbr_core_set_threads(pbr_core *core, uint32_t threads) {
    pbr_workers *workers = threads > 1 ? pbr_workers_create(threads - 1) : NULL;
    if (threads > 1 && workers == NULL) {
        return false;
    }
    pbr_workers *old = atomic_exchange_explicit(&core->workers, workers, memory_order_seq_cst);
    if (atomic_load_explicit(&core->realtime, memory_order_seq_cst)) {
        pbr_workers_raise(workers);
    }
    if (old != NULL) {
        pbr_core_wait(core);
        pbr_workers_free(old);
    }
    return true;
}

bool pbr_core_become_realtime(pbr_core *core) {
    if (!pbr_realtime_raise(pthread_self())) {
        return false;
    }
    // Either this sees new helpers, or whoever made them sees this.
    atomic_store_explicit(&core->realtime, true, memory_order_seq_cst);
    pbr_core_enter(core);
    pbr_workers_raise(atomic_load_explicit(&core->workers, memory_order_seq_cst));
    pbr_core_leave(core);
    return true;
}

pbr_thread pbr_core_next_ordinary(pbr_core *core) {
    return pbr_workers_next_ordinary(atomic_load_explicit(&core->workers, memory_order_relaxed));
}

uint32_t pbr_core_threads(const pbr_core *core) {
    return 1 + pbr_workers_count(
                   atomic_load_explicit(&((pbr_core *)core)->workers, memory_order_relaxed));
}

void pbr_core_begin_change(pbr_core *core) {
    atomic_fetch_add_explicit(&core->gate, 1, memory_order_relaxed);
    // Nothing that is set from here on is seen before the gate is seen odd.
    atomic_thread_fence(memory_order_release);
}

void pbr_core_close_change(pbr_core *core) {
    core->closing = true;
}

bool pbr_core_closes_change(const pbr_core *core) {
    return core->closing;
}

void pbr_core_end_change(pbr_core *core) {
    core->closing = false;
    atomic_fetch_add_explicit(&core->gate, 1, memory_order_release);
}

uint64_t pbr_core_stamp(const pbr_core *core) {
    uint64_t gate = atomic_load_explicit(&((pbr_core *)core)->gate, memory_order_relaxed);
    return gate + gate % 2;
}

void pbr_core_wait_until_seen(pbr_core *core, uint64_t stamp) {
    if (atomic_load_explicit(&core->seen, memory_order_seq_cst) < stamp) {
        pbr_core_wait(core);
    }
}

bool pbr_core_shows(const pbr_core *core, uint64_t stamp) {
    return core->published >= stamp ||
           atomic_load_explicit(&((pbr_core *)core)->seen, memory_order_seq_cst) >= stamp;
}

int64_t pbr_core_time(const pbr_core *core) {
    return atomic_load_explicit(&((pbr_core *)core)->time, memory_order_relaxed);
}

static void share_moment(pbr_core *core) {
    pbr_shared_moment *shared = &core->moment;
    uint32_t sequence = atomic_load_explicit(&shared->sequence, memory_order_relaxed);
    atomic_store_explicit(&shared->sequence, sequence + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&shared->frame, pbr_core_time(core), memory_order_relaxed);
    atomic_store_explicit(&shared->host, core->heard.host, memory_order_relaxed);
    atomic_store_explicit(&shared->pace, core->heard.pace, memory_order_relaxed);
    atomic_store_explicit(&shared->sequence, sequence + 2, memory_order_release);
}

void pbr_core_set_moment(pbr_core *core, pbr_moment moment) {
    core->heard = moment;
    share_moment(core);
}

void pbr_core_forget_moment(pbr_core *core) {
    core->heard = PBR_NO_MOMENT;
    share_moment(core);
}

bool pbr_core_get_moment(const pbr_core *core, int64_t *frame, pbr_moment *moment) {
    pbr_shared_moment *shared = &((pbr_core *)core)->moment;
    uint32_t before, after;
    do {
        before = atomic_load_explicit(&shared->sequence, memory_order_acquire);
        *frame = atomic_load_explicit(&shared->frame, memory_order_relaxed);
        moment->host = atomic_load_explicit(&shared->host, memory_order_relaxed);
        moment->pace = atomic_load_explicit(&shared->pace, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load_explicit(&shared->sequence, memory_order_relaxed);
    } while (before != after || before % 2 == 1);
    return moment->host != 0;
}

uint64_t pbr_core_events(const pbr_core *core) {
    return atomic_load_explicit(&((pbr_core *)core)->events, memory_order_acquire);
}

static void silence(float *const *output, uint32_t first, uint32_t channels, uint32_t frames) {
    for (uint32_t c = first; c < channels; c++) {
        memset(output[c], 0, frames * sizeof(float));
    }
}

static bool render_parts(pbr_core *core, pbr_plan *plan, uint32_t frames, float *const *output,
                         uint32_t channels, bool offline) {
    float *part[MAX_OUTPUT_CHANNELS];
    uint32_t longest = pbr_plan_max_frames(plan);
    int64_t time = atomic_load_explicit(&core->time, memory_order_relaxed);
    bool events = false;
    bool dry = false;
    pbr_plan_use_workers(plan, atomic_load_explicit(&core->workers, memory_order_seq_cst));
    for (uint32_t at = 0; at < frames;) {
        uint32_t length = frames - at < longest ? frames - at : longest;
        length = offline ? pbr_plan_await(plan, time + at, length) : length;
        length = pbr_plan_start_masters(plan, time + at, length);
        for (uint32_t c = 0; c < channels; c++) {
            part[c] = output[c] + at;
        }
        pbr_plan_set_moment(plan, pbr_moment_after(core->heard, at));
        pbr_plan_render(plan, time + at, length, part, &events, &dry);
        at += length;
    }
    if (events) {
        atomic_fetch_add_explicit(&core->events, 1, memory_order_release);
    }
    return !dry;
}

void pbr_core_enter(pbr_core *core) {
    atomic_fetch_add_explicit(&core->sequence, 1, memory_order_seq_cst);
    core->entered = atomic_load_explicit(&core->gate, memory_order_seq_cst);
}

void pbr_core_leave(pbr_core *core) {
    // No other thread counts, and a thread that sees the block's end late only waits a little
    // longer.
    uint64_t sequence = atomic_load_explicit(&core->sequence, memory_order_relaxed);
    atomic_store_explicit(&core->sequence, sequence + 1, memory_order_release);
}

// The plan and the values of one moment, with no change between them.
static pbr_plan *take_plan(pbr_core *core, bool offline) {
    pbr_plan *plan = NULL;
    bool anew = atomic_load_explicit(&core->anew, memory_order_relaxed);
    if (anew) {
        atomic_store_explicit(&core->anew, false, memory_order_relaxed);
    }
    for (int attempt = 0; attempt < (offline ? 1 : READ_ATTEMPTS); attempt++) {
        if (attempt > 0) {
            core->entered = atomic_load_explicit(&core->gate, memory_order_acquire);
        }
        plan = atomic_load_explicit(&core->plan, memory_order_seq_cst);
        if (plan == NULL ||
            pbr_plan_take_settings(plan, &core->gate, core->entered, anew, core->last)) {
            break;
        }
    }
    // Written only when it changes: a sequentially consistent store costs as much as a lock.
    if (plan != NULL &&
        pbr_plan_seen(plan) != atomic_load_explicit(&core->seen, memory_order_relaxed)) {
        atomic_store_explicit(&core->seen, pbr_plan_seen(plan), memory_order_seq_cst);
    }
    core->last = plan != NULL ? pbr_plan_stamp(plan) : 0;
    return plan;
}

bool pbr_core_render(pbr_core *core, uint32_t frames, float *const *output, uint32_t channels,
                     bool offline) {
    pbr_plan *plan = take_plan(core, offline);
    pbr_denormals state = pbr_denormals_flush();
    bool complete = true;
    uint32_t planned = plan != NULL ? pbr_plan_channels(plan) : 0;
    // A plan with more channels than there are buffers would write past them.
    if (planned > channels || planned > MAX_OUTPUT_CHANNELS) {
        planned = 0;
    }
    if (planned > 0) {
        complete = render_parts(core, plan, frames, output, planned, offline);
    }
    silence(output, planned, channels, frames);
    pbr_denormals_restore(state);
    atomic_fetch_add_explicit(&core->time, frames, memory_order_relaxed);
    return complete;
}
