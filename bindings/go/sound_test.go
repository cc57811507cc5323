// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"math"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestSendsHaveStripsOfTheirOwn(t *testing.T) {
	engine := offline(t, 1)
	main, aux := engine.MainMixer(), must(engine.NewMixer())
	ok(t, engine.Connect(aux, main, 0, 7))
	voice := constant(engine, 0.5)
	ok(t, must(aux.Bus(0)).SetVolume(0.25))
	ok(t, engine.ConnectMany(voice, 0, format(1), perbus.Destination{Mixer: main, Bus: 0},
		perbus.Destination{Mixer: aux, Bus: 0}))
	settled(t, engine, 0.625)
	ok(t, must(main.Bus(0)).SetVolume(0.5))
	settled(t, engine, 0.375)
	ok(t, engine.RemoveDestination(voice, main, 0, 0))
	settled(t, engine, 0.125)
	ok(t, engine.AddDestination(voice, main, 0, 0))
	ok(t, engine.AddDestination(voice, main, 0, 1))
	settled(t, engine, 0.875)
	clean(t, engine)

	fails(t, engine.RemoveDestination(voice, main, 0, 2), perbus.ErrNotConnected)
	fails(t, engine.ConnectMany(voice, 0, format(1)), perbus.ErrInvalidArgument)
	fails(t, engine.ConnectMany(voice, 0, format(1), perbus.Destination{}), perbus.ErrInvalidArgument)
	twice := perbus.Destination{Mixer: main, Bus: 5}
	fails(t, engine.ConnectMany(voice, 0, format(1), twice, twice), perbus.ErrInvalidArgument)
	fails(t, engine.AddDestination(voice, main, 0, -1), perbus.ErrOutOfRange)
	settled(t, engine, 0.875)
	for _, bus := range []int{0, 1} {
		ok(t, engine.RemoveDestination(voice, main, 0, bus))
	}
	ok(t, engine.RemoveDestination(voice, aux, 0, 0))
	settled(t, engine, 0)
	clean(t, engine)
}

func TestConfigureChangesAllOrNothing(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.25, 0.25), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.5, 0.5), mixer, 0, 1))
	ok(t, engine.ConfigureMixerBuses(mixer,
		perbus.BusConfig{Bus: 0, Volume: perbus.Float(0.5), Pan: perbus.Float(-1)},
		perbus.BusConfig{Bus: 1, Muted: perbus.Bool(true), Label: perbus.String("bass")}))
	settled(t, engine, 0.125, 0)
	equal(t, must(mixer.Bus(1)).Label(), "bass")
	for status, bad := range map[perbus.Status][]perbus.BusConfig{
		perbus.ErrOutOfRange:      {{Bus: 0, Volume: perbus.Float(1)}, {Bus: 1, Pan: perbus.Float(2)}},
		perbus.ErrInvalidArgument: {{Bus: 0, Volume: perbus.Float(1)}, {Bus: 0}},
	} {
		fails(t, engine.ConfigureMixerBuses(mixer, bad...), status)
	}
	fails(t, engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Bus: -1}), perbus.ErrOutOfRange)
	fails(t, engine.ConfigureMixerBuses(nil), perbus.ErrInvalidArgument)
	ok(t, engine.ConfigureMixerBuses(mixer))
	settled(t, engine, 0.125, 0)
}

