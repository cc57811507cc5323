// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Connections: made, ended, and what they carry. The engine's lock is held.
#ifndef PB_CONNECTIONS_H
#define PB_CONNECTIONS_H

#import "PBRecords.h"

// Throws unless a connection can carry the format: planar float32, a rate, 1 to PB_MAX_CHANNELS.
void PBRequireFormat(AVAudioFormat *format);
AVAudioFormat *PBConnectionFormat(const PBConnection *connection);
double PBConnectionRate(const PBConnection *connection);
// Of the format that the bus has, connected or not.
AVAudioFormat *PBOutputFormat(AVAudioNode *node, AVAudioNodeBus bus);
pbr_layout PBConnectionLayout(const PBConnection *connection);

// How many leave a node, by whichever bus: all of them are made by one rendering of it.
NSUInteger PBLeaving(const PBNode *node);
// Brings `alone` and `player` up to date where they leave the node: after one has come or gone, or a
// tap has.
void PBUpdateLeaving(const PBNode *node);
// A connection that is not in the graph yet, with all that it takes to make it: throws without
// memory, and nothing has changed. It is made once its two ends are free, which cannot fail, or
// dropped. ending: the stamp in `proposed` of what ends before any is made; 0 for none.
PBConnection *PBPrepareConnection(AVAudioNode *source, AVAudioNodeBus sourceBus,
                                  AVAudioNode *destination, AVAudioNodeBus destinationBus,
                                  AVAudioFormat *format, uint64_t ending);
// Room for so many more at an output bus; throws without memory.
void PBReserveOutput(PBOutput *output, NSUInteger more);
void PBMakeConnection(PBConnection *prepared);
void PBDropConnection(PBConnection *prepared);
void PBDisconnect(PBConnection *connection);
// End all connections of one side of a node; NO when there were none.
BOOL PBEndInputs(AVAudioNode *node);
BOOL PBEndOutputs(AVAudioNode *node);
// Before a node is detached: connects an effect's source to its destinations, if formats agree.
// NO, and nothing changed, otherwise. Throws without memory, and nothing has changed.
BOOL PBRejoinAround(AVAudioNode *node);
// The lowest free input bus; the count when none is.
AVAudioNodeBus PBNextInputBus(AVAudioNode *node);
// Throws when ending the node's connections would rewire the output of a running engine.
void PBRequireStoppedOutputs(AVAudioNode *node);
// So many of the engine's frames in those of the connection's destination: 1 to PBR_FADE_LONGEST.
uint64_t PBOwnFrames(const PBConnection *connection, uint64_t frames);

#endif
