// Every kernel table that this processor can run, against plain loops: random lengths, alignments,
// numbers of terms and positions in ramps. Linked to the render core that the crate is built with.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "render/kernels/kernels.h"

enum { LONGEST = 2048, MOST_TERMS = 19, MARGIN = 32, ROUNDS = 1500 };

// How far a sample may be from the reference, relative to the sum of magnitudes.
static const double BOUND = 1e-6;

static void fail(const pbr_kernels *kernels, const char *what, uint32_t frames, uint32_t at,
                 double value, double expected) {
    fprintf(stderr, "%s: %s of %u frames, frame %u: %.9g, expected %.9g\n", kernels->name, what,
            frames, at, value, expected);
    exit(1);
}

// Floats at an odd address, between margins of NaN, so that reading beyond them shows.
typedef struct line {
    float memory[LONGEST + 2 * MARGIN];
    uint32_t offset;
    uint32_t frames;
} line;

static float *samples_of(line *line) {
    return line->memory + line->offset;
}

static void fill(line *line, uint32_t frames, float limit) {
    line->offset = MARGIN / 2 + below(MARGIN / 2);
    line->frames = frames;
    for (uint32_t i = 0; i < LONGEST + 2 * MARGIN; i++) {
        line->memory[i] = NAN;
    }
    for (uint32_t i = 0; i < frames; i++) {
        samples_of(line)[i] = any(limit);
    }
}

static void check_margins(const pbr_kernels *kernels, const char *what, const line *line) {
    for (uint32_t i = 0; i < LONGEST + 2 * MARGIN; i++) {
        bool inside = i >= line->offset && i < line->offset + line->frames;
        if (isnan(line->memory[i]) == inside) {
            fail(kernels, what, line->frames, i - line->offset, line->memory[i], NAN);
        }
    }
}

static double gain_of(float from, float to, uint64_t place) {
    if (place >= PBR_RAMP_FRAMES) {
        return to;
    }
    return from + ((double)to - from) * (double)(place + 1) / PBR_RAMP_FRAMES;
}

// A gain that passes through zero is as exact as its end points.
static double size_of(float from, float to, uint64_t place) {
    return place >= PBR_RAMP_FRAMES ? fabs(to) : fmax(fabs(from), fabs(to));
}

static uint32_t any_length(void) {
    return below(3) == 0 ? below(40) : below(LONGEST + 1);
}

static uint32_t any_place(void) {
    return below(3) == 0 ? PBR_RAMP_FRAMES + below(1000) : below(PBR_RAMP_FRAMES);
}

typedef struct mixture {
    line lines[MOST_TERMS];
    pbr_term terms[MOST_TERMS];
    uint32_t count;
    uint32_t frames;
} mixture;

static void make_mixture(mixture *mixture) {
    mixture->count = below(MOST_TERMS + 1);
    mixture->frames = any_length();
    uint32_t together = any_place();
    bool apart = below(2) == 0;
    for (uint32_t t = 0; t < mixture->count; t++) {
        fill(&mixture->lines[t], mixture->frames, 1.0f);
        mixture->terms[t] = (pbr_term){samples_of(&mixture->lines[t]), any(2.0f), any(2.0f),
                                       apart ? any_place() : together};
        if (below(4) == 0) {
            mixture->terms[t].done = PBR_RAMP_FRAMES;
        }
    }
}

static void check_mix(const pbr_kernels *kernels, const mixture *mixture, line *out) {
    static line before;
    before = *out;
    kernels->mix(samples_of(out), mixture->terms, mixture->count, mixture->frames, false);
    check_margins(kernels, "mix", out);
    for (uint32_t i = 0; i < mixture->frames; i++) {
        double sum = samples_of(&before)[i];
        double size = fabs(sum);
        for (uint32_t t = 0; t < mixture->count; t++) {
            pbr_term term = mixture->terms[t];
            uint64_t place = (uint64_t)term.done + i;
            sum += gain_of(term.from, term.gain, place) * term.samples[i];
            size += size_of(term.from, term.gain, place) * fabsf(term.samples[i]);
        }
        if (!(fabs(samples_of(out)[i] - sum) <= BOUND * size)) {
            fail(kernels, "mix", mixture->frames, i, samples_of(out)[i], sum);
        }
    }
}

