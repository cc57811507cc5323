// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// SceneParts is a choice of a scene's values; choices are combined with |.
type SceneParts uint32

const (
	// Faders is the volumes of buses, sends among them, and of groups.
	Faders SceneParts = C.PERBUS_DESK_PART_FADERS
	// Pans is the pans of buses.
	Pans SceneParts = C.PERBUS_DESK_PART_PANS
	// Mutes is which buses and groups are muted.
	Mutes SceneParts = C.PERBUS_DESK_PART_MUTES
	// Solos is which buses and groups are soloed, in a scene that has that.
	Solos SceneParts = C.PERBUS_DESK_PART_SOLOS
	// SoloSafes is which buses are solo-safe.
	SoloSafes SceneParts = C.PERBUS_DESK_PART_SOLO_SAFES
	// Labels is the labels of buses, and the names of groups.
	Labels SceneParts = C.PERBUS_DESK_PART_LABELS
	// OutputVolumes is the output volumes of mixers.
	OutputVolumes SceneParts = C.PERBUS_DESK_PART_OUTPUT_VOLUMES
	// Groups is which buses and groups are in which groups.
	Groups SceneParts = C.PERBUS_DESK_PART_GROUPS
	// SendTaps is whether sends take their signal before or after the fader.
	SendTaps SceneParts = C.PERBUS_DESK_PART_SEND_TAPS
	// PanLaws is the pan laws of mixers.
	PanLaws SceneParts = C.PERBUS_DESK_PART_PAN_LAWS
)

// native is the scene as C has it; released with pbgo_scene_release.
func (s *Scene) native() (C.uintptr_t, error) {
	if s == nil {
		return 0, failf(ErrInvalidArgument, "the scene is nil")
	}
	list, numbers, end := changes(s.Buses)
	defer end()
	if err := fit(numbers...); err != nil {
		return 0, err
	}
	made := C.pbgo_scene_create(&list[0], C.size_t(len(s.Buses)))
	if s.OutputVolume != nil {
		made = with(made, func(scene C.uintptr_t) C.pbgo_found {
			return C.pbgo_scene_copy_with_output_volume(scene, C.float(*s.OutputVolume))
		})
	}
	if s.PanLaw != nil {
		made = with(made, func(scene C.uintptr_t) C.pbgo_found {
			return C.pbgo_scene_copy_with_pan_law(scene, C.perbus_pan_law(*s.PanLaw))
		})
	}
	return C.uintptr_t(made.number), check(made.failure)
}

// with is what is made of a scene, which ends; or the failure to make that one.
func with(made C.pbgo_found, call func(scene C.uintptr_t) C.pbgo_found) C.pbgo_found {
	if made.failure != nil {
		return made
	}
	defer C.pbgo_scene_release(C.uintptr_t(made.number))
	return call(C.uintptr_t(made.number))
}

// with makes a call with a scene.
func (s *Scene) with(on receiver, call func(self, scene C.uintptr_t) *C.pbgo_failure) error {
	if _, err := on.use(); err != nil {
		return err
	}
	scene, err := s.native()
	if err != nil {
		return err
	}
	defer C.pbgo_scene_release(scene)
	return do(on, func(self C.uintptr_t) *C.pbgo_failure { return call(self, scene) })
}

func (s *Scene) derived(call func(scene C.uintptr_t) C.pbgo_found) (*Scene, error) {
	scene, err := s.native()
	if err != nil {
		return nil, err
	}
	defer C.pbgo_scene_release(scene)
	made := call(scene)
	return sceneOf(made, check(made.failure))
}

// Only is a scene of some of the values. [ErrInvalidArgument] for unknown parts.
func (s *Scene) Only(parts SceneParts) (*Scene, error) {
	return s.derived(func(scene C.uintptr_t) C.pbgo_found { return C.pbgo_scene_copy_only(scene, C.uint32_t(parts)) })
}

