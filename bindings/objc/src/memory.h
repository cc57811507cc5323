// SPDX-License-Identifier: MIT OR Apache-2.0
//
// These sources compile with ARC and without.
#ifndef PERBUS_DESK_MEMORY_H
#define PERBUS_DESK_MEMORY_H

#if __has_feature(objc_arc)
#define PB_RETAIN(object) (object)
#define PB_RELEASE(object) ((void)(object))
#define PB_AUTORELEASE(object) (object)
#define PB_SUPER_DEALLOC() ((void)0)
#else
#define PB_RETAIN(object) [(object) retain]
#define PB_RELEASE(object) [(object) release]
#define PB_AUTORELEASE(object) [(object) autorelease]
#define PB_SUPER_DEALLOC() [super dealloc]
#endif

#endif
