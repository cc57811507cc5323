// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "unsafe"

// BusConfig is what [Engine.ConfigureMixerBuses] changes on one bus; what is nil stays. [Float],
// [Bool] and [String] make the pointers.
type BusConfig struct {
	// Bus is the bus's number.
	Bus int `json:"bus"`
	// Volume is the fader: a linear gain, 0 to 4.
	Volume *float32 `json:"volume,omitempty"`
	// Pan is -1 (left) to 1 (right).
	Pan *float32 `json:"pan,omitempty"`
	// Muted reports whether the bus is muted.
	Muted *bool `json:"muted,omitempty"`
	// Soloed reports whether the bus is soloed.
	Soloed *bool `json:"soloed,omitempty"`
	// Label is the bus's label.
	Label *string `json:"label,omitempty"`
	// SoloSafe reports whether solos of other buses leave it audible.
	SoloSafe *bool `json:"solo_safe,omitempty"`
	// SendTap is where the bus, if it is a send, takes its signal. No effect on any other bus.
	SendTap *SendTap `json:"send_tap,omitempty"`
}

// Float is a pointer to the value, for a field that may be left out.
func Float(value float32) *float32 { return &value }

// Bool is a pointer to the value, for a field that may be left out.
func Bool(value bool) *bool { return &value }

// String is a pointer to the value, for a field that may be left out.
func String(value string) *string { return &value }

// changes is the list as C has it, the numbers of its buses, and what ends it.
func changes(buses []BusConfig) (list []C.perbus_desk_bus_config, numbers []int, end func()) {
	list = make([]C.perbus_desk_bus_config, len(buses)+1) // the last one is never looked at
	end = func() {
		for _, one := range list {
			C.free(unsafe.Pointer(one.label))
		}
	}
	for i := range buses {
		from, to := &buses[i], &list[i]
		to.bus = C.uint32_t(from.Bus)
		numbers = append(numbers, from.Bus)
		if from.Volume != nil {
			to.set |= C.PERBUS_DESK_SET_VOLUME
			to.volume = C.float(*from.Volume)
		}
		if from.Pan != nil {
			to.set |= C.PERBUS_DESK_SET_PAN
			to.pan = C.float(*from.Pan)
		}
		if from.Muted != nil {
			to.set |= C.PERBUS_DESK_SET_MUTED
			to.muted = C.bool(*from.Muted)
		}
		if from.Soloed != nil {
			to.set |= C.PERBUS_DESK_SET_SOLOED
			to.soloed = C.bool(*from.Soloed)
		}
		if from.SoloSafe != nil {
			to.set |= C.PERBUS_DESK_SET_SOLO_SAFE
			to.solo_safe = C.bool(*from.SoloSafe)
		}
		if from.SendTap != nil {
			to.set |= C.PERBUS_DESK_SET_SEND_TAP
			to.send_tap = C.int32_t(*from.SendTap)
		}
		if from.Label != nil {
			to.label = C.CString(*from.Label)
		}
	}
	return list, numbers, end
}

func configOf(from *C.perbus_desk_bus_config) BusConfig {
	config := BusConfig{Bus: int(from.bus)}
	if from.set&C.PERBUS_DESK_SET_VOLUME != 0 {
		config.Volume = Float(float32(from.volume))
	}
	if from.set&C.PERBUS_DESK_SET_PAN != 0 {
		config.Pan = Float(float32(from.pan))
	}
	if from.set&C.PERBUS_DESK_SET_MUTED != 0 {
		config.Muted = Bool(bool(from.muted))
	}
	if from.set&C.PERBUS_DESK_SET_SOLOED != 0 {
		config.Soloed = Bool(bool(from.soloed))
	}
	if from.set&C.PERBUS_DESK_SET_SOLO_SAFE != 0 {
		config.SoloSafe = Bool(bool(from.solo_safe))
	}
	if from.set&C.PERBUS_DESK_SET_SEND_TAP != 0 {
		tap := SendTap(from.send_tap)
		config.SendTap = &tap
	}
	if from.label != nil {
		config.Label = String(C.GoString(from.label))
	}
	return config
}

