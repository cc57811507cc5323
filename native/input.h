// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the end of an engine needs to know of its input.
#ifndef PERBUS_SHIM_INPUT_H
#define PERBUS_SHIM_INPUT_H

#import "shim.h"

// Destroys the input of an offline engine, which renders no more.
void perbus__end_feed(perbus_engine *engine);

#endif
