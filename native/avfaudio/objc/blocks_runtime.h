// SPDX-License-Identifier: MIT OR Apache-2.0
//
// GNUstep asks for this header when blocks are on; the blocks runtime has it as Block.h.
#include <Block.h>
