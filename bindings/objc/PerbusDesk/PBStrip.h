// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PERBUS_DESK_PBSTRIP_H
#define PERBUS_DESK_PBSTRIP_H

#import <AVFAudio/AVFAudio.h>

#import "PBFade.h"

@class PBDesk;

NS_ASSUME_NONNULL_BEGIN

/// Where a send takes its signal.
typedef NS_ENUM(NSInteger, PBSendTap) {
    /// In front of the strip's fader, mute and groups: none of them changes the send.
    PBSendTapPreFader = 0,
    /// Behind them: the send follows them, fades included.
    PBSendTapPostFader = 1
};

/// The channel strip of one input bus of a mixer: `-[AVAudioMixerNode pb_stripForBus:]`. It belongs to
/// the bus, not to what is connected there: it can be set before anything is, and keeps its values
/// while sources come and go. The same bus has the same object for as long as anyone keeps it.
///
/// A strip keeps its mixer and its engine in memory. After `-[AVAudioEngine pb_relinquish]` its values
/// can still be read, and calls fail with PBErrorClosed.
///
/// A property's setter leaves the strip as it is if the value is refused; the method of the same name
/// with an error says why.
///
/// Threads: any. Real-time safe: no.
@interface PBStrip : NSObject {
  @private
    struct perbus_desk_bus *_handle;
    AVAudioMixerNode *_mixer;
    AVAudioNodeBus _bus;
    PBDesk *_desk;
    NSString *_key;
}

- (instancetype)init PB_UNAVAILABLE;
+ (instancetype)new PB_UNAVAILABLE;

@property (nonatomic, readonly) AVAudioMixerNode *mixer;
@property (nonatomic, readonly) AVAudioNodeBus bus;

/// Whether a source is connected.
@property (nonatomic, readonly, getter=isConnected) BOOL connected;

/// The fader, a linear gain: 0 (silence) over 1 (unity) to 4; initially the connection's volume. During
/// a fade it is the current value. Beyond 1 it is undocumented on Apple.
@property (nonatomic) float volume;
- (BOOL)setVolume:(float)volume error:(NSError **)error NS_SWIFT_NAME(setVolume(_:));

/// The fader in decibels: minus infinity (silence) over 0 (unity) to 12.04.
@property (nonatomic) float decibels;
- (BOOL)setDecibels:(float)decibels error:(NSError **)error NS_SWIFT_NAME(setDecibels(_:));

/// -1 (left) to 1 (right); initially the connection's pan. A mono source is panned, a stereo one
/// balanced. No effect in a mixer with a mono output.
@property (nonatomic) float pan;
- (BOOL)setPan:(float)pan error:(NSError **)error NS_SWIFT_NAME(setPan(_:));

/// Silences the bus; NO restores it at its fader's volume.
@property (nonatomic, getter=isMuted) BOOL muted;
- (BOOL)setMuted:(BOOL)muted error:(NSError **)error NS_SWIFT_NAME(setMuted(_:));

/// Solo in place, for the whole engine: while any bus is soloed, the others are silent, apart from
/// those that soloed sources are heard through, those that lead into a soloed bus, and solo-safe ones.
/// A mute wins over a solo.
@property (nonatomic, getter=isSoloed) BOOL soloed;
- (BOOL)setSoloed:(BOOL)soloed error:(NSError **)error NS_SWIFT_NAME(setSoloed(_:));

/// Solos of other buses never silence this one.
@property (nonatomic, getter=isSoloSafe) BOOL soloSafe;
- (BOOL)setSoloSafe:(BOOL)soloSafe error:(NSError **)error NS_SWIFT_NAME(setSoloSafe(_:));

/// Initially empty.
@property (nonatomic, copy) NSString *label;
- (BOOL)setLabel:(NSString *)label error:(NSError **)error NS_SWIFT_NAME(setLabel(_:));

/// Neither muted nor silenced by a solo elsewhere; the fader may still be at 0.
@property (nonatomic, readonly, getter=isAudible) BOOL audible;

/// The volume that the engine gets: 0 while the bus is muted or a solo silences it, else the fader.
@property (nonatomic, readonly) float effectiveVolume;

/// Volume 1, pan 0, neither muted nor soloed nor solo-safe. The label stays.
- (BOOL)resetAndReturnError:(NSError **)error NS_SWIFT_NAME(reset());

@end

@interface PBStrip (PBFades)

/// Fades the fader to a volume from 0 to 4 within 0 to 86,400 seconds. A new value or fade replaces it.
/// @return nil if the fade was refused, and the completion is not called
// clang-format off
- (nullable PBFade *)fadeToVolume:(float)volume
                         duration:(NSTimeInterval)seconds
                            curve:(PBCurve)curve
                       completion:(nullable PBFadeCompletion)completion
                            error:(NSError **)error
    NS_SWIFT_NAME(fade(to:duration:curve:completion:));
// clang-format on

/// Fades the pan linearly; otherwise like fadeToVolume.
- (nullable PBFade *)fadeToPan:(float)pan
                      duration:(NSTimeInterval)seconds
                    completion:(nullable PBFadeCompletion)completion
                         error:(NSError **)error NS_SWIFT_NAME(fade(toPan:duration:completion:));

@end

@interface PBStrip (PBSends)

/// Sends what feeds this bus to a further one, whose strip is the send's: its fader is the send's
/// level. The send ends when one of the two gets another source, or with endSendAndReturnError:.
- (BOOL)sendToStrip:(PBStrip *)strip
                tap:(PBSendTap)tap
              error:(NSError **)error NS_SWIFT_NAME(send(to:tap:));

/// As sendToStrip, to the lowest bus of a mixer that nothing is connected to.
/// @return the send's strip; nil if it was refused
- (nullable PBStrip *)sendToMixer:(AVAudioMixerNode *)mixer
                              tap:(PBSendTap)tap
                            error:(NSError **)error NS_SWIFT_NAME(send(toMixer:tap:));

/// Ends this send: disconnects its bus, whose strip keeps its values. PBErrorWrongKind for a strip that
/// is no send.
- (BOOL)endSendAndReturnError:(NSError **)error NS_SWIFT_NAME(endSend());

/// The strips that this one sends to.
@property (nonatomic, readonly, copy) NSArray<PBStrip *> *sends;

@end

NS_ASSUME_NONNULL_END

#endif
