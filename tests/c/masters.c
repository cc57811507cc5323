/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Masters of buses: products of fades and sets, sample by sample. */
#include "automation.h"

enum { VOICES = 4, MASTERS = 5, BLOCK = 512, SAMPLE_RATE = 48000 };

/* A factor at rest, on a fade, or on the ramp of a set. */
typedef struct Factor {
    double from, to;
    int done, frames;
    perbus_curve curve;
} Factor;

static double factor_at(const Factor *factor) {
    if (factor->done >= factor->frames) {
        return factor->to;
    }
    double x = (double)factor->done / factor->frames;
    double from = factor->from, to = factor->to;
    if (factor->curve == PERBUS_CURVE_EQUAL_POWER) {
        return sqrt((1 - x) * from * from + x * to * to);
    }
    if (factor->curve == PERBUS_CURVE_EXPONENTIAL) {
        from = fmax(from, 1e-4);
        to = fmax(to, 1e-4);
        return from * pow(to / from, x);
    }
    return from + (to - from) * x;
}

typedef struct Desk {
    perbus_engine *engine;
    perbus_node *mixer, *voices[VOICES];
    perbus_master *masters[MASTERS];
    Factor volumes[VOICES], factors[MASTERS];
    bool has[VOICES][MASTERS];
    double left[VOICES]; /* of the step of a set, before its ramp */
    int ramped;
} Desk;

/* Voice v is 2^-v, so that a product that goes to the wrong bus is found. */
static bool voice(void *context, int64_t time, uint32_t frames, float *const *channels,
                  uint32_t channel_count) {
    (void)time, (void)channel_count;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = *(const float *)context;
    }
    return false;
}

static const float levels[VOICES] = {1.0f, 0.5f, 0.25f, 0.125f};

static void nothing(void *context) {
    (void)context;
}

static void desk_make(Desk *desk) {
    const perbus_format mono = {.sample_rate = SAMPLE_RATE, .channels = 1};
    memset(desk, 0, sizeof *desk);
    WORKS(perbus_engine_create_offline(&mono, BLOCK, &desk->engine, &error));
    WORKS(perbus_engine_copy_main_mixer(desk->engine, &desk->mixer, &error));
    for (int v = 0; v < VOICES; v++) {
        WORKS(perbus_source_create(&mono, voice, (void *)&levels[v], nothing, &desk->voices[v],
                                   &error));
        WORKS(perbus_engine_attach(desk->engine, desk->voices[v], &error));
        WORKS(perbus_engine_connect(desk->engine, desk->voices[v], 0, desk->mixer, (uint32_t)v,
                                    &mono, &error));
        desk->volumes[v] = (Factor){1, 1, 0, 0, PERBUS_CURVE_LINEAR};
    }
    for (int m = 0; m < MASTERS; m++) {
        WORKS(perbus_master_create(desk->engine, &desk->masters[m], &error));
        desk->factors[m] = (Factor){1, 1, 0, 0, PERBUS_CURVE_LINEAR};
    }
    desk->ramped = RAMP;
    WORKS(perbus_engine_start(desk->engine, &error));
}

static void desk_end(Desk *desk) {
    perbus_engine_stop(desk->engine, NULL);
    for (int m = 0; m < MASTERS; m++) {
        perbus_master_destroy(desk->masters[m]);
    }
    for (int v = 0; v < VOICES; v++) {
        perbus_node_release(desk->voices[v]);
    }
    perbus_node_release(desk->mixer);
    perbus_engine_destroy(desk->engine);
}

static double product(const Desk *desk, int v) {
    double gain = factor_at(&desk->volumes[v]);
    bool led = false;
    for (int m = 0; m < MASTERS; m++) {
        gain *= desk->has[v][m] ? factor_at(&desk->factors[m]) : 1.0;
        led = led || desk->has[v][m];
    }
    return led ? fmin(gain, 4.0) : gain;
}

