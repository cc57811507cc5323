/* The runner in C: strips, mixers, fades. */
#include <stdlib.h>

#include "lines.h"

perbus_curve curve(size_t word) {
    static const char *const CURVES[] = {"linear", "equal_power", "exponential"};
    perbus_curve curve = PERBUS_CURVE_LINEAR;
    for (int i = 0; i < 3; i++) {
        curve = strcmp(words[word], CURVES[i]) == 0 ? (perbus_curve)i : curve;
    }
    return curve;
}

static perbus_pan_law law(size_t word) {
    return strcmp(words[word], "balance") == 0 ? PERBUS_PAN_LAW_BALANCE
                                               : PERBUS_PAN_LAW_CONSTANT_POWER;
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

bool run_strips(void) {
    perbus_pan_law pan_law;
    perbus_meter meter;
    uint32_t count;
    float value;
    bool yes;
    char *text;

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
        return true;
    }
    return false;
}
