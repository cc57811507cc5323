// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "runtime"

// RecorderState is what a [Recorder] does.
type RecorderState int

const (
	// RecorderWaiting says that nothing has come yet: the engine does not render, or its time has not
	// reached the start.
	RecorderWaiting RecorderState = C.PERBUS_DESK_RECORDER_WAITING
	// RecorderRecording says that it records.
	RecorderRecording RecorderState = C.PERBUS_DESK_RECORDER_RECORDING
	// RecorderFinished says that the file is complete.
	RecorderFinished RecorderState = C.PERBUS_DESK_RECORDER_FINISHED
	// RecorderFailed says that the file could not be written. Nothing is left of it.
	RecorderFailed RecorderState = C.PERBUS_DESK_RECORDER_FAILED
)

// RecorderStatus is how a recording fares.
type RecorderStatus struct {
	State RecorderState
	// Frames is the length so far. What was rendered last follows within a fraction of a second.
	Frames uint64
	// Dropped is how many frames were lost because the disk was too slow for ten seconds. They are
	// silence in the recording. 0 on Apple's engine, which does not count them.
	Dropped uint64
	// Silence is how many frames of silence there are where the mixer was not rendered, those that were
	// dropped included.
	Silence uint64
	// Reason is why the file could not be written; empty in every other state.
	Reason string
}

// Recording is a recording that is complete.
type Recording struct {
	// Path is the file's.
	Path string
	// Frames is its length.
	Frames uint64
	// Dropped and Silence are as in [RecorderStatus].
	Dropped, Silence uint64
	// Interrupted is why the recording ended before it was stopped: the mixer got another sample rate or
	// channel count. Otherwise it is empty.
	Interrupted string
}

// Recorder records what a mixer or a bus sounds into a file, from Record on until it is stopped, or its
// engine closed. A recorder that is forgotten stops, too. A thread of its own writes; the file has another
// name until it is complete.
//
// The recording follows the engine's time, frame by frame. What is not rendered while that time runs, and
// frames that were dropped, are silence of the same length. While the time stands still, because the
// engine is paused, stopped or has lost its device, nothing is recorded, and the recording continues
// without a gap; so it does where the time jumps backwards, or by more than an hour.
type Recorder struct {
	of     receiver // keeps the engine
	handle C.uintptr_t
	path   string
}

// Record records what leaves the mixer, after its output volume, from the next rendered block on. It takes
// the mixer's one tap.
//
// [ErrFormat] when the settings' rate or channel count is not the mixer's, [ErrInvalidArgument] when the
// mixer has a tap or another recorder, [ErrNotAttached], and the errors of [CreateFile].
//
// Maps to installTapOnBus:bufferSize:format:block: and
// initForWriting:settings:commonFormat:interleaved:error:.
func (m *Mixer) Record(path string, settings FileSettings) (*Recorder, error) {
	return m.record(path, settings, false, 0)
}

// RecordAt is Record from a frame on: of the engine's time, in frames of the mixer's rate. [ErrOutOfRange]
// for a frame that has passed.
func (m *Mixer) RecordAt(frame int64, path string, settings FileSettings) (*Recorder, error) {
	return m.record(path, settings, true, frame)
}

func (m *Mixer) record(path string, settings FileSettings, starts bool, frame int64) (*Recorder, error) {
	return record(m.base(), path, func(mixer C.uintptr_t, path *C.char) C.pbgo_found {
		return C.pbgo_mixer_record(mixer, path, settings.native(), C.bool(starts), C.int64_t(frame))
	})
}

// Record records what is heard of the bus in its mixer's sum: after its fader, pan, mute, solo and groups,
// and before the mixer's output volume. It goes on while sources come and go; without one there is
// silence. Meanwhile the recording takes a free bus of the mixer, which [Mixer.NextBus] does not offer.
//
// [ErrFormat] when the settings' rate or channel count is not the mixer's, [ErrInvalidArgument] when the
// bus is recorded already, [ErrNotAttached], and the errors of [CreateFile] and [Engine.Connect].
func (b *Bus) Record(path string, settings FileSettings) (*Recorder, error) {
	return b.record(path, settings, false, 0)
}

