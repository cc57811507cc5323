// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"fmt"
	"strings"

	perbus "github.com/perbus/perbus/bindings/go"
)

func (r *runner) make(engine *perbus.Engine) (string, error) {
	switch r.words[0] {
	case "main":
		return r.keep(engine.MainMixer(), nil)
	case "output":
		return r.keep(engine.Output(), nil)
	case "mixer":
		return r.keep(engine.NewMixer())
	case "player":
		return r.keep(engine.NewPlayer())
	case "input_node":
		return r.keep(engine.Input())
	case "player_in":
		return r.keep(engine.NewPlayerWithFormat(r.format(3)))
	case "equalizer":
		return r.keep(engine.NewEqualizer(r.number(3)))
	case "matrix":
		return r.keep(engine.NewMatrix(r.number(3), r.number(4)))
	}
	seed := r.number(5)
	return r.keep(engine.NewSource(r.format(3), func(time int64, planar [][]float32) {
		for channel, samples := range planar {
			for frame := range samples {
				samples[frame] = sample(time+int64(frame), channel, seed)
			}
		}
	}))
}

func (r *runner) onEngine(e *perbus.Engine) (string, error) {
	node := func(word int) perbus.Node { return r.nodes[r.words[word]] }
	mixer := func(word int) *perbus.Mixer { return node(word).(*perbus.Mixer) }
	switch r.words[0] {
	case "format":
		return shown(e.Format()), nil
	case "set_input":
		return r.setInput(e)
	case "render_time":
		return renderTime(e)
	case "prepare":
		return done(e.Prepare())
	case "start":
		return done(e.Start())
	case "pause_engine":
		return done(e.Pause())
	case "stop_engine":
		return done(e.Stop())
	case "engine_apply", "engine_fade":
		scene := r.all[r.words[2]]
		if scene == nil {
			return "", errMissing
		}
		if r.words[0] == "engine_apply" {
			return done(e.Apply(scene))
		}
		return done(e.FadeToScene(scene, r.length(3), curves[r.words[4]]))
	case "all_groups":
		return r.named(e.Groups())
	case "remove_group":
		group := r.groups[r.words[2]]
		if group == nil {
			return "", errMissing
		}
		return done(e.RemoveGroup(group))
	case "clear_solo":
		return done(e.ClearSolo())
	case "reset_engine":
		return done(e.Reset())
	case "running":
		return plain(e.Running())
	case "time":
		return plain(e.SampleTime())
	case "threads":
		return done(e.SetRenderThreads(r.number(2)))
	case "render", "render_past":
		return r.render(e, r.number(2))
	case "attach":
		return done(e.Attach(node(2)))
	case "detach":
		return done(e.Detach(node(2)))
	case "connect":
		return done(e.Connect(node(2), node(4), r.number(3), r.number(5)))
	case "connect_in":
		return done(e.ConnectWithFormat(node(2), node(4), r.number(3), r.number(5), r.format(6)))
	case "connect_many":
		var to []perbus.Destination
		for word := 6; word+2 <= len(r.words); word += 2 {
			to = append(to, perbus.Destination{Mixer: mixer(word), Bus: r.number(word + 1)})
		}
		return done(e.ConnectMany(node(2), r.number(3), r.format(4), to...))
	case "send":
		return done(e.AddDestination(node(2), mixer(4), r.number(3), r.number(5)))
	case "unsend":
		return done(e.RemoveDestination(node(2), mixer(4), r.number(3), r.number(5)))
	case "disconnect_input":
		return done(e.DisconnectNodeInput(node(2), r.number(3)))
	case "disconnect_output":
		return done(e.DisconnectNodeOutput(node(2), r.number(3)))
	case "source_of":
		source, err := e.SourceOf(node(2), r.number(3))
		return r.point(source), err
	case "inspect":
		info, err := e.InspectNode(node(2))
		if err != nil {
			return "", err
		}
		answer := fmt.Sprint(info.Attached, len(info.Inputs), len(info.Outputs))
		for _, format := range append(info.Inputs, info.Outputs...) {
			answer += " " + shown(format)
		}
		return answer, nil
	case "audit":
		found, err := e.Audit()
		var each []string
		for _, it := range found {
			each = append(each, fmt.Sprintf("%s: %s, %s", r.point(&it.At), r.point(it.Tracked),
				r.point(it.Engine)))
		}
		return strings.Join(each, "; "), err
	case "fallback":
		return done(e.SetFallback(map[string]perbus.Fallback{"global": perbus.FallbackGlobal,
			"deny": perbus.FallbackDeny, "hold": perbus.FallbackHold}[r.words[2]]))
	case "get_fallback":
		return map[perbus.Fallback]string{perbus.FallbackGlobal: "global",
			perbus.FallbackDeny: "deny", perbus.FallbackHold: "hold"}[e.Fallback()], nil
	case "volume_for":
		return plain(e.SetMixerVolumeForBus(mixer(2), r.real(4), r.number(3)))
	case "pan_for":
		return plain(e.SetMixerPanForBus(mixer(2), r.real(4), r.number(3)))
	case "get_volume_for":
		return controlled(e.MixerVolumeForBus(mixer(2), r.number(3)))
	case "get_pan_for":
		return controlled(e.MixerPanForBus(mixer(2), r.number(3)))
	case "connection_volume":
		return done(e.SetConnectionVolume(node(2), mixer(3), r.number(4), r.real(5)))
	case "connection_pan":
		return done(e.SetConnectionPan(node(2), mixer(3), r.number(4), r.real(5)))
	case "get_connection_volume":
		return real(e.ConnectionVolume(node(2), mixer(3), r.number(4)))
	case "get_connection_pan":
		return real(e.ConnectionPan(node(2), mixer(3), r.number(4)))
	}
	return r.unknown()
}
