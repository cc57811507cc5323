// SPDX-License-Identifier: MIT OR Apache-2.0

// Package callcost is what the benchmarks compare a control call with. It is a package because cgo
// is not for test files.
package callcost

/*
#cgo pkg-config: perbus
#include <perbus.h>

// Two volumes in turn, so that every call has something to change.
static void set_volume_repeatedly(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        perbus_connection_set_volume(source, mixer, bus, i % 2 == 0 ? 0.25f : 0.5f, NULL);
    }
}
*/
import "C"

import "unsafe"

// Version calls a function that does nothing: a bare call.
func Version() uint32 { return uint32(C.perbus_version()) }

// SetVolume calls perbus_connection_set_volume and nothing else.
func SetVolume(source, mixer unsafe.Pointer, bus uint32, volume float32) int {
	return int(C.perbus_connection_set_volume((*C.perbus_node)(source), (*C.perbus_node)(mixer),
		C.uint32_t(bus), C.float(volume), nil))
}

// SetVolumeRepeatedly is so many calls of perbus_connection_set_volume from C, in one call of C.
func SetVolumeRepeatedly(source, mixer unsafe.Pointer, bus uint32, count int) {
	C.set_volume_repeatedly((*C.perbus_node)(source), (*C.perbus_node)(mixer), C.uint32_t(bus),
		C.size_t(count))
}