// The same samples in two blocks, and with the terms in two calls.
static void check_parts(const pbr_kernels *kernels, const mixture *mixture, const line *before,
                        const line *whole) {
    static line out;
    pbr_term rest[MOST_TERMS];
    uint32_t split = below(mixture->frames + 1);
    uint32_t first = below(mixture->count + 1);
    for (uint32_t t = 0; t < mixture->count; t++) {
        rest[t] = mixture->terms[t];
        rest[t].samples += split;
        rest[t].done += split;
    }
    out = *before;
    kernels->mix(samples_of(&out), mixture->terms, first, split, false);
    kernels->mix(samples_of(&out), mixture->terms + first, mixture->count - first, split, false);
    kernels->mix(samples_of(&out) + split, rest, mixture->count, mixture->frames - split, false);
    for (uint32_t i = 0; i < mixture->frames; i++) {
        if (samples_of(&out)[i] != samples_of((line *)whole)[i]) {
            fail(kernels, "mix in parts", mixture->frames, i, samples_of(&out)[i],
                 samples_of((line *)whole)[i]);
        }
    }
}

// Into uninitialised memory; and a mix that also measures, which must be the same.
static void check_first_and_metered(const pbr_kernels *kernels, const mixture *mixture) {
    static line clean, first, metered;
    pbr_measured measured[MOST_TERMS];
    pbr_term settled[MOST_TERMS];
    uint32_t frames = mixture->frames;
    fill(&clean, frames, 1.0f);
    first = clean;
    memset(samples_of(&clean), 0, frames * sizeof(float));
    if (mixture->count == 0 || frames == 0) {
        return;
    }
    kernels->mix(samples_of(&clean), mixture->terms, mixture->count, frames, false);
    kernels->mix(samples_of(&first), mixture->terms, mixture->count, frames, true);
    check_margins(kernels, "mix onto nothing", &first);
    if (memcmp(samples_of(&clean), samples_of(&first), frames * sizeof(float)) != 0) {
        fail(kernels, "mix onto nothing", frames, mixture->count, 0.0, 0.0);
    }
    for (uint32_t t = 0; t < mixture->count; t++) {
        settled[t] = mixture->terms[t];
        settled[t].done = PBR_RAMP_FRAMES;
    }
    bool empty = below(2) == 0;
    frames = frames < PBR_MEASURED_FRAMES ? frames : PBR_MEASURED_FRAMES;
    metered = first = clean;
    kernels->mix(samples_of(&first), settled, mixture->count, frames, empty);
    kernels->mix_metered(samples_of(&metered), settled, mixture->count, frames, empty, measured);
    if (memcmp(&metered, &first, sizeof first) != 0) {
        fail(kernels, "mix that measures", frames, mixture->count, 0.0, 0.0);
    }
    for (uint32_t t = 0; t < mixture->count; t++) {
        pbr_measured alone = kernels->measure(settled[t].samples, settled[t].from, settled[t].gain,
                                              PBR_RAMP_FRAMES, frames);
        if (measured[t].highest != alone.highest || measured[t].over != alone.over) {
            fail(kernels, "measured while mixing", frames, t, measured[t].highest, alone.highest);
        }
        if (!(fabs((double)measured[t].squares - alone.squares) <= 1e-5 * alone.squares)) {
            fail(kernels, "squares while mixing", frames, t, measured[t].squares, alone.squares);
        }
    }
}

static void check_scale(const pbr_kernels *kernels) {
    static line before, whole, parts;
    uint32_t frames = any_length(), done = any_place(), split = below(frames + 1);
    float from = any(2.0f), to = any(2.0f);
    fill(&before, frames, 1.0f);
    whole = parts = before;
    kernels->scale(samples_of(&whole), from, to, done, frames);
    check_margins(kernels, "scale", &whole);
    kernels->scale(samples_of(&parts), from, to, done, split);
    kernels->scale(samples_of(&parts) + split, from, to, done + split, frames - split);
    for (uint32_t i = 0; i < frames; i++) {
        double sample = samples_of(&before)[i];
        double expected = gain_of(from, to, done + i) * sample;
        double size = size_of(from, to, done + i) * fabs(sample);
        if (!(fabs(samples_of(&whole)[i] - expected) <= BOUND * size)) {
            fail(kernels, "scale", frames, i, samples_of(&whole)[i], expected);
        }
        if (samples_of(&parts)[i] != samples_of(&whole)[i]) {
            fail(kernels, "scale in parts", frames, i, samples_of(&parts)[i],
                 samples_of(&whole)[i]);
        }
    }
}

