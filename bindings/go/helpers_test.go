// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"math"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

const (
	rate = 48000
	// A change of a volume or pan is over after this many frames.
	ramp = 512
	// How far a settled sample may lie from the sum that was computed for it.
	tolerance = 1e-6
)

func format(channels int) perbus.Format { return perbus.Format{SampleRate: rate, Channels: channels} }

// must is for what is not the test's matter.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fails(t testing.TB, err error, status perbus.Status) {
	t.Helper()
	var full *perbus.Error
	if !errors.Is(err, status) || !errors.As(err, &full) || full.Message == "" {
		t.Fatalf("got %v, want %v", err, status)
	}
}

// offline is an engine that runs, with blocks of up to 512 frames.
func offline(t testing.TB, channels int) *perbus.Engine {
	t.Helper()
	engine := must(perbus.NewOfflineEngine(format(channels), 512))
	t.Cleanup(func() { _ = engine.Close() })
	ok(t, engine.Start())
	return engine
}

// constant is a source that puts out one value per channel, for ever.
func constant(engine *perbus.Engine, values ...float32) *perbus.Source {
	return must(engine.NewSource(format(len(values)), func(_ int64, planar [][]float32) {
		for channel, samples := range planar {
			for i := range samples {
				samples[i] = values[channel]
			}
		}
	}))
}

func planar(channels, frames int) [][]float32 {
	block := make([][]float32, channels)
	for channel := range block {
		block[channel] = make([]float32, frames)
	}
	return block
}

// render is the next frames, in blocks that the engine takes.
func render(t testing.TB, engine *perbus.Engine, frames int) [][]float32 {
	t.Helper()
	all := planar(engine.Format().Channels, frames)
	for done := 0; done < frames; {
		length := frames - done
		if length > engine.MaxFrames() {
			length = engine.MaxFrames()
		}
		block := make([][]float32, len(all))
		for channel := range all {
			block[channel] = all[channel][done : done+length]
		}
		ok(t, engine.Render(block))
		done += length
	}
	return all
}

// settled checks the last frame, one value a channel, when all ramps are over.
func settled(t testing.TB, engine *perbus.Engine, want ...float32) {
	t.Helper()
	all := render(t, engine, 2*ramp)
	for channel, value := range want {
		near(t, all[channel][2*ramp-1], value, tolerance)
	}
}

func near(t testing.TB, got, want, tolerance float32) {
	t.Helper()
	if !(math.Abs(float64(got-want)) <= float64(tolerance)) {
		t.Fatalf("got %v, want %v (within %v)", got, want, tolerance)
	}
}

func equal[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// clean checks that the map of connections and the engine agree.
func clean(t testing.TB, engine *perbus.Engine) {
	t.Helper()
	found, err := engine.Audit()
	ok(t, err)
	for _, one := range found {
		t.Error(one)
	}
}
