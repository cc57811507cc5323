/* A script's operations as calls of perbus/desk.h. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

/* The words from one on: seven a bus. */
static size_t read_entries(size_t word, perbus_desk_bus_config *entries) {
    size_t count = 0;
    for (; word + 7 <= word_count; word += 7, count++) {
        perbus_desk_bus_config *it = &entries[count];
        *it = (perbus_desk_bus_config){.bus = number(word)};
        for (int i = 0; i < 4; i++) {
            if (words[word + 1 + i][0] != '-' || words[word + 1 + i][1] != '\0') {
                it->set |= 1u << i; /* PERBUS_DESK_SET_VOLUME, PAN, MUTED, SOLOED */
            }
        }
        if (words[word + 6][0] != '-') {
            it->set |= PERBUS_DESK_SET_SOLO_SAFE;
        }
        it->volume = real(word + 1);
        it->pan = real(word + 2);
        it->muted = on(word + 3);
        it->soloed = on(word + 4);
        it->label = words[word + 5][0] == '=' ? words[word + 5] + 1 : NULL;
        it->solo_safe = on(word + 6);
    }
    return count;
}

static void show_scene(perbus_desk_scene *scene) {
    size_t count = 0;
    perbus_desk_scene_get_count(scene, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        perbus_desk_bus_config it;
        perbus_desk_scene_get_bus(scene, i, &it, NULL);
        fprintf(out, " %u", it.bus);
        it.set &PERBUS_DESK_SET_VOLUME ? bits(it.volume) : (void)fputs(" -", out);
        it.set &PERBUS_DESK_SET_PAN ? bits(it.pan) : (void)fputs(" -", out);
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_MUTED ? it.muted ? "1" : "0" : "-");
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_SOLOED ? it.soloed ? "1" : "0" : "-");
        fprintf(out, it.label != NULL ? " =%s" : " -", it.label);
        fprintf(out, " %s", it.set & PERBUS_DESK_SET_SOLO_SAFE ? it.solo_safe ? "1" : "0" : "-");
    }
    float volume;
    bool is_set;
    perbus_desk_scene_get_output_volume(scene, &volume, &is_set, NULL);
    is_set ? bits(volume) : (void)fputs(" -", out);
}

static void show_engine_scene(perbus_desk_engine_scene *scene) {
    size_t count = 0;
    perbus_desk_engine_scene_get_count(scene, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        char *name;
        perbus_desk_scene *mixer;
        perbus_desk_engine_scene_copy_mixer(scene, i, &name, &mixer, NULL);
        fprintf(out, " %s:", name);
        show_scene(mixer);
        fputs(i + 1 < count ? ";" : "", out);
        perbus_desk_text_free(name);
        perbus_desk_scene_release(mixer);
    }
}

static void show_render(perbus_desk_engine *engine, uint32_t frames) {
    perbus_format of = {.channels = 1};
    perbus_desk_engine_get_format(engine, &of, NULL);
    float *planar[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < of.channels; c++) {
        planar[c] = calloc(frames + 1, sizeof(float));
    }
    if (good(perbus_desk_engine_render(engine, frames, planar, of.channels, &error))) {
        uint64_t hash = UINT64_C(0xCBF29CE484222325);
        for (uint32_t c = 0; c < of.channels; c++) {
            for (size_t i = 0; i < frames * sizeof(float); i++) {
                hash = (hash ^ ((unsigned char *)planar[c])[i]) * UINT64_C(0x100000001B3);
            }
        }
        fprintf(out, " %016llx", (unsigned long long)hash);
        for (uint32_t c = 0; c < of.channels && frames > 0; c++) {
            bits(planar[c][0]), bits(planar[c][frames / 2]), bits(planar[c][frames - 1]);
        }
    }
    for (uint32_t c = 0; c < of.channels; c++) {
        free(planar[c]);
    }
}

perbus_curve curve(size_t word) {
    static const char *const CURVES[] = {"linear", "equal_power", "exponential"};
    perbus_curve curve = PERBUS_CURVE_LINEAR;
    for (int i = 0; i < 3; i++) {
        curve = strcmp(words[word], CURVES[i]) == 0 ? (perbus_curve)i : curve;
    }
    return curve;
}

