// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"path/filepath"
	"runtime"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

// beside runs a batch while another goroutine makes a call that waits for it, and returns what that does.
func beside(t *testing.T, engine *perbus.Engine, call func() error, changes func() error) error {
	t.Helper()
	begun, done := make(chan struct{}), make(chan error, 1)
	ok(t, engine.Batch(func() error {
		go func() {
			close(begun)
			done <- call()
		}()
		<-begun
		for i := 0; i < 1000; i++ {
			runtime.Gosched()
		}
		return changes()
	}))
	return <-done
}

func TestABatchUsesWhatIsUsedByACallThatWaitsForIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.wav")
	made := must(perbus.CreateFile(path, perbus.FileSettings{Format: format(1)}))
	ok(t, made.Write(planar(1, 480)))
	ok(t, made.Finish())
	ok(t, made.Close())
	for i := 0; i < 20; i++ {
		engine := offline(t, 1)
		buffer := must(perbus.NewBuffer(format(1), planar(1, 480)))
		file := must(perbus.OpenFile(path))
		one, other := must(engine.NewPlayer()), must(engine.NewPlayer())
		ok(t, engine.Connect(one, engine.MainMixer(), 0, 0))
		ok(t, engine.Connect(other, engine.MainMixer(), 0, 1))
		err := beside(t, engine, func() error { return one.Schedule(buffer) }, func() error {
			ok(t, other.Schedule(buffer))
			return buffer.Close()
		})
		if err != nil {
			fails(t, err, perbus.ErrClosed)
		}
		err = beside(t, engine, func() error { return one.ScheduleFile(file) }, func() error {
			ok(t, other.ScheduleFile(file))
			return file.Close()
		})
		if err != nil {
			fails(t, err, perbus.ErrClosed)
		}
		fails(t, one.Schedule(buffer), perbus.ErrClosed)
		fails(t, one.ScheduleFile(file), perbus.ErrClosed)
	}
}

func TestABatchRendersBesideAGoroutineThatWillRender(t *testing.T) {
	for i := 0; i < 20; i++ {
		engine := offline(t, 1)
		render := func() error { return engine.Render(planar(1, 64)) }
		ok(t, beside(t, engine, render, render))
	}
}

func TestABatchDoesNotCloseItsEngine(t *testing.T) {
	engine := offline(t, 1)
	ok(t, engine.Batch(func() error {
		fails(t, engine.Close(), perbus.ErrWrongKind)
		return nil
	}))
	ok(t, engine.Close())
	ok(t, engine.Close())
}
