// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a call on the way to a fader costs by itself: perbus's C function, and a message.
#import <AVFAudio/AVFAudio.h>

#include <perbus.h>

typedef struct bare {
    perbus_engine *engine;
    perbus_node *mixer;
    uint32_t buses;
    perbus_node **sources;
} bare;

void floor_bare_free(bare *desk) {
    for (uint32_t bus = 0; desk != NULL && bus < desk->buses; bus++) {
        perbus_node_release(desk->sources[bus]);
    }
    if (desk != NULL) {
        perbus_node_release(desk->mixer);
        perbus_engine_destroy(desk->engine);
        free(desk->sources);
        free(desk);
    }
}

// NULL when something failed.
bare *floor_bare_make(uint32_t buses) {
    const perbus_format format = {.sample_rate = 48000.0, .channels = 2};
    bare *desk = calloc(1, sizeof *desk);
    desk->sources = calloc(buses, sizeof *desk->sources);
    bool good = perbus_engine_create_offline(&format, 512, &desk->engine, NULL) == PERBUS_OK &&
                perbus_engine_copy_main_mixer(desk->engine, &desk->mixer, NULL) == PERBUS_OK;
    for (; good && desk->buses < buses; desk->buses++) {
        perbus_node **source = &desk->sources[desk->buses];
        good = perbus_player_create(source, NULL) == PERBUS_OK &&
               perbus_engine_attach(desk->engine, *source, NULL) == PERBUS_OK &&
               perbus_engine_connect(desk->engine, *source, 0, desk->mixer, desk->buses, &format,
                                     NULL) == PERBUS_OK;
    }
    if (!good) {
        floor_bare_free(desk);
        return NULL;
    }
    return desk;
}

bool floor_bare_set(const bare *desk, uint32_t bus, float volume) {
    return perbus_connection_set_volume(desk->sources[bus], desk->mixer, bus, volume, NULL) ==
           PERBUS_OK;
}

// A player on a mixer bus: what it is told through a message.
AVAudioPlayerNode *floor_message_make(void) {
    return [[AVAudioPlayerNode alloc] init];
}

void floor_message_free(AVAudioPlayerNode *receiver) {
    [receiver release];
}

// The cheapest message that asks something of an object.
NSUInteger floor_message_send(AVAudioPlayerNode *receiver) {
    return [receiver numberOfOutputs];
}
