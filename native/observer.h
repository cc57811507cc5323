// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Passes on the configuration changes of Apple's engine.
#ifndef PERBUS_OBSERVER_H
#define PERBUS_OBSERVER_H

#import "shim.h"

@interface PerbusObserver : NSObject {
  @private
    AVAudioEngine *_engine; // not retained
    perbus_event_handler _handler;
    void *_context;
    void (*_destroy)(void *context);
}

- (instancetype)initWithEngine:(AVAudioEngine *)engine
                       handler:(perbus_event_handler)handler
                       context:(void *)context
                       destroy:(void (*)(void *context))destroy;
// Waits for the handler, unless called from it.
- (void)end;

@end

#endif
