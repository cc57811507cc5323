// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"

	perbus "github.com/perbus/perbus/bindings/go"
)

// heard is a tap and what it hears: its blocks one after the other, each channel after channel.
type heard struct {
	tap    *perbus.Tap
	mu     sync.Mutex
	first  int64
	frames int
	hash   uint64
}

func (h *heard) hear(time int64, planar [][]float32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.frames == 0 {
		h.first = time
	}
	if len(planar) > 0 {
		h.frames += len(planar[0])
	}
	h.hash = hashed(h.hash, planar)
}

func (r *runner) setInput(engine *perbus.Engine) (string, error) {
	seed, next := r.number(4), int64(0)
	return done(engine.SetInput(r.format(2), func(planar [][]float32) bool {
		for channel, samples := range planar {
			for frame := range samples {
				samples[frame] = sample(next+int64(frame), channel, seed)
			}
		}
		next += int64(len(planar[0]))
		return true
	}))
}

func renderTime(engine *perbus.Engine) (string, error) {
	it, err := engine.RenderTime()
	rate := strconv.FormatFloat(it.SampleRate, 'f', -1, 64)
	return fmt.Sprint(it.SampleTime, " ", rate, " ", !it.Time.IsZero()), err
}

// onListening does the operations on taps and recorders.
func (r *runner) onListening() (string, error) {
	switch r.words[0] {
	case "tap":
		node, err := r.node(2)
		if err != nil {
			return "", err
		}
		made := &heard{first: -1, hash: hashBegin}
		made.tap, err = perbus.NewTap(node, r.number(3), r.number(4), made.hear)
		if err == nil {
			r.taps[r.words[1]] = made
		}
		return "", err
	case "untap":
		made := r.taps[r.words[1]]
		if made == nil {
			return "", errMissing
		}
		if err := made.tap.Close(); err != nil {
			return "", err
		}
		return fmt.Sprintf("%d %d %016x", made.first, made.frames, made.hash), nil
	case "record_mixer":
		mixer, found := r.nodes[r.words[2]].(*perbus.Mixer)
		if !found {
			return "", errMissing
		}
		return r.record(3, mixer.Record, mixer.RecordAt)
	case "record_bus":
		bus, err := r.bus(2)
		if err != nil {
			return "", err
		}
		return r.record(4, bus.Record, bus.RecordAt)
	}
	recorder := r.takes[r.words[1]]
	if recorder == nil {
		return "", errMissing
	}
	if r.words[0] == "record_until" {
		return done(recorder.StopAt(r.long(2)))
	}
	return ended(recorder.Stop())
}

func (r *runner) record(at int, now func(string, perbus.FileSettings) (*perbus.Recorder, error),
	later func(int64, string, perbus.FileSettings) (*perbus.Recorder, error)) (string, error) {
	path := fmt.Sprintf("%s.go.%s", r.path, r.words[1])
	if r.words[at] != "-" {
		frame := r.long(at)
		now = func(path string, settings perbus.FileSettings) (*perbus.Recorder, error) {
			return later(frame, path, settings)
		}
	}
	recorder, err := now(path, perbus.FileSettings{})
	if err == nil {
		r.takes[r.words[1]] = recorder
	}
	return "", err
}

func ended(it perbus.Recording, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer os.Remove(it.Path)
	file, err := perbus.OpenFile(it.Path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Info()
	if err != nil {
		return "", err
	}
	planar := make([][]float32, info.Format.Channels)
	for channel := range planar {
		planar[channel] = make([]float32, it.Frames)
	}
	_, err = file.Read(planar)
	return fmt.Sprintf("%d %d %d %t %016x", it.Frames, it.Dropped, it.Silence, it.Interrupted != "",
		hashed(hashBegin, planar)), err
}
