// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"math"
	"testing"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

func TestPlayersPlayCopiesOfTheirBuffers(t *testing.T) {
	engine := offline(t, 1)
	player := must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	samples := []float32{0.25, 0.5, 0.75, 1}
	buffer := must(perbus.NewBuffer(format(1), [][]float32{samples}))
	equal(t, buffer.Frames(), 4)
	equal(t, buffer.Format(), format(1))
	more := must(perbus.NewBuffer(format(1), [][]float32{{0.125}}))
	queued := make(chan error)
	ok(t, player.ScheduleWith(buffer, perbus.Schedule{At: perbus.Frame(2)}, func() {
		queued <- player.Schedule(more) // from here more may be scheduled
	}))
	ok(t, buffer.Close())
	ok(t, buffer.Close())
	copy(samples, []float32{9, 9, 9, 9})
	fails(t, player.Schedule(buffer), perbus.ErrClosed)
	equal(t, must(player.Playing()), false)
	ok(t, player.Play())
	equal(t, must(player.Playing()), true)
	heard := render(t, engine, 8)[0]
	for i, want := range []float32{0, 0, 0.25, 0.5, 0.75, 1, 0, 0} {
		near(t, heard[i], want, 0)
	}
	ok(t, <-queued)
	near(t, render(t, engine, 8)[0][0], 0.125, 0)
}

func TestSchedulesLoopAndInterrupt(t *testing.T) {
	engine := offline(t, 1)
	player := must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	click := must(perbus.NewBuffer(format(1), [][]float32{{1, 0, 0, 0}}))
	tone := must(perbus.NewBuffer(format(1), [][]float32{{0.5, 0.5}}))
	ended := make(chan struct{})
	ok(t, player.ScheduleWith(click, perbus.Schedule{Loops: true}, func() { close(ended) }))
	ok(t, player.PlayAt(1))
	heard := render(t, engine, 8)[0]
	for i, want := range []float32{0, 1, 0, 0, 0, 1, 0, 0} {
		near(t, heard[i], want, 0)
	}
	ok(t, player.ScheduleWith(tone, perbus.Schedule{Loops: true, Interrupts: true}, nil))
	near(t, render(t, engine, 8)[0][7], 0.5, 0)
	<-ended
	ok(t, player.Pause())
	near(t, render(t, engine, 8)[0][7], 0, 0)
	ok(t, player.Stop())
	stereo := must(perbus.NewBuffer(format(2), planar(2, 4)))
	fails(t, player.Schedule(stereo), perbus.ErrFormat)
	fails(t, player.Schedule(nil), perbus.ErrInvalidArgument)
	for _, at := range []int64{math.MinInt64, math.MaxInt64} {
		fails(t, player.ScheduleWith(tone, perbus.Schedule{At: &at}, func() {}), perbus.ErrOutOfRange)
	}
	fails(t, player.PlayAt(math.MaxInt64), perbus.ErrOutOfRange)
	ok(t, engine.DisconnectNodeOutput(player, 0))
	fails(t, player.Play(), perbus.ErrNotConnected)
	ok(t, engine.Stop())
	fails(t, player.Play(), perbus.ErrNotRunning)
	ok(t, engine.Detach(player))
	fails(t, player.Play(), perbus.ErrNotAttached)
}

func TestAMixerConvertsRates(t *testing.T) {
	engine := must(perbus.NewOfflineEngine(format(2), 4096))
	defer engine.Close()
	slow := perbus.Format{SampleRate: 24000, Channels: 1}
	samples := make([]float32, 4096)
	for i := range samples {
		samples[i] = 0.5
	}
	player := must(engine.NewPlayer())
	ok(t, engine.ConnectWithFormat(player, engine.MainMixer(), 0, 0, slow))
	ok(t, engine.Start())
	ok(t, player.Schedule(must(perbus.NewBuffer(slow, [][]float32{samples}))))
	ok(t, player.Play())
	near(t, render(t, engine, 4096)[1][4095], 0.5, 1e-4)
	equal(t, must(engine.SampleTime()), 4096)
	ok(t, engine.Reset())
	equal(t, must(engine.SampleTime()), 0)
}

func TestAPanicWithoutAReasonIsOne(t *testing.T) {
	engine := offline(t, 1)
	var reason error
	source := must(engine.NewSource(format(1), func(_ int64, planar [][]float32) {
		planar[0][0] = 1
		panic(reason)
	}))
	ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
	near(t, render(t, engine, 8)[0][0], 0, 0)
	if source.Err() == nil {
		t.Fatal("the panic was not told")
	}
}

func TestAPanicInASourceIsSilence(t *testing.T) {
	engine := offline(t, 1)
	calls := 0
	source := must(engine.NewSource(format(1), func(_ int64, planar [][]float32) {
		if calls++; calls > 1 {
			panic("out of ideas")
		}
		for i := range planar[0] {
			planar[0][i] = 0.5
		}
	}))
	ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
	near(t, render(t, engine, 100)[0][99], 0.5, 0)
	ok(t, source.Err())
	near(t, render(t, engine, 100)[0][99], 0, 0)
	near(t, render(t, engine, 100)[0][99], 0, 0)
	equal(t, calls, 2)
	equal(t, source.Err().Error(), "perbus: the render function panicked: out of ideas")
}

func TestBatchesStartPlayersTogether(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	samples := make([]float32, 2048)
	for i := range samples {
		samples[i] = 0.25
	}
	buffer := must(perbus.NewBuffer(format(1), [][]float32{samples}))
	var players []*perbus.Player
	ends := make(chan perbus.BufferEnd, 2)
	refused := errors.New("as told")
	fails := engine.Batch(func() error {
		for bus := 0; bus < 2; bus++ {
			player := must(engine.NewPlayerWithFormat(format(1)))
			ok(t, engine.Connect(player, mixer, 0, bus))
			ok(t, player.ScheduleWith(buffer, perbus.Schedule{
				Ended: func(end perbus.BufferEnd) { ends <- end },
			}, nil))
			ok(t, player.Play())
			players = append(players, player)
		}
		return refused
	})
	equal(t, errors.Is(fails, refused), true)
	near(t, render(t, engine, 64)[0][0], 0.5, tolerance)
	ok(t, players[0].PauseAfter(10*time.Millisecond))
	ok(t, players[1].StopAfter(10*time.Millisecond))
	heard := render(t, engine, 481)[0]
	near(t, heard[240], 0.25, tolerance)
	near(t, heard[480], 0, tolerance)
	equal(t, <-ends, perbus.BufferStopped)
	equal(t, must(players[1].Playing()), false)
	ok(t, engine.Detach(players[0]))
	equal(t, <-ends, perbus.BufferDetached)
	if err := engine.Batch(nil); !errors.Is(err, perbus.ErrInvalidArgument) {
		t.Fatal(err)
	}
}
