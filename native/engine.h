// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the engine's own files share.
#ifndef PERBUS_ENGINE_OF_SHIM_H
#define PERBUS_ENGINE_OF_SHIM_H

#import "shim.h"

// Whether the program has all classes, and once.
perbus_status perbus__check_classes(perbus_error *error);

// Sets up the rendering of an engine that is in manual rendering mode.
perbus_status perbus__take_render_block(perbus_engine *engine, perbus_error *error);

// The engine's output node. An adopted engine is not asked to make one: nil if it has none.
AVAudioOutputNode *perbus__output(perbus_engine *engine);

#endif
