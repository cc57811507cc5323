// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBPanLaws.h"

#import "PBBatches.h"
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBFades.h"

void PBUsePanLaw(const PBConnection *input) {
    // Balance is the law of whatever has sides of its own.
    BOOL mono = pbr_layout_channels(PBConnectionLayout(input)) == 1;
    pbr_gain_set_pan_law(input->gain, mono ? input->destination->_node->law : PBR_LAW_BALANCE);
}

@implementation AVAudioMixerNode (AVAudioMixerNodePanLaws)

- (void)pbSetConstantPower:(BOOL)constantPower {
    AVAudioEngine *engine = _node->engine;
    PBLocked(engine) {
        // All inputs change in the same block.
        [engine pbBeginEdit];
        _node->law = constantPower ? PBR_LAW_CONSTANT_POWER : PBR_LAW_BALANCE;
        for (NSUInteger bus = 0; bus < _node->inputCount; bus++) {
            if (_node->inputs[bus] != NULL) {
                PBUsePanLaw(_node->inputs[bus]);
            }
        }
        [engine pbEndBatch];
    }
}

@end
