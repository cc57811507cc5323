// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Uses everything that GNUstep sets up on first use without a lock, while the library is being
// loaded and has no threads.
//
// +[NSAutoreleasePool new] looks up its methods on its first call. GNUstep makes that call itself,
// on threads that it does not know and when it creates its first dates.
//
// NSArray initialises its mutable and constant subclasses before it notes which they are: if two
// threads create the first arrays, one of them gets an object without a class. The other
// collections, strings and data do the same.
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
    NSString *text =
        [NSMutableString stringWithString:[NSString stringWithFormat:@"%d %zu %g %s %@", 1,
                                                                     (size_t)1, 0.5, "text", self]];
    // As messages of errors are read: encodings have tables of their own.
    char bytes[64];
    [text getCString:bytes maxLength:sizeof bytes encoding:NSUTF8StringEncoding];
    [NSString stringWithUTF8String:[text UTF8String]];
    [text dataUsingEncoding:NSUTF8StringEncoding];
    [text isEqualToString:@"text"];
    [NSValue valueWithPointer:NULL];
    [NSNumber numberWithInt:1];
    [NSDate date];
    [NSException exceptionWithName:NSGenericException reason:@"none" userInfo:nil];
    [NSError errorWithDomain:NSOSStatusErrorDomain code:0 userInfo:nil];
    [pool release];
}

@end
