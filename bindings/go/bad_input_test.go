// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"math"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestNodesOfAnotherEngineAreRefused(t *testing.T) {
	a, other := newEverything(t), newEverything(t)
	mixed := *other
	mixed.engine = a.engine
	for name, err := range map[string]error{
		"Connect":        a.engine.Connect(other.source, a.mixer, 0, 0),
		"to":             a.engine.Connect(a.source, other.mixer, 0, 0),
		"Detach":         a.engine.Detach(other.player),
		"Attach":         a.engine.Attach(other.player),
		"Inspect":        failure(a.engine.InspectNode(other.player)),
		"SetMixerVolume": failure(a.engine.SetMixerVolumeForBus(other.mixer, 1, 0)),
		"Connection":     a.engine.SetConnectionVolume(other.source, a.mixer, 0, 1),
		"Configure":      a.engine.ConfigureMixerBuses(other.mixer),
		"AddDestination": a.engine.AddDestination(a.source, other.mixer, 0, 0),
	} {
		if !errors.Is(err, perbus.ErrWrongEngine) {
			t.Errorf("%s: %v", name, err)
		}
	}
	clean(t, a.engine)
	clean(t, other.engine)
}

func TestBadNumbersChangeNothing(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	source := constant(engine, 0.5, 0.5)
	ok(t, engine.Connect(source, mixer, 0, 0))
	bus := must(mixer.Bus(0))
	ok(t, bus.SetVolume(0.5))
	free := must(mixer.Bus(1)) // where no engine looks at the value
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, bad := range []float32{nan, inf, -inf, -1.001, 4.01} {
		for _, err := range []error{
			bus.SetVolume(bad), mixer.SetOutputVolume(bad), free.SetVolume(bad),
			failure(engine.SetMixerVolumeForBus(mixer, bad, 0)),
			engine.SetConnectionVolume(source, mixer, 0, bad),
			failure(bus.FadeTo(bad, time.Second, perbus.Linear)),
			engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Volume: &bad}),
		} {
			fails(t, err, perbus.ErrOutOfRange)
		}
	}
	for _, bad := range []float32{nan, inf, -inf, -1.001, 1.001} {
		for _, err := range []error{
			bus.SetPan(bad), free.SetPan(bad),
			failure(engine.SetMixerPanForBus(mixer, bad, 0)),
			engine.SetConnectionPan(source, mixer, 0, bad),
			failure(bus.FadePanTo(bad, time.Second)),
			engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Pan: &bad}),
		} {
			fails(t, err, perbus.ErrOutOfRange)
		}
	}
	for _, bad := range []int{-1, perbus.MaxBuses, math.MaxInt, math.MinInt} {
		for _, err := range []error{
			failure(mixer.Bus(bad)), failure(engine.SetMixerVolumeForBus(mixer, 1, bad)),
			failure(engine.SetMixerPanForBus(mixer, 1, bad)),
			second(engine.MixerVolumeForBus(mixer, bad)), second(engine.MixerPanForBus(mixer, bad)),
			engine.SetConnectionVolume(source, mixer, bad, 1), engine.Connect(source, mixer, 0, bad),
			engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Bus: bad}),
			engine.DisconnectNodeInput(mixer, bad), engine.AddDestination(source, mixer, 0, bad),
		} {
			fails(t, err, perbus.ErrOutOfRange)
		}
	}
	settled(t, engine, 0.25, 0.25)
	clean(t, engine)
	_, err := engine.SetMixerVolumeForBus(mixer, 4.01, 0)
	equal(t, err.Error(), "perbus: volume 4.01 is not in 0 to 4")
	var full *perbus.Error
	equal(t, errors.As(err, &full), true)
	equal(t, full.Status.String(), "PERBUS_ERROR_OUT_OF_RANGE")
	equal(t, full.OSCode, 0)
	equal(t, errors.Is(err, perbus.ErrNotConnected), false)
}

func TestBadFormatsBuffersAndBlocks(t *testing.T) {
	for _, bad := range []perbus.Format{
		{}, {SampleRate: math.NaN(), Channels: 1}, {SampleRate: math.Inf(1), Channels: 1},
		{SampleRate: 48000}, {SampleRate: 48000, Channels: -1}, {SampleRate: 48000, Channels: 65},
		{SampleRate: 768001, Channels: 1},
	} {
		fails(t, failure(perbus.NewOfflineEngine(bad, 512)), perbus.ErrFormat)
		fails(t, failure(perbus.NewBuffer(bad, planar(1, 1))), perbus.ErrFormat)
	}
	for _, bad := range []int{0, -1, 1048577, math.MaxInt} {
		fails(t, failure(perbus.NewOfflineEngine(format(1), bad)), perbus.ErrOutOfRange)
	}
	fails(t, failure(perbus.NewBuffer(format(2), planar(1, 1))), perbus.ErrFormat)
	ragged := [][]float32{{1, 2}, {1}}
	fails(t, failure(perbus.NewBuffer(format(2), ragged)), perbus.ErrInvalidArgument)
	equal(t, must(perbus.NewBuffer(format(2), planar(2, 0))).Frames(), 0)
	engine := must(perbus.NewOfflineEngine(format(2), 512))
	defer engine.Close()
	fails(t, engine.Render(planar(2, 8)), perbus.ErrNotRunning)
	ok(t, engine.Start())
	fails(t, engine.Render(nil), perbus.ErrFormat)
	fails(t, engine.Render(planar(1, 8)), perbus.ErrFormat)
	fails(t, engine.Render(ragged), perbus.ErrInvalidArgument)
	fails(t, engine.Render(planar(2, 513)), perbus.ErrOutOfRange)
	ok(t, engine.Render(planar(2, 0)))
	ok(t, engine.Render(planar(2, 512)))
	equal(t, must(engine.Running()), true)
	ok(t, engine.Pause())
	equal(t, must(engine.Running()), false)
}

func TestADeviceEngineIsNotRendered(t *testing.T) {
	engine := must(perbus.NewEngine())
	defer engine.Close()
	equal(t, engine.MaxFrames(), 0)
	fails(t, engine.Render(planar(engine.Format().Channels, 8)), perbus.ErrWrongKind)
	if err := engine.Start(); err != nil {
		fails(t, err, perbus.ErrStart) // no device here
	}
}
