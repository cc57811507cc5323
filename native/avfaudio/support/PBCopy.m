// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBCopy.h"

// Its address distinguishes this copy from another one.
static char copy;

@interface PBCopy : NSObject
+ (const void *)first;
@end

@implementation PBCopy
+ (const void *)first {
    return &copy;
}
@end

@interface PBCopy (Latest)
+ (const void *)latest;
@end

@implementation PBCopy (Latest)
+ (const void *)latest {
    return &copy;
}
@end

BOOL PBIsOnlyCopy(void) {
    return [PBCopy first] == &copy && [PBCopy latest] == &copy;
}
