// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The handle of a master.
#ifndef PERBUS_SHIM_MASTER_H
#define PERBUS_SHIM_MASTER_H

#import "platform/platform.h"
#import "shim.h"

struct perbus_master {
    perbus__handle later;
    perbus__master *object; // retained
};

#endif
