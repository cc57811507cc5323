/* The runner in C: groups, sends. */
#include "lines.h"

static perbus_desk_send_tap tap(size_t word) {
    return strcmp(words[word], "pre") == 0 ? PERBUS_DESK_SEND_PRE_FADER
                                           : PERBUS_DESK_SEND_POST_FADER;
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

bool run_groups(void) {
    perbus_desk_group *group, *groups[MAX_WORDS];
    perbus_desk_bus *buses[MAX_WORDS];
    size_t many;
    perbus_meter meter;
    float value;
    bool yes;
    char *text;

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
    return false;
}
