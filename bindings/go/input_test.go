// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestWhatTheProgramPushesIsHeard(t *testing.T) {
	engine := must(perbus.NewOfflineEngine(format(1), 512))
	defer engine.Close()
	next := 0
	ok(t, engine.SetInput(format(1), func(planar [][]float32) bool {
		if next >= 1024 {
			return false
		}
		for i := range planar[0] {
			planar[0][i] = float32(next%1000+1) / 1000
			next++
		}
		return true
	}))
	input := must(engine.Input())
	equal(t, input.ID(), must(engine.Input()).ID())
	ok(t, engine.Connect(input, engine.MainMixer(), 0, 0))
	ok(t, must(engine.MainMixer().Bus(0)).SetVolume(0.5))
	ok(t, engine.Start())
	fails(t, engine.SetInput(format(1), nil), perbus.ErrStart)
	for i, sample := range render(t, engine, 1536)[0] {
		want := float32(i%1000+1) / 2000
		if i >= 1024 {
			want = 0
		}
		near(t, sample, want, tolerance)
	}
	ok(t, input.Err())
	fails(t, input.Close(), perbus.ErrWrongKind)
	fails(t, engine.SetInputDevice(""), perbus.ErrWrongKind)
	fails(t, engine.SetInputDevice("a\x00b"), perbus.ErrInvalidArgument)

	ok(t, engine.Stop())
	fails(t, engine.SetInput(format(0), nil), perbus.ErrFormat)
	ok(t, engine.SetInput(format(1), func([][]float32) bool { panic("of the test") }))
	ok(t, engine.Start())
	equal(t, render(t, engine, 512)[0][511], 0)
	equal(t, input.Err().Error(), "perbus: the input's function panicked: of the test")
	ok(t, engine.Stop())
	ok(t, engine.SetInput(format(1), nil))
	ok(t, input.Err())
	ok(t, (&perbus.Input{}).Err())
}

func TestADeviceRecords(t *testing.T) {
	startServer(t)
	sounds := must(perbus.NewDeviceEngine(perbus.DeviceOptions{Output: "pulse:first"}))
	defer sounds.Close()
	ok(t, sounds.Connect(constant(sounds, 0.125, 0.125), sounds.MainMixer(), 0, 0))
	ok(t, sounds.Start())
	fails(t, sounds.SetInput(format(1), nil), perbus.ErrWrongKind)

	options := perbus.DeviceOptions{Output: "pulse:second", Input: "pulse:first.monitor"}
	engine := must(perbus.NewDeviceEngine(options))
	defer engine.Close()
	ok(t, engine.Connect(must(engine.Input()), engine.MainMixer(), 0, 0))
	ok(t, engine.Start())
	equal(t, hearsNear(t, "second", 0.125, 1e-3), true)
	equal(t, must(engine.DeviceStatus()).InputID, "pulse:first.monitor")
	ok(t, engine.SetInputDevice("pulse:second.monitor"))
	fails(t, engine.SetInputDevice("pulse:nothing"), perbus.ErrStart)
	says(t, deviceFails(perbus.DeviceOptions{Input: "pulse:nothing"}), perbus.ErrStart, "nothing")
	says(t, deviceFails(perbus.DeviceOptions{Input: "a\x00b"}), perbus.ErrInvalidArgument, "NUL")
}
