/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The decoder that a program sets: when it is asked, and what it may answer. */
#include "file.h"

enum { FRAMES = 5000 };

/* A stream of noise; what it does wrong is in the context. */
typedef struct stream {
    int64_t position;
    const struct plan *plan;
} stream;

typedef struct plan {
    int64_t ends_at; /* and says nothing */
    int64_t fails_at;
    perbus_status open;
    int opened, closed;
} plan;

static perbus_status open_stream(void *context, const char *path, void **out_stream,
                                 perbus_decoder_info *out_info, char *message, size_t capacity) {
    plan *plan = context;
    CHECK(strcmp(path, "inside.m4a") == 0);
    if (plan->open != PERBUS_OK) {
        snprintf(message, capacity, "a codec of no name");
        return plan->open;
    }
    stream *made = calloc(1, sizeof *made);
    made->plan = plan;
    plan->opened++;
    *out_stream = made;
    *out_info = (perbus_decoder_info){{48000.0, 2, PERBUS_LAYOUT_USUAL}, FRAMES, "MP4", "Noise"};
    return PERBUS_OK;
}

static perbus_status read_stream(void *context, float *const *channels, uint64_t frames,
                                 uint64_t *out_read, char *message, size_t capacity) {
    stream *self = context;
    uint64_t count = frames < 700 ? frames : 700, done = 0;
    for (; done < count && self->position < self->plan->ends_at; done++, self->position++) {
        if (self->position == self->plan->fails_at) {
            if (done > 0) {
                break;
            }
            snprintf(message, capacity, "frame %lld is spoilt", (long long)self->position);
            return PERBUS_ERROR_DAMAGED;
        }
        for (int c = 0; c < 2; c++) {
            channels[c][done] = noise(self->position * 2 + c) / 32768.0f;
        }
    }
    *out_read = done;
    return PERBUS_OK;
}

static perbus_status seek_stream(void *context, int64_t frame, char *message, size_t capacity) {
    (void)message;
    (void)capacity;
    ((stream *)context)->position = frame;
    return PERBUS_OK;
}

static void close_stream(void *context) {
    stream *self = context;
    ((plan *)(uintptr_t)self->plan)->closed++;
    free(self);
}

static plan in_use;
static const perbus_decoder decoder = {open_stream, read_stream, seek_stream, close_stream,
                                       &in_use};

static void set(plan with) {
    in_use = with;
    WORKS(perbus_file_set_decoder(&decoder, &error));
}

static void reads(void) {
    set((plan){FRAMES, -1, PERBUS_OK, 0, 0});
    sound all = read_all("inside.m4a");
    CHECK(all.status == PERBUS_OK && all.frames == FRAMES);
    CHECK(strcmp(all.info.codec, "Noise") == 0);
    CHECK(all.info.format.layout == PERBUS_LAYOUT_STEREO);
    for (int64_t i = 0; i < all.frames; i++) {
        CHECK(all.samples[FRAMES + i] == noise(i * 2 + 1) / 32768.0f);
    }
    check_seeks("inside.m4a", &all, 0.0f);
    free_sound(&all);
    CHECK(in_use.opened == 2 && in_use.closed == 2);
}

static void faults(void) {
    set((plan){1234, -1, PERBUS_OK, 0, 0});
    sound all = read_all("inside.m4a");
    CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames == 1234);
    CHECK(strstr(all.error.message, "1234 of 5000 frames") != NULL);
    free_sound(&all);
    set((plan){FRAMES, 2345, PERBUS_OK, 0, 0});
    all = read_all("inside.m4a");
    CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames == 2345);
    CHECK(strstr(all.error.message, "inside.m4a: frame 2345 is spoilt") != NULL);
    free_sound(&all);
    set((plan){FRAMES, -1, PERBUS_ERROR_UNSUPPORTED, 0, 0});
    check_refused("inside.m4a", PERBUS_ERROR_UNSUPPORTED, "a codec of no name");
    CHECK(in_use.opened == 0 && in_use.closed == 0);
}

static void a_file_keeps_its_decoder(void) {
    perbus_file *file = NULL;
    uint64_t got = 0;
    float memory[2][16], *planes[] = {memory[0], memory[1]};
    set((plan){FRAMES, -1, PERBUS_OK, 0, 0});
    WORKS(perbus_file_open("inside.m4a", &file, &error));
    WORKS(perbus_file_set_decoder(NULL, &error));
    check_refused("inside.m4a", PERBUS_ERROR_UNSUPPORTED, "MP4");
    WORKS(perbus_file_read(file, planes, 2, 16, &got, &error));
    CHECK(got == 16 && memory[0][15] == noise(30) / 32768.0f);
    perbus_file_destroy(file);
    CHECK(in_use.closed == 1);
    perbus_decoder lacking = decoder;
    lacking.seek = NULL;
    REJECTS(perbus_file_set_decoder, &lacking);
}

void test_decoders(void) {
    run("printf '\\0\\0\\0\\030ftypM4A \\0\\0\\0\\0M4A mp42' > inside.m4a");
    reads();
    faults();
    a_file_keeps_its_decoder();
}
