/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the parts of this program share: an engine with a source on bus 0 of its main mixer. */
#ifndef DESK_TEST_H
#define DESK_TEST_H

#include <check.h>
#include <perbus/desk.h>

#define MONO (perbus_format){.sample_rate = 48000.0, .channels = 1}

/* A function of the test's stage: mono at 48 kHz, offline, blocks of 512, running; one source, which
 * puts out 0.5, on bus 0. */
typedef struct stage {
    perbus_desk_engine *engine;
    perbus_desk_node *mixer, *source;
    perbus_desk_bus *bus;
    atomic_int destroyed;
} stage;

void make_stage(stage *stage);
/* The same with PERBUS_MANNERS. */
void make_stage_with_manners(stage *stage, const char *manners);
/* Releases all, and checks that the source's context was destroyed once. */
void end_stage(stage *stage);
/* Renders `frames` frames, at most 4096, and the last of them. */
float last_of(stage *stage, uint32_t frames);
/* The same when all ramps are over. */
float settled(stage *stage);
/* The first one. */
float first_of(stage *stage, uint32_t frames);

/* A thread's work: renders the stage until that fails, and returns the status. */
void *render_until_closed(void *stage);
/* Until it is as high, and no higher. */
void wait_for(atomic_int *number, int expected);

/* Ends of fades: the number of each. */
typedef struct ends {
    atomic_int finished, replaced;
} ends;
void count_end(void *context, perbus_desk_fade_end end);

void test_adopting(void);
void test_strips(void);
void test_by_number(void);
void test_fades(void);
void test_output_fades(void);
void test_automation(void);
void test_output_automation(void);
void test_refused_automation(void);
void test_group_automation(void);
void test_pan_laws(void);
void test_scenes(void);
void test_engine_scenes(void);
void test_scene_groups(void);
void test_scene_taps_and_laws(void);
void test_groups(void);
void test_group_meters(void);
void test_sends(void);
void test_connections(void);
void test_connecting_buses(void);
void test_kinds(void);
void test_playing(void);
void test_batches_and_ramps(void);
void test_sound_files(void);
void test_playing_files(void);
void test_taps(void);
void test_recorders(void);
void test_devices(void);
void test_input(void);
void test_playing_to_a_device(void);
void test_closing(void);
void test_waiting(void);
void test_nothing(void);

#endif