static void check_measure(const pbr_kernels *kernels) {
    static line line;
    uint32_t frames = any_length() % (PBR_MEASURED_FRAMES + 1), done = any_place();
    float from = any(1.5f), to = any(1.5f);
    fill(&line, frames, 1.0f);
    pbr_measured measured = kernels->measure(samples_of(&line), from, to, done, frames);
    double highest = 0.0, squares = 0.0, size = 0.0;
    uint32_t over = 0, nearly = 0;
    for (uint32_t i = 0; i < frames; i++) {
        double value = gain_of(from, to, done + i) * samples_of(&line)[i];
        highest = fmax(highest, fabs(value));
        squares += value * value;
        size = fmax(size, size_of(from, to, done + i) * fabsf(samples_of(&line)[i]));
        over += fabs(value) > 1.0;
        nearly += fabs(fabs(value) - 1.0) <= 2.0 * BOUND;
    }
    if (!(fabs(measured.highest - highest) <= BOUND * size)) {
        fail(kernels, "highest", frames, done, measured.highest, highest);
    }
    if (!(fabs(measured.squares - squares) <= 1e-5 * squares + BOUND * size)) {
        fail(kernels, "squares", frames, done, measured.squares, squares);
    }
    if (abs((int)measured.over - (int)over) > (int)nearly) {
        fail(kernels, "over", frames, done, measured.over, over);
    }
}

// A NaN spoils no peak, wherever it is.
static void check_nan(const pbr_kernels *kernels) {
    float samples[100];
    for (uint32_t bad = 0; bad < 100; bad++) {
        for (uint32_t i = 0; i < 100; i++) {
            samples[i] = i == bad ? NAN : 0.25f;
        }
        for (uint32_t done = 0; done <= PBR_RAMP_FRAMES; done += PBR_RAMP_FRAMES) {
            pbr_measured measured = kernels->measure(samples, 1.0f, 1.0f, done, 100);
            if (!(measured.highest == 0.25f) || measured.over != 0) {
                fail(kernels, "highest beside NaN", 100, bad, measured.highest, 0.25);
            }
        }
    }
}

static void check_all(const pbr_kernels *kernels) {
    static mixture mixture;
    static line before, out, fused;
    const pbr_kernels *best = pbr_kernels_at(0);
    for (int round = 0; round < ROUNDS; round++) {
        make_mixture(&mixture);
        fill(&before, mixture.frames, 4.0f);
        out = fused = before;
        check_mix(kernels, &mixture, &out);
        check_parts(kernels, &mixture, &before, &out);
        check_first_and_metered(kernels, &mixture);
        if (strcmp(kernels->name, "baseline") != 0) {
            best->mix(samples_of(&fused), mixture.terms, mixture.count, mixture.frames, false);
            for (uint32_t i = 0; i < mixture.frames; i++) {
                if (samples_of(&fused)[i] != samples_of(&out)[i]) {
                    fail(kernels, "mix beside the best one's", mixture.frames, i,
                         samples_of(&out)[i], samples_of(&fused)[i]);
                }
            }
        }
        check_scale(kernels);
        check_measure(kernels);
    }
    check_nan(kernels);
}

static void check_names(void) {
    static const char *const unknown[] = {"", "AVX2", "avx", "mmx", "avx2 "};
    for (uint32_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        if (pbr_kernels_named(unknown[i]) != pbr_kernels_at(0)) {
            fail(pbr_kernels_named(unknown[i]), "an unknown name", 0, i, 0.0, 0.0);
        }
    }
    const pbr_kernels *kernels, *last = NULL;
    for (uint32_t i = 0; (kernels = pbr_kernels_at(i)) != NULL; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s", kernels->name);
        if (pbr_kernels_named(name) != kernels) {
            fail(kernels, "its own name", 0, i, 0.0, 0.0);
        }
        last = kernels;
    }
    if (last == NULL || strcmp(last->name, "baseline") != 0 ||
        pbr_kernels_named(NULL) != pbr_kernels_at(0)) {
        fail(last, "the list's end", 0, 0, 0.0, 0.0);
    }
}

int main(void) {
    check_names();
    const pbr_kernels *kernels;
    for (uint32_t i = 0; (kernels = pbr_kernels_at(i)) != NULL; i++) {
        check_all(kernels);
    }
    pbr_kernels_choose();
    const char *isa = getenv("PERBUS_ISA");
    if (pbr_kernels_chosen() != pbr_kernels_named(isa)) {
        fail(pbr_kernels_chosen(), "the choice", 0, 0, 0.0, 0.0);
    }
    return 0;
}
