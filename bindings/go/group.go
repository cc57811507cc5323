// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// Group is a fader, mute and solo that several strips share, on any mixers of an engine: a VCA. It has
// no sound of its own; its fader multiplies those of its members, which stay where they are. A strip may
// be in several groups, and groups may be in groups, though not in a circle; a group acts on a strip
// once, however many ways lead to it.
type Group struct {
	engine *Engine
	handle C.uintptr_t
}

// NewGroup makes a group without members.
func (e *Engine) NewGroup(name string) (*Group, error) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	made, err := ask(e, func(engine C.uintptr_t) C.pbgo_found { return C.pbgo_group_create(engine, text) })
	if err != nil {
		return nil, err
	}
	return newGroup(e, C.uintptr_t(made.number)), nil
}

func newGroup(e *Engine, handle C.uintptr_t) *Group {
	group := &Group{engine: e, handle: handle}
	runtime.SetFinalizer(group, func(g *Group) { C.pbgo_group_release(g.handle) })
	return group
}

// use checks that the group may be called. The caller keeps it alive during the call.
func (g *Group) use() (C.uintptr_t, error) {
	if g == nil || g.handle == 0 {
		return 0, failf(ErrInvalidArgument, "the group is nil")
	}
	_, err := g.engine.use()
	return g.handle, err
}

// Engine is the engine that the group was made for.
func (g *Group) Engine() *Engine { return g.engine }

// Number tells the group apart from the engine's other groups: 0 for the first one that was made. No
// number is used twice.
func (g *Group) Number() int {
	return int(read(g, C.pbgo_group_get_number(g.handle)).number)
}

// SetName gives the group another name; names need not differ.
func (g *Group) SetName(name string) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	defer runtime.KeepAlive(g)
	_ = check(C.pbgo_group_set_name(g.handle, text))
}

// Name is what the group is called.
func (g *Group) Name() string {
	defer runtime.KeepAlive(g)
	name := C.pbgo_group_copy_name(g.handle)
	defer C.perbus_desk_text_free(name.value)
	return C.GoString(name.value)
}

// Volume is the group's fader: a linear gain, 0 to 4, initially 1. During a fade it is the
// current value.
func (g *Group) Volume() float32 {
	return float32(read(g, C.pbgo_group_get_volume(g.handle)).value)
}

// SetVolume moves the group's fader, 0 to 4. What is heard of a member is at most 4. It costs the same
// for any number of members. [ErrOutOfRange], and [ErrNotAttached] when the
// group was removed.
func (g *Group) SetVolume(volume float32) error {
	return do(g, func(group C.uintptr_t) *C.pbgo_failure { return C.pbgo_group_set_volume(group, C.float(volume)) })
}

// VolumeDB is the group's fader in decibels: 0 at unity, minus infinity at silence.
func (g *Group) VolumeDB() float32 {
	return float32(read(g, C.pbgo_group_get_volume_db(g.handle)).value)
}

// SetVolumeDB moves the group's fader to a gain in decibels, minus infinity (silence) to 12.04 (a gain
// of 4). [ErrOutOfRange], and [ErrNotAttached] when the
// group was removed.
func (g *Group) SetVolumeDB(decibels float32) error {
	return do(g, func(group C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_set_volume_db(group, C.float(decibels))
	})
}

// Muted reports whether the group is muted.
func (g *Group) Muted() bool {
	return read(g, C.pbgo_group_is_muted(g.handle)).number != 0
}

// SetMuted silences the members, or lets those sound again that nothing else silences.
func (g *Group) SetMuted(muted bool) error {
	return do(g, func(group C.uintptr_t) *C.pbgo_failure { return C.pbgo_group_set_muted(group, C.bool(muted)) })
}

// Soloed reports whether the group is soloed.
func (g *Group) Soloed() bool {
	return read(g, C.pbgo_group_is_soloed(g.handle)).number != 0
}

// SetSoloed solos all members, or ends that; those that are soloed themselves stay so.
func (g *Group) SetSoloed(soloed bool) error {
	return do(g, func(group C.uintptr_t) *C.pbgo_failure { return C.pbgo_group_set_soloed(group, C.bool(soloed)) })
}

// Add makes buses members, which they stay while sources come and go: all of them, heard from one block
// on, or none. [ErrWrongEngine] for a bus of another engine, [ErrNotAttached] when the group was removed.
func (g *Group) Add(buses ...*Bus) error {
	return g.each(buses, func(group C.uintptr_t, list *C.uintptr_t, count C.size_t) *C.pbgo_failure {
		return C.pbgo_group_add(group, list, count)
	})
}

// Remove takes buses out of the group, heard from one block on; no effect for those that are not directly
// in it. It fails as [Group.Add].
func (g *Group) Remove(buses ...*Bus) error {
	return g.each(buses, func(group C.uintptr_t, list *C.uintptr_t, count C.size_t) *C.pbgo_failure {
		return C.pbgo_group_remove(group, list, count)
	})
}

func (g *Group) each(buses []*Bus,
	call func(group C.uintptr_t, list *C.uintptr_t, count C.size_t) *C.pbgo_failure) error {
	list := make([]C.uintptr_t, len(buses)+1) // the last one is never looked at
	for i, bus := range buses {
		handle, err := bus.use()
		if err != nil {
			return err
		}
		list[i] = handle
	}
	defer runtime.KeepAlive(buses)
	return do(g, func(group C.uintptr_t) *C.pbgo_failure { return call(group, &list[0], C.size_t(len(buses))) })
}

