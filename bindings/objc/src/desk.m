// SPDX-License-Identifier: MIT OR Apache-2.0
#import "desk.h"

#import "failure.h"
#import "memory.h"
#import "registry.h"

// By the address of the engine, which the desk retains.
static NSMutableDictionary<NSValue *, PBDesk *> *desks;

@implementation PBDesk

@synthesize handle = _handle;
@synthesize strips = _strips;

static NSValue *key_of_engine(AVAudioEngine *engine) {
    return [NSValue valueWithPointer:(__bridge const void *)engine];
}

static PBDesk *find(NSValue *key) {
    PBDeskLock();
    PBDesk *known = PB_RETAIN([desks objectForKey:key]);
    PBDeskUnlock();
    return PB_AUTORELEASE(known);
}

// This desk, or the one that another thread has entered meanwhile.
static PBDesk *enter(NSValue *key, PBDesk *made) {
    PBDeskLock();
    if (desks == nil) {
        desks = [[NSMutableDictionary alloc] init];
    }
    PBDesk *known = PB_RETAIN([desks objectForKey:key]);
    if (known == nil) {
        [desks setObject:made forKey:key];
        known = PB_RETAIN(made);
    }
    PBDeskUnlock();
    return PB_AUTORELEASE(known);
}

+ (PBDesk *)deskOfEngine:(AVAudioEngine *)engine error:(NSError **)error {
    NSValue *key = key_of_engine(engine);
    PBDesk *known = engine == nil ? nil : find(key);
    if (known != nil) {
        return known;
    }
    if (engine == nil) {
        PBDeskFail(PERBUS_ERROR_NOT_ATTACHED, @"the mixer is attached to no engine", 0, error);
        return nil;
    }
    PBDesk *made = PB_AUTORELEASE([[PBDesk alloc] init]);
    perbus_error why = {0, ""};
    perbus_status status = perbus_desk_engine_adopt((__bridge void *)engine, &made->_handle, &why);
    return PBDeskDone(status, &why, error) ? enter(key, made) : nil;
}

+ (void)relinquishEngine:(AVAudioEngine *)engine {
    NSValue *key = key_of_engine(engine);
    PBDesk *known = find(key);
    if (known == nil || perbus_desk_engine_close(known->_handle, NULL) != PERBUS_OK) {
        return;
    }
    PBDeskLock();
    if ([desks objectForKey:key] == known) {
        [desks removeObjectForKey:key];
    }
    PBDeskUnlock();
}

- (instancetype)init {
    self = [super init];
    if (self != nil) {
        _strips = PBDeskMakeRegistry();
    }
    return self;
}

- (void)dealloc {
    perbus_desk_engine_release(_handle);
    PB_RELEASE(_strips);
    PB_SUPER_DEALLOC();
}

- (perbus_desk_node *)copyNode:(AVAudioNode *)node
                     attaching:(BOOL)attaching
                         error:(NSError **)error {
    if (!attaching && [node engine] == nil) {
        PBDeskFail(PERBUS_ERROR_NOT_ATTACHED, @"the node is attached to no engine", 0, error);
        return NULL;
    }
    perbus_desk_node *handle = NULL;
    perbus_error why = {0, ""};
    PBDeskDone(perbus_desk_node_adopt(_handle, (__bridge void *)node, &handle, &why), &why, error);
    return handle;
}

static NSString *key_of_strip(AVAudioMixerNode *mixer, AVAudioNodeBus bus) {
    return [NSString stringWithFormat:@"%p %lu", (__bridge void *)mixer, (unsigned long)bus];
}

- (PBStrip *)stripForKey:(NSString *)key {
    PBDeskLock();
    PBStrip *known = PB_RETAIN([_strips objectForKey:key]);
    PBDeskUnlock();
    return PB_AUTORELEASE(known);
}

- (PBStrip *)stripOfMixer:(AVAudioMixerNode *)mixer
                      bus:(AVAudioNodeBus)bus
                    error:(NSError **)error {
    NSString *key = key_of_strip(mixer, bus);
    PBStrip *known = [self stripForKey:key];
    if (known != nil) {
        return known;
    }
    perbus_desk_node *node = [self copyNode:mixer attaching:NO error:error];
    if (node == NULL) {
        return nil;
    }
    perbus_desk_bus *handle = NULL;
    perbus_error why = {0, ""};
    uint32_t number = bus > UINT32_MAX ? UINT32_MAX : (uint32_t)bus;
    BOOL made = PBDeskDone(perbus_desk_mixer_copy_bus(node, number, &handle, &why), &why, error);
    perbus_desk_node_release(node);
    if (!made) {
        return nil;
    }
    PBStrip *strip = PB_AUTORELEASE([[PBStrip alloc] initWithHandle:handle mixer:mixer bus:bus
                                                               desk:self
                                                                key:key]);
    // Another thread may have been faster. The loser's object is in no table.
    PBDeskLock();
    known = PB_RETAIN([_strips objectForKey:key]);
    if (known == nil) {
        [_strips setObject:strip forKey:key];
        known = PB_RETAIN(strip);
    }
    PBDeskUnlock();
    return PB_AUTORELEASE(known);
}

- (PBStrip *)stripOfHandle:(perbus_desk_bus *)handle error:(NSError **)error {
    perbus_desk_node *node = NULL;
    perbus_error why = {0, ""};
    uint32_t bus = 0;
    void *native = NULL;
    perbus_status status = perbus_desk_bus_get_number(handle, &bus, &why);
    if (status == PERBUS_OK) {
        status = perbus_desk_bus_copy_mixer(handle, &node, &why);
    }
    if (status == PERBUS_OK) {
        status = perbus_node_get_native(perbus_desk_node_get_raw(node), &native, &why);
    }
    PBStrip *strip = nil;
    if (PBDeskDone(status, &why, error) && native != NULL) {
        strip = [self stripOfMixer:(__bridge AVAudioMixerNode *)native bus:bus error:error];
    }
    perbus_desk_node_release(node);
    return strip;
}

- (NSArray<PBStrip *> *)stripsOfHandles:(NS_NOESCAPE PBDeskHandles)copy {
    NSMutableArray<PBStrip *> *strips = [NSMutableArray array];
    size_t room = 0, count = 0;
    copy(NULL, 0, &room);
    perbus_desk_bus **handles = room == 0 ? NULL : calloc(room, sizeof *handles);
    if (handles != NULL && copy(handles, room, &count) == PERBUS_OK) {
        for (size_t i = 0; i < MIN(count, room); i++) {
            PBStrip *strip = [self stripOfHandle:handles[i] error:NULL];
            if (strip != nil) {
                [strips addObject:strip];
            }
            perbus_desk_bus_release(handles[i]);
        }
    }
    free(handles);
    return strips;
}

@end