static bool at_rest(const Desk *desk) {
    bool rest = desk->ramped >= RAMP;
    for (int v = 0; v < VOICES; v++) {
        rest = rest && desk->volumes[v].done >= desk->volumes[v].frames;
    }
    for (int m = 0; m < MASTERS; m++) {
        rest = rest && desk->factors[m].done >= desk->factors[m].frames;
    }
    return rest;
}

static void give_masters(Desk *desk, int v) {
    perbus_master *list[MASTERS];
    size_t count = 0;
    for (int m = 0; m < MASTERS; m++) {
        desk->has[v][m] = any(2) == 0;
        if (desk->has[v][m]) {
            list[count++] = desk->masters[m];
        }
    }
    WORKS(perbus_bus_set_masters(desk->engine, desk->mixer, (uint32_t)v, list, count, &error));
}

/* Sets come one by one and at rest, so that the ramp is all that moves. */
static void set_something(Desk *desk) {
    double before[VOICES];
    for (int v = 0; v < VOICES; v++) {
        before[v] = product(desk, v);
    }
    int what = (int)any(3);
    float value = (float)any(25) / 10.0f;
    if (what == 0) {
        int m = (int)any(MASTERS);
        desk->factors[m] = (Factor){value, value, 0, 0, PERBUS_CURVE_LINEAR};
        WORKS(perbus_master_set_volume(desk->masters[m], value, &error));
        float got = -1.0f;
        WORKS(perbus_master_get_volume(desk->masters[m], &got, &error));
        CHECK(got == value);
    } else if (what == 1) {
        int v = (int)any(VOICES);
        desk->volumes[v] = (Factor){value, value, 0, 0, PERBUS_CURVE_LINEAR};
        WORKS(
            perbus_connection_set_volume(desk->voices[v], desk->mixer, (uint32_t)v, value, &error));
    } else {
        give_masters(desk, (int)any(VOICES));
    }
    for (int v = 0; v < VOICES; v++) {
        desk->left[v] = before[v] - product(desk, v);
    }
    desk->ramped = 0;
}

static void fade_something(Desk *desk) {
    float value = (float)any(21) / 10.0f;
    int frames = 1 + (int)any(3000);
    perbus_curve curve = (perbus_curve)any(3);
    bool master = any(2) == 0;
    int which = (int)any(master ? MASTERS : VOICES);
    Factor *factor = master ? &desk->factors[which] : &desk->volumes[which];
    *factor = (Factor){factor_at(factor), value, 0, frames, curve};
    if (master) {
        WORKS(perbus_master_fade_volume(desk->masters[which], value, (uint64_t)frames, curve,
                                        &error));
    } else {
        WORKS(perbus_connection_fade_volume(desk->voices[which], desk->mixer, (uint32_t)which,
                                            value, (uint64_t)frames, curve, &error));
    }
}

static bool desk_render(Desk *desk, int frames) {
    float block[BLOCK];
    float *channels[1] = {block};
    WORKS(perbus_engine_render(desk->engine, (uint32_t)frames, channels, 1, &error));
    for (int i = 0; i < frames; i++) {
        double sum = 0;
        desk->ramped += desk->ramped < RAMP;
        for (int m = 0; m < MASTERS; m++) {
            desk->factors[m].done++;
        }
        for (int v = 0; v < VOICES; v++) {
            desk->volumes[v].done++;
            double rest = desk->left[v] * (1.0 - (double)desk->ramped / RAMP);
            sum += levels[v] * (product(desk, v) + rest);
        }
        if (!(fabs(block[i] - sum) <= 1e-5)) {
            printf("seed %llu, frame %d of %d: %.9g, not %.9g\n", (unsigned long long)seed, i,
                   frames, (double)block[i], sum);
            check_failures++;
            return false;
        }
    }
    return true;
}