static void fade(bool of_pan) {
    started_fade *made = calloc(1, sizeof *made);
    made->end = "running";
    perbus_desk_bus *strip = bus(2);
    perbus_status status = of_pan
                               ? perbus_desk_bus_fade_pan_to(strip, real(4), seconds(5), fade_ended,
                                                             made, &made->fade, &error)
                               : perbus_desk_bus_fade_to(strip, real(4), seconds(5), curve(6),
                                                         fade_ended, made, &made->fade, &error);
    if (good(status)) {
        keep(words[1], made, 0);
    } else {
        free(made);
    }
}

/* Of a group or of a mixer's output. */
static void other_fade(bool of_group) {
    started_fade *made = calloc(1, sizeof *made);
    made->end = "running";
    perbus_status status =
        of_group ? perbus_desk_group_fade_to(find(2), real(3), seconds(4), curve(5), fade_ended,
                                             made, &made->fade, &error)
                 : perbus_desk_mixer_fade_output_volume_to(find(2), real(3), seconds(4), curve(5),
                                                           fade_ended, made, &made->fade, &error);
    if (good(status)) {
        keep(words[1], made, 0);
    } else {
        free(made);
    }
}

static perbus_desk_send_tap tap(size_t word) {
    return strcmp(words[word], "pre") == 0 ? PERBUS_DESK_SEND_PRE_FADER
                                           : PERBUS_DESK_SEND_POST_FADER;
}

static perbus_pan_law law(size_t word) {
    return strcmp(words[word], "balance") == 0 ? PERBUS_PAN_LAW_BALANCE
                                               : PERBUS_PAN_LAW_CONSTANT_POWER;
}

static void show_bus(perbus_desk_bus *bus) {
    perbus_desk_node *mixer;
    perbus_point at = {0};
    perbus_desk_bus_get_number(bus, &at.bus, NULL);
    perbus_desk_bus_copy_mixer(bus, &mixer, NULL);
    at.node = perbus_desk_node_get_id(mixer);
    show_point(&at);
    perbus_desk_node_release(mixer);
    perbus_desk_bus_release(bus);
}

static void show_buses(perbus_desk_bus **buses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        show_bus(buses[i]);
    }
}

static void show_groups(perbus_desk_group **groups, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *name;
        perbus_desk_group_copy_name(groups[i], &name, NULL);
        show_text(name);
        perbus_desk_group_release(groups[i]);
    }
}

static void send_source(void) {
    perbus_desk_bus *source = NULL;
    perbus_status status = perbus_desk_bus_copy_send_source(bus(1), &source, &error);
    /* That there is none is an answer, but an error in C. */
    if (good(status == PERBUS_ERROR_WRONG_KIND ? PERBUS_OK : status) && source != NULL) {
        show_bus(source);
    }
}

static void get_send_tap(void) {
    perbus_desk_send_tap tap;
    perbus_status status = perbus_desk_bus_get_send_tap(bus(1), &tap, &error);
    bool none = status == PERBUS_ERROR_WRONG_KIND;
    if (good(none ? PERBUS_OK : status)) {
        fputs(none ? " nothing" : tap == PERBUS_DESK_SEND_PRE_FADER ? " pre" : " post", out);
    }
}

/* To a strip: `bus` keeps one at a time. */
static void send_to(void) {
    perbus_desk_bus *dry = bus(1);
    last_bus = NULL;
    perbus_desk_bus *to = no_bus == PERBUS_OK ? bus(3) : NULL;
    good(perbus_desk_bus_send_to(dry, to, tap(5), &error));
    perbus_desk_bus_release(dry);
}

static void schedule(void) {
    int *end = &ends[line];
    bool follows = strcmp(words[3], "-") == 0;
    perbus_schedule how = {follows ? PERBUS_FOLLOW : strtoll(words[3], NULL, 10), number(4),
                           buffer_ended, end};
    scheduled += good(perbus_desk_player_schedule(find(1), find(2), &how, &error));
}