// OnlyBuses is a scene of some of the buses, without what concerns the whole mixer. Buses that it does not
// have are ignored.
func (s *Scene) OnlyBuses(buses ...int) (*Scene, error) {
	if err := fit(buses...); err != nil {
		return nil, err
	}
	list := make([]C.uint32_t, len(buses)+1) // the last one is never looked at
	for i, bus := range buses {
		list[i] = C.uint32_t(bus)
	}
	return s.derived(func(scene C.uintptr_t) C.pbgo_found {
		return C.pbgo_scene_copy_only_buses(scene, &list[0], C.size_t(len(buses)))
	})
}

// FadeToScene fades to a scene: volumes, pans and the output volume start in the same block and arrive
// together, pans linearly. Everything else switches at the start. Values that are right already do not
// fade; a later value, fade or scene replaces those that it concerns.
//
// It fails as [Mixer.Apply], and with [ErrOutOfRange] for a duration that is negative or more than a day.
func (m *Mixer) FadeToScene(scene *Scene, duration time.Duration, curve Curve) error {
	return scene.with(m.base(), func(mixer, scene C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_mixer_fade_to_scene(mixer, scene, C.double(duration.Seconds()), C.uint32_t(curve))
	})
}

// MixerScene is what an [EngineScene] has of one mixer.
type MixerScene struct {
	// Mixer is the mixer's name: "mixer 0" for the main mixer. Nodes are numbered in the order of their
	// creation.
	Mixer string
	Scene
}

// EngineScene is all mixers and groups of an engine at one moment, see [Engine.Snapshot]: a plain value.
type EngineScene struct {
	Mixers []MixerScene
	Groups []GroupConfig
}

// Mixer is what the scene has of a mixer, such as "mixer 0"; nil for nothing.
func (s *EngineScene) Mixer(name string) *Scene {
	for i := range s.Mixers {
		if s.Mixers[i].Mixer == name {
			return &s.Mixers[i].Scene
		}
	}
	return nil
}

// Snapshot is all mixers and groups as they are now. Which buses and groups are soloed is left out, and so
// are detached mixers.
func (e *Engine) Snapshot() (*EngineScene, error) {
	return engineSceneOf(ask(e, func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_engine_snapshot(engine) }))
}

// SnapshotWithSolo is Snapshot with the solo of each strip and group.
func (e *Engine) SnapshotWithSolo() (*EngineScene, error) {
	return engineSceneOf(ask(e, func(engine C.uintptr_t) C.pbgo_found {
		return C.pbgo_engine_snapshot_with_solo(engine)
	}))
}

func engineSceneOf(taken C.pbgo_found, err error) (*EngineScene, error) {
	if err != nil {
		return nil, err
	}
	handle := C.uintptr_t(taken.number)
	defer C.pbgo_engine_scene_release(handle)
	scene := &EngineScene{}
	for i := C.size_t(0); i < C.size_t(C.pbgo_engine_scene_get_count(handle).number); i++ {
		var name *C.char
		found := C.pbgo_engine_scene_copy_mixer(handle, i, &name)
		mixer, err := sceneOf(found, check(found.failure))
		text := C.GoString(name)
		C.perbus_desk_text_free(name)
		if err != nil {
			return nil, err
		}
		scene.Mixers = append(scene.Mixers, MixerScene{Mixer: text, Scene: *mixer})
	}
	for i := C.size_t(0); i < C.size_t(C.pbgo_engine_scene_get_group_count(handle).number); i++ {
		group := C.pbgo_engine_scene_get_group(handle, i)
		if err := check(group.failure); err != nil {
			return nil, err
		}
		scene.Groups = append(scene.Groups, groupConfigOf(&group.value))
	}
	return scene, nil
}

