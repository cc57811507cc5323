// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"math"
	"sync"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// crowd is an engine with three sub-mixers of 20 sources each, no two of one sound.
func crowd(t *testing.T, threads int) *perbus.Engine {
	engine := offline(t, 2)
	ok(t, engine.SetRenderThreads(threads))
	for group := 0; group < 3; group++ {
		mixer := must(engine.NewMixer())
		ok(t, engine.Connect(mixer, engine.MainMixer(), 0, group))
		for bus := 0; bus < 20; bus++ {
			step := float64(1+group*20+bus) / 1000
			source := must(engine.NewSource(format(1), func(time int64, planar [][]float32) {
				for i := range planar[0] {
					planar[0][i] = float32(math.Sin(step*float64(time+int64(i)))) / 64
				}
			}))
			ok(t, engine.Connect(source, mixer, 0, bus))
			ok(t, must(mixer.Bus(bus)).SetPan(float32(bus-10)/10))
		}
	}
	return engine
}

func TestTwoThreadsRenderTheSamplesOfOne(t *testing.T) {
	alone, shared := crowd(t, 1), crowd(t, 2)
	for block := 0; block < 20; block++ {
		if block == 10 {
			// Back and forth while it runs.
			ok(t, alone.SetRenderThreads(4))
			ok(t, shared.SetRenderThreads(1))
		}
		want, got := render(t, alone, 512), render(t, shared, 512)
		heard := false
		for channel := range want {
			for frame, sample := range want[channel] {
				equal(t, got[channel][frame], sample)
				heard = heard || sample != 0
			}
		}
		equal(t, heard, true)
	}
}

func TestTwoThreadsRunFunctionsAtOneTime(t *testing.T) {
	engine := offline(t, 1)
	ok(t, engine.SetRenderThreads(2))
	meet := make(chan bool)
	for group := 0; group < 3; group++ {
		mixer := must(engine.NewMixer())
		ok(t, engine.Connect(mixer, engine.MainMixer(), 0, group))
		for bus := 0; bus < 20; bus++ {
			group, bus := group, bus
			source := must(engine.NewSource(format(1), func(int64, [][]float32) {
				if bus != 0 || group > 1 {
					return
				}
				// One of the first group's and one of the second's wait for each other.
				select {
				case meet <- true:
				case <-meet:
				case <-time.After(time.Minute):
					t.Error("nobody came")
				}
			}))
			ok(t, engine.Connect(source, mixer, 0, bus))
		}
	}
	render(t, engine, 64)
}

func TestRenderThreadsWhileOthersRenderAndSet(t *testing.T) {
	engine := crowd(t, 2)
	var group sync.WaitGroup
	for _, work := range []func(round int) error{
		func(int) error { return engine.Render(planar(2, 64)) },
		func(round int) error { return engine.SetRenderThreads(1 + round%3) },
		func(round int) error {
			return failure(engine.SetMixerVolumeForBus(engine.MainMixer(), float32(round%2), 0))
		},
	} {
		work := work
		group.Add(1)
		go func() {
			defer group.Done()
			for round := 0; round < 100; round++ {
				if err := work(round); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	group.Wait()
	clean(t, engine)
}

func TestBadRenderThreads(t *testing.T) {
	engine := crowd(t, 2)
	before := render(t, engine, 512)
	for _, bad := range []int{0, -1, perbus.MaxRenderThreads + 1, math.MaxInt, math.MinInt} {
		fails(t, engine.SetRenderThreads(bad), perbus.ErrOutOfRange)
	}
	equal(t, before[0][511] != 0, true)
	ok(t, engine.SetRenderThreads(perbus.MaxRenderThreads))
	render(t, engine, 512)
	ok(t, engine.Close())
	fails(t, engine.SetRenderThreads(1), perbus.ErrClosed)
	var none *perbus.Engine
	fails(t, none.SetRenderThreads(1), perbus.ErrInvalidArgument)
}