func TestFadesAreExactToTheFrame(t *testing.T) {
	engine := must(perbus.NewOfflineEngine(perbus.Format{SampleRate: 1000, Channels: 1}, 100))
	defer engine.Close()
	mixer := engine.MainMixer()
	source := must(engine.NewSource(perbus.Format{SampleRate: 1000, Channels: 1},
		func(_ int64, planar [][]float32) {
			for i := range planar[0] {
				planar[0][i] = 1
			}
		}))
	ok(t, engine.Connect(source, mixer, 0, 0))
	bus := must(mixer.Bus(0))
	ok(t, engine.Start())
	render(t, engine, 100)
	for _, one := range []struct {
		curve    perbus.Curve
		from, to float32
		quarter  float64
	}{
		{perbus.Linear, 1, 0, 0.75},
		{perbus.EqualPower, 0, 1, 0.5},
		{perbus.Exponential, 1, 0.0625, 0.5},
	} {
		ok(t, bus.SetVolume(one.from))
		render(t, engine, 100)
		fade := must(bus.FadeTo(one.to, 200*time.Millisecond, one.curve))
		first := render(t, engine, 100)[0]
		near(t, first[49], float32(one.quarter), 1e-5)
		near(t, bus.Volume(), first[99], 1e-5)
		equal(t, fade.End(), perbus.FadeRunning)
		second := render(t, engine, 100)[0]
		near(t, second[99], one.to, 1e-6)
		<-fade.Done()
		equal(t, fade.End(), perbus.FadeFinished)
		equal(t, bus.Volume(), one.to)
	}
	ok(t, bus.SetVolume(1))
	render(t, engine, 1000)
	fade := must(bus.FadeTo(0, 100*time.Millisecond, perbus.Linear))
	half := planar(1, 50)
	ok(t, engine.Render(half))
	ok(t, fade.Cancel())
	<-fade.Done()
	equal(t, fade.End(), perbus.FadeReplaced)
	near(t, bus.Volume(), 0.5, 1e-6)
	near(t, render(t, engine, 100)[0][99], 0.5, 1e-6)
	first := must(bus.FadeTo(0, time.Second, perbus.Linear))
	second := must(bus.FadeTo(1, time.Second, perbus.Linear))
	equal(t, first.End(), perbus.FadeReplaced)
	// A new source comes into a fade that is under way.
	render(t, engine, 500)
	ok(t, engine.Connect(source, mixer, 0, 0))
	after := render(t, engine, 500)[0]
	near(t, after[249], 0.875, 1e-3)
	near(t, after[499], 1, 1e-6)
	equal(t, second.End(), perbus.FadeFinished)
	_, err := bus.FadeTo(0, -1, perbus.Linear)
	fails(t, err, perbus.ErrOutOfRange)
	_, err = bus.FadeTo(0, 25*time.Hour, perbus.Linear)
	fails(t, err, perbus.ErrOutOfRange)
	_, err = bus.FadeTo(0, 1, 3)
	fails(t, err, perbus.ErrInvalidArgument)
	_, err = bus.FadeTo(4.01, 1, perbus.Linear)
	fails(t, err, perbus.ErrOutOfRange)
	_, err = bus.FadePanTo(2, 1)
	fails(t, err, perbus.ErrOutOfRange)
}

func TestAFadeOfNoLengthIsANewValue(t *testing.T) {
	engine := offline(t, 2)
	ok(t, engine.Connect(constant(engine, 1, 1), engine.MainMixer(), 0, 0))
	settled(t, engine, 1, 1)
	bus := must(engine.MainMixer().Bus(0))
	fade := must(bus.FadeTo(0.25, 0, perbus.EqualPower))
	must(bus.FadePanTo(-1, 1))
	equal(t, bus.Volume(), 0.25)
	settled(t, engine, 0.25, 0)
	equal(t, fade.End(), perbus.FadeFinished)
}

func TestAChangeBeforeTheFirstBlockLeavesAFadeItsWay(t *testing.T) {
	engine := offline(t, 2)
	bus := must(engine.MainMixer().Bus(0))
	must(bus.FadeTo(0, time.Second, perbus.Linear))
	for i := 0; i < 50; i++ {
		render(t, engine, 480)
	}
	ok(t, engine.Connect(constant(engine, 1, 1), bus.Mixer(), 0, 0))
	ok(t, engine.ConfigureMixerBuses(bus.Mixer(), perbus.BusConfig{Bus: 0, Pan: perbus.Float(-1)}))
	heard := render(t, engine, 480)[0]
	near(t, heard[0], 0.5, 1e-4)
	near(t, heard[479], 0.49, 1e-5)
}

func TestPansFade(t *testing.T) {
	engine := offline(t, 2)
	bus := must(engine.MainMixer().Bus(0))
	ok(t, engine.Connect(constant(engine, 1, 1), bus.Mixer(), 0, 0))
	render(t, engine, 512)
	fade := must(bus.FadePanTo(-1, 20*time.Millisecond))
	all := render(t, engine, 960)
	near(t, all[1][479], 0.5, 1e-5)
	near(t, all[1][959], 0, 1e-6)
	near(t, all[0][959], 1, 1e-6)
	equal(t, fade.End(), perbus.FadeFinished)
	equal(t, bus.Pan(), -1)
}

