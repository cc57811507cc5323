// SPDX-License-Identifier: MIT OR Apache-2.0
#import "observer.h"

@implementation PerbusObserver

- (instancetype)initWithEngine:(AVAudioEngine *)engine
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
                 object:engine];
    }
    return self;
}

- (void)configurationChanged:(NSNotification *)notification {
    (void)notification;
    // The handler may end this observer.
    [self retain];
    @synchronized(self) {
        if (_handler != NULL) {
            _handler(_context, PERBUS_EVENT_CONFIGURATION_CHANGED);
        }
    }
    [self release];
}

- (void)end {
    [[NSNotificationCenter defaultCenter]
        removeObserver:self
                  name:AVAudioEngineConfigurationChangeNotification
                object:_engine];
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
