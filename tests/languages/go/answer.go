// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"errors"
	"fmt"
	"log"
	"strings"

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
	case "main", "output", "mixer", "player", "player_in", "source", "equalizer", "matrix":
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

func (r *runner) onFade(fade *perbus.Fade) (string, error) {
	switch r.words[0] {
	case "fading":
		return plain(fade.End() == perbus.FadeRunning, nil)
	case "cancel":
		return done(fade.Cancel())
	}
	return []string{"running", "finished", "replaced", "stopped"}[fade.End()], nil
}

func (r *runner) onEngine(e *perbus.Engine) (string, error) {
	node := func(word int) perbus.Node { return r.nodes[r.words[word]] }
	mixer := func(word int) *perbus.Mixer { return node(word).(*perbus.Mixer) }
	switch r.words[0] {
	case "format":
		return shown(e.Format()), nil
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

func (r *runner) onMixer(m *perbus.Mixer) (string, error) {
	switch r.words[0] {
	case "output_volume":
		return done(m.SetOutputVolume(r.real(2)))
	case "get_output_volume":
		return real(m.OutputVolume())
	case "output_volume_db":
		return done(m.SetOutputVolumeDB(r.real(2)))
	case "get_output_volume_db":
		return real(m.OutputVolumeDB())
	case "pan_law":
		return done(m.SetPanLaw(map[string]perbus.PanLaw{"balance": perbus.Balance,
			"constant_power": perbus.ConstantPower}[r.words[2]]))
	case "get_pan_law":
		law, err := m.PanLaw()
		return []string{"balance", "constant_power"}[law], err
	case "reserve":
		return done(m.Reserve(r.number(2)))
	case "connect_next":
		bus, err := m.ConnectNext(r.nodes[r.words[2]])
		if err != nil {
			return "", err
		}
		return r.buses([]*perbus.Bus{bus}, nil)
	case "buses":
		return r.buses(m.Buses())
	case "next_bus":
		return plain(m.NextBus())
	case "mixer_meter":
		return metered(m.Meter())
	case "configure":
		return done(m.Engine().ConfigureMixerBuses(m, r.entries(2)...))
	case "fade_to_scene":
		scene := r.scenes[r.words[2]]
		if scene == nil {
			return "", errMissing
		}
		return done(m.FadeToScene(scene, r.length(3), curves[r.words[4]]))
	case "apply":
		scene := r.scenes[r.words[2]]
		if scene == nil {
			return "", errMissing
		}
		return done(m.Apply(scene))
	}
	bus, err := m.Bus(r.number(2))
	if err != nil {
		return "", err
	}
	switch r.words[0] {
	case "volume":
		return done(bus.SetVolume(r.real(3)))
	case "volume_db":
		return done(bus.SetVolumeDB(r.real(3)))
	case "get_volume_db":
		return bits(bus.VolumeDB()), nil
	case "pan":
		return done(bus.SetPan(r.real(3)))
	case "mute":
		return done(bus.SetMuted(r.on(3)))
	case "solo":
		return done(bus.SetSoloed(r.on(3)))
	case "safe":
		return done(bus.SetSoloSafe(r.on(3)))
	case "label":
		bus.SetLabel(r.words[3][1:])
		return "", nil
	case "reset":
		return done(bus.Reset())
	case "get_volume":
		return bits(bus.Volume()), nil
	case "get_pan":
		return bits(bus.Pan()), nil
	case "get_mute":
		return plain(bus.Muted(), nil)
	case "get_solo":
		return plain(bus.Soloed(), nil)
	case "get_safe":
		return plain(bus.SoloSafe(), nil)
	case "audible":
		return plain(bus.Audible(), nil)
	case "get_label":
		return "=" + bus.Label(), nil
	case "effective":
		return bits(bus.EffectiveVolume()), nil
	case "bus_connect":
		return done(bus.Connect(r.nodes[r.words[3]]))
	case "bus_disconnect":
		return done(bus.Disconnect())
	case "groups":
		return r.named(bus.Groups())
	case "send_next":
		aux, found := r.nodes[r.words[3]].(*perbus.Mixer)
		if !found {
			return "", errMissing
		}
		send, err := bus.SendToMixer(aux, taps[r.words[4]])
		if err != nil {
			return "", err
		}
		return r.buses([]*perbus.Bus{send}, nil)
	case "end_send":
		return done(bus.EndSend())
	case "send_tap":
		return done(bus.SetSendTap(taps[r.words[3]]))
	case "get_send_tap":
		tap, err := bus.SendTap()
		if errors.Is(err, perbus.ErrWrongKind) {
			return "nothing", nil
		}
		return map[perbus.SendTap]string{perbus.PreFader: "pre", perbus.PostFader: "post"}[tap], err
	case "send_source":
		source, err := bus.SendSource()
		if errors.Is(err, perbus.ErrWrongKind) {
			return "", nil
		}
		return r.buses([]*perbus.Bus{source}, err)
	case "sends":
		return r.buses(bus.Sends())
	case "connected":
		return plain(bus.Connected(), nil)
	case "meter":
		return metered(bus.Meter())
	}
	return r.unknown()
}

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

func (r *runner) onPlayer(p *perbus.Player) (string, error) {
	switch r.words[0] {
	case "schedule":
		return r.schedule(p)
	case "play":
		return done(p.Play())
	case "play_at":
		return done(p.PlayAt(r.long(2)))
	case "pause":
		return done(p.Pause())
	case "stop":
		return done(p.Stop())
	case "stop_after":
		return done(p.StopAfter(r.length(2)))
	case "pause_after":
		return done(p.PauseAfter(r.length(2)))
	case "playing":
		return plain(p.Playing())
	}
	return r.unknown()
}

func (r *runner) onEqualizer(q *perbus.Equalizer) (string, error) {
	switch r.words[0] {
	case "bands":
		return plain(q.BandCount())
	case "band":
		it, err := q.Band(r.number(2))
		values := bits(it.Frequency, it.Gain, it.Bandwidth)
		return fmt.Sprintf("%d %s %v", it.Filter, values, it.Bypass), err
	case "set_band":
		return done(q.SetBand(r.number(2), perbus.Band{Filter: perbus.FilterType(r.number(3)),
			Frequency: r.real(4), Gain: r.real(5), Bandwidth: r.real(6), Bypass: r.on(7)}))
	case "gain":
		return done(q.SetGlobalGain(r.real(2)))
	case "get_gain":
		return real(q.GlobalGain())
	case "bypass":
		return done(q.SetBypassed(r.on(2)))
	case "get_bypass":
		return plain(q.Bypassed())
	}
	return r.unknown()
}

func (r *runner) onMatrix(x *perbus.Matrix) (string, error) {
	switch r.words[0] {
	case "dimensions":
		inputs, outputs, err := x.Dimensions()
		return fmt.Sprint(inputs, outputs), err
	case "crosspoint":
		return done(x.SetCrosspoint(r.number(2), r.number(3), r.real(4)))
	case "get_crosspoint":
		return real(x.Crosspoint(r.number(2), r.number(3)))
	case "input":
		return done(x.SetInput(r.number(2), r.real(3)))
	case "get_input":
		return real(x.Input(r.number(2)))
	case "output_level":
		return done(x.SetOutput(r.number(2), r.real(3)))
	case "get_output_level":
		return real(x.Output(r.number(2)))
	case "master":
		return done(x.SetMaster(r.real(2)))
	case "get_master":
		return real(x.Master())
	case "enable_input":
		return done(x.EnableInput(r.number(2), r.on(3)))
	case "enable_output":
		return done(x.EnableOutput(r.number(2), r.on(3)))
	case "identity":
		return done(x.SetIdentity())
	case "clear":
		return done(x.Clear())
	case "invert":
		return done(x.Invert())
	case "levels":
		levels, err := x.Levels()
		if err != nil {
			return "", err
		}
		var flat []float32
		for input, row := range levels.Crosspoints {
			flat = append(append(flat, row...), levels.Inputs[input])
		}
		return bits(append(append(flat, levels.Outputs...), levels.Master)...), nil
	case "set_levels":
		levels := &perbus.Levels{}
		rows, columns := r.number(2), r.number(3)
		at := func(row, column int) float32 { return r.real(4 + row*columns + column) }
		for row := 0; row < rows; row++ {
			var values []float32
			for column := 0; column < columns-1; column++ {
				values = append(values, at(row, column))
			}
			if row == rows-1 {
				levels.Outputs, levels.Master = values, at(row, columns-1)
			} else {
				levels.Crosspoints = append(levels.Crosspoints, values)
				levels.Inputs = append(levels.Inputs, at(row, columns-1))
			}
		}
		return done(x.SetLevels(levels))
	}
	return r.unknown()
}

func (r *runner) unknown() (string, error) {
	log.Fatalf("line %d: no such operation: %s", r.line, r.words[0])
	return "", nil
}
