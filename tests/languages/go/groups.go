// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"strings"

	perbus "github.com/perbus/perbus/bindings/go"
)

func (r *runner) onGroup(g *perbus.Group) (string, error) {
	switch r.words[0] {
	case "group_add", "group_remove":
		bus, err := r.bus(2)
		if err != nil {
			return "", err
		}
		if r.words[0] == "group_add" {
			return done(g.Add(bus))
		}
		return done(g.Remove(bus))
	case "group_nest", "group_unnest":
		inner := r.groups[r.words[2]]
		if inner == nil {
			return "", errMissing
		}
		if r.words[0] == "group_nest" {
			return done(g.AddGroup(inner))
		}
		return done(g.RemoveGroup(inner))
	case "group_volume":
		return done(g.SetVolume(r.real(2)))
	case "group_volume_db":
		return done(g.SetVolumeDB(r.real(2)))
	case "group_mute":
		return done(g.SetMuted(r.on(2)))
	case "group_solo":
		return done(g.SetSoloed(r.on(2)))
	case "get_group_volume":
		return bits(g.Volume()), nil
	case "get_group_volume_db":
		return bits(g.VolumeDB()), nil
	case "get_group_mute":
		return plain(g.Muted(), nil)
	case "get_group_solo":
		return plain(g.Soloed(), nil)
	case "group_name":
		return g.Name(), nil
	case "group_meter":
		return metered(g.Meter())
	case "group_members":
		return r.buses(g.Members())
	case "inner_groups":
		return r.named(g.InnerGroups())
	case "outer_groups":
		return r.named(g.Groups())
	}
	return r.unknown()
}

func (r *runner) buses(buses []*perbus.Bus, err error) (string, error) {
	var all []string
	for _, bus := range buses {
		all = append(all, r.point(&perbus.Endpoint{Node: bus.Mixer().ID(), Bus: bus.Number()}))
	}
	return strings.Join(all, " "), err
}

func (r *runner) named(groups []*perbus.Group, err error) (string, error) {
	var all []string
	for _, group := range groups {
		all = append(all, group.Name())
	}
	return strings.Join(all, " "), err
}
