// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The masters of a mixer's input buses, as the plan compiler asks for them.
#ifndef PB_BUSMASTERS_H
#define PB_BUSMASTERS_H

#import "PBEngine.h"

// Adds all masters of the engine to a plan.
void PBAddMasters(const PBEngine *engine, pbr_plan *plan);
pbr_master_list PBMastersOfBus(const PBNode *mixer, AVAudioNodeBus bus);
void PBFreeBusMasters(PBNode *mixer);

#endif