// RecordAt is Record from a frame on: of the engine's time, in frames of the mixer's rate. [ErrOutOfRange]
// for a frame that has passed.
func (b *Bus) RecordAt(frame int64, path string, settings FileSettings) (*Recorder, error) {
	return b.record(path, settings, true, frame)
}

func (b *Bus) record(path string, settings FileSettings, starts bool, frame int64) (*Recorder, error) {
	return record(b, path, func(bus C.uintptr_t, path *C.char) C.pbgo_found {
		return C.pbgo_bus_record(bus, path, settings.native(), C.bool(starts), C.int64_t(frame))
	})
}

func record(of receiver, path string, begin func(of C.uintptr_t, path *C.char) C.pbgo_found) (*Recorder, error) {
	name, free, err := pathOf(path)
	if err != nil {
		return nil, err
	}
	defer free()
	made, err := ask(of, func(of C.uintptr_t) C.pbgo_found { return begin(of, name) })
	if err != nil {
		return nil, err
	}
	recorder := &Recorder{of: of, handle: C.uintptr_t(made.number), path: path}
	runtime.SetFinalizer(recorder, func(r *Recorder) { C.pbgo_recorder_release(r.handle) })
	return recorder, nil
}

// use checks that the recorder may be called. The caller keeps it alive during the call.
func (r *Recorder) use() (C.uintptr_t, error) {
	if r == nil || r.handle == 0 {
		return 0, failf(ErrInvalidArgument, "the recorder is nil")
	}
	return r.handle, nil
}

// Status is how the recording fares; also once it is over, or its engine closed.
func (r *Recorder) Status() (RecorderStatus, error) {
	var status RecorderStatus
	err := do(r, func(recorder C.uintptr_t) *C.pbgo_failure {
		found := C.pbgo_recorder_get_status(recorder)
		if found.failure == nil {
			status = RecorderStatus{
				State:   RecorderState(found.value.state),
				Frames:  uint64(found.value.frames),
				Dropped: uint64(found.value.dropped),
				Silence: uint64(found.value.silence),
				Reason:  taken(found.reason),
			}
		}
		return found.failure
	})
	return status, err
}

// StopAt ends the recording at a frame of the engine's time, in frames of the mixer's rate: the first that
// it does not have. The file is complete soon after that was rendered. Another call before then sets
// another end. It does not wait, and may be called in callbacks.
//
// [ErrOutOfRange] for a frame before the recording's start, or one that it has got past, [ErrClosed] once
// it was stopped.
func (r *Recorder) StopAt(frame int64) error {
	return do(r, func(recorder C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_recorder_stop_at(recorder, C.int64_t(frame))
	})
}

// Wait waits until all that was rendered is on its way to the disk, but for the last part of less than
// 0.1 s. A program that renders offline calls it now and then, so that blocks do not pile up in memory. On
// Apple's engine it does not wait for the engine.
//
// [ErrInvalidArgument] as [Tap.Wait], [ErrClosed] once it was stopped.
func (r *Recorder) Wait() error {
	return do(r, func(recorder C.uintptr_t) *C.pbgo_failure { return C.pbgo_recorder_wait(recorder) })
}

// Stop ends the recording with what has been rendered, unless it ended earlier by [Recorder.StopAt] or
// [Engine.Close], and completes the file.
//
// [ErrFile] when the disk is full or fails: nothing is left of the file. [ErrInvalidArgument] as
// [Tap.Wait], and in a batch once the disk has taken nothing for five seconds: the recording ends, but the
// file is completed by another thread. [ErrClosed] when it was stopped before.
func (r *Recorder) Stop() (Recording, error) {
	var recording Recording
	err := do(r, func(recorder C.uintptr_t) *C.pbgo_failure {
		found := C.pbgo_recorder_stop(recorder)
		if found.failure == nil {
			recording = Recording{
				Path:        r.path,
				Frames:      uint64(found.value.frames),
				Dropped:     uint64(found.value.dropped),
				Silence:     uint64(found.value.silence),
				Interrupted: taken(found.interrupted),
			}
		}
		return found.failure
	})
	return recording, err
}

// taken is a text that C hands out; empty for NULL.
func taken(text *C.char) string {
	defer C.perbus_desk_text_free(text)
	return C.GoString(text)
}
