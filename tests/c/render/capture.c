/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Recorded sound between two clocks, in a time that this program makes up: what is pulled is what was
 * written, whatever the rates, the jitter and the drift. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "render/device/capture.h"
#include "render/device/clock.h"

static int failures;

#define CHECK(condition, ...)                                      \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                   \
            printf("\n");                                          \
            failures++;                                            \
        }                                                          \
    } while (0)

static double now; /* seconds */

uint64_t pbr_device_now(void) {
    return (uint64_t)(now * 1e9) + 1000000000;
}

static uint64_t seed = 1;

static double chance(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / 9007199254740992.0;
}

enum { CHUNK = 480, BLOCK = 256, BURST = 3 };

/* A microphone that hears a sine of 1 kHz on the left and half of it on the right, and a player that
 * pulls in bursts. */
typedef struct line {
    pbr_capture *capture;
    double from, to, drift, jitter;
    double written_at, pulled_at; /* the next times */
    uint64_t written;
    int64_t pulled;
    float last[2];
    bool sounds;
    double jump, power; /* the largest second difference, and the sum of squares */
    uint64_t counted;
} line;

static line create(double from, double to, double drift, double jitter) {
    const pbr_capture_format format = {.channels = 2, .from = from, .to = to, .latency = 0.02};
    line made = {.from = from, .to = to, .drift = drift, .jitter = jitter};
    made.capture = pbr_capture_create(&format);
    now = 0.0;
    return made;
}

static void write_chunk(line *own) {
    static float samples[2 * CHUNK];
    for (int i = 0; i < CHUNK; i++, own->written++) {
        double phase = 2.0 * M_PI * fmod(1000.0 * (double)own->written / own->from, 1.0);
        samples[2 * i] = (float)(0.5 * sin(phase));
        samples[2 * i + 1] = (float)(0.25 * sin(phase));
    }
    pbr_capture_write(own->capture, samples, CHUNK);
}

static void judge(line *own, const float *left, const float *right) {
    for (int i = 0; i < BLOCK; i++) {
        CHECK(fabsf(right[i] - 0.5f * left[i]) < 1e-6f, "%g and %g", left[i], right[i]);
        double bend = fabs((double)left[i] - 2.0 * own->last[0] + own->last[1]);
        own->jump = own->counted > 2 && bend > own->jump ? bend : own->jump;
        own->power += (double)left[i] * left[i];
        own->counted++;
        own->last[1] = own->last[0];
        own->last[0] = left[i];
    }
}

static void pull_burst(line *own) {
    float left[BLOCK], right[BLOCK], *channels[] = {left, right};
    for (int b = 0; b < BURST; b++) {
        pbr_pull pull = pbr_capture_pull(own->capture, own->pulled, BLOCK, 2, channels);
        own->sounds = pull == PBR_PULL_OK;
        if (own->sounds) {
            judge(own, left, right);
        }
        own->pulled += BLOCK;
    }
}

static void forget(line *own) {
    own->jump = own->power = 0.0;
    own->counted = 0;
}

/* Whichever of the two comes next, until then. */
static void run(line *own, double until, bool writes, bool pulls) {
    while (own->written_at < until || own->pulled_at < until) {
        bool writing = own->written_at < own->pulled_at;
        double *at = writing ? &own->written_at : &own->pulled_at;
        now = *at + own->jitter * chance();
        if (writing && writes) {
            write_chunk(own);
        } else if (!writing && pulls) {
            pull_burst(own);
        }
        *at += writing ? CHUNK / (own->from * (1.0 + own->drift)) : BURST * BLOCK / own->to;
    }
}

static void check_sound(line *own) {
    double step = 2.0 * M_PI * 1000.0 / own->to, level = sqrt(2.0 * own->power / own->counted);
    CHECK(own->sounds && own->counted > 40000, "%d, %g frames", own->sounds, (double)own->counted);
    CHECK(fabs(20.0 * log10(level / 0.5)) < 0.05, "level %g", level);
    /* That of the sine itself, but for 126 dB of what the converter leaves. */
    CHECK(own->jump < 0.5 * step * step * 1.01 + 1e-5, "jump %g of %g", own->jump,
          0.5 * step * step);
}

