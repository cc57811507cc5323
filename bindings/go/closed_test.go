// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"math"
	"runtime"
	"sync"
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
		"SampleTime": failure(e.SampleTime()), "NewMixer": failure(e.NewMixer()),
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
		"Apply":               a.mixer.Apply(a.scene),
		"SetVolume":           a.bus.SetVolume(0.5),
		"SetPan":              a.bus.SetPan(0.5),
		"SetMuted":            a.bus.SetMuted(true),
		"SetSoloed":           a.bus.SetSoloed(true),
		"Bus.Reset":           a.bus.Reset(),
		"Bus.Meter":           failure(a.bus.Meter()),
		"FadeTo":              failure(a.bus.FadeTo(0.5, time.Second, perbus.Linear)),
		"FadePanTo":           failure(a.bus.FadePanTo(0.5, time.Second)),
		"Schedule":            a.player.Schedule(a.buffer),
		"ScheduleWith":        a.player.ScheduleWith(a.buffer, perbus.Schedule{}, func() {}),
		"Play":                a.player.Play(),
		"PlayAt":              a.player.PlayAt(0),
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
}

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
	for _, bad := range []float32{nan, inf, -inf, -1.001, 1.001} {
		for _, err := range []error{
			bus.SetVolume(bad), bus.SetPan(bad), mixer.SetOutputVolume(bad),
			free.SetVolume(bad), free.SetPan(bad),
			failure(engine.SetMixerVolumeForBus(mixer, bad, 0)),
			failure(engine.SetMixerPanForBus(mixer, bad, 0)),
			engine.SetConnectionVolume(source, mixer, 0, bad),
			engine.SetConnectionPan(source, mixer, 0, bad),
			failure(bus.FadeTo(bad, time.Second, perbus.Linear)),
			failure(bus.FadePanTo(bad, time.Second)),
			engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Volume: &bad}),
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
	_, err := engine.SetMixerVolumeForBus(mixer, 1.5, 0)
	equal(t, err.Error(), "perbus: volume 1.5 is not in 0 to 1")
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

func TestGoroutinesSetConnectAndRender(t *testing.T) {
	const buses, rounds = 4, 300
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	for bus := 0; bus < buses; bus++ {
		ok(t, engine.Connect(constant(engine, 0.125, 0.125), mixer, 0, bus))
	}
	comers := []*perbus.Source{constant(engine, 0.125, 0.125), constant(engine, 0.125, 0.125)}
	var group sync.WaitGroup
	run := func(work func(round int) error) {
		group.Add(1)
		go func() {
			defer group.Done()
			for round := 0; round < rounds; round++ {
				if err := work(round); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	for bus := 0; bus < buses; bus++ {
		bus := bus
		run(func(round int) error {
			control, err := engine.SetMixerVolumeForBus(mixer, float32(round%5)/4, bus)
			if control != perbus.ControlConnection {
				t.Errorf("bus %d: %v", bus, control)
			}
			return err
		})
	}
	run(func(round int) error { return engine.Connect(comers[round%2], mixer, 0, buses) })
	run(func(int) error { return engine.Render(planar(2, 64)) })
	run(func(int) error { return failure(mixer.Snapshot()) })
	run(func(round int) error {
		return failure(must(mixer.Bus(buses)).FadeTo(float32(round%2), time.Millisecond, perbus.Linear))
	})
	group.Wait()
	clean(t, engine)
	for bus := 0; bus <= buses; bus++ {
		_, err := engine.SetMixerVolumeForBus(mixer, 0.5, bus)
		ok(t, err)
	}
	settled(t, engine, 0.3125, 0.3125)
}

func TestClosingWhileOthersUseIt(t *testing.T) {
	for round := 0; round < 20; round++ {
		engine := must(perbus.NewOfflineEngine(format(1), 64))
		mixer := engine.MainMixer()
		source := constant(engine, 0.5)
		player := must(engine.NewPlayer())
		ok(t, engine.Connect(source, mixer, 0, 0))
		ok(t, engine.Connect(player, mixer, 0, 1))
		ok(t, engine.Start())
		buffer := must(perbus.NewBuffer(format(1), planar(1, 16)))
		var group sync.WaitGroup
		for _, work := range []func() error{
			func() error { return failure(engine.SetMixerVolumeForBus(mixer, 0.5, 0)) },
			func() error { return engine.Render(planar(1, 64)) },
			func() error { return engine.Connect(source, mixer, 0, 0) },
			func() error { return player.ScheduleWith(buffer, perbus.Schedule{}, func() { _ = player.Play() }) },
		} {
			work := work
			group.Add(1)
			go func() {
				defer group.Done()
				for {
					if err := work(); err != nil {
						if !errors.Is(err, perbus.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			}()
		}
		time.Sleep(time.Millisecond)
		ok(t, engine.Close())
		group.Wait()
	}
}

func TestACompletionMayCloseTheEngine(t *testing.T) {
	engine := offline(t, 1)
	player := must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	closed := make(chan error)
	buffer := must(perbus.NewBuffer(format(1), planar(1, 8)))
	ok(t, player.ScheduleWith(buffer, perbus.Schedule{}, func() { closed <- engine.Close() }))
	ok(t, player.Play())
	render(t, engine, 64)
	ok(t, <-closed)
	fails(t, engine.Start(), perbus.ErrClosed)
}
