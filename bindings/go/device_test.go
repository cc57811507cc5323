// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"strings"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// says checks that a failure has a status and gives a reason.
func says(t *testing.T, err error, status perbus.Status, reason string) {
	t.Helper()
	fails(t, err, status)
	if !strings.Contains(err.Error(), reason) {
		t.Fatalf("%q lacks %q", err, reason)
	}
}

func deviceFails(options perbus.DeviceOptions) error { return failure(perbus.NewDeviceEngine(options)) }

func TestDeviceOptionsAreChecked(t *testing.T) {
	says(t, deviceFails(perbus.DeviceOptions{SampleRate: -1}), perbus.ErrOutOfRange, "-1 Hz")
	says(t, deviceFails(perbus.DeviceOptions{Block: 15}), perbus.ErrOutOfRange, "15 frames")
	says(t, deviceFails(perbus.DeviceOptions{Block: -1}), perbus.ErrOutOfRange, "-1")
	says(t, deviceFails(perbus.DeviceOptions{Latency: 3 * time.Second}), perbus.ErrOutOfRange, "3 s")
	says(t, deviceFails(perbus.DeviceOptions{Latency: -1}), perbus.ErrOutOfRange, "latency")
	says(t, deviceFails(perbus.DeviceOptions{Output: "nothing"}), perbus.ErrStart, `"nothing"`)
	says(t, deviceFails(perbus.DeviceOptions{Output: "a\x00b"}), perbus.ErrInvalidArgument, "NUL")
	engine := offline(t, 1)
	fails(t, engine.SetOutputDevice(""), perbus.ErrWrongKind)
	fails(t, engine.SetOutputDevice("a\x00b"), perbus.ErrInvalidArgument)
	fails(t, failure(engine.DeviceStatus()), perbus.ErrWrongKind)
	fails(t, engine.OnEvent(func(perbus.EngineEvent) {}), perbus.ErrWrongKind)
}

func TestWithoutAServerThereIsAReason(t *testing.T) {
	t.Setenv("PERBUS_AUDIO", "pulse")
	t.Setenv("PULSE_SERVER", "unix:/nonexistent/socket")
	const reason = "no PulseAudio server answers"
	says(t, failure(perbus.Devices()), perbus.ErrStart, reason)
	says(t, deviceFails(perbus.DeviceOptions{Output: "pulse:first"}), perbus.ErrStart, reason)
	// Its device may come later.
	engine := must(perbus.NewDeviceEngine(perbus.DeviceOptions{Block: 256, Latency: 50 * time.Millisecond}))
	ok(t, engine.OnEvent(func(perbus.EngineEvent) {}))
	says(t, engine.Start(), perbus.ErrStart, reason)
	equal(t, must(engine.Running()), false)
	fails(t, failure(engine.DeviceStatus()), perbus.ErrNotRunning)
	says(t, engine.SetOutputDevice("pulse:first"), perbus.ErrStart, reason)
	ok(t, engine.SetOutputDevice(""))
	ok(t, engine.OnEvent(nil))
	ok(t, engine.Close())
}

func TestDeviceCallsInARenderFunction(t *testing.T) {
	device, engine := must(perbus.NewEngine()), offline(t, 1)
	var refused []error
	source := must(engine.NewSource(format(1), func(int64, [][]float32) {
		refused = append(refused, failure(perbus.Devices()), deviceFails(perbus.DeviceOptions{}),
			device.SetOutputDevice(""), device.SetInputDevice(""), failure(device.Input()),
			engine.SetInput(format(1), nil), failure(device.DeviceStatus()),
			device.OnEvent(func(perbus.EngineEvent) {}),
			failure(perbus.NewTap(engine.MainMixer(), 0, 4800, func(int64, [][]float32) {})))
	}))
	ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
	render(t, engine, 8)
	equal(t, len(refused), 9)
	for _, err := range refused {
		fails(t, err, perbus.ErrInRender)
	}
	ok(t, device.Close())
}

