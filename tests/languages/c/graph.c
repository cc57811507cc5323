/* The runner in C: engines, nodes, connections, control by number. */
#include <stdlib.h>

#include "lines.h"

static void show_render(perbus_desk_engine *engine, uint32_t frames) {
    perbus_format of = {.channels = 1};
    perbus_desk_engine_get_format(engine, &of, NULL);
    float *planar[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < of.channels; c++) {
        planar[c] = calloc(frames + 1, sizeof(float));
    }
    if (good(perbus_desk_engine_render(engine, frames, planar, of.channels, &error))) {
        uint64_t hash = HASH_BEGIN;
        for (uint32_t c = 0; c < of.channels; c++) {
            hash = hash_on(hash, planar[c], frames);
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

bool run_graph(void) {
    perbus_desk_node *node;
    perbus_desk_engine *engine;
    perbus_desk_bus *buses[MAX_WORDS];
    size_t many;
    perbus_desk_control control;
    perbus_desk_fallback fallback;
    perbus_format of;
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
        return true;
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
        return true;
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
        return true;
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
    return false;
}
