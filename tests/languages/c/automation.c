/* The runner in C: automation. */
#include "world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 64 };

static int64_t frame(size_t word) {
    return strtoll(words[word], NULL, 10);
}

static size_t read_points(size_t word, perbus_desk_automation_point *points) {
    size_t count = 0;
    for (; word + 3 < word_count; word += 4) {
        points[count++] = (perbus_desk_automation_point){frame(word), real(word + 1),
                                                         seconds(word + 2), curve(word + 3)};
    }
    return count;
}

static void show_points(const perbus_desk_automation_point *points, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fprintf(out, " %lld", (long long)points[i].frame);
        bits(points[i].value);
        fprintf(out, " %lld %u", llround(points[i].seconds * 1e9), (unsigned)points[i].curve);
    }
}

static void start(const char *of) {
    started_fade *made = calloc(1, sizeof *made);
    made->end = "running";
    perbus_status status;
    if (strcmp(of, "output_fade_at") == 0) {
        status = perbus_desk_mixer_fade_output_volume_at(find(2), frame(3), real(4), seconds(5),
                                                         curve(6), fade_ended, made, &made->fade,
                                                         &error);
    } else if (strcmp(of, "group_fade_at") == 0) {
        status = perbus_desk_group_fade_at(find(2), frame(3), real(4), seconds(5), curve(6),
                                           fade_ended, made, &made->fade, &error);
    } else if (strcmp(of, "pan_fade_at") == 0) {
        status = perbus_desk_bus_fade_pan_at(bus(2), frame(4), real(5), seconds(6), fade_ended,
                                             made, &made->fade, &error);
    } else {
        status = perbus_desk_bus_fade_at(bus(2), frame(4), real(5), seconds(6), curve(7),
                                         fade_ended, made, &made->fade, &error);
    }
    if (good(status)) {
        keep(words[1], made, 0);
    } else {
        free(made);
    }
}

bool run_automation(void) {
    const char *name = words[0];
    perbus_desk_automation_point points[MAX_POINTS];
    size_t count;
    if (strstr(name, "_fade_at") != NULL) {
        start(name);
    } else if (strcmp(name, "volume_set_at") == 0) {
        good(perbus_desk_bus_set_volume_at(bus(1), frame(3), real(4), &error));
    } else if (strcmp(name, "pan_set_at") == 0) {
        good(perbus_desk_bus_set_pan_at(bus(1), frame(3), real(4), &error));
    } else if (strcmp(name, "group_set_at") == 0) {
        good(perbus_desk_group_set_volume_at(find(1), frame(2), real(3), &error));
    } else if (strcmp(name, "output_set_at") == 0) {
        good(perbus_desk_mixer_set_output_volume_at(find(1), frame(2), real(3), &error));
    } else if (strcmp(name, "volume_automate") == 0) {
        count = read_points(3, points);
        good(perbus_desk_bus_automate_volume(bus(1), points, count, &error));
    } else if (strcmp(name, "pan_automate") == 0) {
        count = read_points(3, points);
        good(perbus_desk_bus_automate_pan(bus(1), points, count, &error));
    } else if (strcmp(name, "group_automate") == 0) {
        count = read_points(2, points);
        good(perbus_desk_group_automate_volume(find(1), points, count, &error));
    } else if (strcmp(name, "output_automate") == 0) {
        count = read_points(2, points);
        good(perbus_desk_mixer_automate_output_volume(find(1), points, count, &error));
    } else if (strcmp(name, "volume_automation") == 0) {
        if (good(perbus_desk_bus_get_volume_automation(bus(1), points, MAX_POINTS, &count,
                                                       &error))) {
            show_points(points, count);
        }
    } else if (strcmp(name, "pan_automation") == 0) {
        if (good(perbus_desk_bus_get_pan_automation(bus(1), points, MAX_POINTS, &count, &error))) {
            show_points(points, count);
        }
    } else if (strcmp(name, "group_automation") == 0) {
        if (good(perbus_desk_group_get_volume_automation(find(1), points, MAX_POINTS, &count,
                                                         &error))) {
            show_points(points, count);
        }
    } else if (strcmp(name, "output_automation") == 0) {
        if (good(perbus_desk_mixer_get_output_volume_automation(find(1), points, MAX_POINTS, &count,
                                                                &error))) {
            show_points(points, count);
        }
    } else if (strcmp(name, "volume_cancel_from") == 0) {
        good(perbus_desk_bus_cancel_automation_from(bus(1), frame(3), &error));
    } else if (strcmp(name, "group_cancel_from") == 0) {
        good(perbus_desk_group_cancel_automation_from(find(1), frame(2), &error));
    } else if (strcmp(name, "output_cancel_from") == 0) {
        good(perbus_desk_mixer_cancel_output_automation_from(find(1), frame(2), &error));
    } else {
        return false;
    }
    return true;
}
