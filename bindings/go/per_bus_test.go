// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestVolumeOfOneBusLeavesTheOthersAlone(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.25, 0.25), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5, 0.5), mixer, 0, 3))
	settled(t, engine, 0.75, 0.75)
	control, err := engine.SetMixerVolumeForBus(mixer, 0.5, 3)
	ok(t, err)
	equal(t, control, perbus.ControlConnection)
	settled(t, engine, 0.5, 0.5)
	volume, control, err := engine.MixerVolumeForBus(mixer, 3)
	ok(t, err)
	equal(t, volume, 0.5)
	equal(t, control, perbus.ControlConnection)
	equal(t, must(mixer.OutputVolume()), 1)
}

func TestPanOfOneBusLeavesTheOthersAlone(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.25), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5), mixer, 0, 1))
	control, err := engine.SetMixerPanForBus(mixer, -1, 1)
	ok(t, err)
	equal(t, control, perbus.ControlConnection)
	settled(t, engine, 0.75, 0.25)
	pan, control, err := engine.MixerPanForBus(mixer, 1)
	ok(t, err)
	equal(t, pan, -1)
	equal(t, control, perbus.ControlConnection)
}

func TestConnectionControlChecksTheSource(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	one, two := constant(engine, 0.25), constant(engine, 0.5)
	ok(t, engine.Connect(one, mixer, 0, 0))
	ok(t, engine.Connect(two, mixer, 0, 1))
	ok(t, engine.SetConnectionVolume(one, mixer, 0, 0.5))
	ok(t, engine.SetConnectionPan(two, mixer, 1, 1))
	settled(t, engine, 0.125, 0.625)
	near(t, must(engine.ConnectionVolume(one, mixer, 0)), 0.5, 0)
	near(t, must(engine.ConnectionPan(two, mixer, 1)), 1, 0)
	fails(t, engine.SetConnectionVolume(one, mixer, 1, 0.5), perbus.ErrNotConnected)
	fails(t, engine.SetConnectionPan(one, mixer, 1, 0.5), perbus.ErrNotConnected)
	_, err := engine.ConnectionVolume(one, mixer, 1)
	fails(t, err, perbus.ErrNotConnected)
	_, err = engine.ConnectionPan(two, mixer, 0)
	fails(t, err, perbus.ErrNotConnected)
	settled(t, engine, 0.125, 0.625)
}

func TestFallbackIsTheMixersGlobalControl(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.5, 0.5), mixer, 0, 0))
	control, err := engine.SetMixerVolumeForBus(mixer, 0.5, 7)
	ok(t, err)
	equal(t, control, perbus.ControlMixer)
	settled(t, engine, 0.25, 0.25)
	volume, control, err := engine.MixerVolumeForBus(mixer, 7)
	ok(t, err)
	equal(t, volume, 0.5)
	equal(t, control, perbus.ControlMixer)
	equal(t, must(mixer.Bus(7)).Volume(), 1)
	// The main mixer feeds no mixer on which to pan it.
	_, err = engine.SetMixerPanForBus(mixer, 0.5, 7)
	fails(t, err, perbus.ErrNoPanControl)
	_, _, err = engine.MixerPanForBus(mixer, 7)
	fails(t, err, perbus.ErrNoPanControl)
}

func TestFallbackPanIsThatOfTheMixerDownstream(t *testing.T) {
	engine := offline(t, 2)
	drums := must(engine.NewMixer())
	ok(t, engine.Connect(constant(engine, 0.5, 0.5), drums, 0, 0))
	ok(t, engine.Connect(drums, engine.MainMixer(), 0, 2))
	control, err := engine.SetMixerPanForBus(drums, 1, 9)
	ok(t, err)
	equal(t, control, perbus.ControlMixer)
	settled(t, engine, 0, 0.5)
	pan, control, err := engine.MixerPanForBus(drums, 9)
	ok(t, err)
	equal(t, pan, 1)
	equal(t, control, perbus.ControlMixer)
	equal(t, must(engine.MainMixer().Bus(2)).Pan(), 1)
}

