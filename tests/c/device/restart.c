/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines that start again by themselves. */
#include "device.h"

#include <pthread.h>

#define NOTICED 0.5
#define REOPENED 2.0

enum { VOICES = 2 };

/* An engine that restarts, with its events, and players of the same long buffer on buses 2 and 3. */
typedef struct stage {
    desk made;
    events seen;
    perbus_node *voices[VOICES];
    perbus_buffer *buffer;
    atomic_int ended;
} stage;

static void note_end(void *context, perbus_end end) {
    (void)end;
    atomic_fetch_add((atomic_int *)context, 1);
}

static void set_up(stage *own) {
    const perbus_device_options options = {.restarts = true};
    perbus_format format;
    memset(own, 0, sizeof *own);
    own->made = desk_create(&options, false);
    events_watch(&own->seen, &own->made);
    WORKS(perbus_engine_get_format(own->made.engine, &format, &error));
    WORKS(perbus_buffer_create(&format, 20 * RATE, &own->buffer, &error));
    WORKS(perbus_engine_start(own->made.engine, &error));
    for (uint32_t v = 0; v < VOICES; v++) {
        perbus_schedule how = {PERBUS_FOLLOW, 0, note_end, &own->ended};
        WORKS(perbus_player_create(&own->voices[v], &error));
        WORKS(perbus_engine_attach(own->made.engine, own->voices[v], &error));
        WORKS(perbus_engine_connect(own->made.engine, own->voices[v], 0, own->made.mixer, 2 + v,
                                    NULL, &error));
        WORKS(perbus_player_schedule(own->voices[v], own->buffer, &how, &error));
    }
    WORKS(perbus_engine_begin_batch(own->made.engine, &error));
    for (uint32_t v = 0; v < VOICES; v++) {
        WORKS(perbus_player_play(own->voices[v], &error));
    }
    WORKS(perbus_engine_end_batch(own->made.engine, &error));
    desk_check_plays(&own->made);
}

static void tear_down(stage *own) {
    for (uint32_t v = 0; v < VOICES; v++) {
        perbus_node_release(own->voices[v]);
    }
    perbus_buffer_release(own->buffer);
    desk_destroy(&own->made);
    CHECK(own->seen.destroyed == 1);
}

/* The players' own time, which is the same. */
static int64_t place(const stage *own) {
    perbus_position position, other;
    WORKS(perbus_player_get_position(own->voices[0], &position, &error));
    WORKS(perbus_player_get_position(own->voices[1], &other, &error));
    CHECK(position.player_frame == other.player_frame);
    return position.player_frame;
}

static bool plays(const stage *own) {
    bool one = false, two = false;
    WORKS(perbus_player_is_playing(own->voices[0], &one, &error));
    WORKS(perbus_player_is_playing(own->voices[1], &two, &error));
    CHECK(one == two);
    return one;
}

static void lose(stage *own, int times) {
    server_kill();
    CHECK(reaches(&own->seen.configured, times, NOTICED));
    CHECK(!desk_is_running(&own->made) && !plays(own));
}

/* What plays goes on, all of it with the same block, from where it stopped. */
static void players_go_on(void) {
    stage own;
    set_up(&own);
    for (int times = 1; times <= 2; times++) {
        lose(&own, times);
        int64_t before = place(&own);
        CHECK(before > RATE / 20);
        wait_for(0.3);
        server_start();
        double begin = seconds();
        CHECK(reaches(&own.seen.restarted, times, REOPENED));
        printf("devices: plays again %.0f ms after its server is back\n",
               (seconds() - begin) * 1e3);
        desk_check_plays(&own.made);
        CHECK(plays(&own));
        perbus_device_status device;
        WORKS(perbus_engine_pause(own.made.engine, &error));
        WORKS(perbus_engine_get_device_status(own.made.engine, &device, &error));
        int64_t after = place(&own);
        CHECK(after > before + RATE / 20 && after - before <= (int64_t)device.frames);
        WORKS(perbus_engine_start(own.made.engine, &error));
        CHECK(own.seen.order == (times == 1 ? 136 : 136136));
    }
    float volume = 0.0f;
    WORKS(perbus_connection_get_volume(own.made.sources[0], own.made.mixer, 0, &volume, &error));
    CHECK(volume == 0.5f && own.ended == 0);
    tear_down(&own);
}

