// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"log"

	perbus "github.com/perbus/perbus/bindings/go"
)

func (r *runner) node(word int) (perbus.Node, error) {
	if node := r.nodes[r.words[word]]; node != nil {
		return node, nil
	}
	return nil, errMissing
}

func (r *runner) bus(word int) (*perbus.Bus, error) {
	mixer, found := r.nodes[r.words[word]].(*perbus.Mixer)
	if !found {
		return nil, errMissing
	}
	return mixer.Bus(r.number(word + 1))
}

var curves = map[string]perbus.Curve{"linear": perbus.Linear, "equal_power": perbus.EqualPower,
	"exponential": perbus.Exponential}

var taps = map[string]perbus.SendTap{"pre": perbus.PreFader, "post": perbus.PostFader}

// The nodes that an operation is for, by the words that name them.
var named = map[string][]int{
	"attach": {2}, "detach": {2}, "connect": {2, 4}, "connect_in": {2, 4}, "connect_many": {2},
	"send": {2, 4}, "unsend": {2, 4}, "disconnect_input": {2}, "disconnect_output": {2},
	"bus_connect": {3}, "connect_next": {2}, "source_of": {2}, "inspect": {2}, "volume_for": {2}, "pan_for": {2}, "get_volume_for": {2},
	"get_pan_for": {2}, "connection_volume": {2, 3}, "connection_pan": {2, 3},
	"get_connection_volume": {2, 3}, "get_connection_pan": {2, 3},
}

// answer does the operation of a line, by the kind of what its first name stands for.
func (r *runner) answer() (string, error) {
	name := r.words[0]
	switch name {
	case "engine":
		engine, err := perbus.NewOfflineEngine(r.format(2), r.number(4))
		if err == nil {
			r.engines[r.words[1]] = engine
		}
		return "", err
	case "main", "output", "mixer", "player", "player_in", "source", "equalizer", "matrix", "input_node":
		engine := r.engines[r.words[2]]
		if engine == nil {
			return "", errMissing
		}
		return r.make(engine)
	case "buffer":
		format, seed := r.format(2), r.number(5)
		planar := make([][]float32, format.Channels)
		for channel := range planar {
			for frame := 0; frame < r.number(4); frame++ {
				planar[channel] = append(planar[channel], sample(int64(frame), channel, seed))
			}
		}
		buffer, err := perbus.NewBuffer(format, planar)
		if err == nil {
			r.buffers[r.words[1]] = buffer
		}
		return "", err
	case "scene":
		r.scenes[r.words[1]] = &perbus.Scene{Buses: r.entries(2)}
		return "", nil
	case "fade":
		return r.fadeBus(func(bus *perbus.Bus) (*perbus.Fade, error) {
			return bus.FadeTo(r.real(4), r.length(5), curves[r.words[6]])
		})
	case "fade_pan":
		return r.fadeBus(func(bus *perbus.Bus) (*perbus.Fade, error) {
			return bus.FadePanTo(r.real(4), r.length(5))
		})
	case "group":
		engine := r.engines[r.words[2]]
		if engine == nil {
			return "", errMissing
		}
		group, err := engine.NewGroup(r.words[1])
		if err == nil {
			r.groups[r.words[1]] = group
		}
		return "", err
	case "output_fade":
		return r.fade(func() (*perbus.Fade, error) {
			mixer, found := r.nodes[r.words[2]].(*perbus.Mixer)
			if !found {
				return nil, errMissing
			}
			return mixer.FadeOutputVolumeTo(r.real(3), r.length(4), curves[r.words[5]])
		})
	case "group_fade":
		return r.fade(func() (*perbus.Fade, error) {
			group := r.groups[r.words[2]]
			if group == nil {
				return nil, errMissing
			}
			return group.FadeTo(r.real(3), r.length(4), curves[r.words[5]])
		})
	case "volume_fade_at", "pan_fade_at", "group_fade_at", "output_fade_at", "volume_set_at", "pan_set_at",
		"group_set_at", "output_set_at", "volume_automate", "pan_automate", "group_automate", "output_automate",
		"volume_automation", "pan_automation", "group_automation", "output_automation", "volume_cancel_from",
		"group_cancel_from", "output_cancel_from":
		return r.onAutomation()
	case "send_to":
		dry, err := r.bus(1)
		if err != nil {
			return "", err
		}
		to, err := r.bus(3)
		if err != nil {
			return "", err
		}
		return done(dry.SendTo(to, taps[r.words[5]]))
	case "pan_laws":
		a, b, err := perbus.PanConstantPower(r.real(1))
		if err != nil {
			return "", err
		}
		c, d, err := perbus.PanLinear(r.real(1))
		return bits(a, b, c, d), err
	case "tap", "untap", "record_mixer", "record_bus", "record_until", "end_record":
		return r.onListening()
	case "ends":
		return r.ends()
	case "dot", "table":
		return "n/a", nil
	case "snapshot", "snapshot_with_solo":
		mixer, found := r.nodes[r.words[2]].(*perbus.Mixer)
		if !found {
			return "", errMissing
		}
		take := mixer.Snapshot
		if r.words[0] == "snapshot_with_solo" {
			take = mixer.SnapshotWithSolo
		}
		scene, err := take()
		if err != nil {
			return "", err
		}
		r.scenes[r.words[1]] = scene
		return listed(scene), nil
	case "scene_only":
		return r.scene(func(scene *perbus.Scene) (*perbus.Scene, error) {
			return scene.Only(perbus.SceneParts(r.number(3)))
		})
	case "scene_buses":
		return r.scene(func(scene *perbus.Scene) (*perbus.Scene, error) {
			return scene.OnlyBuses(r.number(3), r.number(4))
		})
	case "engine_snapshot", "engine_snapshot_with_solo":
		engine := r.engines[r.words[2]]
		if engine == nil {
			return "", errMissing
		}
		if name == "engine_snapshot" {
			return r.engineScene(engine.Snapshot())
		}
		return r.engineScene(engine.SnapshotWithSolo())
	case "engine_only", "engine_buses":
		scene := r.all[r.words[2]]
		if scene == nil {
			return "", errMissing
		}
		if name == "engine_only" {
			return r.engineScene(scene.Only(perbus.SceneParts(r.number(3))))
		}
		bus, err := r.bus(3)
		if err != nil {
			return "", err
		}
		return r.engineScene(scene.OnlyBuses(bus))
	case "fading", "cancel", "end":
		fade := r.fades[r.words[1]]
		if fade == nil {
			return "", errMissing
		}
		return r.onFade(fade)
	}
	for _, word := range named[name] {
		if _, err := r.node(word); err != nil {
			return "", err
		}
	}
	if engine := r.engines[r.words[1]]; engine != nil {
		return r.onEngine(engine)
	}
	if group := r.groups[r.words[1]]; group != nil {
		return r.onGroup(group)
	}
	switch node := r.nodes[r.words[1]].(type) {
	case *perbus.Mixer:
		return r.onMixer(node)
	case *perbus.Player:
		return r.onPlayer(node)
	case *perbus.Equalizer:
		return r.onEqualizer(node)
	case *perbus.Matrix:
		return r.onMatrix(node)
	}
	return "", errMissing
}

func (r *runner) unknown() (string, error) {
	log.Fatalf("line %d: no such operation: %s", r.line, r.words[0])
	return "", nil
}
