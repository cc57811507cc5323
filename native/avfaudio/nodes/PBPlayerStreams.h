// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files on a player, as far as Apple's players have no calls for it: files of other decoders,
// options, ends, seeking and positions.
#ifndef PB_PLAYERSTREAMS_H
#define PB_PLAYERSTREAMS_H

#import "PBScheduled.h"

typedef struct PBPosition {
    int64_t playerFrame; // of the player's time
    int64_t fileFrame;   // that sounds next; -1: no file is played
    int64_t fileFrames;  // the file's length
    int64_t first, end;  // the segment
    uint64_t lateFrames; // that were silent because they had not been decoded
} PBPosition;

typedef enum PBSought {
    PB_SOUGHT,
    PB_SOUGHT_NOTHING,   // no file is played
    PB_SOUGHT_OUTSIDE,   // the frame is not in the segment
    PB_SOUGHT_NO_MEMORY, // there is no memory
} PBSought;

@interface AVAudioPlayerNode (PBStreams)
/// Schedules `end - first` frames of a file. Takes over the feed's reference, also when it throws.
/// `ended` and the context are as in PBPlayerEnds.h, with one end more: 4, the file could not be
/// read to its end.
- (void)pbScheduleFeed:(const pbr_feed *)feed
                  from:(int64_t)first
                    to:(int64_t)end
                atTime:(AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
                  item:(const PBScheduled *)wanted;
/// The file that is played, or is first in the queue, goes on from a frame of its segment.
- (PBSought)pbSeekTo:(int64_t)frame position:(PBPosition *)position;
- (PBPosition)pbPosition;
@end

#endif
