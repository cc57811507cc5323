// What the kernels of one instruction set compute, for comparing processors: `kernel_sounds NAME`
// writes the bits of every sample, and `kernel_sounds NAME FILE` compares with what another one has
// written. Sums of squares are left out, because each instruction set adds in an order of its own.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "render/kernels/kernels.h"

enum { LONGEST = 700, MOST_TERMS = 19, ROUNDS = 300 };

static float *fill(float *samples, uint32_t frames) {
    for (uint32_t i = 0; i < frames; i++) {
        samples[i] = any(1.0f);
    }
    return samples;
}

// Relative to the largest sum of magnitudes: of all terms, at twice their level, and what was there.
static const float BOUND = 1e-6f * (2 * MOST_TERMS + 1);

static FILE *others;

static uint32_t read_bits(void) {
    unsigned bits;
    if (fscanf(others, "%x", &bits) != 1) {
        fprintf(stderr, "the other kernels have computed less\n");
        exit(1);
    }
    return bits;
}

static void note(const float *samples, uint32_t frames) {
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t bits;
        memcpy(&bits, &samples[i], sizeof bits);
        if (others == NULL) {
            printf("%08x\n", (unsigned)bits);
            continue;
        }
        float other;
        bits = read_bits();
        memcpy(&other, &bits, sizeof other);
        if (!(fabsf(other - samples[i]) <= BOUND)) {
            fprintf(stderr, "frame %u is %.9g, and %.9g with the other kernels\n", (unsigned)i,
                    (double)samples[i], (double)other);
            exit(1);
        }
    }
}

static void mix(const pbr_kernels *kernels) {
    static float lines[MOST_TERMS][LONGEST], out[LONGEST];
    pbr_term terms[MOST_TERMS];
    uint32_t count = below(MOST_TERMS + 1), frames = below(LONGEST + 1);
    for (uint32_t t = 0; t < count; t++) {
        uint32_t done = below(2) == 0 ? PBR_RAMP_FRAMES : below(PBR_RAMP_FRAMES);
        terms[t] = (pbr_term){fill(lines[t], frames), any(2.0f), any(2.0f), done};
    }
    kernels->mix(fill(out, frames), terms, count, frames, false);
    note(out, frames);
}

static void scale_and_measure(const pbr_kernels *kernels) {
    static float samples[LONGEST];
    uint32_t frames = below(LONGEST + 1), done = below(2 * PBR_RAMP_FRAMES);
    float from = any(2.0f), to = any(2.0f);
    kernels->scale(fill(samples, frames), from, to, done, frames);
    note(samples, frames);
    pbr_measured measured = kernels->measure(samples, 1.0f, 1.0f, PBR_RAMP_FRAMES, frames);
    note(&measured.highest, 1);
}

int main(int count, char **arguments) {
    const pbr_kernels *kernels = pbr_kernels_named(count > 1 ? arguments[1] : NULL);
    if (count < 2 || strcmp(kernels->name, arguments[1]) != 0) {
        fprintf(stderr, "this processor has no such kernels\n");
        return 2;
    }
    others = count > 2 ? fopen(arguments[2], "r") : NULL;
    if (count > 2 && others == NULL) {
        perror(arguments[2]);
        return 2;
    }
    for (int round = 0; round < ROUNDS; round++) {
        mix(kernels);
        scale_and_measure(kernels);
    }
    return 0;
}