func TestFallbackDenies(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.SetFallback(perbus.FallbackDeny))
	equal(t, engine.Fallback(), perbus.FallbackDeny)
	_, err := engine.SetMixerVolumeForBus(mixer, 0.5, 0)
	fails(t, err, perbus.ErrNotConnected)
	_, err = engine.SetMixerPanForBus(mixer, 0.5, 0)
	fails(t, err, perbus.ErrNotConnected)
	_, _, err = engine.MixerVolumeForBus(mixer, 0)
	fails(t, err, perbus.ErrNotConnected)
	_, _, err = engine.MixerPanForBus(mixer, 0)
	fails(t, err, perbus.ErrNotConnected)
	equal(t, must(mixer.OutputVolume()), 1)
	fails(t, engine.SetFallback(3), perbus.ErrInvalidArgument)
	equal(t, engine.Fallback(), perbus.FallbackDeny)
}

func TestFallbackHoldsForTheNextSource(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.SetFallback(perbus.FallbackHold))
	control, err := engine.SetMixerVolumeForBus(mixer, 0.5, 4)
	ok(t, err)
	equal(t, control, perbus.ControlHeld)
	control, err = engine.SetMixerPanForBus(mixer, 1, 4)
	ok(t, err)
	equal(t, control, perbus.ControlHeld)
	volume, control, err := engine.MixerVolumeForBus(mixer, 4)
	ok(t, err)
	equal(t, volume, 0.5)
	equal(t, control, perbus.ControlHeld)
	pan, _, err := engine.MixerPanForBus(mixer, 4)
	ok(t, err)
	equal(t, pan, 1)
	equal(t, must(mixer.OutputVolume()), 1)
	ok(t, engine.Connect(constant(engine, 0.5, 0.5), mixer, 0, 4))
	settled(t, engine, 0, 0.25)
}

func TestStripsSurviveReconnections(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	one, two := constant(engine, 0.5, 0.5), constant(engine, 1, 1)
	bus := must(mixer.Bus(2))
	ok(t, bus.SetVolume(0.5)) // before anything is connected
	ok(t, engine.Connect(one, mixer, 0, 2))
	ok(t, bus.SetPan(-1))
	settled(t, engine, 0.25, 0)
	ok(t, engine.DisconnectNodeInput(mixer, 2))
	equal(t, bus.Connected(), false)
	settled(t, engine, 0, 0)
	ok(t, engine.Connect(two, mixer, 0, 2))
	equal(t, bus.Connected(), true)
	settled(t, engine, 0.5, 0)
	// A source that moves leaves its values behind.
	ok(t, engine.Connect(two, mixer, 0, 3))
	settled(t, engine, 1, 1)
	ok(t, engine.DisconnectNodeOutput(two, 0))
	settled(t, engine, 0, 0)
	ok(t, engine.Stop())
	ok(t, engine.Connect(two, mixer, 0, 2))
	ok(t, engine.Start())
	settled(t, engine, 0.5, 0)
	clean(t, engine)
}

func TestMuteSoloAndReset(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.25), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5), mixer, 0, 1))
	drums, bass := must(mixer.Bus(0)), must(mixer.Bus(1))
	ok(t, drums.SetMuted(true))
	equal(t, drums.Muted(), true)
	equal(t, drums.Volume(), 1)
	equal(t, drums.EffectiveVolume(), 0)
	settled(t, engine, 0.5)
	ok(t, drums.SetMuted(false))
	ok(t, bass.SetSoloed(true))
	equal(t, bass.Soloed(), true)
	equal(t, drums.EffectiveVolume(), 0)
	settled(t, engine, 0.5)
	// What is connected while another bus is soloed is silent, too.
	ok(t, engine.Connect(constant(engine, 1), mixer, 0, 2))
	settled(t, engine, 0.5)
	ok(t, bass.SetSoloed(false))
	settled(t, engine, 1.75)
	ok(t, bass.SetVolume(0.5))
	ok(t, bass.SetPan(0.5))
	ok(t, bass.SetMuted(true))
	bass.SetLabel("bass")
	ok(t, bass.Reset())
	equal(t, bass.Volume(), 1)
	equal(t, bass.Pan(), 0)
	equal(t, bass.Muted(), false)
	equal(t, bass.Label(), "bass")
	equal(t, bass.Number(), 1)
	equal(t, bass.Mixer(), mixer)
	settled(t, engine, 1.75)
}
