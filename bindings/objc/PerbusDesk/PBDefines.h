// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What GNUstep's Foundation lacks of Apple's.
#ifndef PERBUS_DESK_PBDEFINES_H
#define PERBUS_DESK_PBDEFINES_H

#import <Foundation/Foundation.h>

#ifndef NS_SWIFT_NAME
#define NS_SWIFT_NAME(name)
#endif
#ifndef NS_SWIFT_UNAVAILABLE
#define NS_SWIFT_UNAVAILABLE(why)
#endif
#ifndef NS_NOESCAPE
#define NS_NOESCAPE
#endif
// NS_UNAVAILABLE is empty on GNUstep.
#define PB_UNAVAILABLE __attribute__((unavailable))
#ifndef NS_ERROR_ENUM
#define NS_ERROR_ENUM(domain, name) NS_ENUM(NSInteger, name)
#endif

#endif
