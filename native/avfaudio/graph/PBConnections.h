// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Connections: making and ending them, and the formats they carry. The engine's lock is held.
#ifndef PB_CONNECTIONS_H
#define PB_CONNECTIONS_H

#import "PBRecords.h"

// Throws unless a connection can carry the format: planar float32, a rate, 1 to PB_MAX_CHANNELS.
void PBRequireFormat(AVAudioFormat *format);
AVAudioFormat *PBConnectionFormat(const PBConnection *connection);
double PBConnectionRate(const PBConnection *connection);
// The format of the bus, connected or not.
AVAudioFormat *PBOutputFormat(AVAudioNode *node, AVAudioNodeBus bus);
pbr_layout PBConnectionLayout(const PBConnection *connection);

// The number of connections that leave a node, from any of its buses: one rendering serves them
// all.
NSUInteger PBLeaving(const PBNode *node);
// Updates `alone` and `player` of the connections that leave the node, after one of them or a tap
// was added or removed.
void PBUpdateLeaving(const PBNode *node);
// A connection that is not in the graph yet, with everything it needs. Throws without memory, and
// nothing has changed. Later it is either made, once both of its ends are free, which cannot fail,
// or dropped. ending: the stamp in `proposed` of the connections that end before; 0 for none.
PBConnection *PBPrepareConnection(AVAudioNode *source, AVAudioNodeBus sourceBus,
                                  AVAudioNode *destination, AVAudioNodeBus destinationBus,
                                  AVAudioFormat *format, uint64_t ending);
// Makes room for more connections at an output bus. Throws without memory.
void PBReserveOutput(PBOutput *output, NSUInteger more);
void PBMakeConnection(PBConnection *prepared);
void PBDropConnection(PBConnection *prepared);
void PBDisconnect(PBConnection *connection);
// End all connections on one side of a node. NO if there were none.
BOOL PBEndInputs(AVAudioNode *node);
BOOL PBEndOutputs(AVAudioNode *node);
// Before a node is detached: connects an effect's source to its destinations if the formats agree;
// otherwise NO, and nothing changed. Throws without memory, and nothing has changed.
BOOL PBRejoinAround(AVAudioNode *node);
// The lowest free input bus, or the number of buses if none is free.
AVAudioNodeBus PBNextInputBus(AVAudioNode *node);
// Throws if ending the node's connections would rewire the output of a running engine.
void PBRequireStoppedOutputs(AVAudioNode *node);
// How many frames a mixer renders for one of the engine's.
double PBFrameScale(AVAudioNode *mixer);
// Converts a number of the engine's frames to frames of such a mixer: 1 to PBR_FADE_LONGEST.
uint64_t PBOwnFrames(double scale, uint64_t frames);

#endif
