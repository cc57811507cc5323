// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Objects that are found again for as long as somebody retains them.
#ifndef PERBUS_DESK_REGISTRY_H
#define PERBUS_DESK_REGISTRY_H

#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

// One lock for all tables: nothing waits while it is held.
void PBDeskLock(void);
void PBDeskUnlock(void);

// The locked table's values are weak. Apple's runtime knows which of them end; GNUstep's does not, so
// that there the objects take themselves out, in their release, with PBDeskRelease.
NSMapTable *PBDeskMakeRegistry(void) NS_RETURNS_RETAINED;

#ifndef __APPLE__
// For release: takes the object out and deallocates it if this was the last one. Nobody finds an object
// in between that is ending.
void PBDeskRelease(id object, NSMapTable *registry, NSString *key);
#endif

NS_ASSUME_NONNULL_END

#endif
