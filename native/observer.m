// SPDX-License-Identifier: MIT OR Apache-2.0
#import "observer.h"
#import "platform/platform.h"
#import "restart.h"

@implementation PerbusObserver

- (instancetype)initWithEngine:(perbus_engine *)engine
                       handler:(perbus_event_handler)handler
                       context:(void *)context
                       destroy:(void (*)(void *context))destroy {
    self = [super init];
    if (self != nil) {
        _engine = engine;
        _handler = handler;
        _context = context;
        _destroy = destroy;
        [[NSNotificationCenter defaultCenter]
            addObserver:self
               selector:@selector(configurationChanged:)
                   name:AVAudioEngineConfigurationChangeNotification
                 object:engine->object];
    }
    return self;
}

- (void)configurationChanged:(NSNotification *)notification {
    (void)notification;
    [self post:PERBUS_EVENT_CONFIGURATION_CHANGED];
}

- (void)post:(perbus_event)event {
    perbus__run_apart(^{
        @synchronized(self) {
            if (_handler != NULL) {
                if (event == PERBUS_EVENT_CONFIGURATION_CHANGED) {
                    perbus__halt_after_change(_engine);
                }
                _handler(_context, event);
            }
        }
    });
}

- (void)end {
    [[NSNotificationCenter defaultCenter]
        removeObserver:self
                  name:AVAudioEngineConfigurationChangeNotification
                object:_engine->object];
    @synchronized(self) {
        _handler = NULL;
    }
}

- (void)dealloc {
    if (_destroy != NULL) {
        _destroy(_context);
    }
    [super dealloc];
}

@end