func TestMetersTellWhatABusAdds(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	bus := must(mixer.Bus(0))
	_, err := bus.Meter()
	fails(t, err, perbus.ErrNotConnected)
	ok(t, engine.Connect(constant(engine, 0.5, -1), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 1, 1), mixer, 0, 1))
	ok(t, bus.SetVolume(0.5))
	render(t, engine, ramp)
	must(bus.Meter())
	must(mixer.Meter())
	render(t, engine, 6000)
	meter := must(bus.Meter())
	for side, want := range []float32{0.25, 0.5} {
		near(t, meter.Peak[side], want, tolerance)
		near(t, meter.RMS[side], want, 1e-5)
	}
	equal(t, meter.Clips, 0)
	sum := must(mixer.Meter())
	near(t, sum.Peak[0], 1.25, tolerance)
	if sum.Clips == 0 {
		t.Fatal("the sum clips, and the meter does not tell")
	}
}

func TestAChainOfEffectsMayBeLong(t *testing.T) {
	engine := offline(t, 2)
	voice := constant(engine, 1, 1)
	var last perbus.Node = voice
	for i := 0; i < 100; i++ {
		equalizer := must(engine.NewEqualizer(1))
		ok(t, engine.Connect(last, equalizer, 0, 0))
		last = equalizer
	}
	ok(t, engine.Connect(last, engine.MainMixer(), 0, 0))
	must(engine.SetMixerVolumeForBus(engine.MainMixer(), 0.5, 0))
	settled(t, engine, 0.5, 0.5)
	equal(t, must(engine.ConnectionVolume(voice, engine.MainMixer(), 0)), 0.5)
}

func TestEqualizerBetweenSourceAndStrip(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	voice, equalizer := constant(engine, 0.5, 0.5), must(engine.NewEqualizer(2))
	ok(t, engine.Connect(voice, equalizer, 0, 0))
	ok(t, engine.Connect(equalizer, mixer, 0, 3))
	equal(t, must(equalizer.BandCount()), 2)
	control, err := engine.SetMixerVolumeForBus(mixer, 0.5, 3)
	ok(t, err)
	equal(t, control, perbus.ControlConnection)
	settled(t, engine, 0.25, 0.25)
	near(t, must(engine.ConnectionVolume(voice, mixer, 3)), 0.5, 0)
	fails(t, engine.SetConnectionVolume(equalizer, mixer, 3, 1), perbus.ErrNotMixing)
	// 0 Hz lies below the shelf's frequency.
	shelf := perbus.Band{Filter: perbus.LowShelf, Frequency: 1000, Gain: 6.0206}
	ok(t, equalizer.SetBand(0, shelf))
	render(t, engine, 48000)
	near(t, render(t, engine, 512)[0][511], 0.5, 1e-4)
	shelf.Bandwidth = 0.5
	equal(t, must(equalizer.Band(0)), shelf)
	ok(t, equalizer.SetGlobalGain(-6.0206))
	equal(t, must(equalizer.GlobalGain()), -6.0206)
	render(t, engine, 48000)
	near(t, render(t, engine, 512)[0][511], 0.25, 1e-4)
	ok(t, equalizer.SetBypassed(true))
	equal(t, must(equalizer.Bypassed()), true)
	settled(t, engine, 0.25, 0.25)
	for _, bad := range []perbus.Band{
		{Frequency: 24000}, {Frequency: -1}, {Frequency: float32(math.NaN())},
		{Frequency: 100, Gain: 25}, {Frequency: 100, Bandwidth: 6},
	} {
		fails(t, equalizer.SetBand(0, bad), perbus.ErrOutOfRange)
	}
	fails(t, equalizer.SetBand(0, perbus.Band{Filter: 11, Frequency: 100}), perbus.ErrInvalidArgument)
	fails(t, equalizer.SetBand(2, shelf), perbus.ErrOutOfRange)
	fails(t, equalizer.SetBand(-1, shelf), perbus.ErrOutOfRange)
	_, err = equalizer.Band(2)
	fails(t, err, perbus.ErrOutOfRange)
	fails(t, equalizer.SetGlobalGain(25), perbus.ErrOutOfRange)
	// A source that leaves the equalizer leaves the bus, whose strip waits for the next one.
	ok(t, equalizer.SetBypassed(true))
	ok(t, engine.Connect(voice, mixer, 0, 5))
	_, err = engine.SetMixerVolumeForBus(mixer, 0.25, 3)
	ok(t, err)
	settled(t, engine, 0.5, 0.5)
	ok(t, engine.Connect(voice, equalizer, 0, 0))
	settled(t, engine, 0.125, 0.125)
	ok(t, must(mixer.Bus(3)).SetVolume(0.5))
	// The strip holds on when the equalizer goes.
	ok(t, equalizer.Close())
	settled(t, engine, 0.25, 0.25)
	clean(t, engine)
}

