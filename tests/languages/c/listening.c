/* The runner in C: taps, recorders, what comes in, and the engine's time. */
#include <stdlib.h>
#include <unistd.h>

#include "lines.h"

typedef struct input {
    int64_t next;
    uint32_t seed;
} input;

static bool fill(void *context, uint32_t frames, float *const *channels, uint32_t count) {
    input *in = context;
    bool silent = render_source(&in->seed, in->next, frames, channels, count);
    in->next += frames;
    return !silent;
}

static void set_input(void) {
    perbus_format of = format(2);
    input *in = malloc(sizeof *in);
    *in = (input){.seed = number(4)};
    if (!good(perbus_desk_engine_set_input(find(1), &of, fill, in, free, &error))) {
        free(in);
    }
}

static void render_time(void) {
    perbus_render_time time;
    if (good(perbus_desk_engine_get_render_time(find(1), &time, &error))) {
        fprintf(out, " %lld %.17g", (long long)time.sample_time, time.sample_rate);
        flag((time.known & PERBUS_TIME_HOST) != 0);
    }
}

/* What a tap has heard. */
typedef struct heard {
    perbus_tap *tap;
    int64_t first;
    uint64_t frames, hash;
} heard;

static void hear(void *context, const perbus_tap_block *block) {
    heard *of = context;
    of->first = of->frames == 0 ? block->sample_time : of->first;
    of->frames += block->frames;
    for (uint32_t c = 0; c < block->channel_count; c++) {
        of->hash = hash_on(of->hash, block->channels[c], block->frames);
    }
}

static void tap(void) {
    heard *of = malloc(sizeof *of);
    *of = (heard){.first = -1, .hash = HASH_BEGIN};
    if (good(perbus_desk_tap_create(find(2), number(3), number(4), hear, of, NULL, &of->tap,
                                    &error))) {
        keep(words[1], of, 0);
    } else {
        free(of);
    }
}

static void untap(void) {
    heard *of = find(1);
    if (of != NULL) {
        perbus_tap_destroy(of->tap);
    }
    if (good(PERBUS_OK)) {
        fprintf(out, " %lld %llu %016llx", (long long)of->first, (unsigned long long)of->frames,
                (unsigned long long)of->hash);
        free(of);
    }
}

static const char *path_of(size_t word) {
    static char path[4096];
    snprintf(path, sizeof path, "%s.c.%s", script, words[word]);
    return path;
}

static void record(bool of_bus) {
    const char *path = path_of(1), *at = words[of_bus ? 4 : 3];
    const int64_t frame = strtoll(at, NULL, 10), *start = strcmp(at, "-") == 0 ? NULL : &frame;
    perbus_desk_recorder *recorder;
    if (good(of_bus ? perbus_desk_bus_record(bus(2), path, NULL, start, &recorder, &error)
                    : perbus_desk_mixer_record(find(2), path, NULL, start, &recorder, &error))) {
        keep(words[1], recorder, 0);
    }
}

/* The hash of a file, which goes. */
static uint64_t hash_file(const char *path, uint64_t frames) {
    perbus_file *file;
    perbus_file_info info;
    if (perbus_desk_file_open(path, &file, &error) != PERBUS_OK ||
        perbus_file_get_info(file, &info, &error) != PERBUS_OK) {
        fail(error.message);
    }
    float *planar[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < info.format.channels; c++) {
        planar[c] = calloc(frames + 1, sizeof(float));
    }
    if (perbus_file_read(file, planar, info.format.channels, frames, &frames, &error) !=
        PERBUS_OK) {
        fail(error.message);
    }
    uint64_t hash = HASH_BEGIN;
    for (uint32_t c = 0; c < info.format.channels; c++) {
        hash = hash_on(hash, planar[c], frames);
        free(planar[c]);
    }
    perbus_file_destroy(file);
    unlink(path);
    return hash;
}

static void end_record(void) {
    perbus_desk_recording it;
    char *interrupted;
    perbus_desk_recorder *recorder = find(1);
    if (good(perbus_desk_recorder_stop(recorder, &it, &interrupted, &error))) {
        fprintf(out, " %llu %llu %llu", (unsigned long long)it.frames,
                (unsigned long long)it.dropped, (unsigned long long)it.silence);
        flag(interrupted != NULL);
        fprintf(out, " %016llx", (unsigned long long)hash_file(path_of(1), it.frames));
        perbus_desk_text_free(interrupted);
        perbus_desk_recorder_release(recorder);
    }
}

bool run_listening(void) {
    perbus_desk_node *node;
    RUN("set_input", set_input())
    MAKE("input_node", engine_copy_input(find(2), &node, &error))
    RUN("render_time", render_time())
    RUN("tap", tap())
    RUN("untap", untap())
    RUN("record_mixer", record(false))
    RUN("record_bus", record(true))
    DO("record_until", recorder_stop_at(find(1), strtoll(words[2], NULL, 10), &error))
    RUN("end_record", end_record())
    return false;
}
