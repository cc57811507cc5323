// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a node is.
#ifndef PERBUS_INSPECT_H
#define PERBUS_INSPECT_H

#import "shim.h"

perbus_kind perbus__kind_of(AVAudioNode *object);

#endif
