// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

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

// It would wait for the block that it is making.
func TestARenderFuncCallsNoEngine(t *testing.T) {
	a := newEverything(t)
	var failures []map[string]error
	source := must(a.engine.NewSource(format(1), func(int64, [][]float32) {
		failures = append(failures, a.ofEngine(), a.ofNodes(), map[string]error{
			"Close": a.engine.Close(), "Close of a node": a.player.Close(),
		})
	}))
	ok(t, a.engine.Connect(source, a.engine.MainMixer(), 0, 0))
	render(t, a.engine, 8)
	equal(t, len(failures), 3)
	for _, calls := range failures {
		allFail(t, calls, perbus.ErrWrongKind)
	}
	ok(t, source.Err())
	ok(t, a.player.Close())
	ok(t, a.engine.Stop())
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
