// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reports the events of Apple's engine. The handler does not run on the queue that posts the
// notification, on which the engine must not be released.
#ifndef PERBUS_OBSERVER_H
#define PERBUS_OBSERVER_H

#import "shim.h"

@interface PerbusObserver : NSObject {
  @private
    perbus_engine *_engine; // which ends its observer first
    perbus_event_handler _handler;
    void *_context;
    void (*_destroy)(void *context);
}

- (instancetype)initWithEngine:(perbus_engine *)engine
                       handler:(perbus_event_handler)handler
                       context:(void *)context
                       destroy:(void (*)(void *context))destroy;
// Runs the handler, one call at a time, on a queue of the shim's.
- (void)post:(perbus_event)event;
// Waits for the handler, unless called from it.
- (void)end;

@end

#endif
