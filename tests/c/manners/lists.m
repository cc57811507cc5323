// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What no manner is needed for: a list of connections past the buses of a running mixer throws.
#import "manners.h"

void test_lists(void) {
    perbus_node *mixer, *source;
    perbus_engine *engine = make_running("", &mixer);
    WORKS(perbus_source_create(&MONO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    AVAudioMixerNode *native = (AVAudioMixerNode *)native_node(mixer);
    NSUInteger buses = [native numberOfInputs];
    NSArray *points = [NSArray
        arrayWithObjects:[[[AVAudioConnectionPoint alloc] initWithNode:native bus:0] autorelease],
                         [[[AVAudioConnectionPoint alloc] initWithNode:native
                                                                   bus:buses + 3] autorelease],
                         nil];
    BOOL threw = NO;
    @try {
        [native_engine(engine) connect:native_node(source) toConnectionPoints:points fromBus:0
                                format:nil];
    } @catch (NSException *exception) {
        threw = YES;
    }
    CHECK(threw);
    const perbus_destination both[] = {{mixer, 0}, {mixer, (uint32_t)buses + 3}};
    WORKS(perbus_engine_connect_many(engine, source, 0, both, 2, &MONO, &error));
    WORKS(perbus_connection_set_volume(source, mixer, (uint32_t)buses + 3, 0.5f, &error));
    render_last(engine, 512);
    NEAR(render_last(engine, 512), 0.75f);
    perbus_node_release(source);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}
