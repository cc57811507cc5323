// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// everything is an engine with one of each.
type everything struct {
	engine    *perbus.Engine
	mixer     *perbus.Mixer
	bus       *perbus.Bus
	player    *perbus.Player
	source    *perbus.Source
	equalizer *perbus.Equalizer
	matrix    *perbus.Matrix
	buffer    *perbus.Buffer
	scene     *perbus.Scene
}

func newEverything(t testing.TB) *everything {
	engine := offline(t, 1)
	mixer := must(engine.NewMixer())
	return &everything{
		engine: engine, mixer: mixer, bus: must(mixer.Bus(0)), player: must(engine.NewPlayer()),
		source: constant(engine, 0.5), equalizer: must(engine.NewEqualizer(1)),
		matrix: must(engine.NewMatrix(1, 1)), scene: must(mixer.Snapshot()),
		buffer: must(perbus.NewBuffer(format(1), planar(1, 8))),
	}
}

func failure[T any](_ T, err error) error { return err }

func second[A, B any](_ A, _ B, err error) error { return err }

// ofEngine is every call that needs an engine only.
func (a *everything) ofEngine() map[string]error {
	e := a.engine
	return map[string]error{
		"Start": e.Start(), "Stop": e.Stop(), "Pause": e.Pause(), "Prepare": e.Prepare(),
		"Reset": e.Reset(), "Running": failure(e.Running()), "Audit": failure(e.Audit()),
		"SetFallback": e.SetFallback(perbus.FallbackDeny), "Render": e.Render(planar(1, 8)),
		"SetMeterTaps": e.SetMeterTaps(true), "SampleTime": failure(e.SampleTime()), "SetRenderThreads": e.SetRenderThreads(2),
		"RenderTime": failure(e.RenderTime()), "SetInputDevice": e.SetInputDevice(""), "Input": failure(e.Input()),
		"SetInput":        e.SetInput(format(1), func([][]float32) bool { return true }),
		"SetOutputDevice": e.SetOutputDevice(""), "DeviceStatus": failure(e.DeviceStatus()),
		"OnEvent": e.OnEvent(nil), "OnEvent with one": e.OnEvent(func(perbus.EngineEvent) {}),
		"NewMixer":  failure(e.NewMixer()),
		"NewPlayer": failure(e.NewPlayer()), "NewEqualizer": failure(e.NewEqualizer(1)),
		"NewMatrix": failure(e.NewMatrix(1, 1)),
		"NewSource": failure(e.NewSource(format(1), func(int64, [][]float32) {})),
	}
}