/* A stop ends the attempts, and so does a pause; a player that was paused meanwhile stays so. */
static void a_halt_ends_the_attempts(bool stops) {
    stage own;
    set_up(&own);
    lose(&own, 1);
    if (stops) {
        WORKS(perbus_engine_stop(own.made.engine, &error));
    } else {
        WORKS(perbus_engine_pause(own.made.engine, &error));
    }
    server_start();
    wait_for(0.8);
    CHECK(!desk_is_running(&own.made) && own.seen.restarted == 0);
    WORKS(perbus_engine_start(own.made.engine, &error));
    desk_check_plays(&own.made);
    CHECK(plays(&own) == !stops && own.seen.order == 13);
    if (!stops) {
        WORKS(perbus_player_pause(own.voices[0], &error));
        WORKS(perbus_player_pause(own.voices[1], &error));
        lose(&own, 2);
        server_start();
        CHECK(reaches(&own.seen.restarted, 1, REOPENED));
        CHECK(!plays(&own));
    }
    tear_down(&own);
}

/* The program may be quicker, and what it starts plays on. */
static void the_program_may_start_it(void) {
    stage own;
    set_up(&own);
    lose(&own, 1);
    server_start();
    WORKS(perbus_engine_start(own.made.engine, &error));
    CHECK(plays(&own));
    desk_check_plays(&own.made);
    CHECK(own.seen.restarted <= 1);
    tear_down(&own);
}

static void an_engine_may_end_meanwhile(void) {
    stage own;
    set_up(&own);
    lose(&own, 1);
    wait_for(0.1);
    tear_down(&own);
    server_start();
}

/* A loss while the engine starts: the start fails, or the engine has the loss afterwards. */
static void *kill_soon(void *context) {
    wait_for(*(const double *)context);
    server_kill();
    return NULL;
}

static void a_loss_during_the_start(bool restarts) {
    /* There is a moment in which libpulse hangs: `make live` meets it several times. */
    const int times = getenv("PERBUS_LIVE_STARTS") != NULL ? 200 : 6;
    for (int i = 0; i < times; i++) {
        const perbus_device_options options = {.restarts = restarts};
        desk made = desk_create(&options, false);
        events seen;
        events_watch(&seen, &made);
        double delay = 0.006 * i / times;
        pthread_t killer;
        pthread_create(&killer, NULL, kill_soon, &delay);
        /* The other sound system says on stderr that it has no device. */
        setenv("PERBUS_AUDIO", "pulse", 1);
        perbus_status started = perbus_engine_start(made.engine, NULL);
        pthread_join(killer, NULL);
        unsetenv("PERBUS_AUDIO");
        CHECK(started == PERBUS_OK || started == PERBUS_ERROR_START);
        CHECK(started != PERBUS_OK || reaches(&seen.configured, 1, NOTICED));
        CHECK(!desk_is_running(&made));
        server_start();
        if (restarts && started == PERBUS_OK) {
            CHECK(reaches(&seen.restarted, 1, REOPENED));
        } else {
            wait_for(0.1);
            CHECK(!desk_is_running(&made));
            WORKS(perbus_engine_start(made.engine, &error));
        }
        desk_check_plays(&made);
        desk_destroy(&made);
    }
}

/* A handler that takes a second delays neither what is noticed nor the restart. */
static void dawdle(void *context, perbus_event event) {
    (void)event;
    wait_for(1.0);
    atomic_fetch_add((atomic_int *)context, 1);
}

static void a_handler_may_block(void) {
    const perbus_device_options options = {.restarts = true};
    desk made = desk_create(&options, false);
    atomic_int handled = 0;
    WORKS(perbus_engine_set_event_handler(made.engine, dawdle, &handled, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    server_kill();
    double begin = seconds();
    while (desk_is_running(&made) && seconds() - begin < 5.0) {
        wait_for(0.001);
    }
    CHECK(seconds() - begin < NOTICED);
    server_start();
    while (!desk_is_running(&made) && seconds() - begin < 5.0) {
        wait_for(0.001);
    }
    CHECK(desk_is_running(&made));
    desk_check_plays(&made);
    begin = seconds();
    desk_destroy(&made);
    CHECK(seconds() - begin < 1.5);
    CHECK(handled >= 1);
}

void test_restarts_in_short(void) {
    players_go_on();
}

void test_restarts(void) {
    players_go_on();
    a_halt_ends_the_attempts(true);
    a_halt_ends_the_attempts(false);
    the_program_may_start_it();
    an_engine_may_end_meanwhile();
    a_loss_during_the_start(false);
    a_loss_during_the_start(true);
    a_handler_may_block();
}