func TestMatrixGains(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	matrix := must(engine.NewMatrix(1, 1))
	ok(t, engine.ConnectWithFormat(constant(engine, 0.5), matrix, 0, 0, format(1)))
	ok(t, engine.ConnectWithFormat(matrix, mixer, 0, 0, format(2)))
	inputs, outputs, err := matrix.Dimensions()
	ok(t, err)
	equal(t, [2]int{inputs, outputs}, [2]int{1, 2})
	settled(t, engine, 0, 0)
	left, right, err := perbus.PanLinear(0.5)
	ok(t, err)
	ok(t, matrix.SetLevels(&perbus.Levels{
		Crosspoints: [][]float32{{left, right}}, Inputs: []float32{1}, Outputs: []float32{1, 1}, Master: 1,
	}))
	settled(t, engine, 0.125, 0.375)
	ok(t, matrix.SetCrosspoint(0, 0, -1))
	ok(t, matrix.SetOutput(1, 0.5))
	ok(t, matrix.SetInput(0, 0.5))
	settled(t, engine, -0.25, 0.09375)
	ok(t, matrix.Invert())
	ok(t, matrix.SetMaster(0.5))
	settled(t, engine, 0.125, -0.046875)
	near(t, must(matrix.Crosspoint(0, 0)), 1, 0)
	near(t, must(matrix.Input(0)), 0.5, 0)
	near(t, must(matrix.Output(1)), 0.5, 0)
	near(t, must(matrix.Master()), 0.5, 0)
	// The strip of a bus that a matrix feeds is the mixer's own parameter.
	control, err := engine.SetMixerVolumeForBus(mixer, 0.5, 0)
	ok(t, err)
	equal(t, control, perbus.ControlConnection)
	settled(t, engine, 0.0625, -0.0234375)
	near(t, must(engine.ConnectionVolume(matrix, mixer, 0)), 0.5, 0)
	_, err = must(mixer.Bus(0)).Meter()
	fails(t, err, perbus.ErrNotMixing)
	ok(t, matrix.EnableOutput(0, false))
	settled(t, engine, 0, 0)
	ok(t, matrix.EnableOutput(0, true))
	ok(t, matrix.EnableInput(0, false))
	settled(t, engine, 0, 0)
	ok(t, matrix.EnableInput(0, true))
	ok(t, matrix.SetIdentity())
	ok(t, must(mixer.Bus(0)).SetVolume(1))
	settled(t, engine, 0.125, 0)
	// Levels outlive stops and reconnections.
	ok(t, engine.Stop())
	ok(t, engine.ConnectWithFormat(matrix, mixer, 0, 1, format(2)))
	ok(t, engine.Start())
	settled(t, engine, 0.125, 0)
	ok(t, matrix.Clear())
	settled(t, engine, 0, 0)
	levels := must(matrix.Levels())
	equal(t, levels.Crosspoints[0][0], 0)
	equal(t, levels.Master, 0.5)

	fails(t, matrix.SetCrosspoint(0, 0, 1.5), perbus.ErrOutOfRange)
	fails(t, matrix.SetCrosspoint(0, 2, 1), perbus.ErrOutOfRange)
	fails(t, matrix.SetCrosspoint(-1, 0, 1), perbus.ErrOutOfRange)
	fails(t, matrix.SetInput(0, -0.5), perbus.ErrOutOfRange)
	fails(t, matrix.SetMaster(float32(math.NaN())), perbus.ErrOutOfRange)
	fails(t, matrix.EnableInput(1, true), perbus.ErrOutOfRange)
	fails(t, matrix.SetLevels(nil), perbus.ErrInvalidArgument)
	fails(t, matrix.SetLevels(&perbus.Levels{}), perbus.ErrInvalidArgument)
	levels.Crosspoints[0] = levels.Crosspoints[0][:1]
	fails(t, matrix.SetLevels(levels), perbus.ErrInvalidArgument)
	levels.Inputs = nil
	fails(t, matrix.SetLevels(levels), perbus.ErrInvalidArgument)
	_, err = matrix.Crosspoint(9, 0)
	fails(t, err, perbus.ErrOutOfRange)
	_, err = engine.NewMatrix(65, 1)
	fails(t, err, perbus.ErrOutOfRange)
	_, _, err = perbus.PanLinear(2)
	fails(t, err, perbus.ErrOutOfRange)
	_, _, err = perbus.PanConstantPower(-2)
	fails(t, err, perbus.ErrOutOfRange)
	left, right, err = perbus.PanConstantPower(0)
	ok(t, err)
	near(t, left, 0.70710677, 1e-6)
	near(t, right, 0.70710677, 1e-6)
	near(t, perbus.ToDB(0.5), -6.0206, 1e-4)
	near(t, perbus.FromDB(-6.0206), 0.5, 1e-5)
}