// ofNodes is every call on nodes.
func (a *everything) ofNodes() map[string]error {
	e := a.engine
	band := perbus.Band{Frequency: 100}
	return map[string]error{
		"Connect":             e.Connect(a.source, a.mixer, 0, 0),
		"ConnectWithFormat":   e.ConnectWithFormat(a.player, a.mixer, 0, 0, format(1)),
		"ConnectMany":         e.ConnectMany(a.source, 0, format(1), perbus.Destination{Mixer: a.mixer}),
		"AddDestination":      e.AddDestination(a.source, a.mixer, 0, 0),
		"RemoveDestination":   e.RemoveDestination(a.source, a.mixer, 0, 0),
		"DisconnectInput":     e.DisconnectNodeInput(a.mixer, 0),
		"DisconnectOutput":    e.DisconnectNodeOutput(a.mixer, 0),
		"Attach":              e.Attach(a.player),
		"Detach":              e.Detach(a.player),
		"NewTap":              failure(perbus.NewTap(a.mixer, 0, 4800, func(int64, [][]float32) {})),
		"Record":              failure(a.mixer.Record("/nowhere/mix.wav", perbus.FileSettings{})),
		"Record of a bus":     failure(a.bus.RecordAt(0, "/nowhere/bus.wav", perbus.FileSettings{})),
		"InspectNode":         failure(e.InspectNode(a.mixer)),
		"SourceOf":            failure(e.SourceOf(a.mixer, 0)),
		"SetMixerVolume":      failure(e.SetMixerVolumeForBus(a.mixer, 0.5, 0)),
		"SetMixerPan":         failure(e.SetMixerPanForBus(a.mixer, 0.5, 0)),
		"MixerVolume":         second(e.MixerVolumeForBus(a.mixer, 0)),
		"MixerPan":            second(e.MixerPanForBus(a.mixer, 0)),
		"SetConnectionVolume": e.SetConnectionVolume(a.source, a.mixer, 0, 0.5),
		"SetConnectionPan":    e.SetConnectionPan(a.source, a.mixer, 0, 0.5),
		"ConnectionVolume":    failure(e.ConnectionVolume(a.source, a.mixer, 0)),
		"ConnectionPan":       failure(e.ConnectionPan(a.source, a.mixer, 0)),
		"Configure":           e.ConfigureMixerBuses(a.mixer, perbus.BusConfig{}),
		"Bus":                 failure(a.mixer.Bus(1)),
		"SetOutputVolume":     a.mixer.SetOutputVolume(0.5),
		"OutputVolume":        failure(a.mixer.OutputVolume()),
		"Reserve":             a.mixer.Reserve(2),
		"NextBus":             failure(a.mixer.NextBus()),
		"Mixer.Meter":         failure(a.mixer.Meter()),
		"Snapshot":            failure(a.mixer.Snapshot()),
		"SnapshotWithSolo":    failure(a.mixer.SnapshotWithSolo()),
		"Apply":               a.mixer.Apply(a.scene),
		"SetVolume":           a.bus.SetVolume(0.5),
		"Bus.Connect":         a.bus.Connect(a.source),
		"Bus.Disconnect":      a.bus.Disconnect(),
		"Bus.Source":          failure(a.bus.Source()),
		"ConnectNext":         failure(a.mixer.ConnectNext(a.source)),
		"Buses":               failure(a.mixer.Buses()),
		"FadeOutputVolumeTo":  failure(a.mixer.FadeOutputVolumeTo(0.5, time.Second, perbus.Linear)),
		"SetVolumeDB":         a.bus.SetVolumeDB(-6),
		"SetOutputVolumeDB":   a.mixer.SetOutputVolumeDB(-6),
		"OutputVolumeDB":      failure(a.mixer.OutputVolumeDB()),
		"SetPan":              a.bus.SetPan(0.5),
		"SetMuted":            a.bus.SetMuted(true),
		"SetSoloed":           a.bus.SetSoloed(true),
		"SetSoloSafe":         a.bus.SetSoloSafe(true),
		"Bus.Reset":           a.bus.Reset(),
		"Bus.Meter":           failure(a.bus.Meter()),
		"FadeTo":              failure(a.bus.FadeTo(0.5, time.Second, perbus.Linear)),
		"FadePanTo":           failure(a.bus.FadePanTo(0.5, time.Second)),
		"Schedule":            a.player.Schedule(a.buffer),
		"ScheduleWith":        a.player.ScheduleWith(a.buffer, perbus.Schedule{}, func() {}),
		"Play":                a.player.Play(),
		"PlayAt":              a.player.PlayAt(0),
		"PlayAtTime":          a.player.PlayAtTime(time.Now()),
		"Player.Pause":        a.player.Pause(),
		"Player.Stop":         a.player.Stop(),
		"Playing":             failure(a.player.Playing()),
		"BandCount":           failure(a.equalizer.BandCount()),
		"Band":                failure(a.equalizer.Band(0)),
		"SetBand":             a.equalizer.SetBand(0, band),
		"SetGlobalGain":       a.equalizer.SetGlobalGain(1),
		"GlobalGain":          failure(a.equalizer.GlobalGain()),
		"SetBypassed":         a.equalizer.SetBypassed(true),
		"Bypassed":            failure(a.equalizer.Bypassed()),
		"Dimensions":          second(a.matrix.Dimensions()),
		"SetCrosspoint":       a.matrix.SetCrosspoint(0, 0, 1),
		"Crosspoint":          failure(a.matrix.Crosspoint(0, 0)),
		"SetInput":            a.matrix.SetInput(0, 1),
		"Input":               failure(a.matrix.Input(0)),
		"SetOutput":           a.matrix.SetOutput(0, 1),
		"Output":              failure(a.matrix.Output(0)),
		"SetMaster":           a.matrix.SetMaster(1),
		"Master":              failure(a.matrix.Master()),
		"EnableInput":         a.matrix.EnableInput(0, true),
		"EnableOutput":        a.matrix.EnableOutput(0, true),
		"Levels":              failure(a.matrix.Levels()),
		"SetLevels":           a.matrix.SetLevels(&perbus.Levels{}),
		"SetIdentity":         a.matrix.SetIdentity(),
		"Clear":               a.matrix.Clear(),
		"Invert":              a.matrix.Invert(),
	}
}

func allFail(t *testing.T, calls map[string]error, status perbus.Status) {
	t.Helper()
	for name, err := range calls {
		if !errors.Is(err, status) {
			t.Errorf("%s: got %v, want %v", name, err, status)
		}
	}
}

func TestAClosedEngineRefusesEveryCall(t *testing.T) {
	a := newEverything(t)
	ok(t, a.engine.Connect(a.source, a.mixer, 0, 0))
	ok(t, a.bus.SetVolume(0.25))
	fade := must(a.bus.FadeTo(0.5, time.Second, perbus.Linear))
	ok(t, a.engine.Close())
	ok(t, a.engine.Close())
	<-fade.Done()
	equal(t, fade.End(), perbus.FadeReplaced)
	allFail(t, a.ofEngine(), perbus.ErrClosed)
	allFail(t, a.ofNodes(), perbus.ErrClosed)
	fails(t, fade.Cancel(), perbus.ErrClosed)
	// Getters without an error tell what was set last.
	equal(t, a.bus.Volume(), 0.5)
	equal(t, a.bus.EffectiveVolume(), 0.5)
	equal(t, a.bus.Pan(), 0)
	equal(t, a.bus.Connected(), false)
	ok(t, a.source.Err())
	fails(t, failure(a.engine.MainMixer().Bus(0)), perbus.ErrClosed)
	for _, node := range []perbus.Node{a.mixer, a.player, a.source, a.equalizer, a.matrix} {
		ok(t, node.Close())
		equal(t, node.Engine(), a.engine)
	}
	ok(t, a.buffer.Close())
}

