/* What the runner in C knows of its script: what it has made, the line it is at, and how it answers. */
#ifndef RUNNER_WORLD_H
#define RUNNER_WORLD_H

#include <perbus.h>
#include <perbus/desk.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { MAX_WORDS = 64, MAX_LINES = 4096, MAX_OBJECTS = 1024, MAX_FORMATS = 256 };

/* Of the objects that the script has made. */
extern size_t object_count;

extern char *lines[MAX_LINES];
extern size_t line_count, next, line;
extern char *words[MAX_WORDS];
extern size_t word_count;
extern FILE *out;
/* The path of the script. */
extern const char *script;

extern perbus_error error;
/* Why the line fails before its own call: a name that was never given, or a bus that is none. */
extern bool missing;
extern perbus_status no_bus;
extern perbus_desk_bus *last_bus;

/* How scheduled buffers ended, by the lines that scheduled them; 0 while they have not. */
extern int ends[MAX_LINES + 1];
extern size_t scheduled, ended;

typedef struct started_fade {
    perbus_desk_fade *fade;
    const char *end;
} started_fade;

void fail(const char *reason);
/* Lookups, by the number of a word. */
void *find(size_t word);
/* Names an object. */
void keep(const char *name, void *object, uint64_t id);
const char *name_of(uint64_t id);

perbus_desk_bus *bus(size_t word);
uint32_t number(size_t word);
float real(size_t word);
bool on(size_t word);
double seconds(size_t word);
perbus_curve curve(size_t word);
perbus_format format(size_t word);

/* Begins the answer: whether the call went well. */
bool good(perbus_status status);
void bits(float value);
void flag(bool value);
void show_format(const perbus_format *it);
void show_meter(const perbus_meter *it);
void show_point(const perbus_point *it);
/* Releases what they show. */
void show_bus(perbus_desk_bus *bus);
void show_buses(perbus_desk_bus **buses, size_t count);
void show_text(char *text);
const char *control_name(perbus_desk_control control);

/* What sources and buffers sound like. */
float sample(int64_t frame, uint32_t channel, uint32_t seed);
bool render_source(void *context, int64_t time, uint32_t frames, float *const *channels,
                   uint32_t count);

void fade_ended(void *context, perbus_desk_fade_end end);
void buffer_ended(void *context, perbus_end end);
void show_ends(void);

/* FNV-1a over samples' bytes. */
#define HASH_BEGIN UINT64_C(0xCBF29CE484222325)
uint64_t hash_on(uint64_t hash, const float *samples, size_t frames);

/* Run the line that has been read if it is one of theirs. */
bool run_graph(void);
bool run_strips(void);
bool run_groups(void);
bool run_automation(void);
bool run_scenes(void);
bool run_nodes(void);
bool run_listening(void);

#endif