// The end is reported although nothing is rendered.
func TestWhatReplacesAFadeTellsItsEnd(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	source := constant(engine, 0.5)
	ok(t, engine.Connect(source, mixer, 0, 0))
	bus := must(mixer.Bus(0))
	for name, replace := range map[string]func() error{
		"SetVolume":            func() error { return bus.SetVolume(0.5) },
		"SetMixerVolumeForBus": func() error { return failure(engine.SetMixerVolumeForBus(mixer, 0.5, 0)) },
		"SetConnectionVolume":  func() error { return engine.SetConnectionVolume(source, mixer, 0, 0.5) },
		"FadeTo":               func() error { return failure(bus.FadeTo(0.25, 0, perbus.Linear)) },
		"Reset":                func() error { return bus.Reset() },
		"Configure": func() error {
			return engine.ConfigureMixerBuses(mixer, perbus.BusConfig{Volume: perbus.Float(1)})
		},
		"Apply": func() error {
			return mixer.Apply(&perbus.Scene{Buses: []perbus.BusConfig{{Volume: perbus.Float(0.25)}}})
		},
	} {
		fade := must(bus.FadeTo(0, time.Hour, perbus.Linear))
		ok(t, replace())
		select {
		case <-fade.Done():
			equal(t, fade.End(), perbus.FadeReplaced)
		default:
			t.Errorf("%s: the fade is not over", name)
		}
	}
	fade := must(bus.FadePanTo(1, time.Hour))
	ok(t, bus.SetPan(0))
	<-fade.Done()
	fade = must(bus.FadePanTo(1, time.Hour))
	must(engine.SetMixerPanForBus(mixer, 0, 0))
	<-fade.Done()
}

func TestMonoSourcesArePannedByTheMixersLaw(t *testing.T) {
	engine := offline(t, 2)
	mixer := engine.MainMixer()
	bus := must(mixer.ConnectNext(constant(engine, 0.5)))
	equal(t, must(mixer.PanLaw()), perbus.Balance)
	settled(t, engine, 0.5, 0.5)
	ok(t, mixer.SetPanLaw(perbus.ConstantPower))
	equal(t, must(mixer.PanLaw()), perbus.ConstantPower)
	for step := -4; step <= 4; step++ {
		pan := float64(step) / 4
		ok(t, bus.SetPan(float32(pan)))
		sin, cos := math.Sincos((pan + 1) * math.Pi / 4)
		settled(t, engine, float32(0.5*cos), float32(0.5*sin))
	}
	fails(t, mixer.SetPanLaw(2), perbus.ErrInvalidArgument)
	// Balanced, as long as what feeds the bus is stereo.
	ok(t, bus.SetPan(0.5))
	ok(t, bus.Connect(constant(engine, 0.5, 0.5)))
	settled(t, engine, 0.25, 0.5)
	equal(t, must(mixer.PanLaw()), perbus.ConstantPower)
	ok(t, engine.Close())
	fails(t, mixer.SetPanLaw(perbus.Balance), perbus.ErrClosed)
}
