// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What perbus_engine_create_for_device needs.
#ifndef PERBUS_SHIM_DEVICE_H
#define PERBUS_SHIM_DEVICE_H

#import "shim.h"

perbus_status perbus__check_device_options(const perbus_device_options *options,
                                           perbus_error *error);

#endif
