// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What perbus has for an AVAudioEngine of the program's. There is one desk for each engine that was
// taken up, in a table that retains it; the desk retains the engine. Strips retain their desk, which
// finds them again but does not retain them.
#ifndef PERBUS_DESK_DESK_H
#define PERBUS_DESK_DESK_H

#import "PBStrip.h"

#include "perbus/adopt.h"
#include "perbus/desk.h"

NS_ASSUME_NONNULL_BEGIN

typedef perbus_status (^PBDeskHandles)(perbus_desk_bus *_Nullable *_Nullable handles, size_t room,
                                       size_t *count);

@interface PBDesk : NSObject {
  @private
    perbus_desk_engine *_handle;
    NSMapTable<NSString *, PBStrip *> *_strips;
}

@property (nonatomic, readonly) perbus_desk_engine *handle;
// Locked with PBDeskLock.
@property (nonatomic, readonly) NSMapTable<NSString *, PBStrip *> *strips;

// Takes the engine up, unless it is already.
+ (nullable PBDesk *)deskOfEngine:(nullable AVAudioEngine *)engine error:(NSError **)error;
+ (void)relinquishEngine:(AVAudioEngine *)engine;

// A handle of an attached node, which the caller releases; NULL on failure.
- (nullable perbus_desk_node *)copyNode:(nullable AVAudioNode *)node
                              attaching:(BOOL)attaching
                                  error:(NSError **)error;

// The one strip of that bus.
- (nullable PBStrip *)stripOfMixer:(AVAudioMixerNode *)mixer
                               bus:(AVAudioNodeBus)bus
                             error:(NSError **)error;
- (nullable PBStrip *)stripOfHandle:(perbus_desk_bus *)handle error:(NSError **)error;
// Of what a function of the desk's hands out, which is called for their number first.
- (NSArray<PBStrip *> *)stripsOfHandles:(NS_NOESCAPE PBDeskHandles)copy;

@end

@interface PBStrip ()

- (perbus_desk_bus *)handle;
- (PBDesk *)desk;

// Takes the handle. The key is that of the desk's table of strips.
- (instancetype)initWithHandle:(perbus_desk_bus *)handle
                         mixer:(AVAudioMixerNode *)mixer
                           bus:(AVAudioNodeBus)bus
                          desk:(PBDesk *)desk
                           key:(NSString *)key NS_DESIGNATED_INITIALIZER;

@end

@interface PBFade ()

// Takes the handle.
- (instancetype)initWithHandle:(perbus_desk_fade *)handle NS_DESIGNATED_INITIALIZER;

@end

NS_ASSUME_NONNULL_END

#endif