static void make_buffer(void) {
    perbus_format of = format(2);
    uint32_t frames = number(4), seed = number(5);
    float *planar[2];
    for (uint32_t c = 0; c < of.channels; c++) {
        planar[c] = malloc(frames * sizeof(float));
        for (uint32_t f = 0; f < frames; f++) {
            planar[c][f] = sample(f, c, seed);
        }
    }
    perbus_desk_buffer *made;
    if (good(perbus_desk_buffer_create(&of, (const float *const *)planar, frames, &made, &error))) {
        keep(words[1], made, 0);
    }
    for (uint32_t c = 0; c < of.channels; c++) {
        free(planar[c]);
    }
}

static void inspect(void) {
    perbus_node_info info;
    perbus_format formats[MAX_FORMATS];
    if (good(perbus_desk_engine_inspect(find(1), find(2), &info, formats, MAX_FORMATS, &error))) {
        flag(info.attached);
        fprintf(out, " %u %u", info.inputs, info.outputs);
        for (uint32_t i = 0; i < info.inputs + info.outputs && i < MAX_FORMATS; i++) {
            show_format(&formats[i]);
        }
    }
}

static void audit(void) {
    perbus_desk_discrepancy found[8];
    size_t count;
    if (good(perbus_desk_engine_audit(find(1), found, 8, &count, &error))) {
        for (size_t i = 0; i < count && i < 8; i++) {
            show_point(&found[i].at), fputc(':', out), show_point(&found[i].tracked);
            fputc(',', out), show_point(&found[i].engine);
            fputs(i + 1 < count ? ";" : "", out);
        }
    }
}

static void connect_many(void) {
    perbus_format of = format(4);
    perbus_desk_destination to[MAX_WORDS];
    size_t count = 0;
    for (size_t word = 6; word + 2 <= word_count; word += 2) {
        to[count++] = (perbus_desk_destination){find(word), number(word + 1)};
    }
    good(perbus_desk_engine_connect_many(find(1), find(2), number(3), to, count, &of, &error));
}

static void source_of(void) {
    perbus_point point = {0};
    perbus_status status =
        perbus_desk_engine_get_source(find(1), find(2), number(3), &point, &error);
    /* That nothing is there is an answer, but an error in C. */
    if (good(status == PERBUS_ERROR_NOT_CONNECTED ? PERBUS_OK : status)) {
        show_point(&point);
    }
}

static void levels(bool set) {
    float flat[MAX_WORDS];
    if (set) {
        uint32_t rows = number(2), columns = number(3);
        for (size_t i = 0; i < rows * columns; i++) {
            flat[i] = real(4 + i);
        }
        good(perbus_desk_matrix_set_levels(find(1), flat, rows, columns, &error));
        return;
    }
    uint32_t inputs = 0, outputs = 0;
    perbus_desk_matrix_get_dimensions(find(1), &inputs, &outputs, NULL);
    if (good(perbus_desk_matrix_get_levels(find(1), flat, inputs + 1, outputs + 1, &error))) {
        for (size_t i = 0; i < (inputs + 1) * (outputs + 1); i++) {
            bits(flat[i]);
        }
    }
}

static bool is(const char *name) {
    return strcmp(words[0], name) == 0;
}

