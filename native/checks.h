// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Checks of arguments. Each returns PERBUS_OK, or a failure that names the argument, the value and
// the limit.
#ifndef PERBUS_CHECKS_H
#define PERBUS_CHECKS_H

#import "platform/platform.h"
#import "shim.h"

PERBUS_COLD perbus_status perbus__refuse_volume(float volume, perbus_error *error);
PERBUS_COLD perbus_status perbus__refuse_pan(float pan, perbus_error *error);
static inline perbus_status perbus__check_volume(float volume, perbus_error *error) {
    return volume >= 0.0f && volume <= PERBUS_MAX_VOLUME ? PERBUS_OK
                                                         : perbus__refuse_volume(volume, error);
}
static inline perbus_status perbus__check_pan(float pan, perbus_error *error) {
    return pan >= -1.0f && pan <= 1.0f ? PERBUS_OK : perbus__refuse_pan(pan, error);
}
// A node's bus, of so many. role: "input" and the like.
perbus_status perbus__check_bus(const char *role, uint32_t bus, NSUInteger count,
                                perbus_error *error);
perbus_status perbus__check_kind(perbus_node *node, perbus_kind kind, perbus_error *error);
perbus_status perbus__check_attached(perbus_engine *engine, perbus_node *node, const char *role,
                                     perbus_error *error);
// Why a call on a connection found none: the source has no per-connection control, does not feed the
// bus, or the engine does not let it control the bus yet.
PERBUS_COLD perbus_status perbus__refuse_connection(perbus_node *source, perbus_node *mixer,
                                                    uint32_t bus, perbus_error *error);

// Whether both ends are this engine's and have such buses, and no channel of the format (NULL: the
// source's) is lost on the way into the destination.
perbus_status perbus__check_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error);
// And whether the source may feed the points in that format (NULL: its own).
perbus_status perbus__check_path(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                 const perbus__point *points, size_t count,
                                 const perbus_format *format, perbus_error *error);
// Whether an equalizer's bands can be rendered at the rate.
perbus_status perbus__check_bands(perbus_node *equalizer, double rate, perbus_error *error);

#endif