// Scene is a mixer at one moment, see [Mixer.Snapshot]: its strips, its output volume and its pan law. It
// is a plain value, which names buses by number and fits any mixer.
type Scene struct {
	// Buses is what the scene sets, by ascending number in a snapshot.
	Buses []BusConfig `json:"buses"`
	// OutputVolume is the mixer's output volume, 0 to 4; nil leaves it as it is.
	OutputVolume *float32 `json:"output_volume,omitempty"`
	// PanLaw is the mixer's pan law; nil leaves it as it is.
	PanLaw *PanLaw `json:"pan_law,omitempty"`
}

// ConfigureMixerBuses changes many strips at once. Everything is checked first; then all of it
// changes, and on the portable engine it is heard from one and the same block on.
//
// [ErrOutOfRange] for a volume, a pan or a bus, [ErrInvalidArgument] for a bus that is listed twice,
// [ErrNotAttached] and [ErrWrongEngine] for the mixer.
//
// Maps to destinationForMixer:bus:, setVolume: and setPan:.
func (e *Engine) ConfigureMixerBuses(mixer *Mixer, buses ...BusConfig) error {
	if _, err := e.use(); err != nil {
		return err
	}
	if _, err := mixer.base().use(); err != nil {
		return err
	}
	if mixer.engine.core != e.core {
		return failf(ErrWrongEngine, "the node belongs to another engine")
	}
	return mixer.configure(buses)
}

func (m *Mixer) configure(buses []BusConfig) error {
	list, numbers, end := changes(buses)
	defer end()
	return do(m.base(), func(node C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_configure(node, &list[0], C.size_t(len(buses)))
	}, numbers...)
}

// Snapshot is the mixer as it is now: the strips of every bus that was ever connected or asked for, the
// output volume and the pan law. Which are soloed is left out, so that to apply the scene leaves the solos
// as they are then.
func (m *Mixer) Snapshot() (*Scene, error) {
	return sceneOf(ask(m.base(), func(node C.uintptr_t) C.pbgo_found { return C.pbgo_mixer_snapshot(node) }))
}

// SnapshotWithSolo is Snapshot with the solo of each strip.
func (m *Mixer) SnapshotWithSolo() (*Scene, error) {
	return sceneOf(ask(m.base(), func(node C.uintptr_t) C.pbgo_found {
		return C.pbgo_mixer_snapshot_with_solo(node)
	}))
}

func sceneOf(taken C.pbgo_found, err error) (*Scene, error) {
	if err != nil {
		return nil, err
	}
	handle := C.uintptr_t(taken.number)
	defer C.pbgo_scene_release(handle)
	scene := &Scene{}
	for i := C.size_t(0); i < C.size_t(C.pbgo_scene_get_count(handle).number); i++ {
		bus := C.pbgo_scene_get_bus(handle, i)
		if err := check(bus.failure); err != nil {
			return nil, err
		}
		scene.Buses = append(scene.Buses, configOf(&bus.value))
	}
	if output := C.pbgo_scene_get_output_volume(handle); output.is_set {
		scene.OutputVolume = Float(float32(output.volume))
	}
	if law := C.pbgo_scene_get_pan_law(handle); law.is_set {
		found := PanLaw(law.law)
		scene.PanLaw = &found
	}
	return scene, nil
}

// Apply sets the mixer to a scene, as [Engine.ConfigureMixerBuses] does: all or nothing, heard from one
// block on. What the scene does not list stays.
//
// [ErrInvalidArgument] for a nil scene, and all that ConfigureMixerBuses fails with.
func (m *Mixer) Apply(scene *Scene) error {
	return scene.with(m.base(), func(mixer, scene C.uintptr_t) *C.pbgo_failure { return C.pbgo_mixer_apply(mixer, scene) })
}
