// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOUNIT_H
#define PB_AVAUDIOUNIT_H

#import <AVFAudio/AVAudioNode.h>
#import <AudioToolbox/AudioUnit.h>

NS_ASSUME_NONNULL_BEGIN

/// A node that is an audio unit.
@interface AVAudioUnit : AVAudioNode {
  @package
    AudioUnit _unit; // NULL: no parameters and properties
    AudioComponentDescription _description;
    NSString *_name;
}

/// Calls the handler on a thread of its own, with the unit or with an error. The only units are of
/// type mixer, subtype MatrixMixer or MultiChannelMixer, manufacturer Apple. Retain the unit.
+ (void)instantiateWithComponentDescription:(AudioComponentDescription)audioComponentDescription
                                    options:(AudioComponentInstantiationOptions)options
                          completionHandler:(void (^)(__kindof AVAudioUnit *_Nullable audioUnit,
                                                      NSError *_Nullable error))completionHandler;

@property (nonatomic, readonly) AudioComponentDescription audioComponentDescription;
/// Valid as long as the node.
@property (nonatomic, readonly) AudioUnit audioUnit;
@property (nonatomic, readonly) NSString *name;

@end

NS_ASSUME_NONNULL_END

#endif
