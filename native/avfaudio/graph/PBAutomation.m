// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBAutomation.h"

#import "PBBatches.h"
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBProposal.h"

int64_t PBEngineTime(AVAudioEngine *engine) {
    return pbr_core_time(engine->_engine->core);
}

// The engine's lock is held.
static BOOL Replace(pbr_core *core, pbr_gain *gain, BOOL pan, int64_t from, const pbr_point *points,
                    size_t count) {
    pbr_retired *old = NULL;
    int64_t now = pbr_core_time(core);
    BOOL done = pan ? pbr_gain_automate_pan(gain, now, from, points, count, &old)
                    : pbr_gain_automate_volume(gain, now, from, points, count, &old);
    if (old != NULL) {
        pbr_core_retire(core, old);
    }
    return done;
}

// The same for a gain that the mixer renders, on a clock of its own.
static BOOL Automate(AVAudioNode *mixer, pbr_gain *gain, BOOL pan, int64_t from, pbr_point *points,
                     size_t count) {
    double scale = PBFrameScale(mixer);
    for (size_t i = 0; i < count; i++) {
        points[i].asked = points[i].start;
        points[i].frames = points[i].frames > 0 ? PBOwnFrames(scale, points[i].frames) : 0;
    }
    if (count > 0) {
        PBConvertTimes(mixer, &points->start, sizeof *points, count);
    }
    return Replace(mixer->_node->engine->_engine->core, gain, pan, from, points, count);
}

@implementation AVAudioMixingDestination (AVAudioMixingDestinationAutomation)

- (BOOL)pbAutomatePan:(BOOL)pan from:(int64_t)from points:(pbr_point *)points count:(size_t)count {
    if (_connection == NULL) {
        return YES;
    }
    BOOL done = NO;
    PBLocked(_connection->source->_node->engine) {
        done = Automate(_connection->destination, _connection->gain, pan, from, points, count);
    }
    return done;
}

@end

@implementation AVAudioMixerNode (AVAudioMixerNodeAutomation)

- (BOOL)pbAutomatePan:(BOOL)pan
                  bus:(AVAudioNodeBus)bus
                 from:(int64_t)from
               points:(pbr_point *)points
                count:(size_t)count {
    BOOL done = YES;
    PBLocked(_node->engine) {
        const PBConnection *connection = bus < _node->inputCount ? _node->inputs[bus] : NULL;
        if (connection != NULL) {
            done = Automate(self, connection->gain, pan, from, points, count);
        }
    }
    return done;
}

- (BOOL)pbAutomateOutputVolumeFrom:(int64_t)from points:(pbr_point *)points count:(size_t)count {
    BOOL done = NO;
    PBLocked(_node->engine) {
        done = Automate(self, _node->gain, NO, from, points, count);
    }
    return done;
}

- (BOOL)pbFadeOutputVolume:(float)volume frames:(uint64_t)frames curve:(int)curve {
    AVAudioEngine *engine = _node->engine;
    if (engine == nil) {
        // Nobody hears the way there.
        [self setOutputVolume:volume];
        return YES;
    }
    BOOL fades = NO;
    PBLocked(engine) {
        [engine pbBeginEdit];
        fades = pbr_gain_fade_volume(_node->gain, volume, PBOwnFrames(PBFrameScale(self), frames),
                                     (pbr_curve)curve);
        [engine pbEndBatch];
    }
    return fades;
}

@end

@implementation PBMaster (PBMasterAutomation)

- (BOOL)pbAutomateFrom:(int64_t)from points:(pbr_point *)points count:(size_t)count {
    for (size_t i = 0; i < count; i++) {
        points[i].asked = points[i].start;
    }
    BOOL done = NO;
    PBLocked(_engine) {
        done = Replace(_engine->_engine->core, _gain, NO, from, points, count);
    }
    return done;
}

@end