/* Three minutes of two clocks that differ. */
static void clocks_drift(double from, double to, double drift) {
    line made = create(from, to, drift, 0.002);
    run(&made, 3.0, true, true);
    uint64_t losses = pbr_capture_losses(made.capture);
    double usual = pbr_capture_delay(made.capture), least = usual, most = usual;
    forget(&made);
    for (double until = 4.0; until < 180.0; until += 1.0) {
        run(&made, until, true, true);
        double delay = pbr_capture_delay(made.capture);
        least = delay < least ? delay : least;
        most = delay > most ? delay : most;
    }
    check_sound(&made);
    CHECK(pbr_capture_losses(made.capture) == losses, "%g losses",
          (double)pbr_capture_losses(made.capture) - (double)losses);
    CHECK(usual > 0.01 && usual < 0.06, "%g s", usual);
    /* Up to 5 ms are added where the ring was nearly empty. */
    CHECK(usual - least < 0.005 && most - usual < 0.011, "%g to %g s", least, most);
    double delay = pbr_capture_delay(made.capture);
    CHECK(delay > usual - 0.002 && delay < usual + 0.007, "%g from %g s", delay, usual);
    pbr_capture_release(made.capture);
}

/* What stops one side is heard once and counted once, and does not stay. */
static void stalls_are_survived(bool writes) {
    line made = create(48000.0, 48000.0, 0.0, 0.001);
    run(&made, 5.0, true, true);
    double usual = pbr_capture_delay(made.capture);
    uint64_t losses = pbr_capture_losses(made.capture);
    run(&made, 5.3, writes, !writes);
    run(&made, 9.0, true, true);
    CHECK(pbr_capture_losses(made.capture) > losses, "no loss");
    losses = pbr_capture_losses(made.capture);
    forget(&made);
    run(&made, 15.0, true, true);
    check_sound(&made);
    CHECK(pbr_capture_losses(made.capture) == losses, "further losses");
    CHECK(fabs(pbr_capture_delay(made.capture) - usual) < 0.04, "%g from %g s",
          pbr_capture_delay(made.capture), usual);
    pbr_capture_release(made.capture);
}

/* Nobody listens for a while: what was said then is not heard later. */
static void pauses_are_forgotten(bool flushes) {
    line made = create(44100.0, 48000.0, 0.0, 0.001);
    run(&made, 3.0, true, true);
    uint64_t losses = pbr_capture_losses(made.capture);
    run(&made, 3.4, true, false);
    if (flushes) {
        pbr_capture_flush(made.capture);
    } else {
        made.pulled += 19200;
    }
    run(&made, 6.0, true, true);
    CHECK(pbr_capture_losses(made.capture) == losses, "losses");
    CHECK(pbr_capture_delay(made.capture) < 0.06, "%g s", pbr_capture_delay(made.capture));
    pbr_capture_release(made.capture);
}

/* A stream that plays and records at once has one clock. */
static void one_clock_needs_no_converter(void) {
    const pbr_capture_format format = {
        .channels = 1, .from = 48000.0, .to = 48000.0, .latency = 0.02, .direct = true};
    pbr_capture *capture = pbr_capture_create(&format);
    float written[1000], pulled[1000], *channels[] = {pulled};
    for (int block = 0; block < 100; block++) {
        uint32_t frames = 1 + (uint32_t)(999.0 * chance());
        for (uint32_t i = 0; i < frames; i++) {
            written[i] = (float)chance();
        }
        pbr_capture_write(capture, written, frames);
        if (block % 10 == 9) {
            /* Not in the plan: the next one does not hear it. */
            continue;
        }
        uint32_t first = frames / 3;
        CHECK(pbr_capture_pull(capture, 0, first, 1, channels) ==
                  (first > 0 ? PBR_PULL_OK : PBR_PULL_SILENT),
              "block %d", block);
        for (uint32_t i = 0; i < first; i++) {
            CHECK(pulled[i] == written[i], "frame %u of block %d", i, block);
        }
        CHECK(pbr_capture_pull(capture, 0, frames - first, 1, channels) == PBR_PULL_OK, "block %d",
              block);
        for (uint32_t i = first; i < frames; i++) {
            CHECK(pulled[i - first] == written[i], "frame %u of block %d", i, block);
        }
        CHECK(pbr_capture_held(capture) == 0.0, "%g s", pbr_capture_held(capture));
    }
    CHECK(pbr_capture_losses(capture) == 0, "losses");
    pbr_capture_release(capture);
}

int main(void) {
    clocks_drift(48000.0, 48000.0, 300e-6);
    clocks_drift(48000.0, 48000.0, -300e-6);
    clocks_drift(44100.0, 48000.0, 300e-6);
    clocks_drift(48000.0, 44100.0, -300e-6);
    stalls_are_survived(true);
    stalls_are_survived(false);
    pauses_are_forgotten(true);
    pauses_are_forgotten(false);
    one_clock_needs_no_converter();
    return failures != 0;
}
