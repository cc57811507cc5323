// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Engines that start again by themselves after AVAudioEngineConfigurationChangeNotification.
#ifndef PERBUS_RESTART_H
#define PERBUS_RESTART_H

#import "player_node.h"
#import "shim.h"

// Makes it an engine that does; NO without memory.
BOOL perbus__set_up_restarts(perbus_engine *engine);
// Before the engine ends. Nothing is started after this returns.
void perbus__end_restarts(perbus_engine *engine);

// The engine's own calls, which end or begin what is started by itself.
BOOL perbus__start_engine(perbus_engine *engine, NSError **cause);
void perbus__pause_engine(perbus_engine *engine);
void perbus__stop_engine(perbus_engine *engine);

// When the configuration has changed, before the program is notified: stops an engine that still
// runs, unless it is the program's, or starts again by itself.
void perbus__halt_after_change(perbus_engine *engine);

// What the program has asked of a player last, which goes on after a restart. when: see playAtTime:.
void perbus__note_play(PerbusPlayerNode *player, AVAudioTime *when);
void perbus__note_halt(PerbusPlayerNode *player);

#endif