func TestAnEnginePlaysToADeviceAndSurvivesItsLoss(t *testing.T) {
	startServer(t)
	found := map[string]perbus.Device{}
	for _, device := range must(perbus.Devices()) {
		found[device.ID] = device
	}
	first := found["pulse:first"]
	equal(t, first.Host, "PulseAudio")
	equal(t, first.OutputChannels, 2)
	equal(t, first.SampleRate, rate)
	equal(t, first.IsDefaultOutput, true)
	equal(t, found["pulse:second"].IsDefaultOutput, false)
	equal(t, 0 < first.LowLatency && first.LowLatency <= first.DefaultLatency, true)

	engine := must(perbus.NewDeviceEngine(perbus.DeviceOptions{
		Output: "pulse:second", SampleRate: rate, Block: 256, Latency: 50 * time.Millisecond,
	}))
	defer engine.Close()
	ok(t, engine.Connect(constant(engine, 0.5), engine.MainMixer(), 0, 0))
	ok(t, must(engine.MainMixer().Bus(0)).SetVolume(0.25))
	events := make(chan perbus.EngineEvent, 100)
	restarted := make(chan bool, 1)
	ok(t, engine.OnEvent(func(event perbus.EngineEvent) {
		if event != perbus.Xrun {
			events <- event
		}
		if event == perbus.ConfigurationChanged {
			restarted <- reaches(func() bool { return engine.Start() == nil })
		}
	}))
	ok(t, engine.Start())
	equal(t, hears(t, "second", 0.125), true)
	status := must(engine.DeviceStatus())
	equal(t, status.ID, "pulse:second")
	equal(t, status.Host, "PulseAudio")
	equal(t, status.SampleRate, rate)
	equal(t, status.Frames > rate/10, true)
	equal(t, 0 < status.Latency && status.Latency < time.Second/2, true)
	equal(t, 0 < status.MeanLoad && status.MeanLoad <= status.MaxLoad, true)

	killServer(t)
	equal(t, <-restarted, true)
	equal(t, <-events, perbus.DeviceLost)
	equal(t, <-events, perbus.ConfigurationChanged)
	equal(t, must(engine.Running()), true)
	equal(t, hears(t, "second", 0.125), true)

	// And from the function it may be closed.
	closed := make(chan error, 1)
	ok(t, engine.OnEvent(func(event perbus.EngineEvent) {
		if event == perbus.ConfigurationChanged {
			closed <- engine.Close()
		}
	}))
	killServer(t)
	ok(t, <-closed)
	fails(t, engine.Start(), perbus.ErrClosed)
}

func TestAnEngineRestartsByItselfAndItsPlayersGoOn(t *testing.T) {
	startServer(t)
	engine := must(perbus.NewDeviceEngine(perbus.DeviceOptions{Output: "pulse:second", Restarts: true}))
	defer engine.Close()
	restarted := make(chan struct{}, 1)
	ok(t, engine.OnEvent(func(event perbus.EngineEvent) {
		if event == perbus.Restarted {
			restarted <- struct{}{}
		}
	}))
	player := must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	block := planar(2, 4800)
	for channel := range block {
		for i := range block[channel] {
			block[channel][i] = 0.125
		}
	}
	ok(t, player.ScheduleWith(must(perbus.NewBuffer(format(2), block)), perbus.Schedule{Loops: true}, nil))
	ok(t, engine.Start())
	ok(t, player.Play())
	equal(t, hears(t, "second", 0.125), true)
	killServer(t)
	<-restarted
	equal(t, must(player.Playing()), true)
	equal(t, hears(t, "second", 0.125), true)
}

func TestAPlayerIsHeardAtATime(t *testing.T) {
	startServer(t)
	still := offline(t, 2)
	render(t, still, 100)
	equal(t, must(still.RenderTime()), perbus.RenderTime{SampleTime: 100, SampleRate: rate})
	player := must(still.NewPlayer())
	ok(t, still.Connect(player, still.MainMixer(), 0, 0))
	fails(t, player.PlayAtTime(time.Now()), perbus.ErrWrongKind)
	short := must(perbus.NewBuffer(format(2), planar(2, 8)))
	now := perbus.Schedule{AtTime: time.Now()}
	fails(t, player.ScheduleWith(short, now, nil), perbus.ErrWrongKind)
	now.At = perbus.Frame(0)
	fails(t, player.ScheduleWith(short, now, nil), perbus.ErrInvalidArgument)

	engine := must(perbus.NewDeviceEngine(perbus.DeviceOptions{Latency: 50 * time.Millisecond}))
	defer engine.Close()
	fails(t, failure(engine.RenderTime()), perbus.ErrNotRunning)
	player = must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	block := planar(2, 4800)
	for channel := range block {
		for i := range block[channel] {
			block[channel][i] = 0.125
		}
	}
	ok(t, player.ScheduleWith(must(perbus.NewBuffer(format(2), block)), perbus.Schedule{Loops: true}, nil))
	ok(t, engine.Start())
	equal(t, reaches(func() bool { return !must(engine.RenderTime()).Time.IsZero() }), true)
	ahead := time.Until(must(engine.RenderTime()).Time)
	equal(t, -100*time.Millisecond < ahead && ahead < time.Second, true)
	beginning := time.Now().Add(300 * time.Millisecond)
	ok(t, player.PlayAtTime(beginning))
	equal(t, must(player.Position()).PlayerFrame <= 0, true)
	equal(t, hears(t, "first", 0.125), true)
	equal(t, time.Now().After(beginning), true)
	for channel := range block {
		for i := range block[channel] {
			block[channel][i] = 0.5
		}
	}
	louder := perbus.Schedule{AtTime: time.Now().Add(300 * time.Millisecond), Loops: true, Interrupts: true}
	ok(t, player.ScheduleWith(must(perbus.NewBuffer(format(2), block)), louder, nil))
	equal(t, hears(t, "first", 0.5), true)
	equal(t, time.Now().After(louder.AtTime), true)
}

func TestEventsHaveNames(t *testing.T) {
	for event, name := range map[perbus.EngineEvent]string{
		perbus.DeviceLost: "device lost", perbus.DeviceChanged: "device changed",
		perbus.ConfigurationChanged: "configuration changed", perbus.Xrun: "xrun",
		perbus.DecoderLate: "decoder late", perbus.Restarted: "restarted", perbus.InputLost: "input lost", 99: "event 99",
	} {
		equal(t, event.String(), name)
	}
}
