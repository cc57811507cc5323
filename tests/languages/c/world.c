#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a script has made; a node has an id. */
static struct {
    char name[32];
    void *object;
    uint64_t id;
} objects[MAX_OBJECTS];
size_t object_count;

char *lines[MAX_LINES];
size_t line_count, next, line;
char *words[MAX_WORDS];
size_t word_count;
FILE *out;
const char *script;

perbus_error error;
bool missing;
perbus_status no_bus;
static perbus_error no_bus_error;
perbus_desk_bus *last_bus;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_more = PTHREAD_COND_INITIALIZER;
int ends[MAX_LINES + 1];
size_t scheduled, ended;

void fail(const char *reason) {
    fprintf(stderr, "the runner in C, line %zu: %s\n", line, reason);
    exit(1);
}

void *find(size_t word) {
    for (size_t i = object_count; i-- > 0;) {
        if (strcmp(objects[i].name, words[word]) == 0) {
            return objects[i].object;
        }
    }
    missing = true;
    return NULL;
}

void keep(const char *name, void *object, uint64_t id) {
    if (object_count == MAX_OBJECTS) {
        fail("too many objects");
    }
    snprintf(objects[object_count].name, sizeof objects->name, "%s", name);
    objects[object_count].object = object;
    objects[object_count++].id = id;
}

const char *name_of(uint64_t id) {
    for (size_t i = 0; i < object_count; i++) {
        if (objects[i].id == id) {
            return objects[i].name;
        }
    }
    return "unknown";
}

perbus_desk_bus *bus(size_t word) {
    perbus_desk_node *mixer = find(word);
    uint32_t number = (uint32_t)strtoul(words[word + 1], NULL, 10);
    no_bus = perbus_desk_mixer_copy_bus(mixer, number, &last_bus, &no_bus_error);
    return no_bus == PERBUS_OK ? last_bus : NULL;
}

uint32_t number(size_t word) {
    return (uint32_t)strtoul(words[word], NULL, 10);
}

float real(size_t word) {
    return strtof(words[word], NULL);
}

bool on(size_t word) {
    return words[word][0] == '1';
}

double seconds(size_t word) {
    return (double)strtoull(words[word], NULL, 10) / 1000.0;
}

perbus_format format(size_t word) {
    return (perbus_format){.sample_rate = strtod(words[word], NULL), .channels = number(word + 1)};
}

/* Begins the answer. */
bool good(perbus_status status) {
    const perbus_error *why = &error;
    if (no_bus != PERBUS_OK) {
        status = no_bus;
        why = &no_bus_error;
    }
    if (missing) {
        fprintf(out, "%zu none", line);
    } else if (status != PERBUS_OK) {
        fprintf(out, "%zu err %d %s", line, (int)status, why->message);
    } else {
        fprintf(out, "%zu ok", line);
    }
    return !missing && status == PERBUS_OK;
}

void bits(float value) {
    uint32_t raw;
    memcpy(&raw, &value, sizeof raw);
    fprintf(out, " %08x", raw);
}

void flag(bool value) {
    fprintf(out, " %s", value ? "true" : "false");
}

void show_format(const perbus_format *it) {
    fprintf(out, " %.17g %u", it->sample_rate, it->channels);
}

void show_meter(const perbus_meter *it) {
    bits(it->peak[0]), bits(it->peak[1]), bits(it->rms[0]), bits(it->rms[1]);
    fprintf(out, " %llu", (unsigned long long)it->clips);
}

void show_point(const perbus_point *it) {
    if (it->node == 0) {
        fprintf(out, " nothing");
    } else {
        fprintf(out, " %s %u", name_of(it->node), it->bus);
    }
}

void show_bus(perbus_desk_bus *bus) {
    perbus_desk_node *mixer;
    perbus_point at = {0};
    perbus_desk_bus_get_number(bus, &at.bus, NULL);
    perbus_desk_bus_copy_mixer(bus, &mixer, NULL);
    at.node = perbus_desk_node_get_id(mixer);
    show_point(&at);
    perbus_desk_node_release(mixer);
    perbus_desk_bus_release(bus);
}

void show_buses(perbus_desk_bus **buses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        show_bus(buses[i]);
    }
}

void show_text(char *text) {
    fputc(' ', out);
    for (const char *at = text; *at != '\0'; at++) {
        fputc(*at == '\n' ? '|' : *at, out);
    }
    perbus_desk_text_free(text);
}

const char *control_name(perbus_desk_control control) {
    return control == PERBUS_DESK_CONTROL_CONNECTION ? "connection"
           : control == PERBUS_DESK_CONTROL_MIXER    ? "mixer"
                                                     : "held";
}

float sample(int64_t frame, uint32_t channel, uint32_t seed) {
    int64_t place = frame * 73 + channel * INT64_C(179) + seed * INT64_C(31);
    return (float)((place % 257 + 257) % 257 - 128) / 256.0f;
}

uint64_t hash_on(uint64_t hash, const float *samples, size_t frames) {
    for (size_t i = 0; i < frames * sizeof *samples; i++) {
        hash = (hash ^ ((const unsigned char *)samples)[i]) * UINT64_C(0x100000001B3);
    }
    return hash;
}

bool render_source(void *context, int64_t time, uint32_t frames, float *const *channels,
                   uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        for (uint32_t f = 0; f < frames; f++) {
            channels[c][f] = sample(time + f, c, *(uint32_t *)context);
        }
    }
    return false;
}

void fade_ended(void *context, perbus_desk_fade_end end) {
    started_fade *fade = context;
    fade->end = end == PERBUS_DESK_FADE_FINISHED   ? "finished"
                : end == PERBUS_DESK_FADE_REPLACED ? "replaced"
                                                   : "stopped";
}

void buffer_ended(void *context, perbus_end end) {
    pthread_mutex_lock(&lock);
    *(int *)context = 1 + (int)end;
    ended++;
    pthread_cond_signal(&one_more);
    pthread_mutex_unlock(&lock);
}

void show_ends(void) {
    static const char *const NAMES[] = {"played", "interrupted", "stopped", "detached"};
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 20;
    pthread_mutex_lock(&lock);
    while (ended < scheduled && pthread_cond_timedwait(&one_more, &lock, &limit) == 0) {
    }
    for (size_t i = 0; i <= MAX_LINES; i++) {
        if (ends[i] != 0) {
            fprintf(out, " %zu %s", i, NAMES[ends[i] - 1]);
        }
    }
    pthread_mutex_unlock(&lock);
}
