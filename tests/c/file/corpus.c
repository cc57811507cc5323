/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lossless files of every container, against what they were made from. */
#include "file.h"

static const struct {
    const char *extension, *options; /* of sox */
    int most_channels, bits;
    bool coded; /* what is read has to be compared with another decoder's */
} made[] = {
    {"wav", "-b 16", 8, 16, false},          {"wav", "-b 24", 8, 24, false},
    {"wav", "-b 32", 2, 24, false},          {"wav", "-b 8", 2, 8, false},
    {"wav", "-e float -b 32", 8, 24, false}, {"wav", "-e float -b 64", 2, 24, false},
    {"wav", "-e u-law", 2, 0, true},         {"wav", "-e a-law", 2, 0, true},
    {"aiff", "-b 16", 8, 16, false},         {"aiff", "-b 24", 2, 24, false},
    {"aifc", "-b 16", 2, 16, false},         {"au", "-b 16", 4, 16, false},
    {"au", "-e float -b 32", 2, 24, false},  {"w64", "-b 16", 4, 16, false},
    {"caf", "-b 16", 4, 16, false},          {"caf", "-b 24", 2, 24, false},
    {"voc", "-b 16", 2, 16, false},          {"flac", "-b 16", 2, 16, false},
    {"flac", "-b 24", 2, 24, false},         {"paf", "-b 16", 2, 16, false},
    {"sf", "-b 16", 2, 16, false},           {"nist", "-b 16", 2, 16, false},
};

/* Tries one file; the reference is the WAV that it was made from. */
static int try_file(size_t kind, int channels, int rate) {
    char path[64], noises[128] = "";
    for (int c = 0; c < channels; c++) {
        strcat(noises, "pinknoise ");
    }
    int bits = made[kind].bits > 0 ? made[kind].bits : 16;
    snprintf(path, sizeof path, "made.%s", made[kind].extension);
    run("sox -R -n -b %d -r %d -c %d source.wav synth 0.5 %s gain -3", bits, rate, channels,
        noises);
    run("sox -D source.wav %s %s", made[kind].options, path);
    sound all = read_all(path);
    sound right = decode_elsewhere(made[kind].coded ? path : "source.wav", &all);
    float apart = difference(&all, &right);
    if (all.status != PERBUS_OK || apart != 0.0f ||
        all.info.format.channels != (uint32_t)channels ||
        all.info.format.sample_rate != (double)rate) {
        printf("%s %s, %d channels at %d Hz: %lld frames instead of %lld, %g apart, \"%s\"\n", path,
               made[kind].options, channels, rate, (long long)all.frames, (long long)right.frames,
               (double)apart, all.error.message);
        check_failures++;
    }
    check_seeks(path, &all, 0.0f);
    free_sound(&all);
    free_sound(&right);
    return 1;
}

void test_corpus(void) {
    static const int rates[] = {8000, 44100, 48000, 96000}, counts[] = {1, 2, 4, 6, 8};
    int tried = 0;
    for (size_t kind = 0; kind < sizeof made / sizeof made[0]; kind++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            for (size_t r = 0; counts[c] <= made[kind].most_channels && r < 4; r++) {
                if (counts[c] <= 2 || rates[r] == 48000) {
                    tried += try_file(kind, counts[c], rates[r]);
                }
            }
        }
    }
    CHECK(tried >= 120);
}
