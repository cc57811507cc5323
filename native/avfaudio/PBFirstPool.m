// SPDX-License-Identifier: MIT OR Apache-2.0
//
// GNUstep's +[NSAutoreleasePool new] looks its methods up when it is called first, without a lock: of
// two threads that make the first pools at once, one may call a method that is not there yet. GNUstep
// calls it itself, on a thread that it does not know and when it makes its first dates. So it is
// called here, when the library is loaded and has no thread.
#import <Foundation/Foundation.h>

@interface PBFirstPool : NSObject
@end

@implementation PBFirstPool

+ (void)load {
    [[NSAutoreleasePool new] release];
}

@end
