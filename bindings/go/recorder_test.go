// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"path/filepath"
	"sync"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

// recorded is what a file has, which has so many frames.
func recorded(t *testing.T, path string, channels, frames int) [][]float32 {
	t.Helper()
	file := must(perbus.OpenFile(path))
	defer file.Close()
	equal(t, must(file.Info()).Frames, int64(frames))
	samples := planar(channels, frames)
	if frames > 0 {
		equal(t, must(file.Read(samples)), frames)
	}
	return samples
}

func TestAMixersFileIsWhatIsRendered(t *testing.T) {
	engine := offline(t, 2)
	ok(t, engine.Connect(saw(engine), engine.MainMixer(), 0, 0))
	ok(t, must(engine.MainMixer().Bus(0)).SetVolume(0.5))
	path := filepath.Join(t.TempDir(), "mix.wav")
	recorder := must(engine.MainMixer().Record(path, perbus.FileSettings{}))
	equal(t, must(recorder.Status()), perbus.RecorderStatus{State: perbus.RecorderWaiting})
	rendered := render(t, engine, 10000)
	ok(t, recorder.Wait())
	equal(t, must(recorder.Status()).State, perbus.RecorderRecording)
	equal(t, must(recorder.Stop()), perbus.Recording{Path: path, Frames: 10000})
	equal(t, must(recorder.Status()), perbus.RecorderStatus{State: perbus.RecorderFinished, Frames: 10000})
	fails(t, failure(recorder.Stop()), perbus.ErrClosed)
	fails(t, recorder.StopAt(20000), perbus.ErrClosed)
	fails(t, recorder.Wait(), perbus.ErrClosed)
	for channel, samples := range recorded(t, path, 2, 10000) {
		for i, sample := range samples {
			equal(t, sample, rendered[channel][i])
		}
	}
	near(t, rendered[0][998], 0.4995, tolerance)
}

func TestABussFileIsItsPartOfTheSum(t *testing.T) {
	engine := offline(t, 1)
	mixer := engine.MainMixer()
	ok(t, engine.Connect(constant(engine, 0.5), mixer, 0, 0))
	ok(t, engine.Connect(constant(engine, 0.25), mixer, 0, 1))
	bus := must(mixer.Bus(0))
	ok(t, bus.SetVolume(0.5))
	ok(t, mixer.SetOutputVolume(0.5))
	path := filepath.Join(t.TempDir(), "bus.flac")
	flac := perbus.FileSettings{Type: perbus.FLAC, Samples: perbus.Int24}
	recorder := must(bus.RecordAt(1000, path, flac))
	fails(t, recorder.StopAt(999), perbus.ErrOutOfRange)
	ok(t, recorder.StopAt(3000))
	render(t, engine, 4000)
	equal(t, must(recorder.Stop()), perbus.Recording{Path: path, Frames: 2000})
	for _, sample := range recorded(t, path, 1, 2000)[0] {
		near(t, sample, 0.25, 1e-6)
	}
}

func TestAnEngineThatIsClosedCompletesItsRecordings(t *testing.T) {
	engine := offline(t, 1)
	ok(t, engine.Connect(constant(engine, 0.5), engine.MainMixer(), 0, 0))
	path := filepath.Join(t.TempDir(), "mix.wav")
	recorder := must(engine.MainMixer().RecordAt(100, path, perbus.FileSettings{Format: format(1)}))
	render(t, engine, 5000)
	ok(t, engine.Close())
	fails(t, recorder.StopAt(6000), perbus.ErrClosed)
	fails(t, recorder.Wait(), perbus.ErrClosed)
	equal(t, must(recorder.Status()).State, perbus.RecorderFinished)
	for _, sample := range recorded(t, path, 1, 4900)[0] {
		equal(t, sample, 0.5)
	}
	equal(t, must(recorder.Stop()).Frames, 4900)
	fails(t, failure(recorder.Stop()), perbus.ErrClosed)
}

func TestRecordingsThatAreRefused(t *testing.T) {
	engine := offline(t, 1)
	mixer, bus := engine.MainMixer(), must(engine.MainMixer().Bus(0))
	ok(t, bus.Connect(constant(engine, 0.5)))
	folder := t.TempDir()
	path := filepath.Join(folder, "mix.wav")
	render(t, engine, 100)
	for settings, status := range map[perbus.FileSettings]perbus.Status{
		{Format: format(2)}:                  perbus.ErrFormat,
		{Format: format(-1)}:                 perbus.ErrFormat,
		{Type: perbus.FLAC}:                  perbus.ErrInvalidArgument,
		{Type: 7}:                            perbus.ErrInvalidArgument,
		{Samples: 7}:                         perbus.ErrInvalidArgument,
		{Type: perbus.OggVorbis, Quality: 2}: perbus.ErrOutOfRange,
	} {
		fails(t, failure(mixer.Record(path, settings)), status)
		fails(t, failure(bus.Record(path, settings)), status)
	}
	none := perbus.FileSettings{}
	fails(t, failure(mixer.RecordAt(99, path, none)), perbus.ErrOutOfRange)
	fails(t, failure(bus.RecordAt(99, path, none)), perbus.ErrOutOfRange)
	fails(t, failure(mixer.Record(filepath.Join(folder, "nowhere", "mix.wav"), none)), perbus.ErrFile)
	fails(t, failure(mixer.Record("a\x00b", none)), perbus.ErrInvalidArgument)
	recorder := must(mixer.RecordAt(500, path, none))
	fails(t, failure(mixer.Record(path, none)), perbus.ErrInvalidArgument)
	fails(t, recorder.StopAt(499), perbus.ErrOutOfRange)
	equal(t, must(recorder.Stop()).Frames, 0)
	var missing *perbus.Recorder
	for _, nothing := range []*perbus.Recorder{missing, {}} {
		fails(t, nothing.StopAt(0), perbus.ErrInvalidArgument)
		fails(t, nothing.Wait(), perbus.ErrInvalidArgument)
		fails(t, failure(nothing.Status()), perbus.ErrInvalidArgument)
		fails(t, failure(nothing.Stop()), perbus.ErrInvalidArgument)
	}
	var noMixer *perbus.Mixer
	var noBus *perbus.Bus
	fails(t, failure(noMixer.Record(path, none)), perbus.ErrInvalidArgument)
	fails(t, failure(noBus.Record(path, none)), perbus.ErrInvalidArgument)
}

// A tap's function stops what another goroutine waits for: neither waits for the other.
func TestATapsFunctionMayStopARecorder(t *testing.T) {
	engine := offline(t, 1)
	source := constant(engine, 0.5)
	ok(t, engine.Connect(source, engine.MainMixer(), 0, 0))
	recorder := must(engine.MainMixer().Record(filepath.Join(t.TempDir(), "mix.wav"), perbus.FileSettings{}))
	var once sync.Once
	var stopped error
	tap := must(perbus.NewTap(source, 0, 4800, func(int64, [][]float32) {
		once.Do(func() { stopped = failure(recorder.Stop()) })
	}))
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		_ = recorder.Wait()
	}()
	render(t, engine, 20000)
	ok(t, tap.Close())
	<-waited
	fails(t, stopped, perbus.ErrInvalidArgument)
	fails(t, failure(recorder.Stop()), perbus.ErrClosed)
}
