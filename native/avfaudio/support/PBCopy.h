// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether the process has these classes once.
#ifndef PB_COPY_H
#define PB_COPY_H

#import <Foundation/Foundation.h>

// NO when a second copy of this code was loaded, whichever of the two asks. The runtime keeps the
// first class of a name, but the latest methods of a category, so that two copies are a mixture.
BOOL PBIsOnlyCopy(void);

#endif
