// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The pan law of a mixer's inputs.
#ifndef PB_PANLAWS_H
#define PB_PANLAWS_H

#import "PBRecords.h"

// Gives the gain of a mixer's input the law that it has by its channels and its mixer.
void PBUsePanLaw(const PBConnection *input);

#endif
