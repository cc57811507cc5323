// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"sync"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

// heard is what taps have got.
type heard struct {
	mu      sync.Mutex
	times   []int64
	lengths []int
	planar  [2][]float32
}

func (h *heard) hear(sampleTime int64, planar [][]float32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times, h.lengths = append(h.times, sampleTime), append(h.lengths, len(planar[0]))
	for channel, samples := range planar {
		h.planar[channel] = append(h.planar[channel], samples...)
	}
}

func saw(engine *perbus.Engine) *perbus.Source {
	return must(engine.NewSource(format(2), func(sampleTime int64, planar [][]float32) {
		for i := range planar[0] {
			planar[0][i] = float32((sampleTime+int64(i))%1000+1) / 1000
			planar[1][i] = -planar[0][i]
		}
	}))
}

func TestTapsHearWhatIsRendered(t *testing.T) {
	engine := offline(t, 2)
	source := saw(engine)
	ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
	ok(t, must(engine.MainMixer().Bus(0)).SetVolume(0.5))
	var before, behind heard
	sourceTap := must(perbus.NewTap(source, 0, 4800, before.hear))
	tap := must(perbus.NewTap(engine.MainMixer(), 0, 4800, behind.hear))
	rendered := render(t, engine, 10000)
	ok(t, tap.Wait())
	behind.mu.Lock()
	equal(t, len(behind.times), 2)
	behind.mu.Unlock()
	equal(t, must(tap.DroppedFrames()), 0)
	fails(t, failure(perbus.NewTap(engine.MainMixer(), 0, 4800, behind.hear)), perbus.ErrInvalidArgument)
	ok(t, tap.Close())
	ok(t, tap.Close())
	ok(t, sourceTap.Close())
	fails(t, tap.Wait(), perbus.ErrClosed)
	fails(t, failure(tap.DroppedFrames()), perbus.ErrClosed)
	equal(t, len(behind.times), 3)
	for i, time := range []int64{0, 4800, 9600} {
		equal(t, behind.times[i], time)
	}
	equal(t, behind.lengths[0], 4800)
	equal(t, behind.lengths[2], 400)
	for channel := range rendered {
		equal(t, len(behind.planar[channel]), 10000)
		for i, sample := range rendered[channel] {
			equal(t, behind.planar[channel][i], sample)
			near(t, before.planar[channel][i]/2, sample, tolerance)
		}
	}
	near(t, rendered[0][998], 0.4995, tolerance)
	// The bus is free again.
	ok(t, must(perbus.NewTap(engine.MainMixer(), 0, 4800, behind.hear)).Close())
}

func TestTapsThatAreRefused(t *testing.T) {
	engine := offline(t, 1)
	player := must(engine.NewPlayer())
	hear := func(int64, [][]float32) { t.Error("it hears something") }
	for _, numbers := range [][2]int{{1, 4800}, {-1, 4800}, {0, 0}, {0, 1048577}, {0, -1}} {
		fails(t, failure(perbus.NewTap(player, numbers[0], numbers[1], hear)), perbus.ErrOutOfRange)
	}
	fails(t, failure(perbus.NewTap(player, 0, 4800, nil)), perbus.ErrInvalidArgument)
	ok(t, engine.Detach(player))
	fails(t, failure(perbus.NewTap(player, 0, 4800, hear)), perbus.ErrNotAttached)
	ok(t, player.Close())
	fails(t, failure(perbus.NewTap(player, 0, 4800, hear)), perbus.ErrClosed)
}

func TestTapsEndWithTheirEngine(t *testing.T) {
	engine := offline(t, 2)
	var all heard
	tap := must(perbus.NewTap(engine.MainMixer(), 0, 4800, all.hear))
	render(t, engine, 5000)
	ok(t, engine.Close())
	fails(t, tap.Wait(), perbus.ErrClosed)
	equal(t, len(all.planar[0]), 5000)
}

func TestATapsFunctionMayCloseEverything(t *testing.T) {
	engine := offline(t, 2)
	refused, closed := make(chan error, 1), make(chan error, 2)
	tapped := make(chan *perbus.Tap, 1)
	tapped <- must(perbus.NewTap(engine.MainMixer(), 0, 4800, func(int64, [][]float32) {
		tap := <-tapped
		refused <- tap.Wait()
		closed <- tap.Close()
		closed <- engine.Close()
	}))
	block := planar(2, 512)
	for err := error(nil); !errors.Is(err, perbus.ErrClosed); {
		err = engine.Render(block)
	}
	fails(t, <-refused, perbus.ErrInvalidArgument)
	ok(t, <-closed)
	ok(t, <-closed)
}

func TestATapIsClosedWhileOthersWait(t *testing.T) {
	engine := offline(t, 2)
	for round := 0; round < 20; round++ {
		var all heard
		tap := must(perbus.NewTap(engine.MainMixer(), 0, 4800, all.hear))
		var waiting sync.WaitGroup
		for i := 0; i < 3; i++ {
			waiting.Add(1)
			go func() {
				defer waiting.Done()
				for tap.Wait() == nil {
				}
			}()
		}
		render(t, engine, 4800)
		ok(t, tap.Close())
		waiting.Wait()
		equal(t, len(all.planar[0]), 4800)
	}
}

func TestTapsFeedTheMetersOfAnEngineWithout(t *testing.T) {
	t.Setenv("PERBUS_MANNERS", "no-meters")
	engine := offline(t, 1)
	mixer, source := engine.MainMixer(), constant(engine, 0.5)
	ok(t, engine.Connect(source, mixer, 0, 0))
	bus := must(mixer.Bus(0))
	equal(t, engine.MeterTaps(), false)
	fails(t, failure(bus.Meter()), perbus.ErrUnsupported)
	ok(t, engine.SetMeterTaps(true))
	equal(t, engine.MeterTaps(), true)
	ok(t, bus.SetVolume(0.5))
	ok(t, failure(bus.Meter()))
	ok(t, failure(mixer.Meter()))
	render(t, engine, 9600)
	near(t, must(bus.Meter()).Peak[0], 0.25, tolerance)
	near(t, must(mixer.Meter()).RMS[0], 0.25, tolerance)
	tap := must(perbus.NewTap(source, 0, 4800, func(int64, [][]float32) {}))
	fails(t, failure(bus.Meter()), perbus.ErrInvalidArgument)
	ok(t, tap.Close())
	ok(t, failure(bus.Meter()))
	ok(t, engine.SetMeterTaps(false))
	fails(t, failure(mixer.Meter()), perbus.ErrUnsupported)
}