func TestClosedNodesRefuseEveryCall(t *testing.T) {
	a := newEverything(t)
	ok(t, a.engine.Connect(a.source, a.mixer, 0, 0))
	ok(t, a.engine.Connect(a.mixer, a.engine.MainMixer(), 0, 0))
	settled(t, a.engine, 0.5)
	for _, node := range []perbus.Node{a.mixer, a.player, a.source, a.equalizer, a.matrix} {
		ok(t, node.Close())
		ok(t, node.Close())
	}
	allFail(t, a.ofNodes(), perbus.ErrClosed)
	settled(t, a.engine, 0)
	clean(t, a.engine)
	fails(t, a.engine.MainMixer().Close(), perbus.ErrWrongKind)
	fails(t, a.engine.Output().Close(), perbus.ErrWrongKind)
	ok(t, a.engine.Start())
}

func TestNilAndZeroValuesAreErrors(t *testing.T) {
	engine := offline(t, 1)
	allFail(t, (&everything{}).ofEngine(), perbus.ErrInvalidArgument)
	zero := everything{
		engine: &perbus.Engine{}, mixer: &perbus.Mixer{}, bus: &perbus.Bus{},
		player: &perbus.Player{}, source: &perbus.Source{}, equalizer: &perbus.Equalizer{},
		matrix: &perbus.Matrix{}, scene: &perbus.Scene{},
	}
	allFail(t, (&everything{}).ofNodes(), perbus.ErrInvalidArgument)
	allFail(t, zero.ofEngine(), perbus.ErrInvalidArgument)
	allFail(t, zero.ofNodes(), perbus.ErrInvalidArgument)
	zero.engine = engine
	allFail(t, zero.ofNodes(), perbus.ErrInvalidArgument)
	fails(t, engine.Connect(nil, nil, 0, 0), perbus.ErrInvalidArgument)
	fails(t, engine.Attach(nil), perbus.ErrInvalidArgument)
	fails(t, failure(engine.NewSource(format(1), nil)), perbus.ErrInvalidArgument)
	ok(t, zero.mixer.Close())
	var none *perbus.Engine
	ok(t, none.Close())
	var buffer *perbus.Buffer
	ok(t, buffer.Close())
	for _, tap := range []*perbus.Tap{nil, {}} {
		ok(t, tap.Close())
		fails(t, tap.Wait(), perbus.ErrInvalidArgument)
		fails(t, failure(tap.DroppedFrames()), perbus.ErrInvalidArgument)
	}
	fails(t, failure(perbus.NewTap(nil, 0, 4800, nil)), perbus.ErrInvalidArgument)
	for _, node := range []perbus.Node{
		(*perbus.Mixer)(nil), (*perbus.Player)(nil), (*perbus.Source)(nil), (*perbus.Equalizer)(nil),
		(*perbus.Matrix)(nil), (*perbus.Output)(nil), (*perbus.Input)(nil),
	} {
		ok(t, node.Close())
		fails(t, engine.Attach(node), perbus.ErrInvalidArgument)
	}
	var fade *perbus.Fade
	fails(t, fade.Cancel(), perbus.ErrInvalidArgument)
	fails(t, (&perbus.Fade{}).Cancel(), perbus.ErrInvalidArgument)
	ok(t, zero.source.Err())
}

// The finalizer is not for what lies inside another value.
func TestWhatLiesInsideAnotherValueMayBeClosed(t *testing.T) {
	program := struct {
		name   string
		engine perbus.Engine
		buffer perbus.Buffer
	}{engine: *offline(t, 1)}
	ok(t, program.engine.Close())
	ok(t, program.buffer.Close())
	fails(t, program.engine.Start(), perbus.ErrClosed)
}

// What is forgotten is closed: the render function's memory goes with its engine.
func TestForgottenEnginesAreClosed(t *testing.T) {
	collected := make(chan struct{})
	func() {
		engine := must(perbus.NewOfflineEngine(format(1), 64))
		sound := &[]float32{0.5}
		runtime.SetFinalizer(sound, func(*[]float32) { close(collected) })
		source := must(engine.NewSource(format(1), func(_ int64, planar [][]float32) {
			planar[0][0] = (*sound)[0]
		}))
		ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
		ok(t, engine.Start())
		render(t, engine, 64)
		must(must(engine.MainMixer().Bus(0)).FadeTo(0, time.Second, perbus.Linear))
		must(perbus.NewTap(source, 0, 4800, func(int64, [][]float32) { _ = *sound }))
		must(perbus.NewBuffer(format(1), planar(1, 64)))
	}()
	for i := 0; i < 1000; i++ {
		runtime.GC()
		select {
		case <-collected:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatal("the engine was not closed")
}