// native is the scene as C has it; released with pbgo_engine_scene_release.
func (s *EngineScene) native() (C.uintptr_t, error) {
	if s == nil {
		return 0, failf(ErrInvalidArgument, "the scene is nil")
	}
	names := make([]*C.char, len(s.Mixers)+1) // the last ones are never looked at
	scenes := make([]C.uintptr_t, len(s.Mixers)+1)
	defer func() {
		for i, name := range names {
			C.free(unsafe.Pointer(name))
			C.pbgo_scene_release(scenes[i])
		}
	}()
	for i := range s.Mixers {
		scene, err := s.Mixers[i].Scene.native()
		if err != nil {
			return 0, err
		}
		names[i], scenes[i] = C.CString(s.Mixers[i].Mixer), scene
	}
	made := C.pbgo_engine_scene_create(&names[0], &scenes[0], C.size_t(len(s.Mixers)))
	if err := check(made.failure); err != nil || s.Groups == nil {
		return C.uintptr_t(made.number), err
	}
	defer C.pbgo_engine_scene_release(C.uintptr_t(made.number))
	groups, end, err := groupChanges(s.Groups)
	if err != nil {
		return 0, err
	}
	defer end()
	made = C.pbgo_engine_scene_copy_with_groups(
		C.uintptr_t(made.number), groups, C.size_t(len(s.Groups)))
	return C.uintptr_t(made.number), check(made.failure)
}

func (s *EngineScene) with(on receiver, call func(self, scene C.uintptr_t) *C.pbgo_failure) error {
	if _, err := on.use(); err != nil {
		return err
	}
	scene, err := s.native()
	if err != nil {
		return err
	}
	defer C.pbgo_engine_scene_release(scene)
	return do(on, func(self C.uintptr_t) *C.pbgo_failure { return call(self, scene) })
}

func (s *EngineScene) derived(call func(scene C.uintptr_t) C.pbgo_found) (*EngineScene, error) {
	scene, err := s.native()
	if err != nil {
		return nil, err
	}
	defer C.pbgo_engine_scene_release(scene)
	made := call(scene)
	return engineSceneOf(made, check(made.failure))
}

// Only is a scene of some of the values. [ErrInvalidArgument] for unknown parts.
func (s *EngineScene) Only(parts SceneParts) (*EngineScene, error) {
	return s.derived(func(scene C.uintptr_t) C.pbgo_found {
		return C.pbgo_engine_scene_copy_only(scene, C.uint32_t(parts))
	})
}

// OnlyBuses is a scene of some buses, without what concerns whole mixers and without groups. Buses that it
// does not have are ignored.
func (s *EngineScene) OnlyBuses(buses ...*Bus) (*EngineScene, error) {
	list := make([]C.uintptr_t, len(buses)+1) // the last one is never looked at
	for i, bus := range buses {
		handle, err := bus.use()
		if err != nil {
			return nil, err
		}
		list[i] = handle
	}
	defer runtime.KeepAlive(buses)
	return s.derived(func(scene C.uintptr_t) C.pbgo_found {
		return C.pbgo_engine_scene_copy_only_buses(scene, &list[0], C.size_t(len(buses)))
	})
}

// Apply sets the engine's mixers and groups to a scene: all or nothing, heard from one block on. What the
// scene does not list stays. A group gets exactly the members and inner groups that it lists, but that
// buses of detached mixers stay in it.
//
// [ErrNotAttached] for a mixer or a group that the engine does not have, [ErrInvalidArgument] for a nil
// scene and for a mixer, a bus, a group or a member that is listed twice, [ErrCycle] for groups in a
// circle, [ErrOutOfRange] for a volume, a pan or a bus.
func (e *Engine) Apply(scene *EngineScene) error {
	return scene.with(e, func(engine, scene C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_apply(engine, scene) })
}

// FadeToScene fades to a scene, as [Mixer.FadeToScene] does for one mixer.
func (e *Engine) FadeToScene(scene *EngineScene, duration time.Duration, curve Curve) error {
	return scene.with(e, func(engine, scene C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_engine_fade_to_scene(engine, scene, C.double(duration.Seconds()), C.uint32_t(curve))
	})
}
