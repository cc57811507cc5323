// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ways in which Apple's engine is known or suspected to be less kind than this one, so that what
// copes with them can be tested here. None is on by default. The environment variable
// PERBUS_MANNERS, or PBSetManners, turns them on for the engines that are created afterwards: their
// names, separated by commas, or "apple" for all that do not exclude each other.
// docs/platforms.md lists them.
#ifndef PB_MANNERS_H
#define PB_MANNERS_H

#import "PBRecords.h"

typedef enum PBManner {
    // A mixer without a source upstream has no destinations: destinationForMixer:bus: is nil.
    PB_MANNER_PENDING = 1 << 0,
    // An output volume is lost when the mixer's output is connected and when the engine starts.
    PB_MANNER_LOSES_OUTPUT = 1 << 1,
    // Starting takes a while, with the engine's lock held.
    PB_MANNER_SLOW_START = 1 << 2,
    // A player's stop returns only after all completion handlers that are due have run.
    PB_MANNER_STOP_WAITS = 1 << 3,
    // The program ends if an engine is deallocated with sources or mixers attached, its own apart.
    PB_MANNER_STRICT_TEARDOWN = 1 << 4,
    // While the engine runs, connecting to a bus that is in use ends its connection and then throws.
    PB_MANNER_BREAKS_CONNECTS = 1 << 5,
    // Completion handlers that name no type, or DataConsumed, run when their sound has been queued.
    // Those of DataPlayedBack never run offline for what was played to its end. And perbus has to
    // find out by itself how something ended, and to fade players out in steps.
    PB_MANNER_EARLY_COMPLETIONS = 1 << 6,
    // A source's block is called once more when its node has gone.
    PB_MANNER_LATE_PULLS = 1 << 7,
    // When the configuration changes, the engine forgets the volumes and pans of connections, output
    // volumes and equalizers, and still runs when it says so.
    PB_MANNER_CONFIGURATION = 1 << 8,
    // The output node of an engine on a device has 16 channels, whatever feeds it; or no channels.
    PB_MANNER_WIDE_OUTPUT = 1 << 9,
    PB_MANNER_NO_OUTPUT = 1 << 10,
    // There are no fades, and no automation.
    PB_MANNER_NO_FADES = 1 << 11,
    // On a device, the output node counts frames from elsewhere than all other nodes, and not before
    // the first block.
    PB_MANNER_OTHER_CLOCK = 1 << 12,
    // Neither connections nor mixers have meters.
    PB_MANNER_NO_METERS = 1 << 13,
} PBManner;

// For tests: the manners of engines that are created from now on, instead of those that
// PERBUS_MANNERS names; NULL: those again. Any thread.
void PBSetManners(const char *names);
// The manners of an engine that is created now. An unknown name ends the program with a line that
// says so: a misspelt test would pass.
unsigned PBChosenManners(void);
BOOL PBHasManner(AVAudioEngine *engine, PBManner manner);
// For programs that know AVFAudio's classes alone.
@interface AVAudioEngine (AVAudioEngineManners)
- (BOOL)pbHasFades;
- (BOOL)pbHasMeters;
@end
// Of the engine that was made last: for what belongs to no engine.
BOOL PBLatestHasManner(PBManner manner);
// After a change of the graph, with the engine's lock held: which mixers control their connections.
void PBMannersFollow(AVAudioEngine *engine);
// What else happens when the engine starts; when a bus that is in use, with this connection, is about
// to get another one; when a node's output has been connected; when a player has been stopped; when
// the engine is deallocated. The engine's lock is held, but not after a player's stop.
void PBMannersStart(AVAudioEngine *engine);
void PBMannersConnect(PBConnection *former);
void PBMannersConnected(AVAudioNode *source);
void PBMannersStopped(AVAudioEngine *engine);
void PBMannersEnd(AVAudioEngine *engine);
// Before the notification, without the lock.
void PBMannersConfigurationChanged(AVAudioEngine *engine);

#endif
