// SPDX-License-Identifier: MIT OR Apache-2.0

// Package direct calls the C library past the module: what the benchmarks compare with, and what
// goes behind the map's back in tests. It is a package because cgo is not for test files.
package direct

/*
#cgo pkg-config: perbus-desk
#include <perbus.h>
#include <perbus/desk.h>

// Handles as numbers, as the module passes them.
static int set_volume(uintptr_t source, uintptr_t mixer, uint32_t bus, float volume) {
    return perbus_connection_set_volume((perbus_node *)source, (perbus_node *)mixer, bus, volume,
                                        NULL);
}

static int disconnect_input(uintptr_t engine, uintptr_t node, uint32_t bus) {
    return perbus_engine_disconnect_input((perbus_engine *)engine, (perbus_node *)node, bus, NULL);
}

// Two volumes in turn, so that every call has something to change.
static void set_volume_repeatedly(uintptr_t source, uintptr_t mixer, uint32_t bus,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        set_volume(source, mixer, bus, i % 2 == 0 ? 0.25f : 0.5f);
    }
}

static void set_mixer_volume_repeatedly(uintptr_t engine, uintptr_t mixer, uint32_t bus,
                                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        perbus_desk_engine_set_mixer_volume_for_bus((perbus_desk_engine *)engine,
                                                    (perbus_desk_node *)mixer,
                                                    i % 2 == 0 ? 0.25f : 0.5f, bus, NULL, NULL);
    }
}
*/
import "C"

// Version calls a function that does nothing: a bare call.
func Version() uint32 { return uint32(C.perbus_version()) }

// SetVolume calls perbus_connection_set_volume and nothing else.
func SetVolume(source, mixer uintptr, bus uint32, volume float32) int {
	return int(C.set_volume(C.uintptr_t(source), C.uintptr_t(mixer), C.uint32_t(bus), C.float(volume)))
}

// SetVolumeRepeatedly is so many calls of perbus_connection_set_volume from C, in one call of C.
func SetVolumeRepeatedly(source, mixer uintptr, bus uint32, count int) {
	C.set_volume_repeatedly(C.uintptr_t(source), C.uintptr_t(mixer), C.uint32_t(bus),
		C.size_t(count))
}

// SetMixerVolumeRepeatedly is so many calls of perbus_desk_engine_set_mixer_volume_for_bus from C, in
// one call of C.
func SetMixerVolumeRepeatedly(engine, mixer uintptr, bus uint32, count int) {
	C.set_mixer_volume_repeatedly(C.uintptr_t(engine), C.uintptr_t(mixer), C.uint32_t(bus),
		C.size_t(count))
}

// DisconnectInput ends the connection of an input bus; the map does not hear of it.
func DisconnectInput(engine, node uintptr, bus uint32) int {
	return int(C.disconnect_input(C.uintptr_t(engine), C.uintptr_t(node), C.uint32_t(bus)))
}
