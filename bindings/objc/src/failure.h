// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PERBUS_DESK_FAILURE_H
#define PERBUS_DESK_FAILURE_H

#import <Foundation/Foundation.h>

#include "perbus/types.h"

// YES for PERBUS_OK; otherwise NO, with an error for whoever wants it.
BOOL PBDeskDone(perbus_status status, const perbus_error *why, NSError **error);
// NO, likewise.
BOOL PBDeskFail(perbus_status status, NSString *reason, int os_code, NSError **error);

#endif