static void test_products(void) {
    for (uint64_t round = 1; round <= 20; round++) {
        Desk desk;
        seed = round;
        desk_make(&desk);
        desk_render(&desk, 1);
        for (int v = 0; v < VOICES; v++) {
            give_masters(&desk, v);
        }
        bool same = true;
        for (int step = 0; step < 400 && same; step++) {
            if (any(3) == 0) {
                /* Ramps do not overlap with what the model leaves out. */
                if (at_rest(&desk) && any(2) == 0) {
                    set_something(&desk);
                } else if (desk.ramped >= RAMP) {
                    fade_something(&desk);
                }
            }
            same = desk_render(&desk, 1 + (int)any(BLOCK));
        }
        desk_end(&desk);
    }
}

/* One that sounds nothing takes up its masters' values at once. */
static void test_silent_bus(void) {
    Desk desk;
    desk_make(&desk);
    perbus_master *const one[] = {desk.masters[0]};
    for (uint32_t v = 0; v < VOICES; v++) {
        WORKS(perbus_connection_set_volume(desk.voices[v], desk.mixer, v, 0.0f, &error));
    }
    WORKS(perbus_bus_set_masters(desk.engine, desk.mixer, 0, one, 1, &error));
    float block[BLOCK];
    float *channels[1] = {block};
    WORKS(perbus_engine_render(desk.engine, BLOCK, channels, 1, &error));
    WORKS(perbus_connection_set_volume(desk.voices[0], desk.mixer, 0, 1.0f, &error));
    WORKS(perbus_master_set_volume(desk.masters[0], 0.0f, &error));
    for (int i = 0; i < 4; i++) {
        WORKS(perbus_engine_render(desk.engine, BLOCK, channels, 1, &error));
    }
    CHECK(block[0] == 0.0f && block[BLOCK - 1] == 0.0f);
    WORKS(perbus_master_set_volume(desk.masters[0], 4.0f, &error));
    WORKS(perbus_engine_render(desk.engine, BLOCK, channels, 1, &error));
    NEAR(block[0], 4.0f / RAMP);
    NEAR(block[BLOCK - 1], 4.0f);
    /* Products end at 4, and the list belongs to the bus. */
    WORKS(perbus_connection_set_volume(desk.voices[0], desk.mixer, 0, 4.0f, &error));
    WORKS(perbus_engine_disconnect_input(desk.engine, desk.mixer, 0, &error));
    const perbus_format mono = {.sample_rate = SAMPLE_RATE, .channels = 1};
    WORKS(perbus_engine_connect(desk.engine, desk.voices[0], 0, desk.mixer, 0, &mono, &error));
    WORKS(perbus_connection_set_volume(desk.voices[0], desk.mixer, 0, 2.0f, &error));
    WORKS(perbus_engine_render(desk.engine, BLOCK, channels, 1, &error));
    NEAR(block[BLOCK - 1], 4.0f);
    desk_end(&desk);
}

static void test_refusals(void) {
    perbus_master *master = NULL, *foreign = NULL;
    perbus_engine *other = NULL;
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &other, &error));
    WORKS(perbus_master_create(engine, &master, &error));
    WORKS(perbus_master_create(other, &foreign, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_master_set_volume, master, 4.01f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_master_set_volume, master, NAN);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_master_fade_volume, master, 4.01f, 10,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_master_fade_volume, master, 1.0f, 0,
          PERBUS_CURVE_LINEAR);
    REJECTS(perbus_master_fade_volume, master, 1.0f, 10, (perbus_curve)9);
    perbus_master *const twice[] = {master, master};
    perbus_master *const none[] = {NULL};
    perbus_master *const strange[] = {foreign};
    REJECTS(perbus_bus_set_masters, engine, mixer, 0, twice, 2);
    REJECTS(perbus_bus_set_masters, engine, mixer, 0, none, 1);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_bus_set_masters, engine, mixer, 0, strange, 1);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_bus_set_masters, other, mixer, 0, strange, 1);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_bus_set_masters, engine, player, 0, twice, 1);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_set_masters, engine, mixer, PERBUS_MAX_BUSES, twice,
          1);
    perbus_master_destroy(NULL);
    perbus_master_destroy(master);
    perbus_master_destroy(foreign);
    perbus_engine_destroy(other);
}

void test_masters(void) {
    test_products();
    test_silent_bus();
    test_refusals();
}
