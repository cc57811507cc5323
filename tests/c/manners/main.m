// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the tests of manners; returns 0 if what copes with them does.
#import "manners.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/nodes/PBCallbacks.h"
#import "avfaudio/plan/PBPublish.h"
#import "avfaudio/support/PBLater.h"

#include <semaphore.h>

int check_failures;

perbus_engine *make_running(const char *manners, perbus_node **out_mixer) {
    perbus_engine *made = NULL;
    PBSetManners(manners);
    WORKS(perbus_engine_create_offline(&MONO, 512, &made, &error));
    PBSetManners(NULL);
    WORKS(perbus_engine_copy_main_mixer(made, out_mixer, &error));
    WORKS(perbus_engine_start(made, &error));
    return made;
}

perbus_node *make_player(perbus_engine *of, perbus_node *on) {
    perbus_node *made = NULL;
    WORKS(perbus_player_create(&made, &error));
    WORKS(perbus_engine_attach(of, made, &error));
    WORKS(perbus_engine_connect(of, made, 0, on, 0, &MONO, &error));
    return made;
}

perbus_buffer *make_buffer(float value, uint32_t frames) {
    perbus_buffer *made = NULL;
    WORKS(perbus_buffer_create(&MONO, frames, &made, &error));
    float *samples = perbus_buffer_get_channel(made, 0);
    for (uint32_t i = 0; i < frames; i++) {
        samples[i] = value;
    }
    return made;
}

float render_last(perbus_engine *of, uint32_t frames) {
    float samples[512];
    float *channels[] = {samples};
    WORKS(perbus_engine_render(of, frames, channels, 1, &error));
    return samples[frames - 1];
}

AVAudioEngine *native_engine(perbus_engine *of) {
    void *native = NULL;
    WORKS(perbus_engine_get_native(of, &native, &error));
    return native;
}

AVAudioNode *native_node(perbus_node *node) {
    void *native = NULL;
    WORKS(perbus_node_get_native(node, &native, &error));
    return native;
}

void run_handlers(perbus_engine *of) {
    __block sem_t over;
    sem_init(&over, 0, 0);
    // The engine's thread looks every few milliseconds for what has been rendered.
    PBCollect(native_engine(of));
    PBEntry *job = PBNewJob(^{
        PBRunLater(0, ^{
            sem_post(&over);
        });
    });
    CHECK(job != NULL);
    PBCallbacksPut(native_engine(of)->_engine->callbacks, job);
    while (sem_wait(&over) != 0) {
    }
    sem_destroy(&over);
}

int main(void) {
    @autoreleasepool {
        test_completions();
        test_sources();
        test_lists();
        test_meters();
        test_batches();
    }
    return check_failures == 0 ? 0 : 1;
}
