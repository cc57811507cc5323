// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A mixer's bus by its number.
#ifndef PERBUS_BUS_H
#define PERBUS_BUS_H

#import "shim.h"

// What a per-bus call reads or writes: the source's destination, or else the mixer's parameter.
typedef struct perbus__control {
    AVAudioMixingDestination *destination;
    AUParameter *parameter;
} perbus__control;

// Calls `use` with the control of a bus that something feeds. A source's destination comes first:
// it would not notice what is written to the mixer's own parameter.
perbus_status perbus__with_bus(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                               AudioUnitParameterID which, perbus_error *error,
                               void (^use)(perbus__control control));

#endif
