// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"errors"

	perbus "github.com/perbus/perbus/bindings/go"
)

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

func (r *runner) onFade(fade *perbus.Fade) (string, error) {
	switch r.words[0] {
	case "fading":
		return plain(fade.End() == perbus.FadeRunning, nil)
	case "cancel":
		return done(fade.Cancel())
	}
	return []string{"running", "finished", "replaced", "stopped"}[fade.End()], nil
}
