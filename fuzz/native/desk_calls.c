/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The same as calls.c for the functions of desk.h: calls in batches and texts come in addition, and
 *  rendering is one call among others, on any thread. */
#include "given.h"

#include <perbus/desk.h>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

enum { HANDLES = 12, LIST = 4, TEXTS = 8, PATHS = 4 };

int perbus_fuzz_desk_calls(const uint8_t *data, size_t size);

HANDLE(desk_engine, perbus_desk_engine_release)
HANDLE(desk_node, perbus_desk_node_release)
HANDLE(desk_bus, perbus_desk_bus_release)
HANDLE(desk_group, perbus_desk_group_release)
HANDLE(desk_scene, perbus_desk_scene_release)
HANDLE(desk_engine_scene, perbus_desk_engine_scene_release)
HANDLE(desk_fade, perbus_desk_fade_release)
HANDLE(desk_recorder, perbus_desk_recorder_release)
HANDLE(desk_buffer, perbus_desk_buffer_release)
HANDLE(file, perbus_file_destroy)
HANDLE(tap, perbus_tap_destroy)

/* What functions have given, and what they are given. */
static char *texts[TEXTS];

static void keep_text(char *text) {
    if (in_use || text == NULL) {
        perbus_desk_text_free(text);
        return;
    }
    uint32_t at = draw_below(TEXTS);
    perbus_desk_text_free(texts[at]);
    texts[at] = text;
}

static const char *draw_text(void) {
    static const char *const some[] = {"",      "mixer 0",        "mixer 1",  "mixer 99",
                                       "drums", "\xc3\xa4",       "\xff\xfe", "a\nb\t\x7f\"\\",
                                       "{}",    "{\"buses\":[]}", "[",        "player 2"};
    uint32_t at = draw_below(16 + TEXTS);
    return at < 12 ? some[at] : at < 16 ? NULL : texts[at - 16];
}

static const char *draw_path(void) {
    static const char *const wrong[] = {"", "/", "/nowhere/a.wav", NULL};
    return draw_below(4) > 0 ? file_path() : wrong[draw_below(4)];
}

/* In a few files, which are gone after the run. */
static const char *numbered_path(uint32_t number) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/perbus-fuzz-%d-%u.wav", (int)getpid(), number);
    return path;
}

static const char *draw_new_path(void) {
    return draw_below(8) > 0 ? numbered_path(draw_below(PATHS)) : draw_path();
}

/* To load a file with: never one that it has to be converted to, which takes seconds. */
static double draw_rate(void) {
    static const double rates[] = {48000, 48000, 48000, 48000, 0, -1, NAN, 768001, 0.5};
    return rates[draw_below(sizeof rates / sizeof *rates)];
}

LISTED(struct, desk_destination, {draw_desk_node_handle(), draw_u32()})
LISTED(struct, desk_automation_point,
       {(int64_t)draw_u64(), (float)draw_number(), draw_number(), (perbus_curve)draw_below(4)})
LISTED(struct, desk_bus_config,
       {draw_u32(), draw_u32(), (float)draw_number(), (float)draw_number(), draw_below(2),
        draw_below(2), draw_below(2), draw_text(), (int32_t)draw_below(4) - 1})
LISTED(struct, desk_group_member, {draw_text(), draw_u32()})
LISTED(struct, file_settings,
       {draw_below(2) ? (perbus_format){0} : draw_format(), (perbus_file_type)draw_below(4),
        (perbus_file_samples)draw_below(4), (float)draw_number(), draw_below(2)})

static perbus_desk_group_config draw_desk_group_config(void) {
    static perbus_desk_group_member members[LIST][LIST];
    static uint32_t inner[LIST][LIST];
    static uint32_t number;
    number = (number + 1) % LIST;
    for (uint32_t i = 0; i < LIST; i++) {
        members[number][i] = draw_desk_group_member();
        inner[number][i] = draw_u32();
    }
    return (perbus_desk_group_config){
        draw_u32(),  draw_u32(),      (float)draw_number(), draw_below(2), draw_below(2),
        draw_text(), members[number], draw_below(LIST + 1), inner[number], draw_below(LIST + 1)};
}

static void call_desk_fade_ended(void *context, perbus_desk_fade_end end) {
    CHECK(end >= PERBUS_DESK_FADE_FINISHED && end <= PERBUS_DESK_FADE_STOPPED);
    release_context(context);
}

static void call_desk_changes(void *context);

#include "desk_calls.inc"

static void take_call(void) {
    make_call(&CALLS[draw_below(sizeof CALLS / sizeof *CALLS)]);
}

static void call_desk_changes(void *context) {
    bool outer = in_use;
    in_use = true;
    for (uint32_t left = draw_below(6); left > 0; left--) {
        take_call();
    }
    in_use = outer;
    /* The batch's own is to come. */
    report = (perbus_error){0, ""};
    release_context(context);
}

static void drop_something(void) {
    uint32_t at = draw_below(HANDLES);
    void (*const drops[])(uint32_t) = {drop_desk_engine, drop_desk_node,     drop_desk_bus,
                                       drop_desk_group,  drop_desk_scene,    drop_desk_engine_scene,
                                       drop_desk_fade,   drop_desk_recorder, drop_desk_buffer,
                                       drop_file,        drop_tap,           drop_desk_node};
    drops[draw_below(sizeof drops / sizeof *drops)](at);
}