// AddGroup puts a group into this one, which then acts on all of its members. [ErrCycle] if the groups
// would contain each other, [ErrWrongEngine] for a group of another engine, [ErrNotAttached] when either
// was removed.
func (g *Group) AddGroup(member *Group) error {
	return g.with(member, func(group, member C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_add_group(group, member)
	})
}

// RemoveGroup takes a group out of this one; no effect if it is not directly in it. It fails as
// [Group.AddGroup], but for circles.
func (g *Group) RemoveGroup(member *Group) error {
	return g.with(member, func(group, member C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_group_remove_group(group, member)
	})
}

func (g *Group) with(member *Group, call func(group, member C.uintptr_t) *C.pbgo_failure) error {
	group, err := g.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(g)
	return do(member, func(member C.uintptr_t) *C.pbgo_failure { return call(group, member) })
}

// RemoveGroup ends a group: its members sound as if they had never been in it, and so do the groups in
// it. Fades of its fader stop. [ErrWrongEngine], and [ErrNotAttached] when it was removed already.
func (e *Engine) RemoveGroup(group *Group) error {
	engine, err := e.use()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(e)
	return do(group, func(group C.uintptr_t) *C.pbgo_failure { return C.pbgo_engine_remove_group(engine, group) })
}

// Groups is all groups of the engine, in the order in which they were made.
func (e *Engine) Groups() ([]*Group, error) {
	return groups(e, e, func(engine C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_engine_copy_groups(engine, list, capacity)
	})
}

// handles is a list of handles of which C tells how long it is.
func handles(on receiver, call func(self C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found,
	release func(handle C.uintptr_t)) ([]C.uintptr_t, error) {
	return collect(func(into []C.uintptr_t) (int, error) {
		found, err := ask(on, func(self C.uintptr_t) C.pbgo_found {
			return call(self, &into[0], C.size_t(len(into)))
		})
		count := int(found.number)
		if err == nil && count > len(into) {
			for _, handle := range into {
				release(handle)
			}
		}
		return count, err
	})
}

// buses is a list of buses.
func buses(e *Engine, on receiver,
	call func(self C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found) ([]*Bus, error) {
	found, err := handles(on, call, func(bus C.uintptr_t) { C.pbgo_bus_release(bus) })
	list := make([]*Bus, len(found))
	for i, bus := range found {
		list[i] = newBus(e, bus)
	}
	return list, err
}

// newBus is for a bus that C hands out.
func newBus(e *Engine, bus C.uintptr_t) *Bus {
	mixer := &Mixer{handle{engine: e, node: newNode(C.pbgo_bus_copy_mixer(bus))}}
	b := &Bus{mixer: mixer, number: int(C.pbgo_bus_get_number(bus).number), handle: bus}
	runtime.SetFinalizer(b, func(b *Bus) { C.pbgo_bus_release(b.handle) })
	return b
}

func groups(e *Engine, on receiver,
	call func(self C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found) ([]*Group, error) {
	found, err := handles(on, call, func(group C.uintptr_t) { C.pbgo_group_release(group) })
	list := make([]*Group, len(found))
	for i, group := range found {
		list[i] = newGroup(e, group)
	}
	return list, err
}

// Members is the buses that are directly in the group, not those of groups in it.
func (g *Group) Members() ([]*Bus, error) {
	if _, err := g.use(); err != nil {
		return nil, err
	}
	return buses(g.engine, g, func(group C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_group_copy_members(group, list, capacity)
	})
}

// InnerGroups is the groups that are directly in this one.
func (g *Group) InnerGroups() ([]*Group, error) {
	if _, err := g.use(); err != nil {
		return nil, err
	}
	return groups(g.engine, g, func(group C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_group_copy_inner_groups(group, list, capacity)
	})
}

// Groups is the groups that this one is directly in.
func (g *Group) Groups() ([]*Group, error) {
	if _, err := g.use(); err != nil {
		return nil, err
	}
	return groups(g.engine, g, func(group C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_group_copy_groups(group, list, capacity)
	})
}

// Groups is the groups that the bus is a direct member of.
func (b *Bus) Groups() ([]*Group, error) {
	if _, err := b.use(); err != nil {
		return nil, err
	}
	return groups(b.mixer.engine, b, func(bus C.uintptr_t, list *C.uintptr_t, capacity C.size_t) C.pbgo_found {
		return C.pbgo_bus_copy_groups(bus, list, capacity)
	})
}

// Meter is the members' meters as one, those of groups in this one too, each bus once, after all faders:
// the power sum of their RMS, the highest of their peaks, all their clips. Buses without a source count
// as silent. The first call switches the members' meters on. [ErrUnsupported] and [ErrInvalidArgument] as
// [Bus.Meter].
func (g *Group) Meter() (Meter, error) {
	return meterOf(g, func(group C.uintptr_t) C.pbgo_meter { return C.pbgo_group_get_meter(group) })
}

// FadeTo fades the group's fader; otherwise as [Bus.FadeTo]. The members' own fades go on at the same
// time: each frame has the product.
func (g *Group) FadeTo(volume float32, duration time.Duration, curve Curve) (*Fade, error) {
	return fade(g, func(group, context C.uintptr_t) C.pbgo_found {
		return C.pbgo_group_fade(group, C.float(volume), C.double(duration.Seconds()), C.uint32_t(curve), context)
	})
}
