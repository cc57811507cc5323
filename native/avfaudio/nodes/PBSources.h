// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the render block of a source owns.
#ifndef PB_SOURCES_H
#define PB_SOURCES_H

#import <AVFAudio/AVAudioSourceNode.h>

@interface AVAudioSourceNode (PBSources)
// With GNU's runtime, a copied block does not retain what it captures. It does not have to, since no
// block is called once its node is gone; but if the engine has the manner of doing that (PBManners.h),
// the object is retained for as long as the block lives.
- (void)pbOwn:(id)object;
@end

#endif
