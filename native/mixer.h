// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A mixer's buses.
#ifndef PERBUS_MIXER_H
#define PERBUS_MIXER_H

#import "shim.h"

// Gives a mixer so many input buses, more than it has or fewer.
perbus_status perbus__set_bus_count(AVAudioNode *mixer, NSUInteger buses, perbus_error *error);

#endif
