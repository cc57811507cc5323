// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "unsafe"

// GroupMember is a bus that is in a group.
type GroupMember struct {
	// Mixer is the mixer's name: "mixer 0" for the main mixer.
	Mixer string
	// Bus is the bus's number.
	Bus int
}

// GroupConfig is what an [EngineScene] sets of a group; what is nil stays.
type GroupConfig struct {
	// Group is the group's number: see [Group.Number].
	Group int
	// Volume is the fader: a linear gain, 0 to 4.
	Volume *float32
	// Muted reports whether the group is muted.
	Muted *bool
	// Soloed reports whether the group is soloed.
	Soloed *bool
	// Name is the group's name.
	Name *string
	// Members is the buses that are directly in the group. All others leave it, but for those of detached
	// mixers. An empty list that is not nil is of no members.
	Members []GroupMember
	// InnerGroups is the numbers of the groups that are directly in the group; likewise.
	InnerGroups []int
}

// allocated is room for values of C's, for an array that C structures point to.
func allocated[T any](count int) (first *T, values []T) {
	var one T
	first = (*T)(C.calloc(C.size_t(count+1), C.size_t(unsafe.Sizeof(one))))
	return first, unsafe.Slice(first, count)
}

// groupChanges is the list as C has it, and what ends it.
func groupChanges(groups []GroupConfig) (first *C.perbus_desk_group_config, end func(), err error) {
	first, list := allocated[C.perbus_desk_group_config](len(groups))
	end = func() {
		for _, one := range list {
			for _, member := range unsafe.Slice(one.members, one.member_count) {
				C.free(unsafe.Pointer(member.mixer))
			}
			C.free(unsafe.Pointer(one.members))
			C.free(unsafe.Pointer(one.inner_groups))
			C.free(unsafe.Pointer(one.name))
		}
		C.free(unsafe.Pointer(first))
	}
	for i := range groups {
		from, to := &groups[i], &list[i]
		numbers := append([]int{from.Group}, from.InnerGroups...)
		for _, member := range from.Members {
			numbers = append(numbers, member.Bus)
		}
		if err := fit(numbers...); err != nil {
			end()
			return nil, nil, err
		}
		to.group = C.uint32_t(from.Group)
		if from.Volume != nil {
			to.set |= C.PERBUS_DESK_SET_VOLUME
			to.volume = C.float(*from.Volume)
		}
		if from.Muted != nil {
			to.set |= C.PERBUS_DESK_SET_MUTED
			to.muted = C.bool(*from.Muted)
		}
		if from.Soloed != nil {
			to.set |= C.PERBUS_DESK_SET_SOLOED
			to.soloed = C.bool(*from.Soloed)
		}
		if from.Name != nil {
			to.name = C.CString(*from.Name)
		}
		if from.Members != nil {
			to.set |= C.PERBUS_DESK_SET_MEMBERS
			first, members := allocated[C.perbus_desk_group_member](len(from.Members))
			for j, member := range from.Members {
				members[j].mixer, members[j].bus = C.CString(member.Mixer), C.uint32_t(member.Bus)
			}
			to.members, to.member_count = first, C.size_t(len(members))
		}
		if from.InnerGroups != nil {
			to.set |= C.PERBUS_DESK_SET_INNER_GROUPS
			first, inner := allocated[C.uint32_t](len(from.InnerGroups))
			for j, number := range from.InnerGroups {
				inner[j] = C.uint32_t(number)
			}
			to.inner_groups, to.inner_group_count = first, C.size_t(len(inner))
		}
	}
	return first, end, nil
}

func groupConfigOf(from *C.perbus_desk_group_config) GroupConfig {
	config := GroupConfig{Group: int(from.group)}
	if from.set&C.PERBUS_DESK_SET_VOLUME != 0 {
		config.Volume = Float(float32(from.volume))
	}
	if from.set&C.PERBUS_DESK_SET_MUTED != 0 {
		config.Muted = Bool(bool(from.muted))
	}
	if from.set&C.PERBUS_DESK_SET_SOLOED != 0 {
		config.Soloed = Bool(bool(from.soloed))
	}
	if from.name != nil {
		config.Name = String(C.GoString(from.name))
	}
	if from.set&C.PERBUS_DESK_SET_MEMBERS != 0 {
		config.Members = []GroupMember{}
		for _, member := range unsafe.Slice(from.members, from.member_count) {
			config.Members = append(config.Members, GroupMember{C.GoString(member.mixer), int(member.bus)})
		}
	}
	if from.set&C.PERBUS_DESK_SET_INNER_GROUPS != 0 {
		config.InnerGroups = []int{}
		for _, inner := range unsafe.Slice(from.inner_groups, from.inner_group_count) {
			config.InnerGroups = append(config.InnerGroups, int(inner))
		}
	}
	return config
}
