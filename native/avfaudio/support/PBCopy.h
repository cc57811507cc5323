// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether the process has loaded these classes once.
#ifndef PB_COPY_H
#define PB_COPY_H

#import <Foundation/Foundation.h>

// NO if a second copy of this code was loaded, in either copy. The runtime keeps the first class of
// a name but the latest methods of a category, so two copies would be mixed up.
BOOL PBIsOnlyCopy(void);

#endif