static void make_something(void) {
    perbus_desk_engine *owner = draw_desk_engine_handle();
    perbus_desk_node *made = NULL;
    perbus_desk_bus *bus = NULL;
    perbus_desk_group *group = NULL;
    perbus_file *file = NULL;
    switch (draw_below(7)) {
    case 0:
        perbus_desk_mixer_create(owner, &made, NULL);
        break;
    case 1:
        perbus_desk_player_create(owner, &made, NULL);
        break;
    case 2:
        perbus_desk_engine_copy_main_mixer(owner, &made, NULL);
        break;
    case 3:
        perbus_desk_mixer_copy_bus(draw_desk_node_handle(), draw_below(4), &bus, NULL);
        break;
    case 4:
        perbus_desk_group_create(owner, "group", &group, NULL);
        break;
    case 5:
        perbus_desk_file_open(file_path(), &file, NULL);
        break;
    default:
        perbus_desk_mixer_connect_next(draw_desk_node_handle(), draw_desk_node_handle(), NULL, &bus,
                                       NULL);
        break;
    }
    keep_desk_node(made);
    keep_desk_bus(bus);
    keep_desk_group(group);
    keep_file(file);
}

static void take(void) {
    switch (draw_below(16)) {
    case 0:
        drop_something();
        break;
    case 1:
        make_something();
        break;
    default:
        take_call();
        break;
    }
}

/* No more than a recorder can encode in a second. */
enum { MOST_BLOCKS = 10000 };

/* A handle of its own to what another thread renders. */
static perbus_desk_engine *rendered;
static atomic_bool ends;

static void *render_on(void *unused) {
    static float left[512], right[512];
    float *channels[] = {left, right};
    (void)unused;
    for (int blocks = 0; !atomic_load(&ends); blocks++) {
        if (blocks < MOST_BLOCKS &&
            perbus_desk_engine_render(rendered, 512, channels, 2, NULL) == PERBUS_OK) {
            CHECK(isfinite(left[0]) && isfinite(right[511]));
        }
        sched_yield();
    }
    return NULL;
}

static void set_up(void) {
    give_anew();
    for (uint32_t e = 0; e < 2; e++) {
        perbus_desk_engine *made = NULL;
        perbus_desk_node **own = &desk_nodes[5 * e];
        WORKS(perbus_desk_engine_create_offline(&STEREO, e == 0 ? 512 : MOST, &made, &error));
        WORKS(perbus_desk_engine_start(made, &error));
        WORKS(perbus_desk_engine_copy_main_mixer(made, &own[0], &error));
        WORKS(perbus_desk_mixer_create(made, &own[1], &error));
        WORKS(perbus_desk_player_create(made, &own[2], &error));
        void *context = draw_context();
        WORKS(perbus_desk_source_create(made, &STEREO, call_render, context, release_context,
                                        &own[3], &error));
        settle_context(context, true);
        WORKS(perbus_desk_equalizer_create(made, 2, &own[4], &error));
        WORKS(perbus_desk_mixer_connect_next(own[1], own[2], NULL, &desk_buss[3 * e], &error));
        WORKS(perbus_desk_mixer_connect_next(own[1], own[3], NULL, &desk_buss[3 * e + 1], &error));
        WORKS(perbus_desk_mixer_connect_next(own[0], own[1], NULL, &desk_buss[3 * e + 2], &error));
        WORKS(perbus_desk_group_create(made, "group", &desk_groups[e], &error));
        desk_engines[e] = made;
    }
    WORKS(perbus_desk_matrix_create(desk_engines[0], 2, 2, &desk_nodes[10], &error));
    WORKS(perbus_desk_buffer_create(&STEREO, (const float *const *)planes, 300, &desk_buffers[0],
                                    &error));
    for (int i = 0; i < 4; i++) {
        make_something();
    }
}

/* Closed, what is under way ends at once, whoever still has a handle. */
static void clean_up(void) {
    for (uint32_t i = 0; i < HANDLES; i++) {
        if (desk_engines[i] != NULL) {
            perbus_desk_engine_close(desk_engines[i], NULL);
        }
    }
    perbus_desk_engine_release(rendered);
    rendered = NULL;
    for (uint32_t i = 0; i < HANDLES; i++) {
        drop_tap(i);
        drop_desk_recorder(i);
        drop_desk_fade(i);
        drop_desk_group(i);
        drop_desk_bus(i);
        drop_desk_node(i);
        drop_desk_engine(i);
        drop_desk_scene(i);
        drop_desk_engine_scene(i);
        drop_desk_buffer(i);
        drop_file(i);
    }
    for (uint32_t i = 0; i < TEXTS; i++) {
        perbus_desk_text_free(texts[i]);
        texts[i] = NULL;
    }
    check_returned();
    for (uint32_t i = 0; i < PATHS; i++) {
        unlink(numbered_path(i));
    }
}

/* A call takes about six bytes. */
int perbus_fuzz_desk_calls(const uint8_t *data, size_t size) {
    pthread_t thread;
    draw_from(data, size);
    bool threads = draw_below(4) == 0;
    set_up();
    atomic_init(&ends, false);
    if (threads) {
        WORKS(perbus_desk_engine_copy(desk_engines[0], &rendered, &error));
        threads = pthread_create(&thread, NULL, render_on, NULL) == 0;
    }
    while (!draw_ended() && !given_all() && check_failures == 0) {
        take();
    }
    if (threads) {
        atomic_store(&ends, true);
        pthread_join(thread, NULL);
    }
    clean_up();
    int faults = check_failures;
    check_failures = 0;
    return faults;
}
