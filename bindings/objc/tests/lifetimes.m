// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which object a strip is, who keeps what alive, and what is left when perbus has let go.
#import "tests.h"

static void one_object_for_a_bus(void) {
    Stage *stage = [[Stage alloc] init], *other = [[Stage alloc] init];
    PBStrip *strip = [stage->mixer pb_stripForBus:1];
    CHECK(strip == [stage->mixer pb_stripForBus:1]);
    CHECK(strip != [stage->mixer pb_stripForBus:2]);
    CHECK(strip != [other->mixer pb_stripForBus:1]);
    [other release];
    [stage release];
}

// What a strip is set to is the bus's, not the object's.
static void strips_come_and_go(void) {
    Stage *stage = [[Stage alloc] init];
    for (int i = 0; i < 3; i++) {
        @autoreleasepool {
            [[stage->mixer pb_stripForBus:1] setVolume:0.5f];
            [[stage->mixer pb_stripForBus:1] setMuted:YES];
        }
        @autoreleasepool {
            PBStrip *again = [stage->mixer pb_stripForBus:1];
            CHECK([again volume] == 0.5f && [again isMuted]);
            DOES([stage->engine pb_syncAndReturnError:error]);
            CHECK([again volume] == 0.5f && [again isMuted]);
            [again setMuted:NO];
        }
        NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f);
    }
    [stage release];
}

// The engine keeps its sound; the strips that the program has kept can be read, but not set.
static void letting_go(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *kept = [[stage->mixer pb_stripForBus:1] retain];
    @autoreleasepool {
        [kept setVolume:0.5f];
        [[stage->mixer pb_stripForBus:2] setMuted:YES];
        [stage->engine pb_relinquish];
        [stage->engine pb_relinquish];
    }
    CHECK([stage->engine isRunning]);
    NEAR(left_of(stage->engine), 0.5f * 0.5f);
    REFUSES(PBErrorClosed, [kept setVolume:0.25f error:error]);
    REFUSES(PBErrorClosed, [kept setMuted:YES error:error]);
    CHECK([kept volume] == 0.5f && [kept mixer] == stage->mixer);
    // Taken up anew, it has other strips.
    PBStrip *fresh = [stage->mixer pb_stripForBus:1];
    CHECK(fresh != kept && [fresh volume] == 0.5f);
    DOES([fresh setVolume:0.25f error:error]);
    REFUSES(PBErrorClosed, [kept setVolume:1.0f error:error]);
    NEAR(left_of(stage->engine), 0.25f * 0.5f);
    [kept release];
    CHECK(fresh == [stage->mixer pb_stripForBus:1]);
    [stage release];
}

// perbus retains an engine that it was not asked to let go; then only strips do.
static void the_last_to_retain_it(void) {
    CHECK(atomic_load(&engines_alive) == 0);
    PBStrip *kept = nil;
    AVAudioEngine *engine = nil;
    @autoreleasepool {
        Stage *stage = [[Stage alloc] init];
        engine = stage->engine;
        kept = [[stage->mixer pb_stripForBus:1] retain];
        CHECK([[stage->mixer pb_stripForBus:2] isConnected]);
        [stage release]; // which lets it go
    }
    CHECK(atomic_load(&engines_alive) == 1);
    CHECK([kept volume] == 1.0f && [[kept mixer] engine] == engine);
    [kept release];
    CHECK(atomic_load(&engines_alive) == 0 && atomic_load(&sources_alive) == 0);
}

// Engines at addresses that others have had: the table knows of none that is gone.
static void many_engines(void) {
    int before = atomic_load(&engines_alive);
    for (int i = 0; i < 20; i++) {
        @autoreleasepool {
            Stage *stage = [[Stage alloc] init];
            PBStrip *strip = [stage->mixer pb_stripForBus:1];
            CHECK([strip volume] == 1.0f && ![strip isMuted]);
            [strip setVolume:0.5f];
            [strip setMuted:YES];
            [stage release];
        }
        CHECK(atomic_load(&engines_alive) == before);
    }
}

// A detached mixer lives as long as one of its strips; so do the values of them all.
static void mixers_that_leave(void) {
    Stage *stage = [[Stage alloc] init];
    AVAudioMixerNode *sub = [[AVAudioMixerNode alloc] init];
    PBStrip *kept = nil;
    @autoreleasepool {
        DOES([stage->engine pb_attachNode:sub error:error]);
        kept = [[sub pb_stripForBus:0] retain];
        [kept setVolume:0.5f];
        [[sub pb_stripForBus:1] setVolume:0.25f];
        DOES([stage->engine pb_detachNode:sub error:error]);
        REFUSES(PBErrorNotAttached, [kept setVolume:1.0f error:error]);
        REFUSES(PBErrorNotAttached, [sub pb_stripForBus:1 error:error]);
        DOES([stage->engine pb_attachNode:sub error:error]);
        CHECK([sub pb_stripForBus:0] == kept && [kept volume] == 0.5f);
        CHECK([[sub pb_stripForBus:1] volume] == 0.25f);
        DOES([stage->engine pb_detachNode:sub error:error]);
    }
    [sub release];
    CHECK([kept mixer] != nil && [kept bus] == 0);
    [kept release];
    [stage release];
}

// Everything else goes first, the strip last.
static void strips_outlive_all(void) {
    PBStrip *kept = nil;
    @autoreleasepool {
        Stage *stage = [[Stage alloc] init];
        kept = [[stage->mixer pb_stripForBus:1] retain];
        [stage release];
    }
    REFUSES(PBErrorClosed, [kept setVolume:0.5f error:error]);
    [kept release];
}

void test_lifetimes(void) {
    // First, as it counts.
    the_last_to_retain_it();
    one_object_for_a_bus();
    strips_come_and_go();
    letting_go();
    many_engines();
    mixers_that_leave();
    strips_outlive_all();
}
