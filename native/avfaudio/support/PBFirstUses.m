// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What GNUstep sets up when it is first used, and not with a lock, is used here: when the library is
// loaded and has no thread.
//
// +[NSAutoreleasePool new] looks its methods up when it is called first. GNUstep calls it itself, on a
// thread that it does not know and when it makes its first dates.
//
// The class of all arrays sets up those of the mutable and the constant ones before it notes which
// they are: of two threads that make the first arrays, one gets an object without a class. So do those
// of the other collections, and of strings and data.
#import <Foundation/Foundation.h>

@interface PBFirstUses : NSObject
@end

@implementation PBFirstUses

+ (void)load {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    [NSMutableArray arrayWithArray:[NSArray arrayWithObject:self]];
    [NSMutableSet setWithSet:[NSSet setWithObject:self]];
    [NSMutableDictionary dictionaryWithDictionary:[NSDictionary dictionaryWithObject:self
                                                                              forKey:@"self"]];
    [NSMutableData dataWithData:[NSData data]];
    [NSMutableString stringWithString:[NSString stringWithFormat:@"%d %g %@", 1, 0.5, @"text"]];
    [NSValue valueWithPointer:NULL];
    [NSNumber numberWithInt:1];
    [NSDate date];
    [NSException exceptionWithName:NSGenericException reason:@"none" userInfo:nil];
    [NSError errorWithDomain:NSOSStatusErrorDomain code:0 userInfo:nil];
    [pool release];
}

@end