#define DO(name, call)            \
    if (is(name)) {               \
        good(perbus_desk_##call); \
        return;                   \
    }
#define GET(name, call, show)           \
    if (is(name)) {                     \
        if (good(perbus_desk_##call)) { \
            show;                       \
        }                               \
        return;                         \
    }
#define RUN(name, call) \
    if (is(name)) {     \
        call;           \
        return;         \
    }
#define MAKE(name, call) GET(name, call, keep(words[1], node, perbus_desk_node_get_id(node)))

void run_operation(void) {
    perbus_desk_node *node;
    perbus_desk_engine *engine;
    perbus_desk_scene *scene;
    perbus_desk_group *group, *groups[MAX_WORDS];
    perbus_desk_bus *buses[MAX_WORDS];
    size_t many;
    perbus_desk_control control;
    perbus_desk_fallback fallback;
    perbus_pan_law pan_law;
    perbus_desk_bus_config entries[MAX_WORDS / 6];
    perbus_meter meter;
    perbus_band band;
    perbus_format of;
    uint32_t count, other;
    int64_t time;
    float value;
    bool yes;
    char *text;

    RUN("render", show_render(find(1), number(2)))
    RUN("render_past", show_render(find(1), number(2)))
    if (is("engine")) {
        of = format(2);
        if (good(perbus_desk_engine_create_offline(&of, number(4), &engine, &error))) {
            keep(words[1], engine, 0);
        }
        return;
    }
    GET("format", engine_get_format(find(1), &of, &error), show_format(&of))
    DO("prepare", engine_prepare(find(1), &error))
    DO("start", engine_start(find(1), &error))
    DO("pause_engine", engine_pause(find(1), &error))
    DO("stop_engine", engine_stop(find(1), &error))
    DO("reset_engine", engine_reset(find(1), &error))
    GET("running", engine_is_running(find(1), &yes, &error), flag(yes))
    GET("time", engine_get_sample_time(find(1), &time, &error),
        fprintf(out, " %lld", (long long)time))
    DO("threads", engine_set_render_threads(find(1), number(2), &error))

    MAKE("main", engine_copy_main_mixer(find(2), &node, &error))
    MAKE("output", engine_copy_output(find(2), &node, &error))
    MAKE("mixer", mixer_create(find(2), &node, &error))
    MAKE("player", player_create(find(2), &node, &error))
    if (is("player_in") || is("source")) {
        of = format(3);
    }
    MAKE("player_in", player_create_with_format(find(2), &of, &node, &error))
    if (is("source")) {
        uint32_t *seed = malloc(sizeof *seed);
        *seed = number(5);
        if (good(perbus_desk_source_create(find(2), &of, render_source, seed, free, &node,
                                           &error))) {
            keep(words[1], node, perbus_desk_node_get_id(node));
        } else {
            free(seed);
        }
        return;
    }
    MAKE("equalizer", equalizer_create(find(2), number(3), &node, &error))
    MAKE("matrix", matrix_create(find(2), number(3), number(4), &node, &error))

    DO("attach", engine_attach(find(1), find(2), &error))
    DO("detach", engine_detach(find(1), find(2), &error))
    DO("connect", engine_connect(find(1), find(2), number(3), find(4), number(5), NULL, &error))
    if (is("connect_in")) {
        of = format(6);
    }
    DO("connect_in", engine_connect(find(1), find(2), number(3), find(4), number(5), &of, &error))
    RUN("connect_many", connect_many())
    DO("bus_connect", bus_connect(bus(1), find(3), NULL, &error))
    DO("bus_disconnect", bus_disconnect(bus(1), &error))
    GET("connect_next", mixer_connect_next(find(1), find(2), NULL, &buses[0], &error),
        show_bus(buses[0]))
    GET("buses", mixer_copy_buses(find(1), buses, MAX_WORDS, &many, &error),
        show_buses(buses, many))
    DO("send", engine_add_destination(find(1), find(2), number(3), find(4), number(5), &error))
    DO("unsend", engine_remove_destination(find(1), find(2), number(3), find(4), number(5), &error))
    DO("disconnect_input", engine_disconnect_input(find(1), find(2), number(3), &error))
    DO("disconnect_output", engine_disconnect_output(find(1), find(2), number(3), &error))
    RUN("source_of", source_of())
    RUN("inspect", inspect())
    RUN("audit", audit())
    GET("dot", engine_copy_dot(find(1), &text, &error), show_text(text))
    GET("table", mixer_copy_table(find(1), &text, &error), show_text(text))

    static const char *const FALLBACKS[] = {"global", "deny", "hold"};
    if (is("fallback")) {
        int32_t which = 0;
        while (strcmp(FALLBACKS[which], words[2]) != 0) {
            which++;
        }
        good(perbus_desk_engine_set_fallback(find(1), which, &error));
        return;
    }
    GET("get_fallback", engine_get_fallback(find(1), &fallback, &error),
        fprintf(out, " %s", FALLBACKS[fallback]))
    GET("volume_for",
        engine_set_mixer_volume_for_bus(find(1), find(2), real(4), number(3), &control, &error),
        fprintf(out, " %s", control_name(control)))
    GET("pan_for",
        engine_set_mixer_pan_for_bus(find(1), find(2), real(4), number(3), &control, &error),
        fprintf(out, " %s", control_name(control)))
    GET("get_volume_for",
        engine_get_mixer_volume_for_bus(find(1), find(2), number(3), &value, &control, &error),
        (bits(value), fprintf(out, " %s", control_name(control))))
    GET("get_pan_for",
        engine_get_mixer_pan_for_bus(find(1), find(2), number(3), &value, &control, &error),
        (bits(value), fprintf(out, " %s", control_name(control))))
    DO("connection_volume",
       engine_set_connection_volume(find(1), find(2), find(3), number(4), real(5), &error))
    DO("connection_pan",
       engine_set_connection_pan(find(1), find(2), find(3), number(4), real(5), &error))
    GET("get_connection_volume",
        engine_get_connection_volume(find(1), find(2), find(3), number(4), &value, &error),
        bits(value))
    GET("get_connection_pan",
        engine_get_connection_pan(find(1), find(2), find(3), number(4), &value, &error),
        bits(value))

    DO("volume", bus_set_volume(bus(1), real(3), &error))
    DO("volume_db", bus_set_volume_db(bus(1), real(3), &error))
    DO("pan", bus_set_pan(bus(1), real(3), &error))
    DO("mute", bus_set_muted(bus(1), on(3), &error))
    DO("solo", bus_set_soloed(bus(1), on(3), &error))
    DO("safe", bus_set_solo_safe(bus(1), on(3), &error))
    DO("clear_solo", engine_clear_solo(find(1), &error))
    DO("label", bus_set_label(bus(1), words[3] + 1, &error))
    DO("reset", bus_reset(bus(1), &error))
    GET("get_volume", bus_get_volume(bus(1), &value, &error), bits(value))
    GET("get_volume_db", bus_get_volume_db(bus(1), &value, &error), bits(value))
    GET("get_pan", bus_get_pan(bus(1), &value, &error), bits(value))
    GET("get_mute", bus_is_muted(bus(1), &yes, &error), flag(yes))
    GET("get_solo", bus_is_soloed(bus(1), &yes, &error), flag(yes))
    GET("get_safe", bus_is_solo_safe(bus(1), &yes, &error), flag(yes))
    GET("audible", bus_is_audible(bus(1), &yes, &error), flag(yes))
    GET("get_label", bus_copy_label(bus(1), &text, &error),
        (fputs(" =", out), fputs(text, out), perbus_desk_text_free(text)))
    GET("effective", bus_get_effective_volume(bus(1), &value, &error), bits(value))
    GET("connected", bus_is_connected(bus(1), &yes, &error), flag(yes))
    GET("meter", bus_get_meter(bus(1), &meter, &error), show_meter(&meter))

    GET("group", group_create(find(2), words[1], &group, &error), keep(words[1], group, 0))
    if (is("group_add") || is("group_remove")) {
        buses[0] = bus(2);
    }
    DO("group_add", group_add(find(1), buses, 1, &error))
    DO("group_remove", group_remove(find(1), buses, 1, &error))
    DO("remove_group", engine_remove_group(find(1), find(2), &error))
    DO("group_nest", group_add_group(find(1), find(2), &error))
    DO("group_unnest", group_remove_group(find(1), find(2), &error))
    DO("group_volume", group_set_volume(find(1), real(2), &error))
    DO("group_volume_db", group_set_volume_db(find(1), real(2), &error))
    DO("group_mute", group_set_muted(find(1), on(2), &error))
    DO("group_solo", group_set_soloed(find(1), on(2), &error))
    GET("get_group_volume", group_get_volume(find(1), &value, &error), bits(value))
    GET("get_group_volume_db", group_get_volume_db(find(1), &value, &error), bits(value))
    GET("get_group_mute", group_is_muted(find(1), &yes, &error), flag(yes))
    GET("get_group_solo", group_is_soloed(find(1), &yes, &error), flag(yes))
    GET("group_name", group_copy_name(find(1), &text, &error), show_text(text))
    GET("group_meter", group_get_meter(find(1), &meter, &error), show_meter(&meter))
    GET("group_members", group_copy_members(find(1), buses, MAX_WORDS, &many, &error),
        show_buses(buses, many))
    GET("inner_groups", group_copy_inner_groups(find(1), groups, MAX_WORDS, &many, &error),
        show_groups(groups, many))
    GET("outer_groups", group_copy_groups(find(1), groups, MAX_WORDS, &many, &error),
        show_groups(groups, many))
    GET("all_groups", engine_copy_groups(find(1), groups, MAX_WORDS, &many, &error),
        show_groups(groups, many))
    GET("groups", bus_copy_groups(bus(1), groups, MAX_WORDS, &many, &error),
        show_groups(groups, many))

    RUN("send_to", send_to())
    GET("send_next", bus_send_to_mixer(bus(1), find(3), tap(4), &buses[0], &error),
        show_bus(buses[0]))
    DO("end_send", bus_end_send(bus(1), &error))
    DO("send_tap", bus_set_send_tap(bus(1), tap(3), &error))
    RUN("get_send_tap", get_send_tap())
    RUN("send_source", send_source())
    GET("sends", bus_copy_sends(bus(1), buses, MAX_WORDS, &many, &error), show_buses(buses, many))

    DO("output_volume", mixer_set_output_volume(find(1), real(2), &error))
    GET("get_output_volume", mixer_get_output_volume(find(1), &value, &error), bits(value))
    DO("output_volume_db", mixer_set_output_volume_db(find(1), real(2), &error))
    GET("get_output_volume_db", mixer_get_output_volume_db(find(1), &value, &error), bits(value))
    DO("pan_law", mixer_set_pan_law(find(1), law(2), &error))
    GET("get_pan_law", mixer_get_pan_law(find(1), &pan_law, &error),
        fprintf(out, " %s", pan_law == PERBUS_PAN_LAW_BALANCE ? "balance" : "constant_power"))
    DO("reserve", mixer_reserve(find(1), number(2), &error))
    GET("next_bus", mixer_get_next_bus(find(1), &count, &error), fprintf(out, " %u", count))
    GET("mixer_meter", mixer_get_meter(find(1), &meter, &error), show_meter(&meter))
    DO("configure", mixer_configure(find(1), entries, read_entries(2, entries), &error))
    GET("scene", scene_create(entries, read_entries(2, entries), &scene, &error),
        keep(words[1], scene, 0))
    GET("snapshot", mixer_snapshot(find(2), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    GET("snapshot_with_solo", mixer_snapshot_with_solo(find(2), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    DO("fade_to_scene", mixer_fade_to_scene(find(1), find(2), seconds(3), curve(4), &error))
    GET("scene_only", scene_copy_only(find(2), number(3), &scene, &error),
        (show_scene(scene), keep(words[1], scene, 0)))
    if (is("scene_buses")) {
        uint32_t numbers[] = {number(3), number(4)};
        GET("scene_buses", scene_copy_only_buses(find(2), numbers, 2, &scene, &error),
            (show_scene(scene), keep(words[1], scene, 0)))
    }
    perbus_desk_engine_scene *all;
    GET("engine_snapshot", engine_snapshot(find(2), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    GET("engine_snapshot_with_solo", engine_snapshot_with_solo(find(2), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    DO("engine_apply", engine_apply(find(1), find(2), &error))
    DO("engine_fade", engine_fade_to_scene(find(1), find(2), seconds(3), curve(4), &error))
    GET("engine_only", engine_scene_copy_only(find(2), number(3), &all, &error),
        (show_engine_scene(all), keep(words[1], all, 0)))
    if (is("engine_buses")) {
        perbus_desk_bus *one = bus(3);
        GET("engine_buses", engine_scene_copy_only_buses(find(2), &one, 1, &all, &error),
            (show_engine_scene(all), keep(words[1], all, 0)))
    }
    DO("apply", mixer_apply(find(1), find(2), &error))

    RUN("fade", fade(false))
    RUN("fade_pan", fade(true))
    RUN("group_fade", other_fade(true))
    RUN("output_fade", other_fade(false))
    if (is("fading") || is("cancel") || is("end")) {
        started_fade *of_name = find(1);
        perbus_desk_fade *started = of_name != NULL ? of_name->fade : NULL;
        GET("fading", fade_is_running(started, &yes, &error), flag(yes))
        DO("cancel", fade_cancel(started, &error))
        if (good(PERBUS_OK)) {
            fprintf(out, " %s", of_name->end);
        }
        return;
    }

    RUN("buffer", make_buffer())
    RUN("schedule", schedule())
    DO("play", player_play(find(1), &error))
    DO("play_at", player_play_at(find(1), strtoll(words[2], NULL, 10), &error))
    DO("pause", player_pause(find(1), &error))
    DO("stop", player_stop(find(1), &error))
    DO("stop_after", player_stop_after(find(1), seconds(2), &error))
    DO("pause_after", player_pause_after(find(1), seconds(2), &error))
    GET("playing", player_is_playing(find(1), &yes, &error), flag(yes))
    RUN("ends", (good(PERBUS_OK), show_ends()))

    GET("bands", equalizer_get_band_count(find(1), &count, &error), fprintf(out, " %u", count))
    GET("band", equalizer_get_band(find(1), number(2), &band, &error),
        (fprintf(out, " %d", band.type), bits(band.frequency), bits(band.gain),
         bits(band.bandwidth), flag(band.bypass)))
    if (is("set_band")) {
        band = (perbus_band){(int32_t)number(3), real(4), real(5), real(6), on(7)};
        good(perbus_desk_equalizer_set_band(find(1), number(2), &band, &error));
        return;
    }
    DO("gain", equalizer_set_global_gain(find(1), real(2), &error))
    GET("get_gain", equalizer_get_global_gain(find(1), &value, &error), bits(value))
    DO("bypass", equalizer_set_bypassed(find(1), on(2), &error))
    GET("get_bypass", equalizer_is_bypassed(find(1), &yes, &error), flag(yes))

    GET("dimensions", matrix_get_dimensions(find(1), &count, &other, &error),
        fprintf(out, " %u %u", count, other))
    DO("crosspoint", matrix_set_crosspoint(find(1), number(2), number(3), real(4), &error))
    GET("get_crosspoint", matrix_get_crosspoint(find(1), number(2), number(3), &value, &error),
        bits(value))
    DO("input", matrix_set_input(find(1), number(2), real(3), &error))
    GET("get_input", matrix_get_input(find(1), number(2), &value, &error), bits(value))
    DO("output_level", matrix_set_output(find(1), number(2), real(3), &error))
    GET("get_output_level", matrix_get_output(find(1), number(2), &value, &error), bits(value))
    DO("master", matrix_set_master(find(1), real(2), &error))
    GET("get_master", matrix_get_master(find(1), &value, &error), bits(value))
    DO("enable_input", matrix_enable_input(find(1), number(2), on(3), &error))
    DO("enable_output", matrix_enable_output(find(1), number(2), on(3), &error))
    DO("identity", matrix_set_identity(find(1), &error))
    DO("clear", matrix_clear(find(1), &error))
    DO("invert", matrix_invert(find(1), &error))
    RUN("levels", levels(false))
    RUN("set_levels", levels(true))

    if (is("pan_laws")) {
        float gains[4];
        perbus_status status = perbus_pan_constant_power(real(1), &gains[0], &gains[1], &error);
        if (status == PERBUS_OK) {
            status = perbus_pan_linear(real(1), &gains[2], &gains[3], &error);
        }
        if (good(status)) {
            bits(gains[0]), bits(gains[1]), bits(gains[2]), bits(gains[3]);
        }
        return;
    }
    if (run_automation()) {
        return;
    }
    fail("no such operation");
}
