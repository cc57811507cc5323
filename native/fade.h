// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What all fades are checked for.
#ifndef PERBUS_SHIM_FADE_H
#define PERBUS_SHIM_FADE_H

#import "shim.h"

perbus_status perbus__check_fade(uint64_t frames, perbus_curve curve, perbus_error *error);
PERBUS_COLD perbus_status perbus__no_memory_for_fade(perbus_error *error);

#endif
