// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMasters.h"

#import "PBBatches.h"
#import "PBBusMasters.h"
#import "PBConnections.h"
#import "PBEngine.h"
#import "avfaudio/plan/PBPublish.h"

#include <stdlib.h>
#include <string.h>

@implementation PBMaster

- (instancetype)initWithEngine:(AVAudioEngine *)engine {
    self = [super init];
    if (self != nil) {
        _engine = [engine retain];
        _gain = pbr_gain_create(1.0f, 0.0f);
        if (_gain == NULL || !pbr_gain_prepare(_gain)) {
            [self release];
            return nil;
        }
        PBLocked(engine) {
            PBEngine *state = engine->_engine;
            _older = state->masters;
            if (_older != nil) {
                _older->_newer = self;
            }
            state->masters = self;
            _listed = YES;
            PBGraphChanged(engine);
        }
    }
    return self;
}

- (void)dealloc {
    if (_listed) {
        PBLocked(_engine) {
            PBEngine *state = _engine->_engine;
            if (_older != nil) {
                _older->_newer = _newer;
            }
            if (_newer != nil) {
                _newer->_older = _older;
            } else {
                state->masters = _older;
            }
        }
    }
    pbr_gain_release(_gain);
    [_engine release];
    [super dealloc];
}

- (AVAudioEngine *)engine {
    return _engine;
}

- (BOOL)pbFadeVolume:(float)volume frames:(uint64_t)frames curve:(int)curve {
    [_engine pbBeginEdit];
    BOOL fades = pbr_gain_fade_volume(_gain, volume, frames, (pbr_curve)curve);
    [_engine pbEndBatch];
    return fades;
}

@end

void PBSetMasterVolume(PBMaster *master, float volume) {
    pbr_gain_set_volume_from_source(master->_gain, volume);
}

float PBGetMasterVolume(PBMaster *master) {
    return atomic_load_explicit(&master->_gain->source_volume, memory_order_relaxed);
}

void PBAddMasters(const PBEngine *engine, pbr_plan *plan) {
    for (PBMaster *master = engine->masters; master != nil; master = master->_older) {
        pbr_plan_add_master(plan, master->_gain);
    }
}

pbr_master_list PBMastersOfBus(const PBNode *mixer, AVAudioNodeBus bus) {
    return bus < mixer->masterRoom ? mixer->masters[bus] : (pbr_master_list){NULL, 0};
}

static void FreeList(pbr_master_list list) {
    for (uint32_t i = 0; i < list.count; i++) {
        pbr_gain_release(list.gains[i]);
    }
    free((void *)list.gains);
}

void PBFreeBusMasters(PBNode *mixer) {
    for (NSUInteger bus = 0; bus < mixer->masterRoom; bus++) {
        FreeList(mixer->masters[bus]);
    }
    free(mixer->masters);
    mixer->masters = NULL;
    mixer->masterRoom = 0;
}

static BOOL ReserveMasters(PBNode *mixer, AVAudioNodeBus bus) {
    if (bus < mixer->masterRoom) {
        return YES;
    }
    NSUInteger room = bus < 2 * mixer->masterRoom ? 2 * mixer->masterRoom : bus + 1;
    pbr_master_list *wider = realloc(mixer->masters, room * sizeof *wider);
    if (wider == NULL) {
        return NO;
    }
    memset(wider + mixer->masterRoom, 0, (room - mixer->masterRoom) * sizeof *wider);
    mixer->masters = wider;
    mixer->masterRoom = room;
    return YES;
}

static BOOL MakeList(PBMaster *const *masters, NSUInteger count, pbr_master_list *list) {
    pbr_gain **gains = count > 0 ? calloc(count, sizeof *gains) : NULL;
    if (count > 0 && gains == NULL) {
        return NO;
    }
    for (NSUInteger i = 0; i < count; i++) {
        gains[i] = pbr_gain_retain(masters[i]->_gain);
    }
    *list = (pbr_master_list){gains, (uint32_t)count};
    return YES;
}

@implementation AVAudioMixerNode (AVAudioMixerNodeMasters)

- (BOOL)pbSetMasters:(PBMaster *const *)masters count:(NSUInteger)count bus:(AVAudioNodeBus)bus {
    BOOL done = NO;
    PBLocked(_node->engine) {
        pbr_master_list list;
        if (!ReserveMasters(_node, bus) || !MakeList(masters, count, &list)) {
            break;
        }
        pbr_master_list old = _node->masters[bus];
        _node->masters[bus] = list;
        if (bus < _node->inputCount && _node->inputs[bus] != NULL) {
            PBGraphChanged(_node->engine);
        }
        FreeList(old);
        done = YES;
    }
    return done;
}

@end
