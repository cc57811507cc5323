// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 4-8: nodes before, at and after attachment.
#import "support.h"

CASE(case_04_new_player) {
    AVAudioPlayerNode *player = [[[AVAudioPlayerNode alloc] init] autorelease];
    CHECK([player engine] == nil, "engine: expected nil");
    CHECK_FLOAT([player volume], 1.0f);
    CHECK_FLOAT([player pan], 0.0f);
    CHECK(![player isPlaying], "isPlaying: expected NO");
}

CASE(case_05_values_before_attachment) {
    AVAudioPlayerNode *player = [[[AVAudioPlayerNode alloc] init] autorelease];
    [player setVolume:0.5f];
    [player setPan:0.25f];
    CHECK_FLOAT([player volume], 0.5f);
    CHECK_FLOAT([player pan], 0.25f);

    AVAudioEngine *engine = test_engine();
    [engine attachNode:player];
    CHECK_FLOAT([player volume], 0.5f);
    CHECK_FLOAT([player pan], 0.25f);
}

CASE(case_06_attach_and_detach) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    CHECK([player engine] == engine, "attached: expected the engine");
    CHECK([[engine attachedNodes] containsObject:player], "attachedNodes: expected the player");
    [engine connect:player to:mixer fromBus:0 toBus:0 format:nil];
    [player setVolume:0.5f];

    [engine detachNode:player];
    CHECK([player engine] == nil, "detached: expected no engine");
    CHECK(![[engine attachedNodes] containsObject:player], "attachedNodes: expected it to be gone");
    CHECK_FREE(engine, mixer, 0);
    CHECK_FLOAT([player volume], 0.5f);
    CHECK_THROWS("detaching twice", [engine detachNode:player]);
}

CASE(case_07_attach_twice) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    [engine connect:player to:mixer fromBus:0 toBus:0 format:nil];
    NSUInteger before = [[engine attachedNodes] count];

    [engine attachNode:player];
    CHECK([player engine] == engine, "engine: expected the same");
    CHECK([[engine attachedNodes] count] == before, "attachedNodes: expected %lu, got %lu",
          (unsigned long)before, (unsigned long)[[engine attachedNodes] count]);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:0], player, 0);

    // Attached twice is still attached once: one detach is enough.
    [engine detachNode:player];
    CHECK([player engine] == nil, "detached once: expected no engine");
    CHECK([[engine attachedNodes] count] == before - 1, "attachedNodes: expected %lu, got %lu",
          (unsigned long)before - 1, (unsigned long)[[engine attachedNodes] count]);
}

CASE(case_08_attach_to_a_second_engine) {
    AVAudioEngine *first = test_engine();
    AVAudioEngine *second = test_engine();
    AVAudioPlayerNode *player = test_player(first);
    CHECK_THROWS("attaching another engine's node", [second attachNode:player]);
    CHECK([player engine] == first, "engine: expected the first one");
    CHECK(![[second attachedNodes] containsObject:player],
          "attachedNodes of the second engine: expected no player");

    [first detachNode:player];
    [second attachNode:player];
    CHECK([player engine] == second, "engine: expected the second one after a detach");
}
