// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file of AVFAudio's on a player, with options and an end, which Apple's players do not have.
#ifndef PB_PLAYERFILES_H
#define PB_PLAYERFILES_H

#import "avfaudio/nodes/PBPlayerStreams.h"

@interface AVAudioPlayerNode (PBPlayerFiles)
- (void)pbScheduleFile:(AVAudioFile *)file
                  from:(int64_t)first
                    to:(int64_t)end
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
                 ended:(void (*)(void *context, unsigned end))ended
               context:(void *)context;
@end

#endif
