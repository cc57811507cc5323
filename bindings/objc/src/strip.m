// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each method is a function of the desk's.
#import "desk.h"

#import "failure.h"
#import "memory.h"
#import "registry.h"

@implementation PBStrip

@synthesize mixer = _mixer;
@synthesize bus = _bus;

- (instancetype)initWithHandle:(perbus_desk_bus *)handle
                         mixer:(AVAudioMixerNode *)mixer
                           bus:(AVAudioNodeBus)bus
                          desk:(PBDesk *)desk
                           key:(NSString *)key {
    self = [super init];
    if (self == nil) {
        perbus_desk_bus_release(handle);
        return nil;
    }
    _handle = handle;
    _mixer = PB_RETAIN(mixer);
    _bus = bus;
    _desk = PB_RETAIN(desk);
    _key = PB_RETAIN(key);
    return self;
}

#ifndef __APPLE__
- (oneway void)release {
    PBDeskRelease(self, [_desk strips], _key);
}
#endif

- (void)dealloc {
    perbus_desk_bus_release(_handle);
    PB_RELEASE(_mixer);
    PB_RELEASE(_desk);
    PB_RELEASE(_key);
    PB_SUPER_DEALLOC();
}

- (perbus_desk_bus *)handle {
    return _handle;
}

- (PBDesk *)desk {
    return _desk;
}

- (NSString *)description {
    return [NSString stringWithFormat:@"<%@ %p: bus %lu>", [self class], (__bridge void *)self,
                                      (unsigned long)_bus];
}

// Getters that cannot fail for a handle that is not NULL.
- (float)number:(perbus_status (*)(perbus_desk_bus *, float *, perbus_error *))get {
    float value = 0.0f;
    get(_handle, &value, NULL);
    return value;
}

- (BOOL)flag:(perbus_status (*)(perbus_desk_bus *, bool *, perbus_error *))get {
    bool value = false;
    get(_handle, &value, NULL);
    return value;
}

- (BOOL)set:(perbus_status (*)(perbus_desk_bus *, float, perbus_error *))set
         to:(float)value
      error:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(set(_handle, value, &why), &why, error);
}

- (BOOL)setFlag:(perbus_status (*)(perbus_desk_bus *, bool, perbus_error *))set
             to:(BOOL)value
          error:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(set(_handle, value, &why), &why, error);
}

- (BOOL)isConnected {
    return [self flag:perbus_desk_bus_is_connected];
}

- (float)volume {
    return [self number:perbus_desk_bus_get_volume];
}

- (void)setVolume:(float)volume {
    [self setVolume:volume error:NULL];
}

- (BOOL)setVolume:(float)volume error:(NSError **)error {
    return [self set:perbus_desk_bus_set_volume to:volume error:error];
}

- (float)decibels {
    return [self number:perbus_desk_bus_get_volume_db];
}

- (void)setDecibels:(float)decibels {
    [self setDecibels:decibels error:NULL];
}

- (BOOL)setDecibels:(float)decibels error:(NSError **)error {
    return [self set:perbus_desk_bus_set_volume_db to:decibels error:error];
}

- (float)pan {
    return [self number:perbus_desk_bus_get_pan];
}

- (void)setPan:(float)pan {
    [self setPan:pan error:NULL];
}

- (BOOL)setPan:(float)pan error:(NSError **)error {
    return [self set:perbus_desk_bus_set_pan to:pan error:error];
}

- (BOOL)isMuted {
    return [self flag:perbus_desk_bus_is_muted];
}

- (void)setMuted:(BOOL)muted {
    [self setMuted:muted error:NULL];
}

- (BOOL)setMuted:(BOOL)muted error:(NSError **)error {
    return [self setFlag:perbus_desk_bus_set_muted to:muted error:error];
}

- (BOOL)isSoloed {
    return [self flag:perbus_desk_bus_is_soloed];
}

- (void)setSoloed:(BOOL)soloed {
    [self setSoloed:soloed error:NULL];
}

- (BOOL)setSoloed:(BOOL)soloed error:(NSError **)error {
    return [self setFlag:perbus_desk_bus_set_soloed to:soloed error:error];
}

- (BOOL)isSoloSafe {
    return [self flag:perbus_desk_bus_is_solo_safe];
}

- (void)setSoloSafe:(BOOL)soloSafe {
    [self setSoloSafe:soloSafe error:NULL];
}

- (BOOL)setSoloSafe:(BOOL)soloSafe error:(NSError **)error {
    return [self setFlag:perbus_desk_bus_set_solo_safe to:soloSafe error:error];
}

- (NSString *)label {
    char *text = NULL;
    NSString *label = nil;
    if (perbus_desk_bus_copy_label(_handle, &text, NULL) == PERBUS_OK) {
        label = [NSString stringWithUTF8String:text];
        perbus_desk_text_free(text);
    }
    return label != nil ? label : @"";
}

- (void)setLabel:(NSString *)label {
    [self setLabel:label error:NULL];
}

- (BOOL)setLabel:(NSString *)label error:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(perbus_desk_bus_set_label(_handle, [label UTF8String], &why), &why, error);
}

- (BOOL)isAudible {
    return [self flag:perbus_desk_bus_is_audible];
}

- (float)effectiveVolume {
    return [self number:perbus_desk_bus_get_effective_volume];
}

- (BOOL)resetAndReturnError:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(perbus_desk_bus_reset(_handle, &why), &why, error);
}

@end
